// Package spreadsheet writes the workbooks that a project declares: tables of queries with
// formulas over their cells, charts bound to them, key figures, text and an index.
//
// A formula is written as a formula, with the value that Atlas computed beside it, so that a
// viewer that computes nothing shows the same. The file's parts other than the cells are made by
// excelize; the cells are streamed, numbers with the very digits of the warehouse. The same data
// gives the same bytes.
//
// The package knows no project on disk, no template and no warehouse: Data gives it rows and texts.
package spreadsheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Data is where a workbook's rows and texts come from.
type Data interface {
	// Columns gives the columns that a query has, without running it.
	Columns(ctx context.Context, q *manifest.Query) ([]adapter.Column, error)
	// Rows runs a query.
	Rows(ctx context.Context, q *manifest.Query) (adapter.Rows, error)
	// Text renders a template; facts are the workbook's and the sheet's.
	Text(ctx context.Context, t manifest.Template, facts *manifest.Map) (string, error)
}

// Options are the circumstances of one rendering.
type Options struct {
	AsOf    time.Time // when the data was loaded: the document's date; zero writes a fixed one
	TempDir string    // for rows that do not fit in memory; "" is the system's
}

// Result is what was written.
type Result struct {
	Sheets   []string
	Rows     int64 // of all tables
	Warnings diag.List
}

// Render writes a workbook. Mistakes of the declaration are a diag.List, and nothing is written then.
func Render(ctx context.Context, out io.Writer, w *manifest.Workbook, d Data, o Options) (*Result, error) {
	b := &book{ctx: ctx, decl: w, data: d, o: o, tables: map[string]*table{}, result: &Result{}}
	defer b.close()
	if err := b.prepare(); err != nil {
		return nil, err
	}
	if err := b.place(); err != nil {
		return nil, err
	}
	b.file = excelize.NewFile()
	defer func() { _ = b.file.Close() }() // nothing of it is on disk
	b.styles = &styles{file: b.file, theme: w.Theme, ids: map[look]int{}}
	if err := b.decorate(); err != nil {
		return nil, err
	}
	if err := b.write(out); err != nil {
		return nil, err
	}
	for _, s := range b.sheets {
		b.result.Sheets = append(b.result.Sheets, s.name)
	}
	return b.result, nil
}

// book is one workbook being made.
type book struct {
	ctx    context.Context
	decl   *manifest.Workbook
	data   Data
	o      Options
	sheets []*sheet
	tables map[string]*table
	file   *excelize.File
	styles *styles
	title  string
	result *Result
}

// sheet is one sheet with its texts rendered and its blocks placed.
type sheet struct {
	decl            *manifest.Sheet
	name            string
	title, subtitle string
	facts           *manifest.Map
	items           []*item
	widths          map[int]float64 // by column, from 1
	rows            int
	freezeRow       int // rows above it stay in sight
	freezeColumn    int
	headerRows      [2]int // printed on every page; zero if none
	merges          [][2]string
	links           []link
}

type link struct {
	cell, sheet string
}

// item is one block with its place.
type item struct {
	decl        *manifest.Block
	title, note []string
	content     content
	row, column int // of its first cell, from 1
	height      int // rows, title and note among them
	width       int // columns
	fixed       bool
}

// content is what stands between a block's title and its note. Row is called once for every row,
// in order.
type content interface {
	size() (rows, columns int)
	row(i int) (line, error)
}

// line is one row of a content: cells beside one another; height 0 is the default.
type line struct {
	cells   []cell
	height  float64
	outline int
}

// cell is a value with its look; formula "" is a plain one.
type cell struct {
	value   value
	formula string
	expr    *expr // of a key figure, whose cells are known when all blocks are placed
	look    look
}

func (b *book) close() {
	for _, t := range b.tables {
		t.rows.close()
	}
}

func (b *book) text(t manifest.Template, facts *manifest.Map) (string, error) {
	if !strings.Contains(t.Text, "{") {
		return t.Text, nil
	}
	return b.data.Text(b.ctx, t, facts)
}

