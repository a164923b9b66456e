package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // reads the store beside the program
)

// agreements are figures that the marts and the operational store both have, by month: a query of
// the warehouse, whose amounts have two decimals, and one of the store, whose amounts are integers.
var agreements = []struct{ name, mart, store string }{
	{
		"revenue by unit",
		"select make_date(year_number, month_number, 1), unit_code, orders, gross_revenue, discount_amount, net_revenue from {{ ref('mart_revenue') }} where orders > 0",
		"select month, unit_id, count(*), sum(gross_minor), sum(discount_minor), sum(net_minor) from commerce_order where entity_id = ? group by 1, 2",
	},
	{
		"revenue by program",
		"select make_date(year_number, month_number, 1), unit_code, program_code, orders, net_revenue from {{ ref('mart_program_progress') }} where orders > 0",
		"select month, unit_id, coalesce(item_id, 'UNKNOWN'), count(*), sum(net_minor) from commerce_order where entity_id = ? group by 1, 2, 3",
	},
	{
		"revenue by school",
		"select make_date(year_number, month_number, 1), school_code, orders, students, net_revenue from {{ ref('mart_school_progress') }} where orders > 0",
		"select month, organization_id, count(*), count(distinct person_id), sum(net_minor) from commerce_order where entity_id = ? group by 1, 2",
	},
	{
		"payments",
		"select make_date(year_number, month_number, 1), sum(orders), sum(net_revenue) from {{ ref('mart_revenue') }} where orders > 0 group by 1",
		"select month, count(*), sum(amount_minor) from finance_transaction where entity_id = ? group by 1",
	},
	{
		"channels",
		"select make_date(year_number, month_number, 1), channel_code, orders, new_students, first_time_students, net_revenue from {{ ref('mart_channel_marketing') }}",
		"select month, channel_id, orders, new_enrollments, first_enrollments, net_minor from marketing_activity where entity_id = ?",
	},
	{
		"orders by channel",
		"select make_date(year_number, month_number, 1), channel_code, orders, students, net_revenue from {{ ref('mart_channel_marketing') }} where orders > 0",
		"select month, channel_id, count(*), count(distinct person_id), sum(net_minor) from commerce_order where entity_id = ? group by 1, 2",
	},
	{
		"enrollments",
		"select make_date(year_number, month_number, 1), unit_code, new_students from {{ ref('mart_revenue') }} where new_students > 0",
		"select month, unit_id, count(*) from commerce_enrollment where entity_id = ? group by 1, 2",
	},
	{
		"targets",
		"select make_date(year_number, month_number, 1), unit_code, target_revenue, target_students from {{ ref('mart_revenue') }}",
		`select m.month, i.unit_id, sum(m.amount_minor), sum(m.quantity)
		from target_metric as m join target_item as i on i.entity_id = m.entity_id and i.id = m.target_item_id
		where m.entity_id = ? and i.item_id is null group by 1, 2`,
	},
}

// store is the operational store of a workshop, as its readers see it.
type store struct {
	*workshop
	db *sql.DB
}

func (w *workshop) store() *store {
	w.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "atlas-ops.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { db.Close() })
	return &store{w, db}
}

