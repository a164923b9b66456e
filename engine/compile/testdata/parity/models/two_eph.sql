-- a comment first
select a.id, b.customer from {{ ref('eph_inner') }} a join {{ ref('eph_outer') }} b using (id)
