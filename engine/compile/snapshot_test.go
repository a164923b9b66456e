package compile_test

import (
	"testing"
)

// TestSnapshot follows rows through changes and deletions, by both strategies and by each way of
// taking deletions.
func TestSnapshot(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"snapshots/s.sql", `{% snapshot by_time %}{{ config(unique_key='id', strategy='timestamp', updated_at='seen', hard_deletes='invalidate') }}
select * from people
{% endsnapshot %}
{% snapshot by_check %}{{ config(unique_key=['id', 'kind'], strategy='check', check_cols=['name'], hard_deletes='new_record') }}
select id, 'k' as kind, name from people
{% endsnapshot %}
{% snapshot by_all %}{{ config(unique_key='id', strategy='check', check_cols='all', dbt_valid_to_current="'9999-12-31'::timestamp", snapshot_meta_column_names={'dbt_valid_to': 'until'}) }}
select id, name from people
{% endsnapshot %}`,
	))
	names := []string{"by_time", "by_check", "by_all"}
	take := func() {
		t.Helper()
		for _, name := range names {
			buildByTemplate(t, b, "snapshot.demo."+name, "snapshot")
		}
	}
	b.exec(`create table people as select * from (values
		(1, 'ada', timestamp '2024-01-01'), (2, 'ben', timestamp '2024-01-01'), (3, 'cy', timestamp '2024-01-01')) t(id, name, seen)`)
	take()
	take() // nothing has changed
	b.exec("update people set name = 'bob', seen = timestamp '2024-02-01' where id = 2; delete from people where id = 3")
	take()
	for query, want := range map[string]string{
		"select id, name, dbt_valid_to is null from by_time order by id, dbt_valid_from":                                  "1,ada,True 2,ben,False 2,bob,True 3,cy,False",
		"select dbt_valid_from, dbt_valid_to, dbt_updated_at from by_time where name = 'ben'":                             "2024-01-01 00:00:00,2024-02-01 00:00:00,2024-01-01 00:00:00",
		"select id, name, dbt_valid_to is null, dbt_is_deleted from by_check order by id, dbt_valid_from, dbt_is_deleted": "1,ada,True,False 2,ben,False,False 2,bob,True,False 3,cy,False,False 3,cy,True,True",
		"select id, name, until = '9999-12-31'::timestamp from by_all order by id, dbt_valid_from":                        "1,ada,True 2,ben,False 2,bob,True 3,cy,True",
		"select count(distinct dbt_scd_id) = count(*) from by_time":                                                       "True",
		"select dbt_scd_id = md5('1' || '|' || '2024-01-01 00:00:00') from by_time where id = 1":                          "True",
		"select string_agg(column_name, ',') from (describe by_all)":                                                      "id,name,dbt_scd_id,dbt_updated_at,dbt_valid_from,until",
	} {
		if got := b.rows(query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
	b.exec("insert into people values (3, 'cy', timestamp '2024-03-01'); alter table people add column extra integer")
	take()
	if got := b.rows("select id, dbt_valid_to is null, extra is null from by_time where id = 3 order by dbt_valid_from"); got != "3,False,True 3,True,True" {
		t.Errorf("after it came back: %s", got)
	}
	if got := b.rows("select dbt_is_deleted, dbt_valid_to is null from by_check where id = 3 order by dbt_valid_from, dbt_is_deleted"); got != "False,False True,False False,True" {
		t.Errorf("after it came back: %s", got)
	}
}
