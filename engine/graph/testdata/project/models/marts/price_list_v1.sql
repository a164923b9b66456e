select plant_id, name, 1 as edition from {{ ref('plants') }}
