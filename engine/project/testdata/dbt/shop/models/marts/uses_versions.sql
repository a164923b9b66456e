select * from {{ ref('dim_dates', v=1) }} union all select day from {{ ref('dim_dates') }}
