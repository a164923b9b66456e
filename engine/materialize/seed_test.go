package materialize_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/materialize"
)

func readSeed(t *testing.T, content string, config ...any) (*materialize.SeedTable, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return materialize.ReadSeed(&manifest.Node{
		ID: "seed.p.s", Kind: manifest.Seed, Name: "s", Pos: diag.Pos{File: "seeds/s.csv"},
		Config: manifest.NewConfig(manifest.NewMap(config...)), Seed: &manifest.SeedFile{File: file},
	})
}

const stamp = "timestamp without time zone"

// TestSeedTypes compares the types inferred with those that dbt-core 1.11 with dbt-duckdb infers
// for a column of these values. The third field says where ours differs, always for values that
// dbt's own type cannot hold.
func TestSeedTypes(t *testing.T) {
	tests := []struct{ values, dbt, ours string }{
		{"1", "integer", ""},
		{"+5", "integer", ""},
		{"-0", "integer", ""},
		{"00123", "integer", ""},
		{" 7 ", "integer", ""},
		{"3.0", "integer", ""},
		{"3.00000000", "integer", ""},
		{"5.", "integer", ""},
		{"1.5", "float8", ""},
		{".5", "float8", ""},
		{"-.5", "float8", ""},
		{"1e5", "integer", ""},
		{"1E+5", "integer", ""},
		{"1.5e3", "integer", ""},
		{"1e-3", "float8", ""},
		{"1234567890", "integer", ""},
		{"2147483647", "integer", ""},
		{"-2147483648", "integer", ""},
		{"2147483648", "integer", "bigint"},
		{"-2147483649", "integer", "bigint"},
		{"9223372036854775807", "integer", "bigint"},
		{"1|2147483648", "integer", "bigint"},
		{"0x10", "text", ""},
		{"20240105", "integer", ""},
		{"2024-01-05", "date", ""},
		{"2024-1-5", "date", ""},
		{" 2024-01-05 ", "date", ""},
		{"2024-02-30", "text", ""},
		{"2024-01", "text", ""},
		{"2024/01/05", "text", ""},
		{"2024-01-05 10:00:00", stamp, ""},
		{"2024-1-5 1:2:3", stamp, ""},
		{"2024-01-05 24:00:00", "text", ""},
		{"2024-01-05 10:00", "text", ""},
		{"2024-01-05 10:00:00.5", "text", ""},
		{"2024-01-05T10:00:00", stamp, ""},
		{"2024-01-05T10:00", stamp, ""},
		{"2024-01-05T10:00:00Z", stamp, ""},
		{"2024-01-05T10:00:00+02:00", stamp, ""},
		{"2024-01-05T10:00:00.123", stamp, ""},
		{"2024-01-05T10:00:00.123Z", stamp, ""},
		{"2024-01-05T10:00:00+0200", stamp, ""},
		{"2024-01-05T10", stamp, "text"},
		{"2024-01-05T10:00Z", stamp, "text"},
		{"20240105T100000", stamp, "text"},
		{"20240105T100000Z", stamp, "text"},
		{"2024-01-05t10:00:00", "text", ""},
		{"12:30:00", "text", ""},
		{"true", "boolean", ""},
		{"False|TRUE", "boolean", ""},
		{" true ", "boolean", ""},
		{"t", "text", ""},
		{"yes", "text", ""},
		{"", "integer", ""},
		{"null", "integer", ""},
		{"NULL| null |", "integer", ""},
		{"none", "text", ""},
		{"NA", "text", ""},
		{"abc", "text", ""},
		{"1|2.5", "float8", ""},
		{"1|", "integer", ""},
		{"1|null", "integer", ""},
		{"1|abc", "text", ""},
		{"1|true", "text", ""},
		{"true|", "boolean", ""},
		{"true|1", "text", ""},
		{"2024-01-05|1", "text", ""},
		{"2024-01-05|2024-01-05 10:00:00", "text", ""},
		{"2024-01-05|2024-01-05T10:00:00", "text", ""},
		{"2024-01-05 10:00:00|2024-01-05T10:00:00", "text", ""},
		{"1e5|1", "integer", ""},
		{"$5", "integer", "text"},
		{"5%", "integer", "text"},
		{"1,000", "integer", "text"},
		{"1_000", "integer", "text"},
		{"nan", "integer", "text"},
		{"Infinity", "integer", "text"},
	}
	for _, tt := range tests {
		t.Run(tt.values, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("c,z\n")
			for _, v := range strings.Split(tt.values, "|") {
				b.WriteString(`"` + v + "\",x\n")
			}
			table, err := readSeed(t, b.String())
			if err != nil {
				t.Fatal(err)
			}
			want := tt.dbt
			if tt.ours != "" {
				want = tt.ours
			}
			if got := table.Columns[0].Type; got != want {
				t.Errorf("the type is %s, want %s", got, want)
			}
		})
	}
}

