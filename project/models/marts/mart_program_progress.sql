{#- How programs fill and how their students fare: a row an entity, year, month and program of a unit. -#}

with enrollments as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        unit_code,
        program_code,
        count(*) as new_students,
        count(*) filter (where status = 'active') as active_students,
        count(*) filter (where status = 'completed') as completed_students,
        count(*) filter (where status = 'dropped') as dropped_students,
        count(*) filter (where status = 'on_leave') as on_leave_students,
        cast(avg(attendance_rate) as decimal(9, 4)) as attendance_rate,
        cast(avg(progress_rate) as decimal(9, 4)) as progress_rate,
        cast(avg(score) as decimal(9, 2)) as average_score
    from {{ ref('int_enrollments') }}
    group by all

),

orders as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        unit_code,
        program_code,
        count(*) as orders,
        count(distinct student_id) as students,
        sum(net_amount) as net_revenue
    from {{ ref('int_orders') }}
    group by all

),

targets as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        unit_code,
        program_code,
        sum(target_value) as target_students
    from {{ ref('stg_targets') }}
    where metric = 'students'
        and program_code <> 'ALL'
        -- a target under another entity's unit is nobody's
        and unit_code in (select unit_code from {{ ref('units') }} where {{ of_entity() }})
    group by all

),

joined as (

    select
        entity_code,
        year_number,
        month_number,
        unit_code,
        program_code,
        coalesce(enrollments.new_students, 0) as new_students,
        coalesce(enrollments.active_students, 0) as active_students,
        coalesce(enrollments.completed_students, 0) as completed_students,
        coalesce(enrollments.dropped_students, 0) as dropped_students,
        coalesce(enrollments.on_leave_students, 0) as on_leave_students,
        enrollments.attendance_rate,
        enrollments.progress_rate,
        enrollments.average_score,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.students, 0) as students,
        {{ money('coalesce(orders.net_revenue, 0)') }} as net_revenue,
        cast(targets.target_students as bigint) as target_students
    from targets
    full join enrollments using (entity_code, year_number, month_number, unit_code, program_code)
    full join orders using (entity_code, year_number, month_number, unit_code, program_code)

),

programs as (

    select program_code, program_name
    from {{ ref('programs') }}
    where {{ of_entity() }}

)

select
    {{ surrogate_key(['entity_code', 'year_number', 'month_number', 'unit_code', 'program_code']) }} as program_progress_id,
    joined.entity_code,
    joined.year_number,
    joined.month_number,
    {{ period_key('joined.year_number', 'joined.month_number') }} as period,
    joined.unit_code,
    joined.program_code,
    coalesce(programs.program_name, 'Not in the catalogue') as program_name,
    joined.orders,
    joined.students,
    joined.net_revenue,
    joined.new_students,
    joined.target_students,
    {{ ratio('joined.new_students', 'joined.target_students') }} as achievement,
    joined.active_students,
    joined.completed_students,
    joined.dropped_students,
    joined.on_leave_students,
    {{ ratio('joined.dropped_students', 'joined.new_students') }} as drop_rate,
    joined.attendance_rate,
    joined.progress_rate,
    joined.average_score,
    cast({{ year_to_date('joined.new_students', ['joined.entity_code', 'joined.unit_code', 'joined.program_code']) }} as bigint) as new_students_ytd,
    cast({{ year_to_date('joined.target_students', ['joined.entity_code', 'joined.unit_code', 'joined.program_code']) }} as bigint) as target_students_ytd
from joined
left join programs using (program_code)
