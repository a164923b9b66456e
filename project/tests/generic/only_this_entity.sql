{#- Fails for each row that belongs to another entity than the run's. -#}
{% test only_this_entity(model, column_name) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} <> '{{ var("entity") }}'

{% endtest %}
