{#- That a person was at a school, or for a client, in a year: one row a person, organization and year. -#}

with mentions as (

    select entity_id, person_id, organization_id, month, grade, registered_on as mentioned_on, _file, _sheet, _row
    from {{ ref('op_enrollments') }}

    union all

    select entity_id, person_id, organization_id, month, null as grade, month as mentioned_on, _file, _sheet, _row
    from {{ ref('op_orders') }}
    where person_id is not null

),

organizations as (

    select schools.school_code, entities.billed_to
    from {{ ref('schools') }} as schools
    inner join {{ ref('entities') }} as entities on schools.entity_code = entities.entity_code
    where schools.entity_code = '{{ var("entity") }}'
        and schools.school_level not in ('none', 'unknown')

)

select
    mentions.entity_id,
    {{ surrogate_key(['mentions.entity_id', 'year(mentions.month)', 'mentions.person_id', 'mentions.organization_id']) }} as id,
    mentions.person_id,
    mentions.organization_id,
    case organizations.billed_to when 'organization' then 'contact' else 'student' end as kind,
    min(mentions.month) as month,
    {{ last_written('grade') }} as position
from mentions
inner join organizations on mentions.organization_id = organizations.school_code
group by mentions.entity_id, year(mentions.month), mentions.person_id, mentions.organization_id, organizations.billed_to
