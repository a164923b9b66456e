package jsonfile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
	"atlas/engine/source/jsonfile"
	"atlas/engine/source/sourcetest"
)

func TestContract(t *testing.T) {
	var file string
	sourcetest.Run(t, sourcetest.Driver{
		Source: jsonfile.Source{},
		Write: func(t *testing.T, root string, rows [][]string) *manifest.ExtractTable {
			var records []map[string]string
			for _, row := range rows[1:] {
				m := map[string]string{}
				for i, text := range row {
					m[rows[0][i]] = text
				}
				records = append(records, m)
			}
			b, err := json.Marshal(map[string]any{"data": map[string]any{"more": false, "items": records}, "z": []int{1}})
			if err != nil {
				t.Fatal(err)
			}
			file = filepath.Join(root, "people.json")
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return &manifest.ExtractTable{Driver: "json", Options: manifest.NewMap("json", "people.json", "records", "data.items")}
		},
		Break: func(t *testing.T) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		},
	})
}

// extract writes files and extracts the table of them, with the columns that are found.
func extract(t *testing.T, files map[string]string, options ...any) (*source.ExtractResult, [][]string, error) {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table := &manifest.ExtractTable{
		Source: "raw", Table: "t", Driver: "json", Snapshot: "clean/t.csv", Options: manifest.NewMap(options...),
		Pos: diag.Pos{File: "sources/t.yml", Line: 3}, Locale: "id-ID",
	}
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("json", jsonfile.Source{})
	if err := source.CheckDeclaration(table, drivers).Err(); err != nil {
		return nil, nil, err
	}
	r, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers})
	if err != nil {
		return nil, nil, err
	}
	b, err := os.ReadFile(filepath.Join(root, "clean/t.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return r, rows, nil
}

func lines(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, "|") + "\n")
	}
	return b.String()
}

