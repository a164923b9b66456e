{{ config(tags=['money'], group='finance') }}
select * from {{ ref('revenue') }} r full join {{ ref('revenue_monthly') }} m on false where false
