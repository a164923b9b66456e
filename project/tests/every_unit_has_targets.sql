{#- Every unit has a revenue and a student target in every month of a year that is planned. -#}

select year_number, month_number, unit_code
from {{ ref('mart_revenue') }}
where target_revenue is null or target_students is null
