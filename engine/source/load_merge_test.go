package source_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
)

// keyed declares orders with a key and another column.
func keyed(key ...string) *manifest.ExtractTable {
	t := orders()
	t.Columns = append([]manifest.ExtractColumn{{Name: "no", Type: "text", Pos: diag.Pos{File: "sources/acme.yml", Line: 9}}}, t.Columns...)
	t.Key = key
	t.OptionPos["key"] = diag.Pos{File: "sources/acme.yml", Line: 6, Col: 7}
	return t
}

// rowsOf makes a snapshot of lines "no,date,customer,total,month,row".
func rowsOf(lines ...string) string {
	var b strings.Builder
	b.WriteString("no,ordered_on,customer,total,sheet_month,_file,_sheet,_row\n")
	for _, l := range lines {
		f := strings.Split(l, ",")
		fmt.Fprintf(&b, "%s,raw/orders.xlsx,Sheet,%s\n", strings.Join(f[:5], ","), f[5])
	}
	return b.String()
}

// bothWays runs a test with the session's own CSV reader and without.
func bothWays(t *testing.T, f func(t *testing.T, root string, s adapter.Session)) {
	for _, way := range []string{"csv", "rows"} {
		t.Run(way, func(t *testing.T) {
			s := session(t)
			if way == "rows" {
				s = plainSession{s}
			}
			f(t, t.TempDir(), s)
		})
	}
}

const short = "select no, ordered_on::text, customer, total::text, sheet_month, _row, _batch from raw.orders order by all"

func mode(root string, m source.Mode, month int, batch string) source.LoadOptions {
	o := loadOptions(root, "ACME")
	o.Mode, o.Month, o.Batch = m, month, batch
	return o
}

func TestMerge(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-01-02,y,2,1,3", "C,,,,2,4"))
		r := load(t, s, keyed("no"), mode(root, source.Merge, 0, "b1"))
		if r.Rows != 3 || r.Updated != 0 || r.Read != 3 || !r.Created {
			t.Errorf("first merge: %+v", r)
		}
		load(t, s, keyed("no"), source.LoadOptions{
			Root: root, Dialect: loadOptions(root, "").Dialect, Now: clock, Batch: "other",
			Scope: []source.ScopeColumn{{"entity_code", "text", "OTHER"}, {"source_year", "integer", int64(2026)}},
		})
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-01-02,y,2.50,1,3", "D,2026-03-01,z,4,3,5"))
		for i, want := range [][3]int64{{2, 1, 1}, {0, 0, 3}} {
			r := load(t, s, keyed("no"), mode(root, source.Merge, 0, fmt.Sprintf("b%d", i+2)))
			if r.Rows != want[0] || r.Updated != want[1] || r.Unchanged != want[2] || r.Total != 4 {
				t.Errorf("merge %d: %+v", i+2, r)
			}
		}
		want := `A 2026-01-01 x 1.00 1 2 b1
A 2026-01-01 x 1.00 1 2 other
B 2026-01-02 y 2.00 1 3 other
B 2026-01-02 y 2.50 1 3 b2
C <nil> <nil> <nil> 2 4 b1
C <nil> <nil> <nil> 2 4 other
D 2026-03-01 z 4.00 3 5 b2
`
		if got := query(t, s, short); got != want {
			t.Errorf("rows:\n%s\nwant:\n%s", got, want)
		}
	})
}

func TestMergeMonth(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-02-02,y,2,2,3", "C,2026-02-03,,3,2,4"))
		load(t, s, keyed("no"), mode(root, source.Replace, 0, "b1"))
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,10,1,2", "B,2026-02-02,y,20,2,3", "E,2026-02-05,,5,2,5", "F,2026-03-05,,6,3,6"))
		r := load(t, s, keyed("no"), mode(root, source.Merge, 2, "b2"))
		if r.Rows != 2 || r.Updated != 1 || r.Elsewhere != 2 || r.Total != 4 {
			t.Errorf("merge of a month: %+v", r)
		}
		if got := query(t, s, "select no, total::text, _batch from raw.orders order by no"); got != "A 1.00 b1\nB 20.00 b2\nC 3.00 b1\nE 5.00 b2\n" {
			t.Errorf("rows:\n%s", got)
		}
		// A key that stands in another month too is not for a load to decide.
		writeSnapshot(t, root, rowsOf("A,2026-02-01,x,10,2,2"))
		_, err := source.Load(t.Context(), s, keyed("no"), mode(root, source.Merge, 2, "b3"))
		wantDiag(t, err, diag.BadKey, "sources/acme.yml:6:7", `1 key of month 2 (no) stands in another month of raw.orders too: A in orders.xlsx · Sheet, row 2`, "add sheet_month to key")
		r = load(t, s, keyed("no"), mode(root, source.Merge, 0, "b3"))
		if r.Updated != 1 || r.Total != 4 {
			t.Errorf("the row moved: %+v", r)
		}
		r = load(t, s, keyed("no", "sheet_month"), mode(root, source.Merge, 2, "b4"))
		if r.Unchanged != 1 || r.Rows != 0 {
			t.Errorf("the month in the key: %+v", r)
		}
	})
}

