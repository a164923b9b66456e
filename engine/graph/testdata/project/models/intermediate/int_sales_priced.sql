select s.*, {{ price('s.amount') }} as priced
from {{ ref('stg_sales') }} s join {{ ref('stg_plants') }} p using (plant_id)
