-- People, organizations, and how they belong together.

-- A person is a phone number, within an entity; without a number that can be one, a name.
create table db_person (
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

create index db_person_name on db_person (entity_id, full_name);

-- Schools that students come from, client companies. UNKNOWN stands for what nobody wrote down.
create table db_organization (
	entity_id text not null references core_entity (entity_id),
	id text not null,
	name text not null check (name <> ''),
	sector text not null, -- primary, junior, senior, university; of companies the industry; none and unknown are no organizations
	city text,
	primary key (entity_id, id)
) strict;

create index db_organization_name on db_organization (entity_id, name);

-- Who pays: a person, or an organization.
create table db_account (
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

-- That a person was at an organization in a year: a student at a school, a contact of a client.
create table db_relation (
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

create index db_relation_person on db_relation (entity_id, person_id);
create index db_relation_organization on db_relation (entity_id, organization_id);
create index db_relation_month on db_relation (entity_id, month);
