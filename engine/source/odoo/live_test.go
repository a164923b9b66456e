package odoo_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
	"atlas/engine/source/odoo"
	"atlas/engine/source/odoo/odootest"
)

// live is a real Odoo with demo data, which .ci/odoo-live starts. It is written to.
type live struct {
	url, database, user, password string
	sql                           []string // command that reads SQL from its input and writes unaligned rows
	uid                           int64
}

func openLive(t *testing.T) *live {
	t.Helper()
	l := &live{url: os.Getenv("ATLAS_ODOO_URL"), database: "demo", user: "admin", password: "admin", sql: strings.Fields(os.Getenv("ATLAS_ODOO_SQL"))}
	if l.url == "" {
		t.Skip("no Odoo to speak to: .ci/odoo-live starts one")
	}
	l.rpc(t, &l.uid, "common", "authenticate", l.database, l.user, l.password, map[string]any{})
	return l
}

func (l *live) rpc(t *testing.T, to any, service, method string, args ...any) {
	t.Helper()
	if err := json.Unmarshal(l.raw(t, service, method, args...), to); err != nil {
		t.Fatal(err)
	}
}

// raw gives the result, or the error, of a call.
func (l *live) raw(t *testing.T, service, method string, args ...any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "call", "params": map[string]any{"service": service, "method": method, "args": args}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(l.url+"/jsonrpc", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct {
		Result json.RawMessage
		Error  json.RawMessage
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	if out.Error != nil {
		return out.Error
	}
	return out.Result
}

func (l *live) do(t *testing.T, to any, model, method string, args []any, named map[string]any) {
	t.Helper()
	if named == nil {
		named = map[string]any{}
	}
	l.rpc(t, to, "object", "execute_kw", l.database, l.uid, l.password, model, method, args, named)
}

func (l *live) query(t *testing.T, sql string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), l.sql[0], l.sql[1:]...)
	c.Stdin = strings.NewReader(sql)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", sql, err, out)
	}
	return strings.TrimSpace(string(out))
}

// table declares a model; o are further keys of odoo.
func (l *live) table(model string, more ...any) *manifest.ExtractTable {
	o := manifest.NewMap("url", l.url, "database", l.database, "user", l.user, "password", secret(l.password), "requests_per_second", int64(0))
	return &manifest.ExtractTable{
		Source: "raw", Table: strings.ReplaceAll(model, ".", "_"), Driver: "odoo", Snapshot: "clean/" + model + ".csv", Pos: diag.Pos{File: "live.yml", Line: 1},
		Options: manifest.NewMap(append([]any{"odoo", o, "model", model, "sweep", "always"}, more...)...),
	}
}

func (l *live) extract(t *testing.T, root string, table *manifest.ExtractTable) *source.ExtractResult {
	t.Helper()
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("odoo", &odoo.Source{})
	r, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers, Notify: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) > 0 || r.Rejected > 0 {
		t.Errorf("%s: %v, %d rejected", table.Table, r.Warnings, r.Rejected)
	}
	return r
}

// rows reads a snapshot by id.
func rowsOf(t *testing.T, root string, table *manifest.ExtractTable) map[string]map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(root, filepath.FromSlash(table.Snapshot)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		if out[row["id"]] != nil {
			t.Errorf("%s: record %s stands there twice", table.Table, row["id"])
		}
		out[row["id"]] = row
	}
	return out
}

