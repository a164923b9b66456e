{#- People, one row each: everyone who ordered or enrolled, with what was last written of them. -#}

with mentions as (

    select
        entity_code, student_id, student_name, phone_number, null as email, null as student_no,
        month_start as mentioned_on, _file, _sheet, _row
    from {{ ref('int_orders') }}

    union all

    select
        entity_code, student_id, student_name, phone_number, email, student_no,
        registered_on as mentioned_on, _file, _sheet, _row
    from {{ ref('int_enrollments') }}

),

known as (

    select *
    from mentions
    where student_name is not null or phone_number is not null

)

select
    entity_code as entity_id,
    student_id as id,
    {{ last_written('student_name') }} as full_name,
    max(phone_number) as phone,
    {{ last_written('email') }} as email,
    {{ last_written('student_no') }} as student_no
from known
group by entity_code, student_id
