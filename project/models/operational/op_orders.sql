{#- Orders as the operational store keeps them: the payments that count, with who pays and what for. -#}

with orders as (

    select
        int_orders.*,
        entities.billed_to,
        -- without a name and a number nobody is meant, not one person for all such rows
        case when student_name is not null or phone_number is not null then student_id end as person_id
    from {{ ref('int_orders') }} as int_orders
    inner join {{ ref('entities') }} as entities on int_orders.entity_code = entities.entity_code

),

schools as (

    select school_code
    from {{ ref('schools') }}
    where {{ of_entity() }} and school_level not in ('none', 'unknown')

),

customers as (

    select
        orders.*,
        case
            when orders.billed_to = 'organization' and schools.school_code is not null then 'organization'
            when orders.person_id is not null then 'person'
        end as account_kind
    from orders
    left join schools on orders.school_code = schools.school_code

)

select
    entity_code as entity_id,
    order_id as id,
    month_start as month,
    order_date as ordered_on,
    receipt_no,
    case when is_flagged then 'flagged' else 'confirmed' end as status_id,
    case account_kind
        when 'organization' then {{ surrogate_key(['entity_code', "'organization'", 'school_code']) }}
        when 'person' then {{ surrogate_key(['entity_code', "'person'", 'person_id']) }}
    end as account_id,
    account_kind,
    person_id,
    school_code as organization_id,
    unit_code as unit_id,
    nullif(program_code, 'UNKNOWN') as item_id,
    {{ variant_key() }} as variant_id,
    class_name as variant_name,
    channel_code as channel_id,
    participants,
    {{ minor('registration_fee') }} as registration_fee_minor,
    {{ minor('course_fee') }} as course_fee_minor,
    {{ minor('gross_amount') }} as gross_minor,
    {{ minor('discount_amount') }} as discount_minor,
    {{ minor('net_amount') }} as net_minor,
    {{ minor('total_paid') }} as written_minor,
    payment_method as method_id,
    case billed_to when 'organization' then 'invoice' else 'payment' end as type_id,
    _file,
    _sheet,
    _row
from customers