func TestLiveReads(t *testing.T) {
	l := openLive(t)
	root := t.TempDir()
	for model, money := range map[string][]string{
		"res.partner": nil, "account.move": {"amount_total", "amount_untaxed", "amount_residual", "amount_total_signed"},
		"account.move.line": {"debit", "credit", "balance", "amount_currency", "price_total"}, "sale.order": {"amount_total", "amount_tax"},
		"sale.order.line": {"price_unit", "product_uom_qty", "price_subtotal"}, "product.template": {"list_price", "weight"},
		"res.company": nil, "res.users": nil, "res.currency": nil, "ir.model.fields": nil,
	} {
		t.Run(model, func(t *testing.T) {
			tb := l.table(model, "page", int64(200))
			start := time.Now()
			r := l.extract(t, root, tb)
			got := rowsOf(t, root, tb)
			t.Logf("%d records of %d columns in %s", len(got), len(got["1"]), time.Since(start).Round(time.Millisecond))
			var n int
			l.do(t, &n, model, "search_count", []any{[]any{}}, map[string]any{"context": map[string]any{"active_test": false}})
			if len(got) != n || int(r.Merged.Total) != n {
				t.Errorf("%d records, want %d", len(got), n)
			}
			for _, column := range money {
				sum := new(big.Rat)
				for _, row := range got {
					if row[column] != "" {
						v, ok := new(big.Rat).SetString(row[column])
						if !ok {
							t.Fatalf("%s %q", column, row[column])
						}
						sum.Add(sum, v)
					}
				}
				sql := l.query(t, fmt.Sprintf("select coalesce(sum(%s),0) from %s;", column, strings.ReplaceAll(model, ".", "_")))
				want, ok := new(big.Rat).SetString(sql)
				if !ok || sum.Cmp(want) != 0 {
					t.Errorf("%s: %s, want %s", column, sum.FloatString(4), sql)
				}
			}
			if model == "res.users" { // every login adds to the log_ids of its user
				return
			}
			if r := l.extract(t, root, tb); r.Merged.Added+r.Merged.Replaced+r.Merged.Deleted != 0 || r.Merged.Whole {
				t.Errorf("a second reading: %+v", r.Merged)
			}
		})
	}
}

