-- Orders and enrollments: the records behind the figures.

-- Shared: whether an order needs a look.
create table commerce_order_status (
	id text not null primary key,
	name text not null check (name <> ''),
	description text
) strict;

-- Shared: how an enrollment goes.
create table commerce_enrollment_status (
	id text not null primary key,
	name text not null check (name <> ''),
	is_open integer not null check (is_open in (0, 1)) -- the person may still come to class
) strict;

-- A payment that counts as revenue, with the cell of the workbook that says so.
create table commerce_order (
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

create index commerce_order_month on commerce_order (entity_id, month, unit_id);
create index commerce_order_account on commerce_order (entity_id, account_id);
create index commerce_order_person on commerce_order (entity_id, person_id);
create index commerce_order_organization on commerce_order (entity_id, organization_id, month);
create index commerce_order_unit on commerce_order (entity_id, unit_id);
create index commerce_order_item on commerce_order (entity_id, item_id, month);
create index commerce_order_variant on commerce_order (entity_id, variant_id);
create index commerce_order_channel on commerce_order (entity_id, channel_id, month);
create index commerce_order_status_id on commerce_order (status_id);
create index commerce_order_receipt on commerce_order (entity_id, receipt_no);

-- A person in a program, once a year.
create table commerce_enrollment (
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

create index commerce_enrollment_month on commerce_enrollment (entity_id, month, unit_id);
create index commerce_enrollment_person on commerce_enrollment (entity_id, person_id);
create index commerce_enrollment_organization on commerce_enrollment (entity_id, organization_id, month);
create index commerce_enrollment_unit on commerce_enrollment (entity_id, unit_id);
create index commerce_enrollment_item on commerce_enrollment (entity_id, item_id, month);
create index commerce_enrollment_variant on commerce_enrollment (entity_id, variant_id);
create index commerce_enrollment_channel on commerce_enrollment (entity_id, channel_id, month);
create index commerce_enrollment_status_id on commerce_enrollment (status_id);
