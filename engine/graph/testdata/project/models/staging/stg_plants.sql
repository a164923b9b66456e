select plant_id, name, pot_size from {{ source('raw', 'plants') }}