func TestLiveChanges(t *testing.T) {
	l := openLive(t)
	root := t.TempDir()
	tb := l.table("res.partner", "page", int64(50), "fields", []any{"name", "active", "parent_id", "write_date"})
	crowd := make([]any, 230)
	for i := range crowd {
		crowd[i] = map[string]any{"name": fmt.Sprintf("Crowd %03d", i)}
	}
	var ids []int64
	l.do(t, &ids, "res.partner", "create", []any{crowd}, nil) // all in one transaction
	l.extract(t, root, tb)
	if n := len(rowsOf(t, root, tb)); n < 230+36 {
		t.Fatalf("%d partners", n)
	}
	var ok bool
	l.do(t, &ok, "res.partner", "write", []any{ids[:2], map[string]any{"name": "Renamed é \"x\"\nLtd"}}, nil)
	l.do(t, &ok, "res.partner", "write", []any{ids[2:3], map[string]any{"active": false}}, nil)
	l.do(t, &ok, "res.partner", "write", []any{ids[3:4], map[string]any{"parent_id": ids[0]}}, nil)
	l.do(t, &ok, "res.partner", "unlink", []any{ids[4:6]}, nil)
	var added []int64
	l.do(t, &added, "res.partner", "create", []any{[]any{map[string]any{"name": "Late"}}}, nil)
	r := l.extract(t, root, tb)
	if m := r.Merged; m.Added != 1 || m.Replaced != 4 || m.Deleted != 2 {
		t.Errorf("merged: %+v", m)
	}
	rows := rowsOf(t, root, tb)
	at := func(id int64) map[string]string { return rows[fmt.Sprint(id)] }
	for _, c := range []struct{ got, want string }{
		{at(ids[0])["name"], "Renamed é \"x\"\nLtd"},
		{at(ids[2])["active"], "false"},
		{at(ids[3])["parent_id"], fmt.Sprint(ids[0])},
		{at(ids[3])["parent_id_name"], "Renamed é \"x\"\nLtd"},
		{at(added[0])["name"], "Late"},
		{at(ids[7])["name"], "Crowd 007"},
		{at(ids[7])["_row"], fmt.Sprint(ids[7])},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if at(ids[4])["_deleted_at"] == "" || at(ids[0])["_deleted_at"] != "" {
		t.Errorf("deleted: %v, %v", at(ids[4]), at(ids[0]))
	}

	// A transaction that is open while others come and go, and is read over.
	open := make(chan struct{})
	go func() {
		defer close(open)
		l.query(t, fmt.Sprintf("begin; update res_partner set name='Long', write_date=now() at time zone 'utc' where id=%d; select pg_sleep(4); commit;", ids[8]))
	}()
	time.Sleep(1500 * time.Millisecond)
	l.do(t, &ok, "res.partner", "write", []any{ids[9:10], map[string]any{"name": "Short"}}, nil)
	l.extract(t, root, tb)
	before := rowsOf(t, root, tb)
	<-open
	l.extract(t, root, tb)
	after := rowsOf(t, root, tb)
	if b, a := before[fmt.Sprint(ids[8])]["name"], after[fmt.Sprint(ids[8])]["name"]; b != "Crowd 008" || a != "Long" || before[fmt.Sprint(ids[9])]["name"] != "Short" {
		t.Errorf("the open transaction: %q before, %q after", b, a)
	}
}

// TestLiveSimulation asks the real Odoo and the small one the same of the same records.
func TestLiveSimulation(t *testing.T) {
	l := openLive(t)
	s := odootest.New(t)
	s.Database, s.User, s.Password = l.database, l.user, l.password
	s.Define("res.partner", map[string]odootest.Field{"name": {Type: "char"}, "active": {Type: "boolean"}, "company_id": {Type: "many2one", Relation: "res.company"}})
	var times []time.Time
	for _, line := range strings.Split(l.query(t, "select id, active, coalesce(company_id,0), write_date, name from res_partner order by id;"), "\n") {
		f := strings.SplitN(line, "|", 5)
		if len(f) < 5 { // a name of several lines
			continue
		}
		var id, company int64
		fmt.Sscan(f[0]+" "+f[2], &id, &company) //nolint:errcheck // numbers
		at, err := time.Parse("2006-01-02 15:04:05", f[3])
		if err != nil {
			t.Fatal(err)
		}
		v := map[string]any{"name": f[4], "active": f[1] == "t"}
		if company > 0 {
			v["company_id"] = company
		}
		times = append(times, at)
		s.PutAt("res.partner", id, v, at)
	}
	mid := times[len(times)/2].Format(odootest.Stamp)
	var ids []int64
	for _, r := range s.Records("res.partner")[:20] {
		ids = append(ids, r.ID)
	}
	domains := []any{
		[]any{},
		[]any{[]any{"write_date", "=", false}},
		[]any{[]any{"write_date", "!=", false}},
		[]any{[]any{"write_date", "=", mid}},
		[]any{[]any{"id", "not in", ids}},
		[]any{[]any{"company_id", "=", false}},
		[]any{"|", []any{"company_id", "=", 1}, []any{"company_id", "=", false}, []any{"id", ">", 9}},
		[]any{"|", []any{"write_date", ">=", mid}, "&", []any{"write_date", ">=", mid}, []any{"id", "not in", ids}},
		[]any{"!", []any{"id", "in", ids}},
		[]any{[]any{"active", "=", false}},
		[]any{[]any{"name", "=", "Renamed"}},
		[]any{"|", []any{"id", "=", 1}},
		[]any{[]any{"nope", "=", 1}},
		[]any{[]any{"name", "bad", 1}},
	}
	for _, op := range []string{">", ">=", "<", "<=", "!="} {
		domains = append(domains, []any{[]any{"write_date", op, mid}})
	}
	for _, domain := range domains {
		for _, order := range []string{"id asc", "write_date asc, id asc"} {
			for _, named := range []map[string]any{
				{"order": order, "context": map[string]any{"active_test": false}}, {"order": order}, {"order": order, "limit": 7},
			} {
				args := []any{l.database, l.uid, l.password, "res.partner", "search", []any{domain}, named}
				small := &live{url: s.URL}
				want, got := string(l.raw(t, "object", "execute_kw", args...)), string(small.raw(t, "object", "execute_kw", args...))
				if want, got = odootest.WithoutDebug(want), odootest.WithoutDebug(got); want != got {
					t.Errorf("%v %v:\n%.300s\nwant:\n%.300s", domain, named, got, want)
				}
			}
		}
	}
}

func TestLiveMistakes(t *testing.T) {
	l := openLive(t)
	var group, uid int64
	l.do(t, &group, "ir.model.data", "xmlid_to_res_id", []any{"base.group_user"}, nil)
	login := fmt.Sprint("low", time.Now().UnixNano())
	l.do(t, &uid, "res.users", "create", []any{map[string]any{"name": "Low", "login": login, "password": "low-password", "groups_id": []any{[]any{6, 0, []any{group}}}}}, nil)
	for want, change := range map[string][]any{
		"does not know this user and password":        {"password", secret("wrong")},
		`has no database "nodb"`:                      {"database", "nodb"},
		"the user may not read account.move: You are": {"user", login, "password", secret("low-password")},
		"knows no JSON-2":                             {"transport", "json2", "api_key", secret("k")},
	} {
		tb := l.table("account.move")
		v, _ := tb.Options.Get("odoo")
		o := v.(*manifest.Map)
		for i := 0; i < len(change); i += 2 {
			o.Set(change[i].(string), change[i+1])
		}
		found := diag.From((&reader{table: tb}).read(t.Context()))
		if len(found) != 1 || !strings.Contains(found[0].Msg, want) || found[0].Hint == "" || strings.Contains(fmt.Sprint(found), "Traceback") {
			t.Errorf("want %q: %+v", want, found)
		}
	}
	for _, c := range []struct {
		key, hint, want string
		v               any
	}{
		{"model", "account.move", `has no model "account.mov"`, "account.mov"},
		{"domain", "", "Invalid field res.partner.nope", []any{[]any{"partner_id.nope", "=", 1}}},
		{"fields", "amount_total", "has no field", []any{"amount_totl"}},
		{"company", "YourCompany", "has no company", "YourCompani"},
	} {
		tb := l.table("account.move")
		tb.Options.Set(c.key, c.v)
		found := diag.From((&reader{table: tb}).read(t.Context()))
		if len(found) != 1 || !strings.Contains(found[0].Msg, c.want) || !strings.Contains(found[0].Hint, c.hint) {
			t.Errorf("%s: %+v", c.key, found)
		}
	}
}

// TestLiveCompanies reads one company of two.
func TestLiveCompanies(t *testing.T) {
	l := openLive(t)
	var company, partner int64
	name := fmt.Sprint("Second ", time.Now().UnixNano())
	l.do(t, &company, "res.company", "create", []any{map[string]any{"name": name}}, nil)
	var ok bool
	l.do(t, &ok, "res.users", "write", []any{[]any{l.uid}, map[string]any{"company_ids": []any{[]any{4, company}}}}, nil)
	l.do(t, &partner, "res.partner", "create", []any{map[string]any{"name": "Of the second", "company_id": company}}, nil)
	for who, want := range map[any]bool{"YourCompany": false, name: true, company: true} {
		r := &reader{table: l.table("res.partner", "company", who, "fields", []any{"name", "company_id"})}
		if err := r.read(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, read := r.held[int(partner)]
		if read != want || slices.Contains(r.living, int(partner)) != want || len(r.held) < 30 {
			t.Errorf("%v: read %v, %d records", who, read, len(r.held))
		}
		for id, rec := range r.held {
			if c := rec["company_id"]; c != "" && want != (c == fmt.Sprint(company)) {
				t.Errorf("%v: record %d is of company %s", who, id, c)
			}
		}
	}
	moves := &reader{table: l.table("account.move", "company", name, "fields", []any{"name"})}
	if err := moves.read(t.Context()); err != nil || len(moves.held) != 0 {
		t.Errorf("moves of the second company: %d, %v", len(moves.held), err)
	}
}

// TestLiveCut reads through a line that breaks, in several tries.
func TestLiveCut(t *testing.T) {
	l := openLive(t)
	r := &reader{table: l.table("ir.model.fields", "page", int64(300), "fields", []any{"name", "model", "ttype"})}
	for n := 200; ; n += 1100 {
		r.stop = n
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		err := r.read(ctx)
		stop()
		if err == nil {
			break
		}
	}
	var n int
	l.do(t, &n, "ir.model.fields", "search_count", []any{[]any{}}, nil)
	if len(r.held) != n || len(r.living) != n {
		t.Errorf("%d records, %d alive, want %d", len(r.held), len(r.living), n)
	}
}
