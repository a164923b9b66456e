-- values of variables are templates where var() asks for them
select '{{ var("from_target") }}' as a, '{{ var("from_vars") }}' as b, '{{ var("from_macro") }}' as c,
    '{{ var("not_inside")[0] }}' as d, {{ var("number") }} as e, '{{ var("number") is string }}' as f,
    '{{ var("none", "{{ 3 }}") }}' as g
from {{ var("from_ref") }}
