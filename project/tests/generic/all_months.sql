{#- Fails for each group of rows that does not have all twelve months exactly once. -#}
{% test all_months(model, by, column_name=none, month_column='month_number') %}

select
    {{ by | join(', ') }},
    count(*) as row_count,
    count(distinct {{ month_column }}) as month_count
from {{ model }}
group by {{ by | join(', ') }}
having count(*) <> 12 or count(distinct {{ month_column }}) <> 12

{% endtest %}
