{#- Targets as the operational store keeps them: one row a unit or program, measure and month. A target under another entity's
    unit is nobody's. -#}

with targets as (

    select
        entity_code as entity_id,
        source_year as year,
        {{ month_start('source_year', 'month_number') }} as month,
        unit_code as unit_id,
        nullif(program_code, 'ALL') as item_id,
        metric,
        sum(target_value) as target_value
    from {{ ref('stg_targets') }}
    where unit_code in (select unit_code from {{ ref('units') }} where {{ of_entity() }})
        and (program_code = 'ALL' or program_code in (select program_code from {{ ref('programs') }} where {{ of_entity() }}))
    group by all

)

select
    {{ surrogate_key(['entity_id', 'month', 'unit_id', 'item_id', 'metric']) }} as id,
    {{ surrogate_key(['entity_id', 'year', 'unit_id', 'item_id']) }} as target_item_id,
    entity_id,
    year,
    month,
    unit_id,
    item_id,
    metric,
    case metric when 'revenue' then {{ minor('target_value') }} end as amount_minor,
    case metric when 'students' then cast(target_value as bigint) end as quantity
from targets
