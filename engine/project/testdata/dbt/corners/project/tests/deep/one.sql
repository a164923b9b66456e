select * from {{ ref('thing', version=2) }} where a is null
