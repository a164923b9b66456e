-- How customers come, and what each way brought.

create table marketing_channel (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- UNKNOWN where nobody wrote it down
	name text not null check (name <> ''),
	kind text not null check (kind in ('online', 'offline', 'word_of_mouth', 'unknown')),
	primary key (entity_id, id)
) strict;

-- The round of a month, under which its activities stand.
create table marketing_agenda (
	entity_id text not null references core_entity (entity_id),
	id text not null, -- 2026-02
	month text not null check (month glob '[12][0-9][0-9][0-9]-[01][0-9]-01'),
	name text not null check (name <> ''),
	primary key (entity_id, id),
	unique (entity_id, month)
) strict;

-- What a channel brought in a month.
create table marketing_activity (
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

create index marketing_activity_channel on marketing_activity (entity_id, channel_id);
create index marketing_activity_month on marketing_activity (entity_id, month);
