{% test positive_amount_of_every_single_order_ever_made(model, column_name, tolerance, flags) %}
{{ config(severity='error', fail_calc='sum(1)') }}
select * from {{ model }} where {{ column_name }} < {{ tolerance }}
{% endtest %}

{% test expression_holds(model, expression) %}
select * from {{ model }} where not ({{ expression }})
{% endtest %}
