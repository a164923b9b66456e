-- create table core_group
CREATE TABLE core_group (
	id text not null primary key,
	name text not null check (name <> '')
) strict;

-- create table core_entity
CREATE TABLE core_entity (
	entity_id text not null primary key, -- IONS, EPN
	group_id text not null references core_group (id),
	name text not null check (name <> ''),
	business text, -- what it does, in a sentence
	currency_code text not null check (length(currency_code) = 3), -- ISO 4217; its smallest unit is a hundredth
	billed_to text not null check (billed_to in ('person', 'organization')) -- who its customers are
) strict;

-- create index core_entity_group
CREATE INDEX core_entity_group on core_entity (group_id);

-- create table core_unit
CREATE TABLE core_unit (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- TM, WLC_ENGLISH
	name text not null check (name <> ''),
	unit_group text not null, -- units reported together, such as WLC; the unit itself where it stands alone
	sort_order integer not null,
	primary key (entity_id, id)
) strict;

-- create table db_person
CREATE TABLE db_person (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	full_name text, -- as last written; null if only the number is known
	phone text check (phone like '+%'), -- in international form
	email text check (email like '%@%'),
	student_no text, -- number as last given
	primary key (entity_id, id),
	unique (entity_id, phone),
	check (full_name is not null or phone is not null)
) strict;

-- create index db_person_name
CREATE INDEX db_person_name on db_person (entity_id, full_name);

-- create table db_organization
CREATE TABLE db_organization (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	name text not null check (name <> ''),
	sector text not null, -- primary, junior, senior, university; of companies the industry; none and unknown are no organizations
	city text,
	primary key (entity_id, id)
) strict;

-- create index db_organization_name
CREATE INDEX db_organization_name on db_organization (entity_id, name);

-- create table db_account
CREATE TABLE db_account (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	kind text not null check (kind in ('person', 'organization')),
	person_id text,
	organization_id text,
	primary key (entity_id, id),
	unique (entity_id, person_id),
	unique (entity_id, organization_id),
	foreign key (entity_id, person_id) references db_person (entity_id, id),
	foreign key (entity_id, organization_id) references db_organization (entity_id, id),
	check ((kind = 'person') = (person_id is not null)),
	check ((kind = 'organization') = (organization_id is not null))
) strict;

-- create table db_relation
CREATE TABLE db_relation (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	person_id text not null,
	organization_id text not null,
	kind text not null check (kind in ('student', 'contact')),
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'), -- of the year's first record that says so
	position text, -- grade, semester or post, as last written in the year
	primary key (entity_id, id),
	foreign key (entity_id, person_id) references db_person (entity_id, id),
	foreign key (entity_id, organization_id) references db_organization (entity_id, id)
) strict;

-- create index db_relation_person
CREATE INDEX db_relation_person on db_relation (entity_id, person_id);

-- create index db_relation_organization
CREATE INDEX db_relation_organization on db_relation (entity_id, organization_id);

-- create index db_relation_month
CREATE INDEX db_relation_month on db_relation (entity_id, month);

-- create table catalog_brand
CREATE TABLE catalog_brand (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	name text not null check (name <> ''),
	primary key (entity_id, id)
) strict;

-- create table catalog_item
CREATE TABLE catalog_item (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	brand_id text not null,
	unit_id text not null, -- that teaches it
	name text not null check (name <> ''),
	primary key (entity_id, id),
	foreign key (entity_id, brand_id) references catalog_brand (entity_id, id),
	foreign key (entity_id, unit_id) references core_unit (entity_id, id)
) strict;

-- create index catalog_item_brand
CREATE INDEX catalog_item_brand on catalog_item (entity_id, brand_id);

-- create index catalog_item_unit
CREATE INDEX catalog_item_unit on catalog_item (entity_id, unit_id);

-- create table catalog_item_variant
CREATE TABLE catalog_item_variant (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	item_id text not null,
	name text not null check (name <> ''), -- A-4
	primary key (entity_id, id),
	unique (entity_id, item_id, name),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id)
) strict;

-- create table catalog_pricing
CREATE TABLE catalog_pricing (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	item_id text not null,
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	course_fee_minor integer not null check (course_fee_minor >= 0), -- a participant's, the highest of the month
	lowest_fee_minor integer not null check (lowest_fee_minor between 0 and course_fee_minor),
	registration_fee_minor integer not null check (registration_fee_minor >= 0), -- the highest of the month; 0 if none was charged
	orders integer not null check (orders > 0), -- that it is drawn from
	primary key (entity_id, id),
	unique (entity_id, item_id, month),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id)
) strict;

-- create index catalog_pricing_month
CREATE INDEX catalog_pricing_month on catalog_pricing (entity_id, month);

-- create table marketing_channel
CREATE TABLE marketing_channel (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- UNKNOWN where nobody wrote it down
	name text not null check (name <> ''),
	kind text not null check (kind in ('online', 'offline', 'word_of_mouth', 'unknown')),
	primary key (entity_id, id)
) strict;

