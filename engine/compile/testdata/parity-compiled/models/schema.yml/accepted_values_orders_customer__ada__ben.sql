
    
    

with all_values as (

    select
        customer as value_field,
        count(*) as n_records

    from "parity"."main"."orders"
    group by customer

)

select *
from all_values
where value_field not in (
    'ada','ben'
)


