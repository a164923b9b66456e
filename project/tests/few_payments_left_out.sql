{{ config(severity='error', warn_if='> 0', error_if='> 200') }}
{#- Payments left out are for the administration to correct: some are normal, hundreds mean that a layout changed. -#}

select distinct source_year, _file, _sheet, _row
from {{ ref('audit_flagged_orders') }}
where action = 'left_out'
