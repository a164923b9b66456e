select * from {{ source('files', 'people') }}, {{ source('files', 'towns') }}, {{ source('lake', 'events') }}, {{ source('plain', 'things') }}
-- {{ source('lake','events').identifier }} {{ source('lake','events').schema }} {{ source('lake','events').database }} {{ source('lake','events') is mapping }}
