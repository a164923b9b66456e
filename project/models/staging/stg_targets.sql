{#- Targets, one row a month: the workbooks have one column a month. -#}

with source as (

    select
        entity_code,
        source_year,
        trim(unit_code) as unit_code,
        coalesce(trim(program_code), 'ALL') as program_code,
        lower(trim(metric)) as metric,
        target_total,
        growth_rate,
        {% for month in range(1, 13) -%}
        {{ 'target_%02d' | format(month) }} as "{{ month }}",
        {% endfor -%}
        _file,
        _sheet,
        _row,
        _loaded_at
    from {{ source('raw', 'targets') }}
    where entity_code = '{{ var("entity") }}'

),

months as (

    select *
    from source unpivot include nulls (
        target_value for month_name in (
            {%- for month in range(1, 13) %}"{{ month }}"{% if not loop.last %}, {% endif %}{% endfor -%}
        )
    )

)

select
    {{ surrogate_key(['entity_code', 'source_year', 'month_name', 'unit_code', 'program_code', 'metric', '_row']) }} as target_id,
    entity_code,
    source_year,
    cast(month_name as integer) as month_number,
    unit_code,
    program_code,
    metric,
    {{ money('target_value') }} as target_value,
    target_total,
    growth_rate,
    _file,
    _sheet,
    _row,
    _loaded_at
from months
