-- Whose the records are: the group, its entities, and their units.
--
-- Rules that hold in all files here:
--
-- 1. Every table but the shared look-ups has entity_id, the entity's code, as the first part of its primary key; a foreign key
--    takes it along, so a row cannot refer to a row of another entity.
-- 2. An amount is an integer in the smallest unit of the entity's currency, a column *_minor: 1250000.00 rupiah are 125000000.
--    SQLite has no decimal type, and a REAL cannot hold 0.10; integers are exact, add up exactly, and STRICT refuses anything
--    else. The views divide, for display: sums are made of the *_minor columns.
-- 3. A day is ISO text, 2026-02-17. The month that a row is booked in is its first day, 2026-02-01: the month of the sheet it
--    stood in, which may differ from the month of its day.
-- 4. Keys are those of the marts: codes of look-ups, else a hash over what a row says, the same in every run.

-- The group of businesses; shared by its entities.
create table core_group (
	id text not null primary key,
	name text not null check (name <> '')
) strict;

create table core_entity (
	entity_id text not null primary key, -- IONS, EPN
	group_id text not null references core_group (id),
	name text not null check (name <> ''),
	business text, -- what it does, in a sentence
	currency_code text not null check (length(currency_code) = 3), -- ISO 4217; its smallest unit is a hundredth
	billed_to text not null check (billed_to in ('person', 'organization')) -- who its customers are
) strict;

create index core_entity_group on core_entity (group_id);

create table core_unit (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- TM, WLC_ENGLISH
	name text not null check (name <> ''),
	unit_group text not null, -- units reported together, such as WLC; the unit itself where it stands alone
	sort_order integer not null,
	primary key (entity_id, id)
) strict;
