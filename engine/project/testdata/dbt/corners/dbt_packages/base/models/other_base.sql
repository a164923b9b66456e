{{ config(tags=['c'], alias='in_file_alias', schema=var('flag')) }}
select 1 as id
