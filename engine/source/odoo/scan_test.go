package odoo

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// valid reports whether the scanner takes b for one value.
func valid(b []byte) bool {
	s := &scanner{b: b}
	_, err := s.value()
	return err == nil && s.whole() == nil
}

func TestScanner(t *testing.T) {
	for text, want := range map[string]bool{
		`[]`: true, `{}`: true, `[1, 2.5e-7, -3]`: true, `{"a": {"b": [[], {}, "x\"]"]}}`: true, ` "x" `: true, `NaN`: true, `[-Infinity]`: true,
		``: false, `[`: false, `[1`: false, `[1,`: false, `[1,]`: false, `{"a"}`: false, `{"a":}`: false, `{"a":1,}`: false, `{1:2}`: false,
		`]`: false, `[}`: false, `{]`: false, `1 2`: false, `"x`: false, `"x\`: false, `nul`: false, `[1 2]`: false, "\"a\nb\"": false, `--1`: false,
		strings.Repeat("[", 1e6):                            false,
		strings.Repeat("[", 1e6) + strings.Repeat("]", 1e6): true,
	} {
		if got := valid([]byte(text)); got != want {
			t.Errorf("%.40q: %v, want %v", text, got, want)
		}
	}
}

// FuzzScanner takes for JSON what encoding/json does, but for what Python writes beside it.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{`{"id": 1, "result": [{"a": [1, "x\u00e9"], "b": false}]}`, `[NaN]`, `"\`, `[{"a":1},{"a":2}]`, `1e5`, `01`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := valid(b)
		if json.Valid(b) && !got {
			t.Errorf("%q is JSON, and is not taken for it", b)
		}
		s := &scanner{b: b}
		var names []string
		err := s.object(func(key string, value []byte) error {
			names = append(names, key)
			if !valid(value) {
				t.Errorf("the value %q of %q is none", value, b)
			}
			return nil
		})
		var want map[string]json.RawMessage
		if json.Unmarshal(b, &want) != nil || want == nil {
			return
		}
		if err != nil || len(names) < len(want) {
			t.Errorf("%q: %q, %v", b, names, err)
		}
		for _, n := range names {
			if _, ok := want[n]; !ok {
				t.Errorf("%q: a key %q", b, n)
			}
		}
	})
}

// FuzzPage reads answers of every kind without a panic.
func FuzzPage(f *testing.F) {
	f.Add([]byte(`[{"id": 1, "many": [2, "x"], "at": "2026-01-01 00:00:00", "f": NaN, "write_date": false}]`))
	f.Add([]byte(`[{"id": 1, "many": [2]}, {"id": "x"}]`))
	f.Add([]byte(`[{"id": 1, "many": []}, {"many": [[], {}]}]`))
	fields := []*field{{name: "id", Type: "integer", nameAt: -1}, {name: "many", Type: "many2one", at: 1, nameAt: 2, named: "many_name"}, {name: "at", Type: "datetime", at: 3, nameAt: -1}, {name: "f", Type: "float", at: 4, nameAt: -1}}
	m := &model{byName: map[string]*field{}, fields: fields, s: &settings{url: &url.URL{Host: "h"}}, c: &client{}}
	for _, x := range fields {
		m.byName[x.name] = x
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append(bytes.TrimLeft(b, " \t\r\n"), ' ')
		if !valid(b) || b[0] != '[' {
			return
		}
		p, err := m.page(b)
		if err != nil {
			t.Fatal(err)
		}
		for range len(b) {
			if ok, err := p.next(); !ok || err != nil && !strings.Contains(err.Error(), "odoo://") {
				return
			}
		}
	})
}
