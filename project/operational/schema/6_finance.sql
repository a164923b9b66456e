-- How money moves.

-- Shared.
create table finance_method (
	id text not null primary key,
	name text not null check (name <> '')
) strict;

-- Shared: what moves the money.
create table finance_type (
	id text not null primary key,
	name text not null check (name <> ''),
	direction text not null check (direction in ('in', 'out'))
) strict;

-- One a payment that counts.
create table finance_transaction (
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

create index finance_transaction_order on finance_transaction (entity_id, order_id);
create index finance_transaction_account on finance_transaction (entity_id, account_id);
create index finance_transaction_month on finance_transaction (entity_id, month);
create index finance_transaction_type_id on finance_transaction (type_id);
create index finance_transaction_method_id on finance_transaction (method_id);
