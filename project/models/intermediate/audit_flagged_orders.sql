{#- What is wrong with payments: one row a payment and reason, with the place in the workbook to correct it. -#}

with flagged as (

    select
        *,
        unnest(reasons) as reason_code
    from {{ ref('int_transactions_classified') }}

)

select
    {{ surrogate_key(['order_id', '_file', '_sheet', '_row', 'reason_code']) }} as flag_id,
    reason_code,
    case when is_counted then 'kept' else 'left_out' end as action,
    entity_code,
    source_year,
    month_number,
    order_id,
    receipt_no,
    order_date,
    student_name,
    program_text,
    unit_code,
    gross_amount,
    discount_amount,
    net_amount,
    total_paid,
    _file,
    _sheet,
    _row,
    _loaded_at
from flagged
