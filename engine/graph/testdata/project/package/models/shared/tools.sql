select * from {{ ref('stg_tools') }}
