{#- Where a sheet is a month, an order stands in the month of its sheet. -#}

select orders._file, orders._sheet, orders._row, orders.month_number, payments.sheet_month
from {{ ref('int_orders') }} as orders
inner join {{ ref('stg_transactions') }} as payments using (_file, _sheet, _row)
where payments.sheet_month is not null
    and payments.sheet_month <> orders.month_number
