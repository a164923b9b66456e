package compile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"atlas/engine/compile"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestBatches(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/d.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', batch_size='day', begin='2024-01-01', lookback=2) }}select now() as seen",
		"models/m.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', batch_size='month', begin='2023-11-15') }}select now() as seen",
		"models/h.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', batch_size='hour', begin='2024-01-03 22:30:00') }}select now() as seen",
	))
	now := at("2024-01-04 10:20")
	b.c.SetRun(&compile.Run{Clock: func() time.Time { return now }})
	for _, c := range []struct {
		model string
		anew  bool
		want  string
	}{
		{"d", true, "20240101 20240102 20240103 20240104"},
		{"d", false, "20240102 20240103 20240104"}, // the end, 5 January, is itself the start of a day
		{"m", true, "202311 202312 202401"},
		{"m", false, "202312 202401"},
		{"h", true, "20240103T22 20240103T23 20240104T00 20240104T01 20240104T02 20240104T03 20240104T04 20240104T05 20240104T06 20240104T07 20240104T08 20240104T09 20240104T10"},
	} {
		batches, err := b.c.Batches(b.node("model.demo."+c.model), c.anew)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, x := range batches {
			ids = append(ids, x.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s anew=%v: %s, not %s", c.model, c.anew, got, c.want)
		}
	}
	start, end := at("2024-01-02 12:00"), at("2024-01-03 00:00")
	b.c.SetRun(&compile.Run{EventStart: &start, EventEnd: &end})
	batches, err := b.c.Batches(b.node("model.demo.d"), false)
	if err != nil || len(batches) != 1 || !batches[0].Start.Equal(at("2024-01-02 00:00")) || !batches[0].End.Equal(end) {
		t.Errorf("%v %v", batches, err)
	}
}

func TestMicrobatch(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/events.sql", "{{ config(materialized='table', event_time='seen') }}select * from raw_events",
		"models/d.sql", `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', batch_size='day', begin='2024-01-01',
  pre_hook="insert into log values ('pre')", post_hook="insert into log values ('post')") }}
select id, seen, '{{ model.batch.id if model.batch }}' as batch, {{ is_incremental() }} as incremental from {{ ref('events') }}`,
	))
	now := at("2024-01-04 10:20")
	b.c.SetRun(&compile.Run{Clock: func() time.Time { return now }})
	b.exec("create table log (what varchar); create table raw_events as select * from (values (1, timestamp '2024-01-01 05:00'), (2, timestamp '2024-01-03 06:00'), (3, timestamp '2024-01-04 07:00')) t(id, seen)")
	b.build("model.demo.events")
	n := b.node("model.demo.d")
	if _, pkg, builtin := b.c.MaterializationOf(n, "incremental"); builtin || pkg != "dbt_duckdb" {
		t.Errorf("%s %v", pkg, builtin)
	}
	out := buildByTemplate(t, b, "model.demo.d", "incremental")
	if got := b.rows("select id, batch, incremental from d order by id"); got != "1,20240101,False 2,20240103,True 3,20240104,True" {
		t.Errorf("got %s (%+v)", got, out)
	}
	if got := b.rows("select string_agg(what, ',') from log"); got != "pre,post" {
		t.Errorf("hooks: %s", got)
	}
	b.exec("delete from events where id = 2; update events set id = 30 where id = 3; insert into events values (10, timestamp '2024-01-01 08:00')")
	buildByTemplate(t, b, "model.demo.d", "incremental")
	if got := b.rows("select id, batch from d order by id"); got != "1,20240101 30,20240104" {
		t.Errorf("after the second run: %s", got)
	}
	if _, err := b.c.Compile(context.Background(), n, b.s); err != nil {
		t.Error(show(err))
	}
	b.c.SetRun(&compile.Run{Clock: func() time.Time { return now }, FullRefresh: true})
	buildByTemplate(t, b, "model.demo.d", "incremental")
	if got := b.rows("select id, batch, incremental from d order by id"); got != "1,20240101,False 10,20240101,False 30,20240104,False" {
		t.Errorf("after a full refresh: %s", got)
	}
}
