select
 TEXT, integer, bigint, float, numeric(28,6), timestamp, boolean,
 

    (d + cast(1 as bigint) * interval 1 day), 

    (d + (cast(-2 as bigint) * 7) * interval 1 day), 

    (d + (cast(n as bigint) * 3) * interval 1 month), 
        (date_diff('day', a::timestamp, b::timestamp ))
    , 
            (
        (date_diff('day', a::timestamp, b::timestamp ))
     // 7 + case
            when date_part('dow', (a)::timestamp) <= date_part('dow', (b)::timestamp) then
                case when a <= b then 0 else -1 end
            else
                case when a <= b then 1 else 0 end
        end)
    ,
 date_trunc('month', d), cast(
        

    (

    (date_trunc('month', d) + cast(1 as bigint) * interval 1 month) + cast(-1 as bigint) * interval 1 day)
        as date), -- duckdb dateadd does not support quarter interval.
    cast(
        

    (

    (date_trunc('quarter', d) + cast(3 as bigint) * interval 1 month) + cast(-1 as bigint) * interval 1 day)
        as date), make_date(2024, 2, 3),
 md5(cast(x as TEXT)), a || '-' || b, 

    length(
        x
    ), 

    position(
        'a' in x
    ), 

    replace(
        x,
        'a',
        'b'
    )


, my_right(x, 3), 
    string_split(x, '-')[ 2 ]
,
 'it', it''s, 
    string_agg(
        x,
        ','
        order by y
        ), list_aggr(
        (array_agg(
            x
            order by y
        ))[1:3],
        'string_agg',
        ','
        ), arbitrary(x), bool_or(x),
 
    array[ 1 , 2 ]
    , 
    array[]::integer[]
    , array_append(l, 4), array_cat(l, m),
 
    cast(x as int)
, 
    
    cast(x as int)
, 
  
    cast(x as TEXT)

, 

    except

, 

    intersect

, now(), now()::timestamp, (a = b)
,
 
    select
        generate_series as generated_number
    from generate_series(1, 10)
, 4, 
    current_timestamp::timestamp
, 
    current_timestamp::timestamp

 


    


    with rawdata as (

        
    select
        generate_series as generated_number
    from generate_series(1, 9)


    ),

    all_periods as (

        select (
            

    (date '2024-01-01' + cast(row_number() over (order by 1) - 1 as bigint) * interval 1 day)
        ) as date_day
        from rawdata

    ),

    filtered as (

        select *
        from all_periods
        where date_day <= date '2024-01-10'

    )

    select * from filtered


 2
 ['20240101', '20240102', '20240103', '20240104'] ['20240101']
 "a", "b" TEXT md5(cast(a || b as TEXT))