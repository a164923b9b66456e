{#- Payments as the workbooks have them, each cell cleaned, no row left out. -#}

with source as (

    select *
    from {{ source('raw', 'transactions') }}
    where entity_code = '{{ var("entity") }}'

),

cleaned as (

    select
        entity_code,
        source_year,
        sheet_month,
        nullif(trim(receipt_no), '') as receipt_no,
        order_date,
        {{ proper_name('student_name') }} as student_name,
        {{ text_key('student_name') }} as student_key,
        {{ normalize_phone('phone') }} as phone_number,
        {{ text_key('school_name') }} as school_key,
        trim(program_code) as program_code,
        nullif(trim(class_name), '') as class_name,
        trim(unit_code) as unit_code,
        coalesce(trim(channel_code), 'UNKNOWN') as channel_code,
        coalesce(participants, 1) as participants,
        coalesce(registration_fee, 0) as registration_fee,
        coalesce(course_fee, 0) as course_fee,
        discount,
        discount_rate,
        total_paid,
        lower(trim(payment_method)) as payment_method,
        nullif(trim(notes), '') as notes,
        _file,
        _sheet,
        _row,
        _loaded_at
    from source

),

priced as (

    select
        *,
        {{ money('registration_fee + course_fee') }} as gross_amount,
        -- some years write the discount as an amount, of either sign, others as a share of the fees
        {{ money('coalesce(abs(discount), round((registration_fee + course_fee) * discount_rate, 2), 0)') }} as discount_amount
    from cleaned

)

select
    {{ surrogate_key([
        'entity_code', 'source_year', 'sheet_month', 'receipt_no', 'order_date', 'student_key', 'phone_number', 'program_code',
        'class_name', 'unit_code', 'channel_code', 'participants', 'gross_amount', 'discount_amount', 'total_paid', 'payment_method'
    ]) }} as order_id,
    {{ surrogate_key(['entity_code', 'coalesce(phone_number, student_key)']) }} as student_id,
    *,
    {{ money('gross_amount - discount_amount') }} as net_amount
from priced
