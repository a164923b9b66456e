-- What is wanted.

-- A unit in a year, or one of its programs.
create table target_item (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	year integer not null check (year between 1900 and 2999),
	unit_id text not null,
	item_id text, -- null for the unit as a whole: its programs are no parts of that, but targets of their own
	primary key (entity_id, id),
	foreign key (entity_id, unit_id) references core_unit (entity_id, id),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id)
) strict;

create unique index target_item_what on target_item (entity_id, year, unit_id, coalesce(item_id, ''));
create index target_item_item on target_item (entity_id, item_id);

-- The target of a month: an amount for revenue, a number of people for students.
create table target_metric (
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

create index target_metric_month on target_metric (entity_id, month);
