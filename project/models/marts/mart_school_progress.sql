{#- Where students come from: a row an entity, year, month and school (for EPN: client company). -#}

with orders as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        school_code,
        count(*) as orders,
        count(distinct student_id) as students,
        sum(net_amount) as net_revenue
    from {{ ref('int_orders') }}
    group by all

),

enrollments as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        school_code,
        count(*) as new_students,
        count(*) filter (where is_first_enrollment) as first_time_students,
        cast(avg(progress_rate) as decimal(9, 4)) as progress_rate
    from {{ ref('int_enrollments') }}
    group by all

),

joined as (

    select
        entity_code,
        year_number,
        month_number,
        school_code,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.students, 0) as students,
        {{ money('coalesce(orders.net_revenue, 0)') }} as net_revenue,
        coalesce(enrollments.new_students, 0) as new_students,
        coalesce(enrollments.first_time_students, 0) as first_time_students,
        enrollments.progress_rate
    from orders
    full join enrollments using (entity_code, year_number, month_number, school_code)

),

schools as (

    select school_code, school_name, school_level, city
    from {{ ref('schools') }}
    where {{ of_entity() }}

)

select
    {{ surrogate_key(['this_year.entity_code', 'this_year.year_number', 'this_year.month_number', 'this_year.school_code']) }} as school_progress_id,
    this_year.entity_code,
    this_year.year_number,
    this_year.month_number,
    {{ period_key('this_year.year_number', 'this_year.month_number') }} as period,
    this_year.school_code,
    schools.school_name,
    schools.school_level,
    schools.city,
    this_year.orders,
    this_year.students,
    this_year.net_revenue,
    this_year.new_students,
    this_year.first_time_students,
    this_year.progress_rate,
    last_year.net_revenue as previous_year_revenue,
    last_year.new_students as previous_year_new_students,
    cast(sum(this_year.new_students) over (
        partition by this_year.entity_code, this_year.school_code, this_year.year_number
        order by this_year.month_number
    ) as bigint) as new_students_ytd
from joined as this_year
left join joined as last_year
    on this_year.entity_code = last_year.entity_code
    and this_year.school_code = last_year.school_code
    and this_year.month_number = last_year.month_number
    and this_year.year_number = last_year.year_number + 1
left join schools on this_year.school_code = schools.school_code
