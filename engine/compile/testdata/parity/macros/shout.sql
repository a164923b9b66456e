{% macro shout(word, mark='!') %}{{ word | upper }}{{ mark }}{% endmacro %}
{% macro dispatched() %}{{ return(adapter.dispatch('dispatched')()) }}{% endmacro %}
{% macro default__dispatched() %}wrong{% endmacro %}
{% macro duckdb__dispatched() %}right{% endmacro %}
{% macro duckdb__right(string_text, length_expression) %}my_right({{ string_text }}, {{ length_expression }}){% endmacro %}
{% macro returns_list() %}{% do return([1, 2, 3]) %}{% endmacro %}
{% macro returns_dict() %}{% if true %}{{ return({'k': 'v'}) }}{% endif %}never{% endmacro %}
