package odoo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/odoo"
	"atlas/engine/source/odoo/odootest"
	"atlas/engine/source/sourcetest"
)

// people makes a model of the suite's rows, several of them in one second.
func people(s *odootest.Server, rows [][]string) {
	fields := map[string]odootest.Field{"active": {Type: "boolean"}}
	for _, name := range rows[0] {
		fields[strings.ToLower(name)] = odootest.Field{Type: "char"}
	}
	s.Define("x.person", fields)
	for i, row := range rows[1:] {
		s.PutAt("x.person", int64(i+1), values(rows[0], row), time.Now().Add(-time.Hour+time.Duration(i)*150*time.Millisecond))
	}
}

func values(names, row []string) map[string]any {
	out := map[string]any{"active": true}
	for j, text := range row {
		if text != "" {
			out[strings.ToLower(names[j])] = text
		}
	}
	return out
}

func TestContract(t *testing.T) {
	for _, transport := range []string{"jsonrpc", "json2", "auto"} {
		t.Run(transport, func(t *testing.T) {
			var server *odootest.Server
			var header []string
			sourcetest.Run(t, sourcetest.Driver{
				Source: &odoo.Source{},
				Secret: "pass-of-admin",
				Sweeps: true,
				Write: func(t *testing.T, _ string, rows [][]string) *manifest.ExtractTable {
					server, header = odootest.New(t), rows[0]
					server.Version = 19
					people(server, rows)
					o := options(server)
					o.Set("transport", transport)
					if transport == "json2" {
						o.Delete("user")
					}
					if transport == "jsonrpc" {
						o.Delete("api_key")
					} else {
						server.Key = server.Password
						o.Delete("password")
						o.Set("api_key", secret(server.Key))
					}
					return &manifest.ExtractTable{Driver: "odoo", Options: manifest.NewMap("odoo", o, "model", "x.person", "page", int64(4), "sweep", "always")}
				},
				Break: func(*testing.T) { server.Close() },
				Change: func(_ *testing.T, rows [][]string, gone ...string) {
					last := int64(0)
					ids := map[string]int64{}
					for _, r := range server.Records("x.person") {
						ids[r.Values["name"].(string)], last = r.ID, max(last, r.ID)
					}
					for _, row := range rows {
						id, ok := ids[row[0]]
						if !ok {
							last++
							id = last
						}
						server.Put("x.person", id, values(header, row))
					}
					for _, name := range gone {
						server.Delete("x.person", ids[name])
					}
				},
			})
		})
	}
}

func secret(text string) *manifest.Secret {
	return &manifest.Secret{Text: "{{ env_var('SECRET') }}", Pos: diag.Pos{File: "sources/test.yml", Line: 5}, Value: func() (string, error) { return text, nil }}
}

// options are those of a server, by password.
func options(s *odootest.Server) *manifest.Map {
	return manifest.NewMap("url", s.URL, "database", s.Database, "user", s.User, "password", secret(s.Password), "requests_per_second", int64(0))
}

// table declares a table without columns.
func table(s *odootest.Server, model string, more ...any) *manifest.ExtractTable {
	t := &manifest.ExtractTable{
		Source: "raw", Table: "things", Driver: "odoo", Snapshot: "clean/things.csv", Pos: diag.Pos{File: "sources/test.yml", Line: 3},
		Options: manifest.NewMap(append([]any{"odoo", options(s), "model", model}, more...)...), OptionPos: map[string]diag.Pos{},
	}
	for i, k := range t.Options.Keys() {
		t.OptionPos[k] = diag.Pos{File: "sources/test.yml", Line: 10 + i}
	}
	return t
}

// reader reads a table again and again, as the engine would.
type reader struct {
	source odoo.Source
	table  *manifest.ExtractTable
	now    func() time.Time
	state  json.RawMessage
	held   map[int]map[string]string // by id: what was read last
	kept   map[int]map[string]string // the same, as the state has it
	rows   int                       // of the last reading
	living []int
	told   []string
	stop   int // rows after which a reading is given up; 0 never
}

// read merges one reading.
func (r *reader) read(ctx context.Context) error {
	r.rows, r.living = 0, nil
	if r.held == nil {
		r.held, r.kept = map[int]map[string]string{}, map[int]map[string]string{}
	}
	r.held = clone(r.kept)
	q := source.Request{
		Table: r.table, Since: r.state, Now: r.now,
		Notify: func(format string, args ...any) { r.told = append(r.told, fmt.Sprintf(format, args...)) },
		Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Keep: func(state any) error {
			b, err := json.Marshal(state)
			r.state, r.kept = b, clone(r.held)
			return err
		},
	}
	for s, err := range r.source.Read(ctx, q) {
		if err != nil {
			return err
		}
		for row, err := range s.Rows {
			if err != nil {
				return err
			}
			if s.Living {
				r.living = append(r.living, row.Number)
				continue
			}
			if r.rows++; r.rows == r.stop {
				return errGivenUp
			}
			rec := map[string]string{}
			for i, f := range s.Fields {
				if c := row.Cells[i]; c.Kind != source.Empty {
					rec[f] = c.String()
				}
			}
			r.held[row.Number] = rec
		}
	}
	return nil
}

var errGivenUp = errors.New("given up")

