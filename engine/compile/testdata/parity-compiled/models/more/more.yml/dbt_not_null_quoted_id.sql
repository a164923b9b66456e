
    
    



select id
from "parity"."main"."quoted_alias"
where id is null