func wantDiag(t *testing.T, err error, code diag.Code, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %s %s", code, parts)
		return
	}
	text := ""
	has := false
	for _, d := range diag.From(err) {
		text += d.Error() + "\n" + d.Hint + "\n"
		has = has || d.Code == code
	}
	for _, p := range parts {
		has = has && strings.Contains(text, p)
	}
	if !has {
		t.Errorf("got %s\nwant %s %q", text, code, parts)
	}
}

func TestMergeKeys(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2"))
		load(t, s, keyed("no"), mode(root, source.Replace, 0, "b1"))
		_, err := source.Load(t.Context(), s, keyed(), mode(root, source.Merge, 0, "b2"))
		wantDiag(t, err, diag.MissingKey, "sources/acme.yml:3:9: table orders has no key", "key: [order_no]")

		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", ",2026-01-01,x,1,1,3", "B,,x,1,1,4", "B,,y,2,1,5", ",,,,,6", "C,,x,1,1,7", "C,,x,1,1,8", "C,,x,1,1,9"))
		for _, m := range []source.Mode{source.Merge, source.Append} {
			_, err = source.Load(t.Context(), s, keyed("no"), mode(root, m, 0, "b2"))
			wantDiag(t, err, diag.BadKey, "sources/acme.yml:6:7",
				"2 rows of data/clean/acme-2026-orders.csv have no key (no): (empty) in orders.xlsx · Sheet, row 3; (empty) in orders.xlsx · Sheet, row 6",
				"2 keys of table orders (no) stand in more than one row of data/clean/acme-2026-orders.csv: B in orders.xlsx · Sheet, row 4; B in orders.xlsx · Sheet, row 5; C in orders.xlsx · Sheet, row 7; C in orders.xlsx · Sheet, row 8; …")
		}
		if got := query(t, s, "select count(*) from raw.orders"); got != "1\n" {
			t.Errorf("rows after refused loads: %s", got)
		}
		// Two columns tell the rows apart; a replace needs no key at all.
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-01-01,x,1,1,4", "B,2026-01-02,y,2,1,5"))
		if r := load(t, s, keyed("no", "ordered_on"), mode(root, source.Merge, 0, "b2")); r.Rows != 2 || r.Unchanged != 1 {
			t.Errorf("a key of two columns: %+v", r)
		}
		if r := load(t, s, keyed("no"), mode(root, source.Replace, 0, "b3")); r.Rows != 3 || r.Deleted != 3 {
			t.Errorf("replace: %+v", r)
		}
		// The raw table itself may have a key twice: a merge leaves one row.
		writeSnapshot(t, root, rowsOf("B,2026-01-01,x,1,1,4"))
		if r := load(t, s, keyed("no"), mode(root, source.Merge, 0, "b4")); r.Rows != 1 || r.Updated != 1 || r.Deleted != 2 || r.Total != 2 {
			t.Errorf("a key that the table has twice: %+v", r)
		}
	})
}

