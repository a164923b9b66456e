{#- Enrollments as the operational store keeps them; those of nobody, neither name nor number, are left out. -#}

select
    entity_code as entity_id,
    enrollment_id as id,
    {{ month_start('source_year', 'month_number') }} as month,
    registered_on,
    status as status_id,
    student_id as person_id,
    school_code as organization_id,
    unit_code as unit_id,
    nullif(program_code, 'UNKNOWN') as item_id,
    {{ variant_key() }} as variant_id,
    class_name as variant_name,
    channel_code as channel_id,
    is_first_enrollment as is_first,
    cast(attendance_rate as double) as attendance_rate,
    cast(progress_rate as double) as progress_rate,
    cast(score as double) as score,
    grade,
    _file,
    _sheet,
    _row
from {{ ref('int_enrollments') }}
where student_name is not null or phone_number is not null