func TestSeedFiles(t *testing.T) {
	tests := []struct {
		name, content string
		config        []any
		want          string // columns, or code and message
		rows          int64
	}{
		{"byte order mark", "\ufeffid,n\n1,a\n", nil, "id:integer n:text", 1},
		{"quoted after a mark", "\ufeff\"id\",n\n1,a\n", nil, "id:integer n:text", 1},
		{"CRLF", "id,n\r\n1,2\r\n3,4\r\n", nil, "id:integer n:integer", 2},
		{"no last line end", "id\n1", nil, "id:integer", 1},
		{"only a header", "id,n\n", nil, "id:integer n:integer", 0},
		{"semicolons", "id;n\n1;2,5\n", []any{"delimiter", ";"}, "id:integer n:text", 1},
		{"tabs", "id\tn\n1\t2\n", []any{"delimiter", `\t`}, "id:integer n:integer", 1},
		{"a wide delimiter", "id→n\n1→2\n", []any{"delimiter", "→"}, "id:integer n:integer", 1},
		{"a line within quotes", "id,n\n1,\"a\nb,\"\"c\"\"\"\n", nil, "id:integer n:text", 1},
		{"a quote inside a value", "id,n\n1,5'11\"\n2,6'\n", nil, "id:integer n:text", 2},
		{"column_types", "id,Code,x\n1,2,3\n", []any{"column_types", manifest.NewMap("CODE", "varchar(3)", "x", "decimal(18,2)")}, "id:integer Code:varchar(3) x:decimal(18,2)", 1},
		{"too short", "id,n\n1,2\n1\n", nil, "AT0111 seeds/s.csv:3 wrong number of fields", 0},
		{"too long", "id,n\n1,2,3\n", nil, "AT0111 seeds/s.csv:2 wrong number of fields", 0},
		{"two of one name", "id,ID\n1,2\n", nil, `AT0111 seeds/s.csv:1 two columns are named "ID"`, 0},
		{"no name", "id, ,x\n1,2,3\n", nil, "AT0111 seeds/s.csv:1 column 2 has no name", 0},
		{"empty", "", nil, "AT0111 seeds/s.csv:1 seed s is empty", 0},
		{"only a mark", "\ufeff", nil, "AT0111 seeds/s.csv:1 seed s is empty", 0},
		{"blank lines", "\n\n", nil, "AT0111 seeds/s.csv:1 seed s is empty", 0},
		{"open quote", "id\n\"1\n", nil, "AT0111 seeds/s.csv:", 0},
		{"two characters", "id\n", []any{"delimiter", "||"}, "AT0503 seeds/s.csv", 0},
		{"a quote to divide by", "id\n", []any{"delimiter", `"`}, "AT0503 seeds/s.csv", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table, err := readSeed(t, tt.content, tt.config...)
			var got string
			if err != nil {
				d := diag.From(err)[0]
				got = string(d.Code) + " " + d.Pos.String() + " " + d.Msg
				parts := strings.SplitN(tt.want, " ", 3)
				for _, part := range parts {
					if !strings.Contains(got, part) {
						t.Errorf("the error is %s, want %s", got, tt.want)
					}
				}
				return
			}
			var names []string
			for _, c := range table.Columns {
				names = append(names, c.Name+":"+c.Type)
			}
			if got = strings.Join(names, " "); got != tt.want || table.Rows != tt.rows {
				t.Errorf("%d rows of %s, want %d of %s", table.Rows, got, tt.rows, tt.want)
			}
		})
	}
	n := &manifest.Node{Name: "s", Seed: &manifest.SeedFile{File: filepath.Join(t.TempDir(), "none.csv")}}
	_, err := materialize.ReadSeed(n)
	if d := diag.From(err)[0]; d.Code != diag.BadFile {
		t.Errorf("a missing file gives %v", err)
	}
}
