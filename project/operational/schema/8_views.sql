-- What look-ups read. Amounts are in the currency here, for display; sums are made of the *_minor columns.

-- An order with the names of all it refers to.
create view commerce_order_record as
select
	o.entity_id, o.id, o.month, o.ordered_on, o.receipt_no, o.status_id,
	o.person_id, p.full_name as person_name, p.phone,
	o.organization_id, g.name as organization_name,
	o.unit_id, u.name as unit_name, u.unit_group,
	o.item_id, coalesce(i.name, 'Not in the catalogue') as item_name, v.name as variant_name,
	o.channel_id, c.name as channel_name,
	t.method_id, o.participants, o.net_minor,
	o.gross_minor / 100.0 as gross_amount, o.discount_minor / 100.0 as discount_amount, o.net_minor / 100.0 as net_amount,
	t.written_minor / 100.0 as written_amount,
	o.source_file, o.source_sheet, o.source_row
from commerce_order as o
join db_organization as g on g.entity_id = o.entity_id and g.id = o.organization_id
join core_unit as u on u.entity_id = o.entity_id and u.id = o.unit_id
join marketing_channel as c on c.entity_id = o.entity_id and c.id = o.channel_id
left join db_person as p on p.entity_id = o.entity_id and p.id = o.person_id
left join catalog_item as i on i.entity_id = o.entity_id and i.id = o.item_id
left join catalog_item_variant as v on v.entity_id = o.entity_id and v.id = o.variant_id
left join finance_transaction as t on t.entity_id = o.entity_id and t.id = o.id;

-- A person with what all years say of them.
create view db_person_record as
select
	p.entity_id, p.id, coalesce(p.full_name, p.phone) as name, p.phone, p.email, p.student_no,
	(select count(*) from commerce_order as o where o.entity_id = p.entity_id and o.person_id = p.id) as orders,
	(select coalesce(sum(o.net_minor), 0) from commerce_order as o where o.entity_id = p.entity_id and o.person_id = p.id) as net_minor,
	(select count(*) from commerce_enrollment as e where e.entity_id = p.entity_id and e.person_id = p.id) as enrollments,
	(
		select g.name
		from db_relation as r
		join db_organization as g on g.entity_id = r.entity_id and g.id = r.organization_id
		where r.entity_id = p.entity_id and r.person_id = p.id
		order by r.month desc, r.id
		limit 1
	) as organization_name
from db_person as p;

-- An organization with what all years say of it; placeholders are none.
create view db_organization_record as
select
	g.entity_id, g.id, g.name, g.sector, g.city,
	(select count(distinct r.person_id) from db_relation as r where r.entity_id = g.entity_id and r.organization_id = g.id) as people,
	(select count(*) from commerce_order as o where o.entity_id = g.entity_id and o.organization_id = g.id) as orders,
	(select coalesce(sum(o.net_minor), 0) from commerce_order as o where o.entity_id = g.entity_id and o.organization_id = g.id) as net_minor
from db_organization as g
where g.sector not in ('none', 'unknown');