func TestAppend(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-01-02,y,2,1,3"))
		load(t, s, keyed(), mode(root, source.Append, 0, "b1"))
		writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-01-02,CHANGED,2,1,3", "C,,,,2,4"))
		for i, rows := range []int64{1, 0} {
			r := load(t, s, keyed(), mode(root, source.Append, 0, "b2"))
			if r.Rows != rows || r.Unchanged != 3-rows || r.Total != 3 || len(r.Warnings) != 1 ||
				!strings.Contains(r.Warnings[0].Msg, "1 row of data/clean/acme-2026-orders.csv is in raw.orders with other values, which append leaves as they are: --mode replace") {
				t.Errorf("append %d: %+v %v", i+1, r, r.Warnings)
			}
		}
		// With a key a row is known wherever it stands.
		writeSnapshot(t, root, rowsOf("C,,,,2,2", "A,2026-01-01,x,1,1,3", "D,2026-01-02,y,2,1,4"))
		if r := load(t, s, keyed("no"), mode(root, source.Append, 0, "b3")); r.Rows != 1 || r.Unchanged != 2 || r.Total != 4 {
			t.Errorf("append by key: %+v", r)
		}
	})
}

func TestBatch(t *testing.T) {
	root, s := t.TempDir(), session(t)
	if _, err := s.Exec(t.Context(), "create schema raw; create table raw.orders (ordered_on date, customer varchar, total decimal(18,2), entity_code varchar, source_year bigint, sheet_month bigint, _file varchar, _sheet varchar, _row bigint, _loaded_at timestamp); insert into raw.orders (customer, entity_code, source_year) values ('old', 'OTHER', 2026)"); err != nil {
		t.Fatal(err)
	}
	writeSnapshot(t, root, snapshot)
	o := loadOptions(root, "ACME")
	r := load(t, s, orders(), o)
	if len(r.Added) != 0 || len(r.Warnings) != 0 {
		t.Errorf("a table from before there were batches: %+v", r)
	}
	if !regexp.MustCompile(`^20261124T060000Z-[0-9a-f]{4}$`).MatchString(r.Batch) {
		t.Errorf("batch %q", r.Batch)
	}
	want := "OTHER <nil> 1\nACME " + r.Batch + " 3\n"
	if got := query(t, s, "select entity_code, _batch, count(*) from raw.orders group by all order by all desc"); got != want {
		t.Errorf("batches: %s, want %s", got, want)
	}
}

