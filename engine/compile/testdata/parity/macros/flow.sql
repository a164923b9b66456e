{% macro varargs_macro(a) %}{{ a }}/{{ varargs }}/{{ kwargs }}{% endmacro %}
{% macro default_args(a=1, b=a) %}{{ a }}{{ b }}{% endmacro %}
{% macro nested_return() %}{% set x = inner_return() %}{{ return(x ~ '!') }}{% endmacro %}
{% macro inner_return() %}{% if true %}{{ return('deep') }}{% endif %}{% endmacro %}
{% macro loops_return(l) %}{% for i in l %}{% if i > 3 %}{{ return(i) }}{% endif %}{% endfor %}{% endmacro %}
{% macro noop() %}{% endmacro %}
{% test args_kinds(model, column_name, flag, number, ratio, words, mapping, rel, rel2, nothing, text) %}
select '{{ model }}', {{ column_name }}, {{ flag }}, {{ number + 1 }}, {{ ratio * 2 }}, '{{ words }}', '{{ mapping.k }}', '{{ rel }}', '{{ rel2 }}', {{ nothing }}, "{{ text }}", {{ words[2] + 1 }}, {{ rel.identifier }}, '{{ this }}', '{{ config.get('severity') }}', '{{ model.identifier }}'
{% endtest %}
{% test table_level(model, expected) %}{{ expected }} except select 1 from {{ model }} where {{ config.get('nope', 'true') }}{% endtest %}
{% macro wrap(x) %}[{{ x }}{% if caller %}{{ caller('in') }}{% endif %}]{% endmacro %}
