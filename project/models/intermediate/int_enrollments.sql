{#- One row a student, program and year: registrations without repetitions, resolved to lookups and to what was paid. -#}

with students as (

    select * from {{ ref('stg_students') }}

),

units as (

    select unit_code, unit_group
    from {{ ref('units') }}
    where {{ of_entity() }}

),

programs as (

    select program_code
    from {{ ref('programs') }}
    where {{ of_entity() }}

),

channels as (

    select channel_code
    from {{ ref('channels') }}
    where {{ of_entity() }}

),

aliases as (

    select school_alias, school_code
    from {{ ref('school_aliases') }}
    where {{ of_entity() }}

),

payments as (

    select
        entity_code,
        source_year,
        student_id,
        count(*) as orders,
        {{ money('sum(net_amount)') }} as paid_amount,
        min(order_date) as first_order_date
    from {{ ref('int_orders') }}
    group by entity_code, source_year, student_id

),

resolved as (

    select
        students.* exclude (program_code, channel_code),
        coalesce(programs.program_code, 'UNKNOWN') as program_code,
        coalesce(channels.channel_code, 'UNKNOWN') as channel_code,
        coalesce(aliases.school_code, 'UNKNOWN') as school_code,
        units.unit_group
    from students
    inner join units on students.unit_code = units.unit_code
    left join programs on students.program_code = programs.program_code
    left join channels on students.channel_code = channels.channel_code
    left join aliases on students.school_key = aliases.school_alias
    where year(students.registered_on) = students.source_year

),

first_of_each as (

    select *
    from resolved
    qualify row_number() over (
        partition by entity_code, source_year, student_id, program_code
        order by _file, _sheet, _row
    ) = 1

)

select
    {{ surrogate_key(['e.entity_code', 'e.source_year', 'e.student_id', 'e.program_code']) }} as enrollment_id,
    e.student_id,
    e.entity_code,
    e.source_year,
    cast(month(e.registered_on) as integer) as month_number,
    {{ period_key('e.source_year', 'month(e.registered_on)') }} as period,
    e.registered_on,
    e.student_no,
    e.student_name,
    e.phone_number,
    e.email,
    e.unit_code,
    e.unit_group,
    e.program_code,
    e.class_name,
    e.channel_code,
    e.school_code,
    e.grade,
    e.status,
    e.attendance_rate,
    e.progress_rate,
    e.score,
    row_number() over (partition by e.entity_code, e.student_id order by e.registered_on, e._row) = 1 as is_first_enrollment,
    coalesce(payments.orders, 0) as orders,
    coalesce(payments.paid_amount, 0) as paid_amount,
    payments.first_order_date,
    e._file,
    e._sheet,
    e._row,
    e._loaded_at
from first_of_each as e
left join payments
    on e.entity_code = payments.entity_code
    and e.source_year = payments.source_year
    and e.student_id = payments.student_id
