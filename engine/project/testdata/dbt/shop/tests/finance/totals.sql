select 1 from {{ ref('stg_orders') }} where {{ var('missing', 'false') }}
