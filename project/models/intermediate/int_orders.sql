{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['entity_code', 'source_year'],
    on_schema_change='append_new_columns'
) }}

{#- The payments that count. A load replaces a year's rows, so a year is what is replaced here: only years loaded anew are built again. -#}

with classified as (

    select * from {{ ref('int_transactions_classified') }}
    where is_counted

)

select
    classified.order_id,
    classified.entity_code,
    classified.source_year,
    classified.month_number,
    {{ month_start('classified.source_year', 'classified.month_number') }} as month_start,
    {{ period_key('classified.source_year', 'classified.month_number') }} as period,
    classified.order_date,
    classified.receipt_no,
    classified.student_id,
    classified.student_name,
    classified.phone_number,
    classified.unit_code,
    classified.unit_group,
    classified.program_code,
    classified.class_name,
    classified.channel_code,
    classified.school_code,
    classified.participants,
    classified.registration_fee,
    classified.course_fee,
    classified.gross_amount,
    classified.discount_amount,
    classified.net_amount,
    classified.total_paid,
    classified.payment_method,
    len(classified.reasons) > 0 as is_flagged,
    classified._file,
    classified._sheet,
    classified._row,
    classified._loaded_at
from classified
{% if is_incremental() %}
where not exists (
    select 1
    from {{ this }} as built
    where built.entity_code = classified.entity_code
        and built.source_year = classified.source_year
        and built._loaded_at >= classified._loaded_at
)
{% endif %}
