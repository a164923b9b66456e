{% for year in range(2020, 2022) %}
select {{ year }} as day, 'x' as label {% if not loop.last %}union all{% endif %}
{% endfor %}
