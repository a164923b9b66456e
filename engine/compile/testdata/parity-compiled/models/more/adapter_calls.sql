


True False

OK True
a|INTEGER|INTEGER|FalseTrueFalseTrueFalse|None|None b|VARCHAR|character varying(256)|TrueFalseFalseFalseFalse|None|None c|DECIMAL(10,2)|DECIMAL(10,2)|FalseFalseFalseFalseFalse|None|None s|STRUCT(k INTEGER, l VARCHAR)|STRUCT(k INTEGER, l VARCHAR)|FalseFalseFalseFalseFalse|None|None 


True "parity"."scratch"."renamed" table
renamed table
['a', 'b', 'c', 's'] (1, 'x', Decimal('2.50'), '{"k": 1, "l": "m"}')
0
True
False
['a', 'b']
a:INTEGER b:VARCHAR c:DECIMAL(9,3) d:DATE s.p:INTEGER s.q.r:INTEGER 
True
['append', 'delete+insert', 'merge', 'microbatch'] . False

select 1