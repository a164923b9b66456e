{#- What each channel brings: a row an entity, year, month and channel. -#}

with orders as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        channel_code,
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
        channel_code,
        count(*) as new_students,
        count(*) filter (where is_first_enrollment) as first_time_students,
        count(*) filter (where orders > 0) as paying_students
    from {{ ref('int_enrollments') }}
    group by all

),

joined as (

    select
        entity_code,
        year_number,
        month_number,
        channel_code,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.students, 0) as students,
        {{ money('coalesce(orders.net_revenue, 0)') }} as net_revenue,
        coalesce(enrollments.new_students, 0) as new_students,
        coalesce(enrollments.first_time_students, 0) as first_time_students,
        coalesce(enrollments.paying_students, 0) as paying_students
    from orders
    full join enrollments using (entity_code, year_number, month_number, channel_code)

),

channels as (

    select channel_code, channel_name, channel_type
    from {{ ref('channels') }}
    where {{ of_entity() }}

)

select
    {{ surrogate_key(['this_year.entity_code', 'this_year.year_number', 'this_year.month_number', 'this_year.channel_code']) }} as channel_marketing_id,
    this_year.entity_code,
    this_year.year_number,
    this_year.month_number,
    {{ period_key('this_year.year_number', 'this_year.month_number') }} as period,
    this_year.channel_code,
    channels.channel_name,
    channels.channel_type,
    this_year.orders,
    this_year.students,
    this_year.net_revenue,
    this_year.new_students,
    this_year.first_time_students,
    this_year.paying_students,
    {{ ratio('this_year.net_revenue', 'sum(this_year.net_revenue) over (partition by this_year.entity_code, this_year.year_number, this_year.month_number)') }} as revenue_share,
    {{ ratio('this_year.new_students', 'sum(this_year.new_students) over (partition by this_year.entity_code, this_year.year_number, this_year.month_number)') }} as student_share,
    last_year.net_revenue as previous_year_revenue,
    last_year.new_students as previous_year_new_students,
    {{ growth('this_year.net_revenue', 'last_year.net_revenue') }} as revenue_growth
from joined as this_year
left join joined as last_year
    on this_year.entity_code = last_year.entity_code
    and this_year.channel_code = last_year.channel_code
    and this_year.month_number = last_year.month_number
    and this_year.year_number = last_year.year_number + 1
left join channels on this_year.channel_code = channels.channel_code
