{% macro plain_shout(x) %}{{ x | upper }}!{% endmacro %}
