select p.*, z.litres from {{ ref('stg_plants') }} p left join {{ ref('pot_sizes') }} z on z.size = p.pot_size
