package duckdb

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

var _ adapter.CSVLoader = (*session)(nil)

// LoadCSV has DuckDB's own reader append the file's rows, in one statement.
func (s *session) LoadCSV(ctx context.Context, rel manifest.Relation, columns []adapter.Column, path string, o adapter.CSVOptions) (int64, error) {
	if o.Guess {
		n, err := s.Exec(ctx, copyCSVSQL(rel, path, o))
		if err != nil {
			return 0, csvError(err, columns)
		}
		return n, nil
	}
	columns, err := s.typed(ctx, rel, columns)
	if err != nil {
		return 0, err
	}
	layout := columns
	if !o.NoHeader {
		if layout, err = fileLayout(path, columns, o); err != nil {
			return 0, err
		}
	}
	n, err := s.Exec(ctx, loadCSVSQL(rel, columns, layout, path, o))
	if err != nil {
		return 0, csvError(err, columns)
	}
	return n, nil
}

// typed gives columns without a type the table's own.
func (s *session) typed(ctx context.Context, rel manifest.Relation, columns []adapter.Column) ([]adapter.Column, error) {
	out := make([]adapter.Column, len(columns))
	copy(out, columns)
	var table []adapter.Column
	for i := range out {
		if out[i].Type != "" {
			continue
		}
		if table == nil {
			var err error
			if table, err = s.Columns(ctx, rel); err != nil {
				return nil, err
			}
		}
		out[i].Type = "VARCHAR"
		for _, c := range table {
			if strings.EqualFold(c.Name, out[i].Name) {
				out[i].Type = c.Type
			}
		}
	}
	return out, nil
}

// fileLayout reads the file's header and gives the file's columns in their order, with the types
// asked for; columns that nobody asked for are text. A column that is asked for and absent is an
// error.
func fileLayout(path string, columns []adapter.Column, o adapter.CSVOptions) ([]adapter.Column, error) {
	header, err := readHeader(path, o)
	if err != nil {
		return nil, fmt.Errorf("read the header of %s: %w", path, err)
	}
	at := map[string]int{}
	for i, h := range header {
		key := strings.ToLower(strings.TrimSpace(h))
		if _, twice := at[key]; twice {
			return nil, &adapter.RowError{Row: 1, Column: h, Err: errors.New("the header names the column twice")}
		}
		at[key] = i
	}
	layout := make([]adapter.Column, len(header))
	for i := range header {
		// The name is only the reader's: another column's may be empty or odd.
		layout[i] = adapter.Column{Name: fmt.Sprintf("file column %d", i+1), Type: "VARCHAR"}
	}
	for _, c := range columns {
		i, ok := at[strings.ToLower(c.Name)]
		if !ok {
			return nil, &adapter.RowError{Row: 1, Column: c.Name, Err: fmt.Errorf("the header of %s lacks the column; it has %s", path, strings.Join(header, ", "))}
		}
		layout[i] = c
	}
	return layout, nil
}

func readHeader(path string, o adapter.CSVOptions) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	var in io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(&bomSkipper{in: bufio.NewReader(in)})
	r.LazyQuotes = true
	if o.Delimiter != "" {
		r.Comma = []rune(o.Delimiter)[0]
	}
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	}
	return header, err
}

// bomSkipper drops the mark that spreadsheet programs put before UTF-8 text.
type bomSkipper struct {
	in      *bufio.Reader
	started bool
}

func (b *bomSkipper) Read(p []byte) (int, error) {
	if !b.started {
		b.started = true
		if mark, err := b.in.Peek(3); err == nil && string(mark) == "\ufeff" {
			if _, err := b.in.Discard(3); err != nil {
				return 0, err
			}
		}
	}
	return b.in.Read(p)
}

