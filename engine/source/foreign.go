package source

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// Foreign names data that the warehouse reads for a source.
type Foreign = adapter.Foreign

// ErrNoScanner is the error of a source that needs the warehouse's own readers where there are none.
var ErrNoScanner = errors.New("this warehouse reads no foreign data")

// DescribeForeign gives the columns of foreign data, with canonical types. The errors are the
// warehouse's.
func DescribeForeign(ctx context.Context, r Request, f Foreign) (columns []manifest.ExtractColumn, err error) {
	rows, done, err := scanForeign(ctx, r, f)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	for _, c := range rows.Columns() {
		columns = append(columns, manifest.ExtractColumn{Name: Identifier(c.Name), Headers: []string{c.Name}, Type: foreignType(c.Type)})
	}
	return columns, nil
}

func scanForeign(ctx context.Context, r Request, f Foreign) (rows adapter.Rows, done func() error, err error) {
	if r.Scan == nil {
		return nil, nil, ErrNoScanner
	}
	s, err := r.Scan(ctx)
	if err != nil {
		return nil, nil, err
	}
	rows, err = s.Scan(ctx, f)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return rows, func() error { return errors.Join(rows.Close(), s.Close()) }, nil
}

// ForeignReading is one reading of foreign data.
type ForeignReading struct {
	Foreign Foreign
	Section *Section                      // Fields and Rows are filled in
	Explain func(error) error             // makes a diagnostic of the warehouse's errors
	Number  func(n int, cells []Cell) int // of the n-th row, from 1; nil is n
	After   func(cells []Cell) error      // called behind every row; may be nil
}

// ReadForeign yields foreign data as a section. It gives what yield does, with true where all
// sections were wanted.
func ReadForeign(ctx context.Context, r Request, f ForeignReading, yield func(*Section, error) bool) bool {
	rows, done, err := scanForeign(ctx, r, f.Foreign)
	if err != nil {
		return yield(nil, f.Explain(err))
	}
	f.Section.Fields = []string{}
	for _, c := range rows.Columns() {
		f.Section.Fields = append(f.Section.Fields, c.Name)
	}
	f.Section.Rows = f.rows(ctx, rows)
	more := yield(f.Section, nil)
	if err := done(); err != nil && more {
		return yield(nil, f.Explain(err))
	}
	return more
}

func (f *ForeignReading) rows(ctx context.Context, rows adapter.Rows) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		cells := make([]Cell, len(f.Section.Fields))
		for n := 1; rows.Next(); n++ {
			if ctx.Err() != nil {
				break
			}
			for i, v := range rows.Values() {
				cells[i] = foreignCell(v)
			}
			number := n
			if f.Number != nil {
				number = f.Number(n, cells)
			}
			if !yield(Row{Number: number, Cells: cells}, nil) {
				return
			}
			if f.After == nil {
				continue
			}
			if err := f.After(cells); err != nil {
				yield(Row{}, err)
				return
			}
		}
		switch err := rows.Err(); {
		case ctx.Err() != nil:
			yield(Row{}, ctx.Err())
		case err != nil:
			yield(Row{}, f.Explain(err))
		}
	}
}

// KeyNumber gives the number of an incremental table's row: its key if that is one whole number,
// so that a record that is read again is the same row; else 1.
func KeyNumber(t *manifest.ExtractTable, fields []string) func(n int, cells []Cell) int {
	at := -1
	if len(t.Key) == 1 {
		names := t.Key
		if c := findColumn(t, t.Key[0]); c != nil {
			names = append(append([]string{}, c.Headers...), names...)
		}
		for _, name := range names {
			if at < 0 {
				at = slices.IndexFunc(fields, func(f string) bool { return Fold(f) == Fold(name) })
			}
		}
	}
	return func(_ int, cells []Cell) int {
		if at < 0 || at >= len(cells) {
			return 1
		}
		n, err := strconv.Atoi(cells[at].Text)
		if err != nil || n < 1 {
			return 1
		}
		return n
	}
}

var decimalType = regexp.MustCompile(`^(?:DECIMAL|NUMERIC)\((\d+),\s*(\d+)\)$`)

// foreignType gives the canonical type that takes every value of a warehouse's type.
func foreignType(typ string) string {
	up := strings.ToUpper(strings.TrimSpace(typ))
	if m := decimalType.FindStringSubmatch(up); m != nil {
		return "decimal(" + m[1] + "," + m[2] + ")"
	}
	switch up {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER":
		return "integer"
	case "UBIGINT":
		return "decimal(20,0)"
	case "HUGEINT", "UHUGEINT": // the few that have 39 digits are rejected, and told
		return "decimal(38,0)"
	case "FLOAT", "DOUBLE", "REAL":
		return "float"
	case "BOOLEAN":
		return "boolean"
	case "DATE":
		return "date"
	}
	if strings.HasPrefix(up, "TIMESTAMP") && !strings.HasSuffix(up, "]") {
		return "timestamp"
	}
	return "text"
}

// foreignCell makes a cell of a warehouse's value. Everything that has no cell of its own is JSON.
func foreignCell(v any) Cell {
	switch v := v.(type) {
	case nil:
		return Cell{}
	case bool:
		return Cell{Kind: Bool, Text: strconv.FormatBool(v)}
	case int64:
		return Cell{Kind: Number, Text: strconv.FormatInt(v, 10), Exact: true}
	case *big.Int:
		return Cell{Kind: Number, Text: v.String(), Exact: true}
	case adapter.Decimal:
		return Cell{Kind: Number, Text: string(v), Exact: true}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Cell{Kind: Broken, Text: strconv.FormatFloat(v, 'g', -1, 64)}
		}
		return Cell{Kind: Number, Text: strconv.FormatFloat(v, 'g', -1, 64), Exact: true}
	case string:
		return Cell{Kind: Text, Text: v}
	case time.Time:
		return Cell{Kind: Date, Time: v}
	case []byte:
		return Cell{Kind: Text, Text: `\x` + hex.EncodeToString(v)}
	default:
		b, err := appendJSON(nil, v)
		if err != nil {
			return Cell{Kind: Broken, Text: err.Error()}
		}
		return Cell{Kind: Text, Text: string(b)}
	}
}

// appendJSON writes a value as JSON, numbers to the last digit.
func appendJSON(b []byte, v any) (_ []byte, err error) {
	switch v := v.(type) {
	case []any:
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, x); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case *manifest.Map:
		b = append(b, '{')
		for i, k := range v.Keys() {
			if i > 0 {
				b = append(b, ',')
			}
			x, _ := v.Get(k)
			if b, err = appendText(b, k); err != nil {
				return b, err
			}
			if b, err = appendJSON(append(b, ':'), x); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	case nil:
		return append(b, "null"...), nil
	}
	switch c := foreignCell(v); c.Kind {
	case Bool, Number:
		return append(b, c.Text...), nil
	case Date, Text, Broken:
		return appendText(b, c.String())
	default:
		return b, fmt.Errorf("a %T has no text", v)
	}
}

func appendText(b []byte, s string) ([]byte, error) {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return b, err
	}
	return append(b, strings.TrimSuffix(out.String(), "\n")...), nil
}
