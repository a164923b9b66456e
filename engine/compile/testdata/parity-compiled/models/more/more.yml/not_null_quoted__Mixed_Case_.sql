
    
    



select "Mixed Case"
from "parity"."main"."quoted_alias"
where "Mixed Case" is null


