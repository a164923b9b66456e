{#- Nothing that one opens for an entity shows a row of another. -#}
{% for relation in ['int_orders', 'int_enrollments', 'audit_flagged_orders', 'mart_revenue', 'mart_program_progress', 'mart_channel_marketing', 'mart_school_progress'] %}
select '{{ relation }}' as relation, entity_code, count(*) as row_count
from {{ ref(relation) }}
where entity_code <> '{{ var("entity") }}'
group by entity_code
{% if not loop.last %}union all{% endif %}
{% endfor %}
