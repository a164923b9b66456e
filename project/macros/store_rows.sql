{#- The key of a class of a program; null where the program or the class is not known. -#}
{% macro variant_key() -%}
    case
        when program_code <> 'UNKNOWN' and class_name is not null
            then {{ surrogate_key(['entity_code', 'program_code', 'class_name']) }}
    end
{%- endmacro %}

{#- What was last written in a column: of two on one day the later in the workbook, so that it is the same in every run. -#}
{% macro last_written(column, on='mentioned_on') -%}
    arg_max({{ column }}, ({{ on }}, _file, _sheet, _row)) filter (where {{ column }} is not null)
{%- endmacro %}
