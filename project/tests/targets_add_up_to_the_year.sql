{{ config(severity='warn') }}
{#- The year's target as written is the sum of its months. The workbooks are known to err; management corrects them. -#}

select
    unit_code,
    program_code,
    metric,
    source_year,
    sum(target_value) as sum_of_months,
    any_value(target_total) as written
from {{ ref('stg_targets') }}
group by unit_code, program_code, metric, source_year, _row
having sum(target_value) <> any_value(target_total)
