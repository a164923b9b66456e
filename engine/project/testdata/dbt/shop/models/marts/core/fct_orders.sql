{{
    config(
        materialized='incremental',
        unique_key='id',
        incremental_strategy='delete+insert',
        meta={'grain': 'order', 'owner': 'core'},
        pre_hook=["delete from audit.log", "insert into audit.log select '{{ ref('stg_customers') }}'"],
    )
}}
select o.*, c.name
from {{ ref('stg_orders') }} o
left join {{ ref('shop', 'stg_customers') }} c on c.id = o.customer_id
{% if is_incremental() %}
where o.id > (select max(id) from {{ this }})
{% endif %}
