select plant_id, name, 2 as edition from {{ ref('plants') }}
