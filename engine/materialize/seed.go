package materialize

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Seed persists a CSV file of the project as a table. It is rebuilt aside on every run and
// swapped in, so that a reader never finds it empty, and so that a changed file may change types.
type Seed struct{}

// Plan creates the table aside with the file's columns, loads the rows and swaps it in.
func (Seed) Plan(f Facts) (Plan, error) {
	table, err := ReadSeed(f.Node)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Type: adapter.Table, Label: "seed"}
	p.Steps = append(p.Steps, clearAside(f)...)
	p.Steps = append(p.Steps,
		Step{SQL: f.Dialect.CreateTable(aside(f.Target), table.Columns), Why: "create the table aside"},
		Step{Load: table, Into: aside(f.Target), Why: "load the rows", Main: true})
	p.Steps = append(p.Steps, swap(f)...)
	indexes, err := createIndexes(f)
	p.Steps = append(p.Steps, indexes...)
	return p, err
}

// SeedTable is a seed's file, looked through once: its columns with their types.
type SeedTable struct {
	File      string
	Delimiter rune
	Columns   []adapter.Column
	Rows      int64
	node      *manifest.Node
	line      int  // of the file, where the record last read begins
	loose     bool // quotes stand inside of values that are not quoted
}

// ReadSeed reads the header and infers a type for each column as dbt does: integer, float8,
// date, timestamp, boolean or text, the first that all values have; column_types overrides.
func ReadSeed(n *manifest.Node) (*SeedTable, error) {
	delimiter, err := seedDelimiter(n)
	if err != nil {
		return nil, err
	}
	t := &SeedTable{File: n.Seed.File, Delimiter: delimiter, node: n}
	header, guesses, err := t.scan()
	if errors.Is(err, csv.ErrBareQuote) { // 5'11" is a value, to dbt too
		t.loose = true
		header, guesses, err = t.scan()
	}
	if err != nil {
		return nil, err
	}
	if header == nil {
		return nil, diag.Errorf(diag.BadFile, diag.Pos{File: n.Pos.File, Line: 1}, "seed %s is empty", n.Name).
			WithHint("the first line must name the columns")
	}
	overrides := columnTypes(n.Config)
	for i, name := range header {
		typ := overrides[strings.ToLower(name)]
		if typ == "" {
			typ = guesses[i].columnType()
		}
		t.Columns = append(t.Columns, adapter.Column{Name: name, Type: typ})
	}
	return t, nil
}

// scan reads the file through for its header and what each column may be; no header if it is empty.
func (t *SeedTable) scan() ([]string, []typeGuess, error) {
	var header []string
	var guesses []typeGuess
	t.Rows = 0
	for record, err := range t.records() {
		if err != nil {
			return nil, nil, err
		}
		if header == nil {
			if header, err = t.checkHeader(record); err != nil {
				return nil, nil, err
			}
			guesses = make([]typeGuess, len(header))
			continue
		}
		t.Rows++
		for i, v := range record {
			guesses[i].see(v)
		}
	}
	return header, guesses, nil
}

func seedDelimiter(n *manifest.Node) (rune, error) {
	text := n.Config.String("delimiter")
	if text == "" {
		return ',', nil
	}
	if text == `\t` {
		return '\t', nil
	}
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r == '"' || r == '\n' || r == '\r' {
		return 0, diag.Errorf(diag.BadConfig, n.Pos, "seed %s: delimiter %q is not one character", n.Name, text).
			WithHint(`for example delimiter: ";"`)
	}
	return r, nil
}

func columnTypes(c manifest.Config) map[string]string {
	raw, _ := c.Get("column_types")
	m, _ := raw.(*manifest.Map)
	out := map[string]string{}
	for _, k := range m.Keys() {
		v, _ := m.Get(k)
		out[strings.ToLower(k)] = fmt.Sprint(v)
	}
	return out
}

// records streams the file's records, the header first. A byte order mark is dropped; a record
// of another length than the header is an error with its line.
func (t *SeedTable) records() iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		f, err := os.Open(t.File)
		if err != nil {
			yield(nil, diag.Errorf(diag.BadFile, t.node.Pos, "seed %s cannot be read: %v", t.node.Name, err).WithErr(err))
			return
		}
		defer f.Close()
		in := bufio.NewReaderSize(f, 1<<16)
		if bom, _ := in.Peek(3); string(bom) == "\ufeff" {
			_, _ = in.Discard(3)
		}
		r := csv.NewReader(in)
		r.Comma, r.ReuseRecord, r.LazyQuotes = t.Delimiter, true, t.loose
		for {
			record, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, t.malformed(err))
				return
			}
			t.line, _ = r.FieldPos(0)
			if !yield(record, nil) {
				return
			}
		}
	}
}

func (t *SeedTable) malformed(err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return fmt.Errorf("read seed %s: %w", t.node.Name, err)
	}
	d := diag.Errorf(diag.BadFile, diag.Pos{File: t.node.Pos.File, Line: p.Line, Col: p.Column}, "seed %s: %v", t.node.Name, p.Err).WithErr(err)
	if errors.Is(p.Err, csv.ErrFieldCount) {
		d.Pos.Col = 0
		return d.WithHint("every line needs as many fields as the header; a field that holds the delimiter must be quoted")
	}
	return d
}