func clone(m map[int]map[string]string) map[int]map[string]string {
	out := make(map[int]map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// things is a model of numbered records.
func things(s *odootest.Server) {
	s.Define("x.thing", map[string]odootest.Field{
		"name": {Type: "char", Label: "Title"}, "active": {Type: "boolean"}, "company_id": {Type: "many2one", Relation: "res.company"},
	})
}

func name(id int64) map[string]any {
	return map[string]any{"name": fmt.Sprintf("N%d", id), "active": true}
}

// check compares what a reader holds with the server.
func (r *reader) check(t *testing.T, s *odootest.Server, model string) {
	t.Helper()
	records := s.Records(model)
	for _, rec := range records {
		if got := r.held[int(rec.ID)]["name"]; got != rec.Values["name"] {
			t.Errorf("record %d: %q, want %q", rec.ID, got, rec.Values["name"])
		}
	}
	if len(r.living) > 0 && len(r.living) != len(records) {
		t.Errorf("%d records are alive, want %d", len(r.living), len(records))
	}
}

// clockOf gives a clock that a test sets.
func clockOf(start string) (now func() time.Time, pass func(time.Duration)) {
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return at }, func(d time.Duration) { at = at.Add(d) }
}

func TestDescribe(t *testing.T) {
	s := odootest.New(t)
	s.Define("x.all", map[string]odootest.Field{
		"a_char": {Type: "char"}, "b_int": {Type: "integer"}, "c_float": {Type: "float"}, "d_price": {Type: "float", Digits: []int{16, 2}},
		"e_rate": {Type: "float", Digits: []int{12, 6}}, "f_money": {Type: "monetary"}, "g_date": {Type: "date"}, "h_at": {Type: "datetime"},
		"i_yes": {Type: "boolean"}, "j_one": {Type: "many2one", Relation: "res.company"}, "k_many": {Type: "many2many"}, "l_kind": {Type: "selection"},
		"m_html": {Type: "html"}, "n_file": {Type: "binary"}, "o_json": {Type: "json"}, "p_new": {Type: "hologram"}, "q_computed": {Type: "char", Computed: true},
		"r_ref": {Type: "reference"}, "s_any": {Type: "many2one_reference"}, "j_one_name": {Type: "char"},
	})
	s.Put("res.currency", 3, map[string]any{"name": "KWD", "decimal_places": int64(3), "active": true})
	s.Put("res.currency", 4, map[string]any{"name": "CLF", "decimal_places": int64(4), "active": false})
	s.Put("x.all", 7, map[string]any{
		"a_char": "é\n\"x\" \x01", "b_int": int64(-3), "c_float": 1e-7, "d_price": 1234567890.1, "e_rate": 0.333333, "f_money": 0.1 + 0.2, "g_date": "2026-02-28",
		"h_at": "2026-02-28 23:59:59", "i_yes": false, "j_one": int64(1), "k_many": []int64{3, 1}, "l_kind": "out", "m_html": "<p>hi</p>", "o_json": json.RawMessage(`{"a": [1, "b, c"]}`),
		"p_new": json.RawMessage(`NaN`), "r_ref": "res.company,1", "s_any": int64(5),
	})
	s.Put("x.all", 8, nil)
	tb := table(s, "x.all")
	var told []string
	req := source.Request{Table: tb, Notify: func(f string, a ...any) { told = append(told, fmt.Sprintf(f, a...)) }}
	columns, err := (&odoo.Source{}).Describe(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range columns {
		got = append(got, c.Name+" "+c.Type)
	}
	want := []string{
		"id integer", "a_char text", "b_int integer", "c_float float", "d_price decimal(18,2)", "e_rate decimal(18,6)", "f_money decimal(18,3)",
		"g_date date", "h_at timestamp", "i_yes boolean", "j_one integer", "j_one_display_name text", "j_one_name text", "k_many text", "l_kind text",
		"m_html text", "o_json text", "p_new text", "r_ref text", "s_any integer", "write_date timestamp",
	}
	if !slices.Equal(got, want) {
		t.Errorf("columns:\n%q\nwant:\n%q", got, want)
	}
	if len(told) != 1 || !strings.Contains(told[0], "1 binary field is left out, since files are no rows: n_file") {
		t.Errorf("told: %q", told)
	}
	r := &reader{table: tb}
	if err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	cells := r.held[7]
	for field, want := range map[string]string{
		"a_char": "é\n\"x\" \x01", "b_int": "-3", "c_float": "0.0000001", "d_price": "1234567890.1", "f_money": "0.3", "g_date": "2026-02-28",
		"h_at": "2026-02-28 23:59:59", "i_yes": "false", "j_one": "1", "j_one_display_name": "YourCompany", "k_many": "[3,1]", "l_kind": "out",
		"m_html": "<p>hi</p>", "o_json": `{"a":[1,"b, c"]}`, "p_new": "NaN", "r_ref": "res.company,1", "s_any": "5",
	} {
		if cells[field] != want {
			t.Errorf("%s: %q, want %q", field, cells[field], want)
		}
	}
	if _, ok := cells["q_computed"]; ok {
		t.Error("a computed field was read without being named")
	}
	for field, got := range r.held[8] {
		switch field {
		case "id", "write_date", "b_int", "c_float", "d_price", "e_rate", "f_money", "s_any":
		case "k_many":
		case "i_yes":
			if got != "false" {
				t.Errorf("%s of an empty record: %q", field, got)
			}
		default:
			t.Errorf("%s of an empty record: %q", field, got)
		}
	}
}
