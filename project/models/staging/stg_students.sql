{#- Registrations as the workbooks have them, each cell cleaned, no row left out. -#}

with source as (

    select *
    from {{ source('raw', 'students') }}
    where entity_code = '{{ var("entity") }}'

),

cleaned as (

    select
        entity_code,
        source_year,
        nullif(trim(student_no), '') as student_no,
        registered_on,
        {{ proper_name('student_name') }} as student_name,
        {{ text_key('student_name') }} as student_key,
        {{ normalize_phone('phone') }} as phone_number,
        lower(nullif(trim(email), '')) as email,
        {{ text_key('school_name') }} as school_key,
        nullif(trim(grade), '') as grade,
        trim(program_code) as program_code,
        nullif(trim(class_name), '') as class_name,
        trim(unit_code) as unit_code,
        coalesce(trim(channel_code), 'UNKNOWN') as channel_code,
        lower(trim(status)) as status,
        -- a rate beyond 100 % is a slip of the pen: better none than a wrong one
        case when attendance_rate between 0 and 1 then attendance_rate end as attendance_rate,
        case when progress_rate between 0 and 1 then progress_rate end as progress_rate,
        score,
        _file,
        _sheet,
        _row,
        _loaded_at
    from source

)

select
    {{ surrogate_key(['entity_code', 'coalesce(phone_number, student_key)']) }} as student_id,
    *
from cleaned
