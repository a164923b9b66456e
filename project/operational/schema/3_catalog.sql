-- What is sold, under which brand, and at what price.

create table catalog_brand (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	name text not null check (name <> ''),
	primary key (entity_id, id)
) strict;

-- A program. One that no catalogue has is null in the tables that refer to items.
create table catalog_item (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	brand_id text not null,
	unit_id text not null, -- that teaches it
	name text not null check (name <> ''),
	primary key (entity_id, id),
	foreign key (entity_id, brand_id) references catalog_brand (entity_id, id),
	foreign key (entity_id, unit_id) references core_unit (entity_id, id)
) strict;

create index catalog_item_brand on catalog_item (entity_id, brand_id);
create index catalog_item_unit on catalog_item (entity_id, unit_id);

-- A class or batch in which a program is given.
create table catalog_item_variant (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	item_id text not null,
	name text not null check (name <> ''), -- A-4
	primary key (entity_id, id),
	unique (entity_id, item_id, name),
	foreign key (entity_id, item_id) references catalog_item (entity_id, id)
) strict;

-- What a program cost in a month, as it was charged, before discount. Instalments are lower than the price, so the highest
-- fee is taken for it.
create table catalog_pricing (
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

create index catalog_pricing_month on catalog_pricing (entity_id, month);
