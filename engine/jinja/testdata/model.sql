{{ config(materialized='incremental', unique_key='order_id', tags=['finance', 'daily']) }}

{%- set payment_methods = ['bank_transfer', 'credit_card', 'coupon', 'gift_card'] -%}
{%- set measures = {'gross': 'amount', 'net': 'amount - discount', 'tax': 'amount * 0.11'} -%}

with orders as (

    select *
    from {{ ref('stg_orders') }}
    {% if is_incremental() %}
    where updated_at > (select max(updated_at) from {{ this }})
    {% endif %}

),

payments as (

    select *
    from {{ ref('stg_payments') }}
    where status <> 'failed'

),

order_payments as (

    select
        order_id,
        {% for method in payment_methods -%}
        sum(case when payment_method = '{{ method }}' then amount else 0 end) as {{ method }}_amount,
        {% endfor -%}
        sum(amount) as total_amount

    from payments
    group by order_id

),

measured as (

    select
        order_id,
        {% for name, expression in measures.items() -%}
        sum({{ expression }}) as {{ name | upper }}_total{{ "," if not loop.last }}
        {% endfor %}
    from payments
    group by order_id

),

final as (

    select
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.updated_at,
        order_payments.total_amount as amount,
        {{ var('currency', 'IDR') }} as currency
    from orders
    left join order_payments on orders.order_id = order_payments.order_id
    left join measured on orders.order_id = measured.order_id

)

select * from final