-- create table marketing_agenda
CREATE TABLE marketing_agenda (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- 2026-02
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	name text not null check (name <> ''),
	primary key (entity_id, id),
	unique (entity_id, month)
) strict;

-- create table marketing_activity
CREATE TABLE marketing_activity (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	agenda_id text not null,
	channel_id text not null,
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	orders integer not null check (orders >= 0),
	customers integer not null check (customers between 0 and orders), -- different people who ordered
	new_enrollments integer not null check (new_enrollments >= 0),
	first_enrollments integer not null check (first_enrollments between 0 and new_enrollments), -- of people who were never enrolled before
	net_minor integer not null,
	primary key (entity_id, id),
	unique (entity_id, agenda_id, channel_id),
	foreign key (entity_id, agenda_id) references marketing_agenda (entity_id, id),
	foreign key (entity_id, channel_id) references marketing_channel (entity_id, id)
) strict;

-- create index marketing_activity_channel
CREATE INDEX marketing_activity_channel on marketing_activity (entity_id, channel_id);

-- create index marketing_activity_month
CREATE INDEX marketing_activity_month on marketing_activity (entity_id, month);

-- create table commerce_order_status
CREATE TABLE commerce_order_status (
	id text not null primary key,
	name text not null check (name <> ''),
	description text
) strict;

-- create table commerce_enrollment_status
CREATE TABLE commerce_enrollment_status (
	id text not null primary key,
	name text not null check (name <> ''),
	is_open integer not null check (is_open in (0, 1)) -- the person may still come to class
) strict;

-- create table commerce_order
CREATE TABLE commerce_order (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'), -- in whose revenue it stands
	ordered_on text check (ordered_on glob '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'), -- null where a day was written that does not exist
	receipt_no text, -- null in a year that had none
	status_id text not null references commerce_order_status (id),
	account_id text, -- who pays; null if nobody is named
	person_id text, -- who learns, or the client's contact
	organization_id text not null,
	unit_id text not null, -- that earns it
	item_id text, -- null if no catalogue has it
	variant_id text,
	channel_id text not null,
	participants integer not null check (participants > 0),
	registration_fee_minor integer not null,
	course_fee_minor integer not null,
	gross_minor integer not null check (gross_minor > 0),
	discount_minor integer not null check (discount_minor >= 0),
	net_minor integer not null, -- what counts
	source_file text not null,
	source_sheet text not null,
	source_row integer not null,
	primary key (entity_id, id),
	check (gross_minor = registration_fee_minor + course_fee_minor),
	check (net_minor = gross_minor - discount_minor),
	foreign key (entity_id, account_id) references db_account (entity_id, id),
	foreign key (entity_id, person_id) references db_person (entity_id, id),
	foreign key (entity_id, organization_id) references db_organization (entity_id, id),
	foreign key (entity_id, unit_id) references core_unit (entity_id, id),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id),
	foreign key (entity_id, variant_id) references catalog_item_variant (entity_id, id),
	foreign key (entity_id, channel_id) references marketing_channel (entity_id, id)
) strict;

-- create index commerce_order_month
CREATE INDEX commerce_order_month on commerce_order (entity_id, month, unit_id);

-- create index commerce_order_account
CREATE INDEX commerce_order_account on commerce_order (entity_id, account_id);

-- create index commerce_order_person
CREATE INDEX commerce_order_person on commerce_order (entity_id, person_id);

-- create index commerce_order_organization
CREATE INDEX commerce_order_organization on commerce_order (entity_id, organization_id, month);

-- create index commerce_order_unit
CREATE INDEX commerce_order_unit on commerce_order (entity_id, unit_id);

-- create index commerce_order_item
CREATE INDEX commerce_order_item on commerce_order (entity_id, item_id, month);

-- create index commerce_order_variant
CREATE INDEX commerce_order_variant on commerce_order (entity_id, variant_id);

-- create index commerce_order_channel
CREATE INDEX commerce_order_channel on commerce_order (entity_id, channel_id, month);

-- create index commerce_order_status_id
CREATE INDEX commerce_order_status_id on commerce_order (status_id);

-- create index commerce_order_receipt
CREATE INDEX commerce_order_receipt on commerce_order (entity_id, receipt_no);

-- create table commerce_enrollment
CREATE TABLE commerce_enrollment (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	registered_on text not null check (registered_on glob '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
	status_id text not null references commerce_enrollment_status (id),
	person_id text not null,
	organization_id text not null,
	unit_id text not null,
	item_id text, -- null if no catalogue has it
	variant_id text,
	channel_id text not null,
	is_first integer not null check (is_first in (0, 1)), -- the person's first among the years loaded
	attendance_rate real check (attendance_rate between 0 and 1),
	progress_rate real check (progress_rate between 0 and 1),
	score real check (score between 0 and 100),
	source_file text not null,
	source_sheet text not null,
	source_row integer not null,
	primary key (entity_id, id),
	foreign key (entity_id, person_id) references db_person (entity_id, id),
	foreign key (entity_id, organization_id) references db_organization (entity_id, id),
	foreign key (entity_id, unit_id) references core_unit (entity_id, id),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id),
	foreign key (entity_id, variant_id) references catalog_item_variant (entity_id, id),
	foreign key (entity_id, channel_id) references marketing_channel (entity_id, id)
) strict;

