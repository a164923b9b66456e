-- values of variables are templates where var() asks for them
select 'dev' as a, 'dev-hello-template_vars' as b, 'X!' as c,
    '{{ target.name }}' as d, 2 as e, 'True' as f,
    '{{ 3 }}' as g
from "parity"."main"."orders"