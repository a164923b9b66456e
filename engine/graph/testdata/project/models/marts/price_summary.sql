select count(*) as plants from {{ ref('price_list') }} union all select count(*) from {{ ref('price_list', v=1) }}
union all select count(*) from {{ ref('garden_tools', 'tools') }}
