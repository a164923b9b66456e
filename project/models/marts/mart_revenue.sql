{#- Revenue against target and the year before: a row an entity, year, month and unit. -#}

with orders as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        unit_code,
        count(*) as orders,
        count(distinct student_id) as students,
        sum(participants) as participants,
        sum(gross_amount) as gross_revenue,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_revenue
    from {{ ref('int_orders') }}
    group by entity_code, source_year, month_number, unit_code

),

enrollments as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        unit_code,
        count(*) as new_students
    from {{ ref('int_enrollments') }}
    group by entity_code, source_year, month_number, unit_code

),

targets as (

    select
        entity_code,
        source_year as year_number,
        month_number,
        unit_code,
        sum(target_value) filter (where metric = 'revenue') as target_revenue,
        sum(target_value) filter (where metric = 'students') as target_students
    from {{ ref('stg_targets') }}
    where program_code = 'ALL'
    group by entity_code, source_year, month_number, unit_code

),

units as (

    select entity_code, unit_code, unit_name, unit_group
    from {{ ref('units') }}
    where {{ of_entity() }}

),

-- every month of a year that has any data, so that a month without orders shows as zero
years as (

    select year_number from orders
    union
    select year_number from targets

),

-- a year under way has months that nobody has reported yet: zero there is no result
reported as (

    select year_number, max(month_number) as last_month
    from orders
    group by year_number

),

spine as (

    select
        units.*,
        years.year_number,
        months.month_number,
        months.month_name,
        months.quarter_number,
        coalesce(months.month_number <= reported.last_month, false) as is_reported
    from units
    cross join years
    left join reported using (year_number)
    cross join {{ ref('months') }} as months

),

monthly as (

    select
        spine.*,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.students, 0) as students,
        coalesce(enrollments.new_students, 0) as new_students,
        cast(coalesce(orders.participants, 0) as bigint) as participants,
        {{ money('coalesce(orders.gross_revenue, 0)') }} as gross_revenue,
        {{ money('coalesce(orders.discount_amount, 0)') }} as discount_amount,
        {{ money('coalesce(orders.net_revenue, 0)') }} as net_revenue,
        {{ money('targets.target_revenue') }} as target_revenue,
        cast(targets.target_students as bigint) as target_students
    from spine
    left join orders using (entity_code, year_number, month_number, unit_code)
    left join enrollments using (entity_code, year_number, month_number, unit_code)
    left join targets using (entity_code, year_number, month_number, unit_code)

)

select
    {{ surrogate_key(['this_year.entity_code', 'this_year.year_number', 'this_year.month_number', 'this_year.unit_code']) }} as revenue_id,
    this_year.entity_code,
    this_year.year_number,
    this_year.month_number,
    this_year.month_name,
    this_year.quarter_number,
    {{ period_key('this_year.year_number', 'this_year.month_number') }} as period,
    this_year.unit_code,
    this_year.unit_name,
    this_year.unit_group,
    this_year.is_reported,
    this_year.orders,
    this_year.students,
    this_year.new_students,
    this_year.participants,
    this_year.gross_revenue,
    this_year.discount_amount,
    this_year.net_revenue,
    this_year.target_revenue,
    case when this_year.is_reported then {{ ratio('this_year.net_revenue', 'this_year.target_revenue') }} end as achievement,
    this_year.target_students,
    case when this_year.is_reported then {{ ratio('this_year.new_students', 'this_year.target_students') }} end as student_achievement,
    last_year.net_revenue as previous_year_revenue,
    last_year.new_students as previous_year_new_students,
    case when this_year.is_reported then {{ growth('this_year.net_revenue', 'last_year.net_revenue') }} end as revenue_growth,
    {{ money('sum(this_year.net_revenue) over year_so_far') }} as net_revenue_ytd,
    {{ money('sum(this_year.target_revenue) over year_so_far') }} as target_revenue_ytd,
    {{ money('sum(last_year.net_revenue) over year_so_far') }} as previous_year_revenue_ytd
from monthly as this_year
left join monthly as last_year
    on this_year.entity_code = last_year.entity_code
    and this_year.unit_code = last_year.unit_code
    and this_year.month_number = last_year.month_number
    and this_year.year_number = last_year.year_number + 1
window year_so_far as (
    partition by this_year.entity_code, this_year.unit_code, this_year.year_number
    order by this_year.month_number
    rows between unbounded preceding and current row
)