// describe writes the meta file of the snapshot, as extract would.
func describe(t *testing.T, root string, counts source.Counts, columns ...source.FoundColumn) {
	t.Helper()
	sum := sha256.Sum256([]byte(read(t, root, "data/clean/acme-2026-orders.csv")))
	text := fmt.Sprintf(`{"format":1,"snapshot_sha256":%q,"counts":{"scanned":%d,"skipped":%d,"written":%d,"rejected":%d},"extracted_at":"2026-11-01T00:00:00Z","columns":[`,
		hex.EncodeToString(sum[:]), counts.Scanned, counts.Skipped, counts.Written, counts.Rejected)
	for i, c := range columns {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"name":%q,"type":%q}`, c.Name, c.Type)
	}
	writeFile(t, root, "data/clean/acme-2026-orders.csv.meta.json", text+"]}")
}

func writeFile(t *testing.T, root, path, text string) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const rejectsFile = "data/invalid/acme-2026-orders-rejects.csv"

const rejectsText = `action,column,value,reason,sheet_month,_file,_sheet,_row,cell,record
rejected,ordered_on,31/02/2026,is no day,1,raw/orders.xlsx,Januari,9,A9,"{""ordered_on"":""31/02/2026""}"
rejected,total,x,is not a number,1,raw/orders.xlsx,Januari,9,C9,"{""ordered_on"":""31/02/2026""}"
emptied,total,y,is not a number,2,raw/orders.xlsx,Februari,9,C9,"{""ordered_on"":""2026-02-01""}"
rejected,total,z,is not a number,,raw/orders.xlsx,Other,9,C9,"{""ordered_on"":""03/02/2026""}"
rejected,total,,is empty,,raw/orders.xlsx,Other,10,,nonsense
`

func TestLoadRejects(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		writeSnapshot(t, root, snapshot)
		describe(t, root, source.Counts{Scanned: 6, Written: 3, Rejected: 3})
		writeFile(t, root, rejectsFile, rejectsText)
		const sql = "select table_name, entity_code, source_year, action, column_name, value, sheet_month, _sheet, _row, cell, _batch from raw._rejects order by all"
		want := `orders ACME 2026 emptied total y 2 Februari 9 C9 b
orders ACME 2026 rejected ordered_on 31/02/2026 1 Januari 9 A9 b
orders ACME 2026 rejected total x 1 Januari 9 C9 b
orders ACME 2026 rejected total z 2 Other 9 C9 b
orders ACME 2026 rejected total <nil> <nil> Other 10 <nil> b
`
		for range 2 {
			r := load(t, s, orders(), mode(root, source.Replace, 0, "b"))
			if r.Rejected != 3 {
				t.Errorf("rejected: %+v", r)
			}
			if got := query(t, s, sql); got != want {
				t.Errorf("rejects:\n%s\nwant:\n%s", got, want)
			}
		}
		other := loadOptions(root, "OTHER")
		load(t, s, orders(), other)
		if r := load(t, s, orders(), mode(root, source.Append, 1, "c")); r.Rejected != 2 {
			t.Errorf("rejected of a month, and of none: %+v", r)
		}
		if got := query(t, s, "select entity_code, _batch, count(*) from raw._rejects where entity_code = 'ACME' group by all order by all"); got != "ACME b 2\nACME c 3\n" {
			t.Errorf("batches: %s", got)
		}
		// Without rejects the scope has none, and others keep theirs.
		if err := os.Remove(filepath.Join(root, rejectsFile)); err != nil {
			t.Fatal(err)
		}
		_, err := source.Load(t.Context(), s, orders(), mode(root, source.Replace, 0, "d"))
		wantDiag(t, err, diag.WrongCounts, "3 rows were kept out, but data/invalid/acme-2026-orders-rejects.csv has 0", "--overwrite")
		describe(t, root, source.Counts{Scanned: 3, Written: 3})
		load(t, s, orders(), mode(root, source.Replace, 0, "d"))
		if got := query(t, s, "select entity_code, count(*) from raw._rejects group by all"); got != "OTHER 5\n" {
			t.Errorf("rejects: %s", got)
		}
		writeFile(t, root, rejectsFile, "action,column\n\"rejected")
		_, err = source.Load(t.Context(), s, orders(), mode(root, source.Replace, 0, "d"))
		wantDiag(t, err, diag.BadFile, rejectsFile+":2", "cannot be read")
		writeFile(t, root, rejectsFile, "")
		_, err = source.Load(t.Context(), s, orders(), mode(root, source.Replace, 0, "d"))
		wantDiag(t, err, diag.BadFile, rejectsFile)
	})
}

func TestLoadCounts(t *testing.T) {
	root, s := t.TempDir(), session(t)
	writeSnapshot(t, root, snapshot)
	describe(t, root, source.Counts{Scanned: 3, Written: 3})
	if r := load(t, s, orders(), loadOptions(root, "ACME")); r.Read != 3 || len(r.Warnings) != 0 {
		t.Errorf("as it was made: %+v", r)
	}
	describe(t, root, source.Counts{Scanned: 9, Skipped: 1, Written: 3})
	_, err := source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	wantDiag(t, err, diag.WrongCounts, "of 9 rows that were read 1 are skipped, 3 written and 0 rejected")
	describe(t, root, source.Counts{Scanned: 4, Written: 4}) // of the same file: nobody edited it
	_, err = source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	wantDiag(t, err, diag.WrongCounts, "4 rows were written, but 3 are there")
	describe(t, root, source.Counts{Scanned: 3, Written: 3})
	writeSnapshot(t, root, strings.Join(strings.SplitAfter(snapshot, "\n")[:2], ""))
	r := load(t, s, orders(), loadOptions(root, "ACME"))
	if r.Read != 1 || r.Total != 1 || !strings.Contains(r.Warnings.Error(), "was edited since it was extracted on 2026-11-01: it has 1 row, where 3 were written") {
		t.Errorf("an edited snapshot: %+v %v", r, r.Warnings)
	}
	writeSnapshot(t, root, strings.TrimSuffix(snapshot, ",raw/orders.xlsx,Februari,5\n"))
	_, err = source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	wantDiag(t, err, diag.BadCell, "data/clean/acme-2026-orders.csv:5", "wrong number of fields", "--overwrite")
	writeSnapshot(t, root, "")
	_, err = source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	wantDiag(t, err, diag.BadFile, "data/clean/acme-2026-orders.csv")
	writeSnapshot(t, root, snapshot)
	writeFile(t, root, "data/clean/acme-2026-orders.csv.meta.json", "{")
	_, err = source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	wantDiag(t, err, diag.BadFile, "data/clean/acme-2026-orders.csv.meta.json", "--overwrite")
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		t.Error(err)
	}
}

func TestDeletedAt(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		writeSnapshot(t, root, "no,ordered_on,customer,total,_deleted_at,_file,_sheet,_row\nA,,x,1,,f,,1\nB,,y,2,2026-11-01 10:00:00,f,,2\n")
		load(t, s, keyed("no"), mode(root, source.Merge, 0, "b"))
		if got := query(t, s, "select no, _deleted_at from raw.orders order by no"); got != fmt.Sprintln("A", nil)+fmt.Sprintln("B", time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)) {
			t.Errorf("rows: %s", got)
		}
	})
}

func TestMergeOddNames(t *testing.T) {
	bothWays(t, func(t *testing.T, root string, s adapter.Session) {
		odd := orders()
		odd.Table, odd.Key = "select", []string{`order "no"`, "Größe (m²)"}
		odd.Columns = []manifest.ExtractColumn{{Name: `order "no"`, Type: "text"}, {Name: "Größe (m²)", Type: "decimal(18,2)"}, {Name: "group", Type: "text"}, {Name: "t", Type: "text"}}
		for i, group := range []string{"'x", "y;--", "y;--"} {
			writeSnapshot(t, root, `"order ""no""",Größe (m²),group,t,_file,_sheet,_row`+"\n\"a,\"\"'\",1.50,"+group+",q,f'.xlsx,\"S,1\",1\n")
			r := load(t, s, odd, mode(root, source.Merge, 0, "b"))
			if want := []int64{1, 1, 0}[i]; r.Rows != want || r.Total != 1 {
				t.Errorf("merge %d: %+v", i, r)
			}
		}
		if got := query(t, s, `select * exclude (_loaded_at) from raw."select"`); got != `a,"' 1.50 y;-- q ACME 2026 <nil> f'.xlsx S,1 1 b`+"\n" {
			t.Errorf("rows: %s", got)
		}
	})
}

