package odootest

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"
)

// Fill makes a model of a recorded fields_get and the records of a recorded search_read, with
// those that they name.
func (s *Server) Fill(t testing.TB, records, model, fields string) {
	t.Helper()
	var f struct {
		Response struct {
			Result map[string]struct {
				Type, String, Relation string
				Store                  bool
			}
		}
	}
	var r struct {
		Response struct{ Result []map[string]any }
	}
	for path, to := range map[string]any{fields: &f, records: &r} {
		b, err := os.ReadFile(path)
		if err == nil {
			err = decode(b, to)
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	all := map[string]Field{}
	for name, x := range f.Response.Result {
		all[name] = Field{Type: x.Type, Label: x.String, Relation: x.Relation, Computed: !x.Store}
	}
	s.Define(model, all)
	s.Define("res.partner", map[string]Field{"name": {Type: "char"}})
	for _, rec := range r.Response.Result {
		values, at, id := map[string]any{}, time.Time{}, int64(0)
		for name, v := range rec {
			switch v := v.(type) {
			case json.Number:
				values[name] = v
				if name == "id" {
					id, _ = v.Int64() //nolint:errcheck // a recorded id
				}
			case []any:
				other, _ := v[0].(json.Number).Int64() //nolint:errcheck,forcetypeassert // a recorded id
				values[name] = other
				if rel := all[name].Relation; s.models[rel] != nil {
					s.Put(rel, other, map[string]any{"name": v[1]})
				}
			case string:
				values[name] = v
				if name == "write_date" {
					at, _ = time.Parse(Stamp, v) //nolint:errcheck // a recorded date
				}
			}
		}
		s.PutAt(model, id, values, at)
	}
}

// WithoutDebug takes the traceback out of an answer.
func WithoutDebug(answer string) string {
	return regexp.MustCompile(`"debug": "(\\.|[^"\\])*", `).ReplaceAllString(answer, "")
}

// Many makes a model of n orders of ten fields, written over a day.
func (s *Server) Many(model string, n int) {
	s.Define(model, map[string]Field{
		"name": {Type: "char"}, "partner_id": {Type: "many2one", Relation: "res.partner"}, "date": {Type: "date"}, "total": {Type: "monetary"},
		"tax": {Type: "monetary"}, "state": {Type: "selection"}, "note": {Type: "text"}, "line_ids": {Type: "one2many"}, "active": {Type: "boolean"},
	})
	m := s.models[model]
	start := s.Now().Add(-48 * time.Hour).UTC().Truncate(time.Second)
	for i := range n {
		id := int64(i + 1)
		m.records[id] = &Record{ID: id, Written: start.Add(time.Duration(i) * 24 * time.Hour / time.Duration(n)), Values: map[string]any{
			"name": fmt.Sprintf("SO/2026/%06d", id), "partner_id": id % 100, "date": "2026-02-03", "total": float64(i) + 0.25, "tax": float64(i) / 4,
			"state": "posted", "note": "as the buyer wrote it, \"soon\"", "line_ids": []int64{id * 2, id*2 + 1}, "active": true,
		}}
	}
}