func loadCSVSQL(rel manifest.Relation, columns, layout []adapter.Column, path string, o adapter.CSVOptions) string {
	d := dialect{}
	var names, exprs []string
	for _, c := range columns {
		names, exprs = append(names, d.Quote(c.Name)), append(exprs, d.Quote(c.Name))
	}
	for _, c := range o.Constants {
		names, exprs = append(names, d.Quote(c.Column)), append(exprs, d.Literal(c.Value))
	}
	return "insert into " + d.Relation(rel) + " (" + strings.Join(names, ", ") + ")\n" +
		"select " + strings.Join(exprs, ", ") + "\nfrom " + readCSV(layout, path, o)
}

// copyCSVSQL leaves to DuckDB's sniffer what it can find out.
func copyCSVSQL(rel manifest.Relation, path string, o adapter.CSVOptions) string {
	return "copy " + dialect{}.Relation(rel) + " from " + quoteText(escapeGlob(path)) +
		" (format csv, header " + strconv.FormatBool(!o.NoHeader) + ", delimiter " + quoteText(orElse(o.Delimiter, ",")) + ")"
}

// readCSV spells the call of DuckDB's reader with nothing left to be guessed.
func readCSV(layout []adapter.Column, path string, o adapter.CSVOptions) string {
	fields := make([]string, len(layout))
	for i, c := range layout {
		fields[i] = quoteText(c.Name) + ": " + quoteText(c.Type)
	}
	args := []string{
		quoteText(escapeGlob(path)),
		"auto_detect = false",
		"header = " + strconv.FormatBool(!o.NoHeader),
		"delim = " + quoteText(orElse(o.Delimiter, ",")),
		"quote = " + quoteText(orElse(o.Quote, `"`)),
		"escape = " + quoteText(orElse(o.Escape, `"`)),
		"columns = {" + strings.Join(fields, ", ") + "}",
	}
	if len(o.Nulls) > 0 {
		args = append(args, "nullstr = "+dialect{}.Literal(o.Nulls))
	}
	if o.DateFormat != "" {
		args = append(args, "dateformat = "+quoteText(o.DateFormat))
	}
	if o.TimestampFormat != "" {
		args = append(args, "timestampformat = "+quoteText(o.TimestampFormat))
	}
	return "read_csv(" + strings.Join(args, ", ") + ")"
}

func orElse(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// escapeGlob makes a file's name mean itself where DuckDB would see a pattern.
func escapeGlob(path string) string {
	if !strings.ContainsAny(path, "*?[") {
		return path
	}
	var b strings.Builder
	for _, r := range path {
		if strings.ContainsRune("*?[", r) {
			b.WriteString("[" + string(r) + "]")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var (
	csvLine   = regexp.MustCompile(`^CSV Error on Line: (\d+)`)
	csvColumn = regexp.MustCompile(`(?m)^Error when converting column "(.*)"\. (.*)$`)
	csvTarget = regexp.MustCompile(` to '[^']*'$`)
)

// csvError finds the line, the column and the reason in the long text that DuckDB's reader gives.
func csvError(err error, columns []adapter.Column) error {
	var e *adapter.Error
	if !errors.As(err, &e) {
		return err
	}
	m := csvLine.FindStringSubmatch(e.Msg)
	if m == nil {
		return err
	}
	row := &adapter.RowError{}
	row.Row, _ = strconv.ParseInt(m[1], 10, 64)
	reason := &adapter.Error{Kind: adapter.ConversionError, Msg: e.Msg, Err: e.Err}
	row.Err = reason
	if c := csvColumn.FindStringSubmatch(e.Hint); c != nil {
		row.Column, reason.Msg = c[1], c[2]
		for _, col := range columns {
			if col.Name == row.Column {
				reason.Msg = csvTarget.ReplaceAllLiteralString(reason.Msg, " to "+col.Type)
			}
		}
		return row
	}
	for _, line := range strings.Split(e.Hint, "\n") {
		if strings.HasPrefix(line, "Expected Number of Columns") || strings.HasPrefix(line, "Value with") ||
			strings.HasPrefix(line, "Maximum line size") || strings.HasPrefix(line, "Invalid unicode") {
			reason.Msg = line
			return row
		}
	}
	return row
}
