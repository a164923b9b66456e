select * from {{ source('base_src', 't') }}
