{% test local_expr(model, expr) %}
select * from {{ model }} where {{ expr }}
{% endtest %}
