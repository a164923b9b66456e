package compile_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"atlas/engine/diag"
)

func TestUnitTests(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/orders.sql", "select 1 as id, 'x'::varchar as name, 1.5::decimal(9,2) as amount",
		"models/never_built.sql", "select 1 as id, date '2024-01-01' as d",
		"models/eph.sql", "{{ config(materialized='ephemeral') }}select id from {{ ref('orders') }}",
		"models/m.sql", `{{ config(materialized='incremental') }}
with x as (select o.*, n.d from {{ ref('orders') }} o left join {{ ref('never_built') }} n using (id))
select id, upper(name) as name, amount * {{ var('factor', 1) }} as amount, d, (select count(*) from {{ source('raw', 't') }}) as rows
from x {% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}`,
		"models/u.yml", `sources: [{name: raw, schema: main, tables: [{name: t}]}]
unit_tests:
  - name: over_dicts
    model: m
    given:
      - {input: ref('orders'), rows: [{id: 2, name: "o'x"}, {id: 1, name: y, amount: 2.5}]}
      - {input: ref('never_built'), format: csv, rows: "id,d\n1,2024-02-03\n"}
      - {input: "source('raw', 't')", format: sql, rows: "select 1 union all select 2"}
    overrides: {vars: {factor: 2}, macros: {is_incremental: false}}
    expect: {rows: [{id: 1, NAME: Y, amount: 5, d: "2024-02-03", rows: 2}, {id: 2, NAME: "O'X", amount: null, d: null, rows: 2}]}
  - name: over_this
    model: m
    given:
      - {input: this, rows: [{id: 1}]}
      - {input: ref('orders'), rows: [{id: 1}, {id: 2}]}
      - {input: ref('never_built'), rows: []}
      - {input: "source('raw', 't')", rows: []}
    overrides: {macros: {is_incremental: true}}
    expect: {rows: [{id: 2}]}
  - name: wrong_column
    model: m
    given:
      - {input: ref('orders'), rows: [{idd: 1}]}
    expect: {rows: []}
`))
	b.exec("create table t (a integer)")
	b.build("model.demo.orders")
	for _, name := range []string{"over_dicts", "over_this"} {
		u, err := b.c.UnitTest(context.Background(), b.node("unit_test.demo.m."+name), b.s)
		if err != nil {
			t.Fatalf("%s: %s", name, show(err))
		}
		if got := b.rows(differences(u)); got != "0" {
			t.Errorf("%s: %s rows differ:\n%s\n%s", name, got, b.rows(u.SQL), u.SQL)
		}
	}
	_, err := b.c.UnitTest(context.Background(), b.node("unit_test.demo.m.wrong_column"), b.s)
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Pos.File != "models/u.yml" || !strings.Contains(d.Msg, "Invalid column name: 'idd'") {
		t.Errorf("got %v", err)
	}
}