-- create index commerce_enrollment_month
CREATE INDEX commerce_enrollment_month on commerce_enrollment (entity_id, month, unit_id);

-- create index commerce_enrollment_person
CREATE INDEX commerce_enrollment_person on commerce_enrollment (entity_id, person_id);

-- create index commerce_enrollment_organization
CREATE INDEX commerce_enrollment_organization on commerce_enrollment (entity_id, organization_id, month);

-- create index commerce_enrollment_unit
CREATE INDEX commerce_enrollment_unit on commerce_enrollment (entity_id, unit_id);

-- create index commerce_enrollment_item
CREATE INDEX commerce_enrollment_item on commerce_enrollment (entity_id, item_id, month);

-- create index commerce_enrollment_variant
CREATE INDEX commerce_enrollment_variant on commerce_enrollment (entity_id, variant_id);

-- create index commerce_enrollment_channel
CREATE INDEX commerce_enrollment_channel on commerce_enrollment (entity_id, channel_id, month);

-- create index commerce_enrollment_status_id
CREATE INDEX commerce_enrollment_status_id on commerce_enrollment (status_id);

-- create table finance_method
CREATE TABLE finance_method (
	id text not null primary key,
	name text not null check (name <> '')
) strict;

-- create table finance_type
CREATE TABLE finance_type (
	id text not null primary key,
	name text not null check (name <> ''),
	direction text not null check (direction in ('in', 'out'))
) strict;

-- create table finance_transaction
CREATE TABLE finance_transaction (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- that of its order
	order_id text not null,
	account_id text,
	type_id text not null references finance_type (id),
	method_id text references finance_method (id),
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	paid_on text check (paid_on glob '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
	amount_minor integer not null, -- fees less discount
	written_minor integer, -- the total as written, where the workbook has one; compared, never counted
	primary key (entity_id, id),
	foreign key (entity_id, order_id) references commerce_order (entity_id, id),
	foreign key (entity_id, account_id) references db_account (entity_id, id)
) strict;

-- create index finance_transaction_order
CREATE INDEX finance_transaction_order on finance_transaction (entity_id, order_id);

-- create index finance_transaction_account
CREATE INDEX finance_transaction_account on finance_transaction (entity_id, account_id);

-- create index finance_transaction_month
CREATE INDEX finance_transaction_month on finance_transaction (entity_id, month);

-- create index finance_transaction_type_id
CREATE INDEX finance_transaction_type_id on finance_transaction (type_id);

-- create index finance_transaction_method_id
CREATE INDEX finance_transaction_method_id on finance_transaction (method_id);

-- create table target_item
CREATE TABLE target_item (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	year integer not null check (year between 1900 and 2999),
	unit_id text not null,
	item_id text, -- null for the unit as a whole: its programs are no parts of that, but targets of their own
	primary key (entity_id, id),
	foreign key (entity_id, unit_id) references core_unit (entity_id, id),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id)
) strict;

-- create index target_item_what
CREATE UNIQUE INDEX target_item_what on target_item (entity_id, year, unit_id, coalesce(item_id, ''));

-- create index target_item_item
CREATE INDEX target_item_item on target_item (entity_id, item_id);

-- create table target_metric
CREATE TABLE target_metric (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	target_item_id text not null,
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	metric text not null check (metric in ('revenue', 'students')),
	amount_minor integer check (amount_minor >= 0),
	quantity integer check (quantity >= 0),
	primary key (entity_id, id),
	unique (entity_id, target_item_id, metric, month),
	foreign key (entity_id, target_item_id) references target_item (entity_id, id),
	check ((metric = 'revenue') = (amount_minor is not null)),
	check ((metric = 'students') = (quantity is not null))
) strict;

-- create index target_metric_month
CREATE INDEX target_metric_month on target_metric (entity_id, month);

-- create view commerce_order_record
CREATE VIEW commerce_order_record as
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

-- create view db_person_record
CREATE VIEW db_person_record as
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

-- create view db_organization_record
CREATE VIEW db_organization_record as
select
	g.entity_id, g.id, g.name, g.sector, g.city,
	(select count(distinct r.person_id) from db_relation as r where r.entity_id = g.entity_id and r.organization_id = g.id) as people,
	(select count(*) from commerce_order as o where o.entity_id = g.entity_id and o.organization_id = g.id) as orders,
	(select coalesce(sum(o.net_minor), 0) from commerce_order as o where o.entity_id = g.entity_id and o.organization_id = g.id) as net_minor
from db_organization as g
where g.sector not in ('none', 'unknown');
