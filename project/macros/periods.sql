{#- The first day of a month. -#}
{% macro month_start(year, month) -%}
    make_date({{ year }}, {{ month }}, 1)
{%- endmacro %}

{#- A month as 2026-02. -#}
{% macro period_key(year, month) -%}
    printf('%04d-%02d', {{ year }}, {{ month }})
{%- endmacro %}

{#- The sum of a measure from January to the row's month, within a year and the given columns. -#}
{% macro year_to_date(measure, by) -%}
    sum({{ measure }}) over (
        partition by year_number, {{ by | join(', ') }}
        order by month_number
        rows between unbounded preceding and current row
    )
{%- endmacro %}

{#- The rows of a relation that belong to the entity of this run. -#}
{% macro of_entity() -%}
    entity_code = '{{ var("entity") }}'
{%- endmacro %}

{#- The condition that no unit of the entity is missing from a list of quoted codes: what has no units may be shown only then. -#}
{% macro all_units_in(codes) -%}
    not exists (select 1 from {{ ref('units') }} where {{ of_entity() }} and unit_code not in ({{ codes }}))
{%- endmacro %}