// prepare renders texts and reads the rows of every table. All mistakes are told at once.
func (b *book) prepare() error {
	var l diag.List
	facts, err := b.facts(b.decl.Facts, nil)
	if err != nil {
		return err
	}
	b.title, err = b.text(b.decl.Title, facts)
	if err := mistake(&l, err); err != nil {
		return err
	}
	for i := range b.decl.Sheets {
		s := &sheet{decl: &b.decl.Sheets[i], widths: map[int]float64{}}
		if s.facts, err = b.facts(s.decl.Facts, facts); err != nil {
			return err
		}
		for _, x := range []struct {
			to   *string
			from manifest.Template
		}{{&s.name, s.decl.Name}, {&s.title, s.decl.Title}, {&s.subtitle, s.decl.Subtitle}} {
			*x.to, err = b.text(x.from, s.facts)
			if err := mistake(&l, err); err != nil {
				return err
			}
		}
		if why := badSheetName(s.name); why != "" {
			l.Add(diag.Errorf(diag.BadValue, s.decl.Pos, "%q cannot be a sheet's name", s.name).WithHint("%s", why))
		}
		for _, other := range b.sheets {
			if strings.EqualFold(other.name, s.name) {
				l.Add(diag.Errorf(diag.DuplicateName, s.decl.Pos, "two sheets are named %q", s.name).WithNote(other.decl.Pos, "the other one"))
			}
		}
		b.sheets = append(b.sheets, s)
	}
	for i, s := range b.sheets {
		for j := range s.decl.Blocks {
			if x := &s.decl.Blocks[j]; x.Table != nil {
				if err := mistake(&l, b.describe(s, x, blockKey(i, j, x))); err != nil {
					return err
				}
			}
		}
	}
	if l.Err() != nil {
		return l.Err()
	}
	// What the queries' own columns are is known now: check again, with them.
	if found := Check(b.resolved()); found.Err() != nil {
		return found
	}
	for _, s := range b.sheets {
		for j := range s.decl.Blocks {
			if t := b.tables[s.key(b, j)]; t != nil {
				if err := mistake(&l, t.read()); err != nil {
					return err
				}
			}
		}
	}
	return l.Err()
}

func (s *sheet) key(b *book, block int) string {
	for i := range b.sheets {
		if b.sheets[i] == s {
			return blockKey(i, block, &s.decl.Blocks[block])
		}
	}
	return ""
}

// resolved is the declaration with the columns that tables take from their queries.
func (b *book) resolved() *manifest.Workbook {
	w := *b.decl
	w.Sheets = append([]manifest.Sheet(nil), w.Sheets...)
	for i := range w.Sheets {
		w.Sheets[i].Blocks = append([]manifest.Block(nil), w.Sheets[i].Blocks...)
		for j := range w.Sheets[i].Blocks {
			x := &w.Sheets[i].Blocks[j]
			if x.Table == nil {
				continue
			}
			t := *x.Table
			t.Columns = nil
			for _, c := range b.tables[blockKey(i, j, x)].columns {
				t.Columns = append(t.Columns, c.decl)
			}
			x.Table = &t
		}
	}
	return &w
}

// mistake files the user's mistakes and gives back the world's failures.
func mistake(l *diag.List, err error) error {
	var d *diag.Diagnostic
	var list diag.List
	switch {
	case err == nil:
		return nil
	case errors.As(err, &list), errors.As(err, &d):
		l.Add(err)
		return nil
	default:
		return err
	}
}

// facts reads the first row of a query into names for texts, beside those that there are.
func (b *book) facts(q *manifest.Query, others *manifest.Map) (*manifest.Map, error) {
	if q == nil {
		return others, nil
	}
	out := others.Clone()
	rows, err := b.data.Rows(b.ctx, q)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failure to close says nothing that Err does not
	some := rows.Next()
	for i, c := range rows.Columns() {
		var v any
		if some {
			v = rows.Values()[i]
		}
		out.Set(c.Name, v)
	}
	if some && rows.Next() {
		return nil, diag.Errorf(diag.BadValue, q.Pos, "the facts have more than one row").WithHint("add up, or limit 1")
	}
	return out, rows.Err()
}

// describe makes a table with its columns.
func (b *book) describe(s *sheet, x *manifest.Block, key string) error {
	names, err := b.data.Columns(b.ctx, x.Table.Query)
	if err != nil {
		return err
	}
	t := &table{book: b, sheet: s, decl: x.Table, block: x, name: x.Name, rows: &spool{columns: len(names), overflow: overflow{dir: b.o.TempDir}}, source: names}
	b.tables[key] = t
	if x.Name != "" {
		b.tables[x.Name] = t
	}
	return t.describe(names)
}

// lines breaks a text at its lines, and long ones at words.
func lines(s string, width int) []string {
	var out []string
	for _, l := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		at := ""
		for _, word := range strings.Fields(l) {
			if at != "" && len([]rune(at))+1+len([]rune(word)) > width {
				out = append(out, at)
				at = ""
			}
			if at != "" {
				at += " "
			}
			at += word
		}
		out = append(out, at)
	}
	return out
}

func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return fmt.Sprintf("R%dC%d", row, column)
	}
	return name
}

func fixedName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row, true)
	if err != nil {
		return fmt.Sprintf("R%dC%d", row, column)
	}
	return name
}

func quoteSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }
