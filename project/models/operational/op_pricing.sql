{#- What a program cost in a month, as it was charged before discount: instalments are lower, so the highest fee is the price. -#}

select
    entity_id,
    {{ surrogate_key(['entity_id', 'item_id', 'month']) }} as id,
    item_id,
    month,
    max(cast(round(course_fee_minor / participants) as bigint)) as course_fee_minor,
    min(cast(round(course_fee_minor / participants) as bigint)) as lowest_fee_minor,
    max(registration_fee_minor) as registration_fee_minor,
    count(*) as orders
from {{ ref('op_orders') }}
where item_id is not null
group by entity_id, item_id, month
