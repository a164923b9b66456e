{{ config(alias='v_two') }}
select 1 as a, 2 as b
