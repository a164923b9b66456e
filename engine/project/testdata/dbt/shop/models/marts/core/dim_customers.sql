{{ config(contract={'enforced': true}) }}
select id, name from {{ through('customers') }}
