
    
    



select id
from "parity"."main"."orders"
where id is null