// TestLoadOfATableWithoutScope merges in a project that has no scope.
func TestLoadOfATableWithoutScope(t *testing.T) {
	root, s := t.TempDir(), session(t)
	writeSnapshot(t, root, rowsOf("A,2026-01-01,x,1,1,2", "B,2026-01-02,y,2,1,3"))
	for i, want := range [][2]int64{{2, 0}, {0, 2}} {
		o := mode(root, source.Merge, 0, "b")
		o.Scope = nil
		if r := load(t, s, keyed("no"), o); r.Rows != want[0] || r.Unchanged != want[1] || r.Total != 2 {
			t.Errorf("merge %d: %+v", i, r)
		}
	}
}

// TestMergeOfReadings merges what an incremental source gives, by the key that the source knows.
func TestMergeOfReadings(t *testing.T) {
	root, s := t.TempDir(), session(t)
	l := &ledger{records: map[int]entry{}, sweep: true}
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("ledger", l)
	step := func(loaded, updated, unchanged, rejected int64) {
		t.Helper()
		if _, err := l.reading(t, root, ledgerTable()); err != nil {
			t.Fatal(err)
		}
		o := mode(root, source.Merge, 0, "b")
		o.Drivers = drivers
		r := load(t, s, ledgerTable(), o)
		if r.Rows != loaded || r.Updated != updated || r.Unchanged != unchanged || r.Rejected != rejected || len(r.Warnings) > 0 {
			t.Errorf("%+v, warnings %v", r, r.Warnings)
		}
	}
	l.put(1, "10")
	l.put(2, "20")
	l.put(3, "30")
	step(3, 0, 0, 0)
	step(0, 0, 3, 0)
	l.put(2, "25")
	l.put(4, "much")
	delete(l.records, 3)
	step(2, 2, 1, 1)
	rel := ledgerTable().Source + "." + ledgerTable().Table
	if got := query(t, s, "select id, amount::text, _deleted_at is null from "+rel+" order by id"); got != "1 10.00 true\n2 25.00 true\n3 30.00 false\n" {
		t.Errorf("rows: %s", got)
	}
	if got := query(t, s, "select column_name, value, reason from raw._rejects"); got != "amount much is not a number\n" {
		t.Errorf("rejects: %s", got)
	}
}
