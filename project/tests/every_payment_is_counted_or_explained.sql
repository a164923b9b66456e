{#- A payment is either an order or in the audit as left out, never both and never neither. -#}

with payments as (

    select _file, _sheet, _row from {{ ref('stg_transactions') }}

),

counted as (

    select _file, _sheet, _row, 1 as is_counted from {{ ref('int_orders') }}

),

left_out as (

    select distinct _file, _sheet, _row, 1 as is_left_out
    from {{ ref('audit_flagged_orders') }}
    where action = 'left_out'

)

select *
from payments
left join counted using (_file, _sheet, _row)
left join left_out using (_file, _sheet, _row)
where coalesce(is_counted, 0) + coalesce(is_left_out, 0) <> 1
