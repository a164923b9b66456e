{% macro price(column) %}round({{ column }} * {{ tax() }}, 2){% endmacro %}
{% macro tax() %}1.1{% endmacro %}
