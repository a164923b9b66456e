{#- One spelling for comparison: lower case, non-breaking spaces as spaces, single spaces, none at the ends; null if nothing is left. -#}
{% macro text_key(column) -%}
    nullif(lower(regexp_replace(trim(replace({{ column }}, chr(160), ' ')), '\s+', ' ', 'g')), '')
{%- endmacro %}

{#- A name as one prints it: every word begins with a capital. -#}
{% macro proper_name(column) -%}
    array_to_string(
        list_transform(
            string_split({{ text_key(column) }}, ' '),
            lambda word: upper(word[1]) || word[2:]
        ),
        ' '
    )
{%- endmacro %}

{#- A mobile number in international form (+62…), from any of the forms in which people write it; null if it cannot be one.
    Of two numbers behind a slash the first counts. -#}
{% macro normalize_phone(column) -%}
    {%- set digits = "regexp_replace(split_part(" ~ column ~ ", '/', 1), '[^0-9]', '', 'g')" -%}
    {%- set national = "regexp_replace(" ~ digits ~ ", '^(62|0)', '')" -%}
    case when regexp_full_match({{ national }}, '8[0-9]{8,11}') then '+62' || {{ national }} end
{%- endmacro %}

{#- A key of one text out of several columns; nulls count as empty. -#}
{% macro surrogate_key(columns) -%}
    md5(concat_ws('|'
    {%- for column in columns -%}
        , coalesce(cast({{ column }} as varchar), '')
    {%- endfor -%}
    ))
{%- endmacro %}

{#- A unit's name as charts and tables have room for: three words before a colon become their initials. -#}
{% macro unit_short(column) -%}
    regexp_replace({{ column }}, '^([A-Z])\w* ([A-Z])\w* ([A-Z])\w*: ', '\1\2\3 ')
{%- endmacro %}