// rows gives what a query gives, cells as text.
func (s *store) rows(query string, args ...any) [][]string {
	s.t.Helper()
	rows, err := s.db.Query(query, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		row, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			s.t.Fatal(err)
		}
		line := make([]string, len(row))
		for i, c := range row {
			line[i] = c.String
		}
		out = append(out, line)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// agrees compares all figures of an entity.
func (s *store) agrees(entity, when string, marts map[string]bool) {
	s.t.Helper()
	seen := 0
	for _, a := range agreements {
		for _, r := range s.rows(a.store, entity) {
			line := a.name + " " + strings.Join(r, " ")
			if seen++; !marts[line] {
				s.t.Errorf("%s, %s: the store has %s, the mart has not", when, entity, line)
			}
		}
	}
	if seen != len(marts) {
		s.t.Errorf("%s, %s: %d figures in the store, %d in the marts", when, entity, seen, len(marts))
	}
	if broken := s.rows("select * from pragma_foreign_key_check"); len(broken) > 0 {
		s.t.Errorf("%s: %d rows refer to nothing, first %v", when, len(broken), broken[0])
	}
}

// marts gives all figures of an entity in the warehouse, a line each, amounts as the store has them.
func (w *workshop) marts(entity string) map[string]bool {
	w.t.Helper()
	var queries []string
	for _, a := range agreements {
		queries = append(queries, "select '"+a.name+"' as figure, concat_ws(' ', *columns(*)) as line from ("+a.mart+")")
	}
	printed := w.atlas("show", "--entity", entity, "--output", "csv", "--limit", "-1", "--quiet", "--inline", strings.Join(queries, " union all "))
	records, err := csv.NewReader(bytes.NewReader(printed)).ReadAll()
	if err != nil || len(records) < 2 {
		w.t.Fatalf("the program printed no table (%v):\n%.300s", err, printed)
	}
	out := map[string]bool{}
	for _, r := range records[1:] {
		cells := strings.Split(r[1], " ")
		for i, c := range cells {
			if whole, cents, ok := strings.Cut(c, "."); ok && len(cents) == 2 {
				cells[i] = strings.TrimLeft(whole+cents, "0")
				if cells[i] == "" {
					cells[i] = "0"
				}
			}
		}
		out[r[0]+" "+strings.Join(cells, " ")] = true
	}
	return out
}

// print gives a hash over all rows of an entity, and reports tables that have none.
func (s *store) print(entity string) string {
	s.t.Helper()
	h := sha256.New()
	for _, t := range s.rows("select name from sqlite_master where type = 'table' and substr(name, 1, 1) <> '_' order by name") {
		if len(s.rows("select 1 from pragma_table_info(?) where name = 'entity_id'", t[0])) == 0 {
			continue
		}
		rows := s.rows("select * from "+t[0]+" where entity_id = ? order by 1, 2", entity)
		if len(rows) == 0 {
			s.t.Errorf("%s has no rows of %s", t[0], entity)
		}
		fmt.Fprintln(h, t[0], rows)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// publishEntity brings all years of an entity into the store.
func (w *workshop) publishEntity(p plan) {
	w.t.Helper()
	w.atlas("seed", "--entity", p.entity)
	for _, y := range p.years {
		w.atlas("publish", "--entity", p.entity, "--year", strconv.Itoa(y.year))
	}
}

// checkStore publishes what the marts have and compares the store with them to the last cent; then
// it damages a month and publishes it again.
func (w *workshop) checkStore() {
	w.t.Helper()
	w.atlas("migrate", "apply")
	s := w.store()
	prints, marts := map[string]string{}, map[string]map[string]bool{}
	for _, p := range plans() {
		w.publishEntity(p)
		marts[p.entity] = w.marts(p.entity)
		s.agrees(p.entity, "published", marts[p.entity])
		prints[p.entity] = s.print(p.entity)
	}
	first := plans()[0].entity
	if got := s.print(first); got != prints[first] {
		w.t.Errorf("publishing another entity changed rows of %s", first)
	}
	for _, harm := range []string{
		"update commerce_order set course_fee_minor = course_fee_minor + 1, gross_minor = gross_minor + 1, net_minor = net_minor + 1 where month = '2026-02-01' and entity_id = ?",
		"delete from finance_transaction where month = '2026-02-01' and entity_id = ?",
		"delete from commerce_order where month = '2026-02-01' and entity_id = ?",
		"delete from db_relation where month = '2026-02-01' and entity_id = ?",
		"insert into marketing_agenda (entity_id, id, month, name) select entity_id, 'stray', '2026-11-01', 'Stray' from core_entity where entity_id = ? and not exists (select 1 from marketing_agenda where month = '2026-11-01')",
	} {
		if _, err := s.db.Exec(harm, first); err != nil {
			w.t.Fatalf("%s: %v", harm, err)
		}
	}
	for range 2 {
		w.atlas("publish", "--entity", first, "--year", "2026", "--month", "2")
		w.atlas("publish", "--entity", first, "--year", "2026", "--month", "11")
		s.agrees(first, "published again", marts[first])
	}
	for _, p := range plans() {
		if s.print(p.entity) != prints[p.entity] {
			w.t.Errorf("after a month was published again, rows of %s are others", p.entity)
		}
	}
}
