
    
    

select
    id as unique_field,
    count(*) as n_records

from (select * from "parity"."main"."quoted_alias" where id > 0) dbt_subquery
where id is not null
group by id
having count(*) > 1


