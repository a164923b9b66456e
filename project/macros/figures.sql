{#- An amount in rupiah: exact, never floating. -#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{#- A share or an achievement with four decimals; null where there is nothing to divide by. -#}
{% macro ratio(numerator, denominator) -%}
    cast(round(({{ numerator }}) / nullif({{ denominator }}, 0), 4) as decimal(18, 4))
{%- endmacro %}

{#- A share with eight decimals, for what rounds it once more when it is shown. -#}
{% macro fine_ratio(numerator, denominator) -%}
    cast(({{ numerator }}) / nullif({{ denominator }}, 0) as decimal(18, 8))
{%- endmacro %}

{#- Change against a base with four decimals: 0.08 is eight percent more. -#}
{% macro growth(current, base) -%}
    {{ ratio('(' ~ current ~ ') - (' ~ base ~ ')', base) }}
{%- endmacro %}

{#- An amount in the smallest unit of its currency, as the operational store keeps it: 12.50 is 1250. -#}
{% macro minor(expression) -%}
    cast(({{ expression }}) * 100 as bigint)
{%- endmacro %}
