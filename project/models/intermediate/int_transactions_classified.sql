{{ config(materialized='ephemeral') }}

{#- Every payment with its month, its lookups, and all that is wrong with it. -#}

with transactions as (

    select * from {{ ref('stg_transactions') }}

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

placed as (

    select
        transactions.* exclude (program_code, channel_code),
        transactions.program_code as program_text,
        coalesce(programs.program_code, 'UNKNOWN') as program_code,
        coalesce(channels.channel_code, 'UNKNOWN') as channel_code,
        coalesce(aliases.school_code, 'UNKNOWN') as school_code,
        units.unit_group,
        -- the sheet's month is the month of the books; without one the date tells, if it lies in the year
        cast(coalesce(
            transactions.sheet_month,
            case when year(transactions.order_date) = transactions.source_year then month(transactions.order_date) end
        ) as integer) as month_number,
        row_number() over (
            partition by transactions.order_id
            order by transactions._file, transactions._sheet, transactions._row
        ) as copy_number
    from transactions
    left join units on transactions.unit_code = units.unit_code
    left join programs on transactions.program_code = programs.program_code
    left join channels on transactions.channel_code = channels.channel_code
    left join aliases on transactions.school_key = aliases.school_alias

),

judged as (

    select
        *,
        list_filter(
            [
                case when student_key is null then 'missing_name' end,
                case when order_date is null then 'invalid_date' end,
                case
                    when year(order_date) <> source_year or month(order_date) <> coalesce(sheet_month, month(order_date))
                        then 'date_out_of_period'
                end,
                case when gross_amount < 0 then 'negative_amount' end,
                case when gross_amount = 0 then 'zero_amount' end,
                case when copy_number > 1 then 'duplicate_row' end,
                case when program_code = 'UNKNOWN' then 'unknown_program' end,
                case when unit_group is null then 'foreign_unit' end,
                case when abs(total_paid - net_amount) > {{ var('total_tolerance') }} then 'total_mismatch' end,
                case when total_paid is null then 'missing_total' end,
                case when phone_number is null then 'invalid_phone' end
            ],
            lambda reason: reason is not null
        ) as reasons
    from placed

)

select
    *,
    (copy_number = 1 and month_number is not null and gross_amount > 0 and unit_group is not null) as is_counted
from judged
