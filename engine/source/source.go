// Package source takes tables out of other systems: it extracts them to canonical CSV snapshots,
// loads those into raw tables and validates what was loaded.
//
// A driver (source/workbook, source/csv …) turns one declared table into sections of rows of raw
// cells and nothing more. Everything that is the same for every system stands here: which rows
// are data, which column a header means, how a text becomes a number or a date in the locale
// that the table declares, what happens to a cell that cannot. The package knows no file format,
// no dialect of SQL and no word of anybody's business.
package source

import (
	"context"
	"encoding/json"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Source is a kind of system that tables are read from.
type Source interface {
	// Options documents the keys of ExtractTable.Options that the driver reads, beside those of
	// this package's own Options.
	Options() []Option
	// Monthly reports whether the table's sections each belong to a month, so that the snapshot
	// has a column sheet_month. It looks at the declaration only.
	Monthly(t *manifest.ExtractTable) bool
	// Inputs gives the files that the table is read from, each with a fingerprint. A file that is
	// not there gives a *diag.Diagnostic.
	Inputs(ctx context.Context, r Request) ([]Input, error)
	// Read gives the table's sections in the order in which their rows are to be stored. Rows of
	// a section are read before the next section is asked for. An error ends the sequence; a
	// *diag.Diagnostic that is a warning does not, it stands beside the sections.
	Read(ctx context.Context, r Request) iter.Seq2[*Section, error]
}

// Describer is a source that knows its columns and their types, so that a declaration may leave
// out some or all of them.
type Describer interface {
	// Describe gives the columns that the system has, in their order, with canonical types. A
	// column's Headers are the fields that Section.Fields will name.
	Describe(ctx context.Context, r Request) ([]manifest.ExtractColumn, error)
}

// Incremental is a source that can go on from where an earlier reading ended. Its tables are not
// frozen: every extraction reads what has changed, and merges it into the snapshot by key.
type Incremental interface {
	// Key names the columns that tell the table's rows apart; none if this table can only be read
	// whole. It looks at the declaration only.
	Key(t *manifest.ExtractTable) []string
}

// Request is one table to read.
type Request struct {
	Root  string // project folder, against which the paths of the declaration stand
	Table *manifest.ExtractTable
	// Since is what Keep was given last, in this reading or an earlier one; nil reads everything.
	// Only sources that are Incremental get it.
	Since json.RawMessage
	// Keep notes that every row yielded so far is covered by the state: a reading that is cut off
	// goes on from there. The last state kept begins the next reading. It must be called between
	// two rows or sections, may be nil, and its error ends the reading.
	Keep func(state any) error
	// Scan opens the warehouse's own readers of foreign data (Parquet, other databases); nil where
	// there is none. The caller closes the session.
	Scan func(ctx context.Context) (Scanner, error)
	// Downloads is a folder for copies of remote files.
	Downloads string
	Notify    func(format string, args ...any) // tells a person of a wait or a retry; may be nil
	Now       func() time.Time                 // nil is time.Now
	Sleep     func(ctx context.Context, d time.Duration) error

	fetched *fetched // the remote files that were copied in this reading; may be nil
	frozen  bool     // the snapshot is kept: the inputs are those that are here, and nobody is asked
}

// Scanner is a warehouse session that can read foreign data.
type Scanner interface {
	adapter.Scanner
	Close() error
}

// Option gives the value of a table's option with its secrets in clear; nil if it is not there.
func (r Request) Option(key string) (any, error) {
	v, _ := r.Table.Options.Get(key)
	return Reveal(v)
}

// Tell notifies, if anybody listens.
func (r Request) Tell(format string, args ...any) {
	if r.Notify != nil {
		r.Notify(format, args...)
	}
}

// Clock gives the time.
func (r Request) Clock() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

// Wait sleeps unless ctx ends.
func (r Request) Wait(ctx context.Context, d time.Duration) error {
	if r.Sleep != nil {
		return r.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Reveal renders the secrets in an option's value.
func Reveal(v any) (any, error) {
	switch v := v.(type) {
	case *manifest.Secret:
		return v.Value()
	case *manifest.Map:
		out := manifest.NewMap()
		var l diag.List
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			x, err := Reveal(x)
			l.Add(err)
			out.Set(k, x)
		}
		return out, l.Err()
	case []any:
		out := make([]any, len(v))
		var l diag.List
		for i, x := range v {
			var err error
			out[i], err = Reveal(x)
			l.Add(err)
		}
		return out, l.Err()
	default:
		return v, nil
	}
}

// CheckSecret complains of a password that stands in a file: v is the option's value before it is
// revealed, name its key.
func CheckSecret(t *manifest.ExtractTable, name string, v any) error {
	if _, ok := v.(*manifest.Secret); ok || v == nil {
		return nil
	}
	return diag.Errorf(diag.LiteralSecret, t.OptionAt(name), "%s of table %s stands in the file, where everybody who has the project can read it", name, t.Table).
		WithHint(`take it from the environment: %s: "{{ env_var('…') }}"`, name)
}

// Input is one thing that a table is read from.
type Input struct {
	File   string `json:"file"`             // relative to the root and slash-separated, or the address of a remote thing without secrets
	SHA256 string `json:"sha256,omitempty"` // of its bytes; "" where there are none to compare
	Size   int64  `json:"size,omitempty"`
}

// Section is a run of rows under one header: a sheet of a workbook, a CSV file, the answer of an API.
type Section struct {
	File   string // as the column _file shows it
	Sheet  string // as the column _sheet shows it; empty where the system has no sheets
	Month  int    // 1 to 12 if the section belongs to a month, else 0
	Layout Layout // where the header and the data are, if it differs from the table's; zero fields keep the table's
	Pos    diag.Pos

	// Fields names the columns where the system itself does, so that no row is a header.
	Fields []string
	// Living says that the rows are no data: they are the keys, as Fields names them, of all
	// records that there are. A row of the snapshot with another key is marked as deleted. Only
	// sources that are Incremental give such a section, after all others.
	Living bool
	// Merges are the merged ranges that touch the rows of the header. Where the format has none
	// (CSV), GuessMerges asks to fill an upper header row to the right.
	Merges      []Range
	GuessMerges bool
	// HiddenColumns are the columns, from 1, that the file does not show: a visible column of the
	// same header is preferred to them.
	HiddenColumns map[int]bool
	// Date1904 is true where serial numbers of days count from 1904.
	Date1904 bool
	// Rows are the rows in order; rows that hold nothing may be left out. A row is valid until the
	// next is asked for.
	Rows iter.Seq2[Row, error]
}

// Name says where the section is, for people: `transactions.xlsx, sheet "May"`.
func (s *Section) Name() string {
	if s.Sheet == "" {
		return s.File
	}
	return s.File + `, sheet "` + s.Sheet + `"`
}

// Label says where the section is in few words, for warnings: `transactions.xlsx · May`.
func (s *Section) Label() string {
	base := path.Base(s.File)
	if s.Sheet == "" {
		return base
	}
	return base + " · " + strings.TrimSpace(s.Sheet)
}

// Row is one row as the file has it.
type Row struct {
	Number int // from 1, as the file counts
	Hidden bool
	Cells  []Cell // Cells[i] is in column i+1
}

// Kind is what a cell holds.
type Kind uint8

// The kinds of cell.
const (
	Empty  Kind = iota // nothing; the zero cell
	Text               // Text as it stands
	Number             // Text is a plain number: "1250000", "-0.5", "1.5E-7"
	Date               // Time holds a date, with a time of day if the cell shows one
	Clock              // a time of day or a duration: Text is "8:30:00", "-26:15:00"
	Bool               // Text is "true" or "false"
	Broken             // Text is the error that the cell shows, or why it cannot be read
)

// String gives the kind's name, for messages.
func (k Kind) String() string {
	switch k {
	case Text:
		return "text"
	case Number:
		return "a number"
	case Date:
		return "a date"
	case Clock:
		return "a time"
	case Bool:
		return "a boolean"
	case Broken:
		return "an error"
	default:
		return "empty"
	}
}

// Cell is one cell's value. The zero Cell is empty.
type Cell struct {
	Kind Kind
	Text string
	Time time.Time // of a Date, in UTC
	// Merged says that the value is another cell's, of a merged range that covers this one. Such
	// cells make no row anything else than blank, and only columns that fill_merged names take them.
	Merged bool
	// Exact says that a Number is to be taken to the last digit: the system keeps decimals, and
	// what looks like the noise of binary fractions is none.
	Exact bool
}

// Blank reports whether the cell holds nothing that a person would see.
func (c Cell) Blank() bool {
	return c.Kind == Empty || c.Kind == Text && strings.TrimSpace(c.Text) == ""
}

// String gives the cell as text: what a column of type text stores, and what messages show.
func (c Cell) String() string {
	switch c.Kind {
	case Date:
		return formatTime(c.Time)
	case Number:
		if c.Exact {
			return c.Text
		}
		return plainNumber(c.Text)
	default:
		return c.Text
	}
}

// Range is a rectangle of cells; rows and columns count from 1 and both ends belong to it.
type Range struct{ FirstRow, FirstCol, LastRow, LastCol int }

// Layout says where a section's header and data are. Rows count from 1.
type Layout struct {
	HeaderRow  int // first row of the header
	HeaderRows int // rows that the header spans
	DataRow    int // first row of data
}

// over lays the fields that are set in o over l.
func (l Layout) over(o Layout) Layout {
	if o.HeaderRow > 0 {
		l.HeaderRow = o.HeaderRow
		l.DataRow = 0
	}
	if o.HeaderRows > 0 {
		l.HeaderRows = o.HeaderRows
		l.DataRow = 0
	}
	if o.DataRow > 0 {
		l.DataRow = o.DataRow
	}
	if l.DataRow == 0 {
		l.DataRow = l.HeaderRow + l.HeaderRows
	}
	return l
}

// Option documents one key of a table's declaration.
type Option struct {
	Name string
	Kind string // "text", "number", "list", "mapping", "text or list" …
	Doc  string // one line
}

// CheckOptions reports the keys of the table's options that neither this package nor the driver knows.
func CheckOptions(t *manifest.ExtractTable, driver Source) diag.List {
	var names []string
	for _, o := range slices.Concat(Options(), driver.Options()) {
		names = append(names, o.Name)
	}
	names = append(names, "source", "table", "driver", "locale", "columns", "checks", "snapshot", "on_bad_cell", "schema_drift", "key")
	var l diag.List
	for _, key := range t.Options.Keys() {
		if slices.Contains(names, key) {
			continue
		}
		d := diag.Errorf(diag.UnknownKey, t.OptionAt(key), "table %s has an unknown key %q", t.Table, key).WithLen(len(key))
		d.Hint = diag.DidYouMean(key, names)
		if d.Hint == "" {
			d.Hint = "the keys are " + strings.Join(names, ", ")
		}
		l = append(l, d)
	}
	return l
}
