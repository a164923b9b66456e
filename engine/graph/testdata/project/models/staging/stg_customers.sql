select customer_id, town from {{ source('crm', 'customers') }}
