select * from {{ ref('product') }} union all select * from {{ ref('product', v=1) }} union all select * from {{ ref('parity', 'product', version=2) }}
