select '{{ this }}' as place, '{{ ref("orders") }}' as parent, {{ adapter.dispatch('right', 'dbt')('s', 2) }}
