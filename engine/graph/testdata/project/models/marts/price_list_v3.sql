select plant_id, name, 3 as edition from {{ ref('plants') }}
