select * from {{ ref('toolbox', 'calendar') }}
union all
select {{ toolbox.rounded('1.234') }}
