select * from {{ ref('product') }} -- {{ dbt.current_timestamp() }}