func (t *SeedTable) checkHeader(record []string) ([]string, error) {
	header := append([]string(nil), record...)
	seen := map[string]bool{}
	for i, name := range header {
		switch key := strings.ToLower(name); {
		case strings.TrimSpace(name) == "":
			return nil, diag.Errorf(diag.BadFile, diag.Pos{File: t.node.Pos.File, Line: 1}, "seed %s: column %d has no name", t.node.Name, i+1)
		case seen[key]:
			return nil, diag.Errorf(diag.BadFile, diag.Pos{File: t.node.Pos.File, Line: 1}, "seed %s: two columns are named %q", t.node.Name, name)
		default:
			seen[key] = true
		}
	}
	return header, nil
}

// values streams the rows as Session.Load wants them: text, which the warehouse casts. An empty
// field and the word null are null, as in dbt's slow load (fast: false).
func (t *SeedTable) values() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, len(t.Columns))
		header := true
		for record, err := range t.records() {
			if err != nil {
				yield(nil, err)
				return
			}
			if header {
				header = false
				continue
			}
			for i, v := range record {
				row[i] = nil
				if v != "" && !strings.EqualFold(strings.TrimSpace(v), "null") {
					row[i] = padded(v, t.Columns[i].Type)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// padded writes out the days and times that dbt takes with fewer digits.
func padded(v, typ string) string {
	in, out := "2006-1-2 15:4:5", time.DateTime
	switch typ {
	case "date":
		in, out = "2006-1-2", time.DateOnly
	case stampType:
	default:
		return v
	}
	t, err := time.Parse(in, strings.TrimSpace(v))
	if err != nil || t.Nanosecond() != 0 {
		return v
	}
	return t.Format(out)
}

// stampType is dbt's word for a timestamp.
const stampType = "timestamp without time zone"

// typeGuess narrows down a column's type; the bits are what it can no longer be.
type typeGuess struct {
	notNumber, notDate, notTime, notISO, notBool bool
	fraction, big                                bool
	any                                          bool
}

// numberPattern is what dbt takes for a number in a seed, without signs of currency.
//
//nolint:gochecknoglobals // a compiled constant
var numberPattern = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)

func (g *typeGuess) see(v string) {
	s := strings.TrimSpace(v)
	if s == "" || strings.EqualFold(s, "null") {
		return
	}
	g.any = true
	if !g.notNumber {
		g.seeNumber(s)
	}
	// As dbt reads them, a month may have one digit, and seconds have no fraction without a T.
	if !g.notDate {
		g.notDate = !isTime(s, "2006-1-2")
	}
	if !g.notTime {
		g.notTime = strings.ContainsAny(s, ".,") || !isTime(s, "2006-1-2 15:4:5")
	}
	if !g.notISO {
		g.notISO = !isISOTime(s)
	}
	if !g.notBool {
		g.notBool = !strings.EqualFold(s, "true") && !strings.EqualFold(s, "false")
	}
}

func (g *typeGuess) seeNumber(s string) {
	if !numberPattern.MatchString(s) {
		g.notNumber = true
		return
	}
	digits := 0 // before the point of the number written out
	g.fraction = g.fraction || hasFraction(s)
	if mantissa, exponent, found := strings.Cut(strings.ToLower(s), "e"); found {
		n, err := strconv.Atoi(exponent)
		whole, _, _ := strings.Cut(mantissa, ".")
		digits = len(whole) + min(max(n, 0), 99)
		g.big = g.big || err != nil || digits > 9
		return
	}
	whole, _, _ := strings.Cut(s, ".")
	if _, err := strconv.ParseInt(whole, 10, 32); err != nil && whole != "" && whole != "+" && whole != "-" {
		g.big = true
	}
}

// hasFraction reports whether a number has digits other than zero behind its point: dbt calls
// 3.0 and 1.5e3 integers.
func hasFraction(s string) bool {
	mantissa, exponent, found := strings.Cut(strings.ToLower(s), "e")
	_, frac, _ := strings.Cut(mantissa, ".")
	places := len(strings.TrimRight(frac, "0"))
	if !found {
		return places > 0
	}
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return true // an exponent beyond any number
	}
	if places == 0 { // the zeros at the end of 1500e-2
		whole, _, _ := strings.Cut(mantissa, ".")
		places = len(strings.TrimRight(whole, "0")) - len(whole)
		if strings.Trim(whole, "+-0") == "" {
			return false
		}
	}
	return places > n
}

func isTime(s, layout string) bool {
	_, err := time.Parse(layout, s)
	return err == nil
}

// isISOTime knows the extended forms. dbt takes the basic ones too, and hours alone, and cannot
// load them.
func isISOTime(s string) bool {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07"} {
		if isTime(s, layout) {
			return true
		}
	}
	return false
}

func (g *typeGuess) columnType() string {
	switch {
	case !g.any || !g.notNumber && !g.fraction && !g.big:
		return "integer"
	case !g.notNumber && !g.fraction: // dbt says integer and then cannot load the row
		return "bigint"
	case !g.notNumber:
		return "float8"
	case !g.notDate:
		return "date"
	case !g.notTime || !g.notISO:
		return stampType
	case !g.notBool:
		return "boolean"
	default:
		return "text"
	}
}
