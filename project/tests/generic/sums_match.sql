{#- Fails for each year and month in which a measure's sum differs from the sum of a measure in another relation.
    The other relation has source_year where this one has year_number. -#}
{% test sums_match(model, measure, other, other_measure, column_name=none) %}

with here as (

    select year_number, month_number, sum({{ measure }}) as amount
    from {{ model }}
    group by year_number, month_number

),

there as (

    select source_year as year_number, month_number, sum({{ other_measure }}) as amount
    from {{ other }}
    group by source_year, month_number

)

select
    year_number,
    month_number,
    here.amount as amount_here,
    there.amount as amount_there
from here
full join there using (year_number, month_number)
where coalesce(here.amount, 0) <> coalesce(there.amount, 0)

{% endtest %}
