select 1 as "Id"
