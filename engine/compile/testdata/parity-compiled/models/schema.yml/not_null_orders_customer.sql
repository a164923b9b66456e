
    
    



select customer
from (select * from "parity"."main"."orders" where amount > 6) dbt_subquery
where customer is null