func TestShapes(t *testing.T) {
	gz := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(s))
		_ = w.Close()
		return b.String()
	}
	utf16 := func(s string) string {
		out := "\xff\xfe"
		for _, r := range s {
			out += string([]byte{byte(r), byte(r >> 8)})
		}
		return out
	}
	list := `[{"id": 1, "paid": true}, {"id": 2}]`
	want := "id|paid|_file|_sheet|_row\n1|true|a.json||1\n2||a.json||2\n"
	for name, c := range map[string]struct {
		text string
		more []any
		want string
	}{
		"list":            {text: list},
		"lines":           {text: "{\"id\":1,\"paid\":true}\r\n{\"id\":2}\n\n"},
		"close together":  {text: `{"id":1,"paid":true}{"id":2}`},
		"mark":            {text: "\ufeff" + list},
		"utf-16":          {text: utf16(list)},
		"gzip":            {text: gz(list)},
		"path":            {text: `{"next": {"a": [1, {"b": "]"}]}, "data": {"n": 2, "items": ` + list + `}, "end": 1}`, more: []any{"records", "data.items"}},
		"path of lines":   {text: `{"data": [{"id":1,"paid":true}]}` + "\n" + `{"data":[{"id":2}]}`, more: []any{"records", "$.data"}},
		"path of nothing": {text: `{"data": null}`, more: []any{"records", "data"}, want: "_file|_sheet|_row\n"},
		"empty":           {text: `[]`, want: "_file|_sheet|_row\n"},
		"nothing":         {text: "", want: "_file|_sheet|_row\n"},
		"nested": {
			text: `[{"a":{"b":{"c":1},"d":[ {"x": "é \u0041"} , null]}},{"a":{"b":null,"e":{}}},{"a":null}]`,
			want: "a_b_c|a_d|_file|_sheet|_row\n1|[{\"x\":\"é \\u0041\"},null]|a.json||1\n",
		},
		"exact numbers": {
			text: `[{"n":12345678901234567890.123456789,"i":9007199254740993,"d":0.30000000000000004,"m":1.5},{"n":-1,"i":-1,"d":0,"m":1250000.10}]`,
			want: "n|i|d|m|_file|_sheet|_row\n12345678901234567890.123456789|9007199254740993|0.30000000000000004|1.50|a.json||1\n-1.000000000|-1|0.00000000000000000|1250000.10|a.json||2\n",
		},
		"dates": {
			text: `[{"d":"2026-02-03","t":"2026-02-03T10:00:00Z","z":"2026-02-03T10:00:00.25+07:00","x":"2026-02-30"},{"d":null,"t":"2026-02-03","z":"2026-02-03 01:02:03","x":"2026-02-03"}]`,
			want: "d|t|z|x|_file|_sheet|_row\n2026-02-03|2026-02-03 10:00:00|2026-02-03 03:00:00.25|2026-02-30|a.json||1\n|2026-02-03 00:00:00|2026-02-03 01:02:03|2026-02-03|a.json||2\n",
		},
		"mixed": {
			text: `[{"v":1,"b":true},{"v":"x","b":"no"},{"v":1.50,"b":2}]`,
			want: "v|b|_file|_sheet|_row\n1|true|a.json||1\nx|no|a.json||2\n1.50|2|a.json||3\n",
		},
		"surrogates": {
			text: `[{"a":"\ud83d\ude00 \ud83d x \ude00\ud83d"}]`,
			want: "a|_file|_sheet|_row\n😀 \uFFFD x \uFFFD\uFFFD|a.json||1\n",
		},
		"bytes that are no text": {text: "[{\"a\":\"x\xffy\"}]", want: "a|_file|_sheet|_row\nx\uFFFDy|a.json||1\n"},
		"large numbers": {
			text: `[{"a":99999999999999999999,"f":1e3}]`,
			want: "a|f|_file|_sheet|_row\n99999999999999999999|1000|a.json||1\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want == "" {
				c.want = want
			}
			_, rows, err := extract(t, map[string]string{"a.json": c.text}, append([]any{"json", "a.json"}, c.more...)...)
			if err != nil || lines(rows) != c.want {
				t.Errorf("%v\n%s\nwant:\n%s", diag.From(err), lines(rows), c.want)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		records string
		want    string // message and hint
	}{
		"cut":            {text: `[{"a":1},{"a`, want: "line 1, column 13: the text ends inside quotes · the file is cut off: fetch or export it again"},
		"cut list":       {text: "[{\"a\":1}\n,", want: "line 2, column 2: a record should be an object in braces, but the end of the text stands here · the file is cut off"},
		"cut after list": {text: `{"data":[{"a":1}], "x"`, records: "data", want: "a colon was expected behind the name, but the end of the text stands here"},
		"comma":          {text: "[\n{\"a\":1,}]", want: `line 2, column 8: a name in double quotes was expected, but "}" stands here`},
		"comma at end":   {text: `[{"a":1},]`, want: `a record was expected behind the comma, but "]" stands here`},
		"quotes":         {text: `[{'a':1}]`, want: "line 1, column 3: a name in double quotes was expected, but a single quote stands here"},
		"word":           {text: `[{"a":undefined}]`, want: `line 1, column 7: "undefined" is no value of JSON`},
		"number":         {text: `[{"a":012}]`, want: `"012" is no value of JSON`},
		"number 2":       {text: `[{"a":1.}]`, want: `"1." is no value of JSON`},
		"control":        {text: "[{\"a\":\"x\ny\"}]", want: "line 1, column 9: the line ends inside quotes"},
		"escape":         {text: `[{"a":"\x"}]`, want: "a backslash stands before 'x', which means nothing"},
		"scalars":        {text: `[1,2]`, want: `a record should be an object in braces, but "1" stands here · look at the file at line 1`},
		"after list":     {text: `[{"a":1}] x`, want: `line 1, column 11: the list has ended, but "x" follows`},
		"html":           {text: `<html>`, want: `a record should be an object in braces, but "<html>" stands here`},
		"deep":           {text: `[{"a":` + strings.Repeat("[", 5000) + `}]`, want: "brackets stand more than 256 deep in one another"},
		"deep objects":   {text: `[` + strings.Repeat(`{"a":`, 5000), want: "brackets stand more than 256 deep in one another"},
		"no path":        {text: `{"data":{"item":[]}}`, records: "data.items", want: `a.json: data has no "items" · did you mean "item"?`},
		"path no list":   {text: `{"data":{"a":1}}`, records: "data", want: `data should be a list of records, but "{" stands here`},
		"path top list":  {text: `[]`, records: "data", want: `the document should be an object in braces, but "[" stands here`},
		"bad path":       {text: `[]`, records: "a..b", want: "records must be names with points between them, not a..b · records: data.items"},
		"binary":         {text: "PK\x03\x04", want: "stands here"},
		"zeros":          {text: "\x00\x00", want: "the control character 0x00 stands here"},
	} {
		t.Run(name, func(t *testing.T) {
			options := []any{"json", "a.json"}
			if c.records != "" {
				options = append(options, "records", c.records)
			}
			_, rows, err := extract(t, map[string]string{"a.json": c.text}, options...)
			l := diag.From(err)
			if err == nil || len(l) != 1 || l[0].Pos.Line == 0 || l[0].Hint == "" {
				t.Fatalf("%+v %v", l, rows)
			}
			if got := l[0].Msg + " · " + l[0].Hint; !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestNamesTwice(t *testing.T) {
	r, rows, err := extract(t, map[string]string{"a.json": `[{"a":1,"a":2},{"a":3,"a":3},{"b.c":1,"b":{"c":2}},{"a":NaN},{"a":4}]`}, "json", "a.json")
	if err != nil || r.Written != 2 || r.Rejected != 3 || len(rows) != 3 {
		t.Errorf("%v %+v %q", err, r, rows)
	}
}

func TestOneRecord(t *testing.T) {
	one := `{"id": 7, "data": [{"a": 1}]}`
	r, _, err := extract(t, map[string]string{"a.json": one}, "json", "a.json")
	if err != nil || r.Written != 1 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Hint, "records: data") {
		t.Errorf("%v %+v", err, r)
	}
	r, _, err = extract(t, map[string]string{"a.json": one}, "json", "a.json", "records", ".")
	if err != nil || r.Written != 1 || len(r.Warnings) != 0 {
		t.Errorf("%v %+v", err, r)
	}
}

func TestFolder(t *testing.T) {
	files := map[string]string{
		"in/b.json": `[{"b":1}]`, "in/a.ndjson": `{"a":1}`, "in/.hidden.json": `x`, "in/readme.md": "x", "in/deep/c.json": `[{"c":1}]`,
	}
	for pattern, want := range map[string]string{
		"in":           "a|b|_file|_sheet|_row\n1||in/a.ndjson||1\n|1|in/b.json||1\n",
		"in/":          "a|b|_file|_sheet|_row\n1||in/a.ndjson||1\n|1|in/b.json||1\n",
		"in/**":        "a|b|c|_file|_sheet|_row\n1|||in/a.ndjson||1\n|1||in/b.json||1\n||1|in/deep/c.json||1\n",
		"in/**/*.json": "b|c|_file|_sheet|_row\n1||in/b.json||1\n|1|in/deep/c.json||1\n",
		"in/*/c.json":  "c|_file|_sheet|_row\n1|in/deep/c.json||1\n",
		"**/b.*":       "b|_file|_sheet|_row\n1|in/b.json||1\n",
	} {
		_, rows, err := extract(t, files, "json", pattern)
		if err != nil || lines(rows) != want {
			t.Errorf("%s: %v\n%s", pattern, err, lines(rows))
		}
	}
	for _, missing := range []string{"no.json", "no/**", "none", "in/*.xml"} {
		_, _, err := extract(t, files, "json", missing)
		if l := diag.From(err); len(l) != 1 || l[0].Code != diag.MissingWorkbook || l[0].Hint == "" {
			t.Errorf("%s: %+v", missing, l)
		}
	}
}

// TestMemory reads a file much larger than what may stay in memory.
func TestMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	record := `{"id":%d,"customer":{"name":"Ada %d","town":"Paris"},"paid":true,"total":1250.50,"lines":[{"sku":"a","n":1},{"sku":"b","n":2}]}`
	fmt.Fprint(f, `{"data":[`)
	n := 0
	for size := 0; size < 32<<20; n++ {
		s := fmt.Sprintf(record, n, n)
		if n > 0 {
			s = "," + s
		}
		size += len(s)
		if _, err := f.WriteString(s); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprint(f, `]}`)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r := source.Request{Root: filepath.Dir(path), Table: &manifest.ExtractTable{Table: "t", Options: manifest.NewMap("json", "big.json", "records", "data")}}
	rows := 0
	var most uint64
	for s, err := range (jsonfile.Source{}).Read(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Fields, []string{"id", "customer.name", "customer.town", "paid", "total", "lines"}) {
			t.Fatalf("fields %q", s.Fields)
		}
		for _, err := range s.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if rows++; rows%50_000 == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}
	if rows != n || most > 8<<20 {
		t.Errorf("%d rows of %d, %d MB", rows, n, most>>20)
	}
}
