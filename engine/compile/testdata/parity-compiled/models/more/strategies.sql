




insert into "parity"."main"."strategies" ("id", "b")
    (
        select "id", "b"
        from "tmp"
    )



        
            delete from "parity"."main"."strategies"
            where (
                id) in (
                select (id)
                from "tmp"
            );

        
    

    insert into "parity"."main"."strategies" ("id", "b")
    (
        select "id", "b"
        from "tmp"
    )

        
            delete from "parity"."main"."strategies" as DBT_INCREMENTAL_TARGET
            using "tmp"
            where (
                
                    "tmp".id = DBT_INCREMENTAL_TARGET.id
                    and 
                
                    "tmp".b = DBT_INCREMENTAL_TARGET.b
                    
                
                
                    
                        and id > 3
                    
                
            );
        
    

    insert into "parity"."main"."strategies" ("id", "b")
    (
        select "id", "b"
        from "tmp"
    )

        
            delete from "parity"."main"."strategies"
            where (
                id) in (
                select (id)
                from "tmp"
            );

        
    

    insert into "parity"."main"."strategies" ("id", "b")
    (
        select "id", "b"
        from "tmp"
    )
insert into "parity"."main"."strategies" ("id", "b")
    (
        select "id", "b"
        from "parity"."main"."strategies"
    )


['"id"'] ['x'] "p", "q"
['b'] [{'column_name': 'id', 'new_type': 'integer'}]
sync_all_columns ignore False False

    

    create  table
      "parity"."main"."strategies"
  
    
    as (
      select 1 as id
    );
    
  

    

    create temporary table
      "strategies"
  
    
    as (
      select 1 as id
    );
    
  

    

    create  table
      "parity"."main"."strategies"
  
    
    as (
      select 1
    );
    
  

  
  create view "parity"."main"."strategies" as (
    select 1 as id
  );
 
  
  create view "parity"."main"."strategies" as (
    select 2
  );

select * from (
        select 1 as x
    ) as __dbt_sbq
    where false
    limit 0

select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) > 5 as should_error
    from (
      select 1
      limit 10
    ) dbt_internal_test select
      sum(x) as failures,
      sum(x) != 0 as should_warn,
      sum(x) > 5 as should_error
    from (
      select 1
      
    ) dbt_internal_test

  select 1
  
  limit 5 
  
  select 1
  
  limit 3

"parity"."main"."strategies__dbt_tmp" "parity"."main"."strategies__dbt_backup" 
"parity"."main"."strategies" md5(coalesce(cast(a as varchar ), '')
         || '|' || coalesce(cast(b as varchar ), '')
        ) main_x y parity main
drop view if exists "parity"."main"."strategies" cascade drop table if exists "parity"."main"."strategies" cascade d.INFORMATION_SCHEMA

    
    a;
    -- dbt seed --
    b

 10000 ?
./strategies.parquet format parquet delimiter '|', format csv, header 1 f/*/*/*.parquet

    
        
            a as dbt_unique_key_1 ,
        
            b as dbt_unique_key_2
        
    
 
    
        x.dbt_unique_key = y.dbt_unique_key
    
 '2024-01-01'::timestamp {'dbt_valid_to': 'dbt_valid_to', 'dbt_valid_from': 'dbt_valid_from', 'dbt_scd_id': 'dbt_scd_id', 'dbt_updated_at': 'dbt_updated_at', 'dbt_is_deleted': 'dbt_is_deleted'}

    

    select *,
        S as dbt_scd_id,
        U as dbt_updated_at,
        U as dbt_valid_from,
        
  
  coalesce(nullif(U, U), null)
  as dbt_valid_to
from (
        select 1
    ) sbq



['id int not null check (id > 0) unique primary key references other (id)']
['primary key (a, b)', 'constraint nm check (a > b)', 'constraint u unique (a)']
-- Build actual result given inputs
with dbt_internal_unit_test_actual as (
  select
    "a", 'actual' as "actual_or_expected"
  from (
    select 1 as a
  ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
  select
    "a", 'expected' as "actual_or_expected"
  from (
    select 2 as a
  ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
select 
    
    cast(1 as integer)
 as "a" {'a': "\n    \n    cast('x' as text)\n", 'b': '\n    \n    cast(null as int)\n'}
{'id': {'quote': False}}
['grant select on "parity"."main"."strategies" to a, b'] False True

select 1