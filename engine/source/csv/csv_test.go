package csv_test

import (
	stdcsv "encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/csv"
	"atlas/engine/source/sourcetest"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Driver{Source: csv.Source{}, Write: func(t *testing.T, root string, rows [][]string) *manifest.ExtractTable {
		f, err := os.Create(filepath.Join(root, "people.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := stdcsv.NewWriter(f).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		return &manifest.ExtractTable{Driver: "csv", Options: manifest.NewMap("csv", "people.csv")}
	}})
}

// cells reads a file and gives its rows as texts joined by |.
func cells(t *testing.T, content string, options ...any) (string, error) {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "a.csv"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	table := &manifest.ExtractTable{Table: "t", Options: manifest.NewMap(append([]any{"csv", "a.csv"}, options...)...)}
	var lines []string
	for s, err := range (csv.Source{}).Read(t.Context(), source.Request{Root: root, Table: table}) {
		if err != nil {
			return "", err
		}
		for row, err := range s.Rows {
			if err != nil {
				return strings.Join(lines, "\n"), err
			}
			var texts []string
			for _, c := range row.Cells {
				texts = append(texts, c.Text)
			}
			lines = append(lines, strings.Join(texts, "|"))
		}
	}
	return strings.Join(lines, "\n"), nil
}

// TestSheetsGuessEncoding holds a sketch to the encoding that a file's bytes speak for, where nothing
// marks it.
func TestSheetsGuessEncoding(t *testing.T) {
	text := "Code;Naam;Datum\r\n1;Zoë €;01-02-2026\r\n"
	for name, enc := range map[string]interface{ NewEncoder() *encoding.Encoder }{
		"":             encoding.Nop,
		"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"utf-16":       unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"windows-1252": charmap.Windows1252,
	} {
		content, err := enc.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		for s, err := range (csv.Source{}).Sheets(t.Context(), source.File{Name: "a.csv", Path: path}) {
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := s.Options.Get("encoding"); fmt.Sprint(got) != name && (got != nil || name != "") {
				t.Errorf("%q is taken for %v", name, got)
			}
		}
	}
}

func TestRead(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String("a;é\n1;2\n")
	if err != nil {
		t.Fatal(err)
	}
	windows, err := charmap.Windows1252.NewEncoder().String("a,€\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content string
		options []any
		want    string
	}{
		"empty":            {"", nil, ""},
		"no last line end": {"a,b\n1,2", nil, "a|b\n1|2"},
		"crlf":             {"a,b\r\n1,2\r\n", nil, "a|b\n1|2"},
		"cr":               {"a,b\r1,\"2\"\r3,4", nil, "a|b\n1|2\n3|4"},
		"blank lines":      {"a\n\n1\n", nil, "a\n\n1"},
		"ragged":           {"a,b\n1\n1,2,3\n", nil, "a|b\n1\n1|2|3"},
		"quotes":           {"\"a,b\",\"c\"\"d\",\"e\nf\"\n", nil, "a,b|c\"d|e\nf"},
		"stray quotes":     {"5\" disk,\"a\"b\n", nil, "5\" disk|ab"},
		"semicolons":       {"a;b\n1,5;2\n2,5;3\n", nil, "a|b\n1,5|2\n2,5|3"},
		"tabs":             {"a\tb\n1\t2\n", nil, "a|b\n1|2"},
		"told":             {"a;b,c\n", []any{"delimiter", ","}, "a;b|c"},
		"tab by name":      {"a\tb,c\n", []any{"delimiter", "tab"}, "a|b,c"},
		"single quotes":    {"'a,b',\"c\n", []any{"quote", "'"}, "a,b|\"c"},
		"byte-order mark":  {"\ufeffa,b\n", nil, "a|b"},
		"utf-16":           {utf16, []any{"encoding", "utf-16"}, "a|é\n1|2"},
		"windows-1252":     {windows, []any{"encoding", "windows-1252"}, "a|€"},
	} {
		got, err := cells(t, c.content, c.options...)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for want, options := range map[string][]any{
		"delimiter must be one character": {"delimiter", ";;"},
		`no encoding is named "ebcdic"`:   {"encoding", "ebcdic"},
		"there is no file b.csv":          {"csv", "b.csv"},
		"the quote that opens in line 2":  nil,
		"table t names no file":           {"csv", nil},
		`"a[.csv" is no pattern of file`:  {"csv", "a[.csv"},
		"there is no file nowhere/*.csv":  {"csv", "nowhere/*.csv"},
	} {
		_, err := cells(t, "a,b\n\"1,2\n3,4\n", options...)
		if err == nil || !strings.Contains(err.Error(), want) || len(diag.From(err)) != 1 || diag.From(err)[0].Code == "" {
			t.Errorf("want %q: %v", want, err)
		}
	}
}
