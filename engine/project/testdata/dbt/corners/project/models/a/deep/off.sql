select * from {{ ref('hooked') }}
