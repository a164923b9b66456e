{#- The four marts cut the same revenue in four ways: in every month their sums are equal to the rupiah. -#}
{% set marts = ['mart_revenue', 'mart_program_progress', 'mart_channel_marketing', 'mart_school_progress'] %}

with sums as (

    {% for mart in marts %}
    select '{{ mart }}' as mart, year_number, month_number, sum(net_revenue) as net_revenue
    from {{ ref(mart) }}
    group by year_number, month_number
    having sum(net_revenue) <> 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    year_number,
    month_number,
    min(net_revenue) as least,
    max(net_revenue) as most,
    count(*) as marts
from sums
group by year_number, month_number
having min(net_revenue) <> max(net_revenue) or count(*) <> {{ marts | length }}
