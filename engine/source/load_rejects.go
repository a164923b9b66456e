package source

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// RejectsTable is the raw table, one in every source's schema, of the cells that extract could
// not convert: a row for each, of all tables and scopes. No table may be declared with its name.
const RejectsTable = "_rejects"

// rejectsColumns are its columns beside those of the scope: what a rejects file has, under names
// that SQL lets stand without quotes.
func rejectsColumns() []rawColumn {
	text, integer := colType{base: "text"}, colType{base: "integer"}
	var out []rawColumn
	for _, h := range rejectHeader(true) {
		c := rawColumn{name: h, typ: text, file: 0}
		switch h {
		case "column":
			c.name = "column_name"
		case monthColumn, rowColumn:
			c.typ = integer
		}
		out = append(out, c)
	}
	return out
}

// loadRejects puts the bad cells of the snapshot in the place of those that the table _rejects
// has of this table and scope, or of the month and of no month. A snapshot that says how many
// rows were kept out must have them all in its rejects file.
func (l *loading) loadRejects(ctx context.Context) error {
	r := &rejectsLoad{l: l, path: filepath.ToSlash(filepath.Join(invalidDir(l.o.Invalid, l.t), stem(l.t)+"-rejects.csv"))}
	r.table = rawTable{s: l.raw.s, d: l.raw.d, rel: manifest.Relation{Database: l.raw.rel.Database, Schema: l.raw.rel.Schema, Name: RejectsTable}, scope: slices.Clone(l.o.Scope)}
	if err := r.open(ctx); err != nil {
		return err
	}
	if err := r.clear(ctx); err != nil {
		return err
	}
	if err := r.fill(ctx); err != nil {
		return err
	}
	if want := l.counts; want != nil && r.rows != want.Rejected {
		return l.wrongCounts("%s were kept out, but %s has %d", plural(want.Rejected, "row"), r.path, r.rows)
	}
	return nil
}

// rejectsLoad is the loading of one rejects file.
type rejectsLoad struct {
	l     *loading
	table rawTable
	path  string // of the file, relative to the root
	rows  int64  // rejected rows in the file, of all months
	dates *checking
}

// open makes the table or adds the columns that it lacks: scopes may have dimensions of their own.
func (r *rejectsLoad) open(ctx context.Context) error {
	text := colType{base: "text"}
	r.table.add(rawColumn{name: "table_name", typ: text, file: -1, value: r.l.t.Table})
	for _, c := range r.l.o.Scope {
		ty, err := parseType(c.Type)
		if err != nil {
			return fmt.Errorf("scope column %s: %w", c.Name, err)
		}
		r.table.add(rawColumn{name: c.Name, typ: ty, file: -1, value: c.Value})
	}
	r.table.columns = append(r.table.columns, rejectsColumns()...)
	r.table.add(rawColumn{name: loadedAtColumn, typ: colType{base: "timestamp"}, file: -1, value: r.l.loadedAt})
	r.table.add(rawColumn{name: batchColumn, typ: text, file: -1, value: r.l.o.Batch})
	have, info, err := r.table.open(ctx)
	if err != nil || info == nil {
		return err
	}
	if info.Type != adapter.Table {
		return diag.Errorf(diag.BadConfig, r.l.t.Pos, "%s.%s is a %s, where load keeps the rows that were kept out", r.l.t.Source, RejectsTable, info.Type).
			WithHint("rename the %s", info.Type)
	}
	for i := range r.table.columns {
		c := &r.table.columns[i]
		switch old := lookupColumn(have, c.name); {
		case old == nil:
			err = r.table.addColumn(ctx, *c)
		case sameType(old.Type, r.table.physical(*c).Type):
		case c.typ.base == "text":
			_, err = r.table.s.Exec(ctx, r.table.d.AlterColumn(r.table.rel, r.table.physical(*c)))
		default:
			c.stored = old.Type
		}
		if err != nil {
			return err
		}
	}
	r.table.adaptScope()
	r.table.exclude(have, r.l.o.Unscoped)
	return nil
}

func (r *rejectsLoad) clear(ctx context.Context) error {
	d := r.table.d
	where := d.Quote("table_name") + " = ? and " + r.table.scopeSQL()
	if m := r.l.o.Month; m > 0 {
		where += fmt.Sprintf(" and (%s = %d or %s is null)", d.Quote(monthColumn), m, d.Quote(monthColumn))
	}
	_, err := r.table.s.Exec(ctx, "delete from "+r.table.name()+"\nwhere "+where, append([]any{r.l.t.Table}, r.table.scopeValues()...)...)
	return err
}

// fill appends the lines of the rejects file.
func (r *rejectsLoad) fill(ctx context.Context) error {
	t, err := prepare(r.l.t)
	if err != nil {
		return err
	}
	r.dates = &checking{t: t}
	f, err := os.Open(filepath.Join(r.l.o.Root, filepath.FromSlash(r.path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	in := csv.NewReader(bufio.NewReaderSize(f, 1<<16))
	header, err := in.Read()
	if err != nil {
		return r.unreadable(err)
	}
	header = slices.Clone(header)
	in.ReuseRecord = true
	_, err = r.table.s.Load(ctx, r.table.rel, r.table.physicals(), r.lines(in, header))
	return r.unreadable(err)
}

func (r *rejectsLoad) unreadable(err error) error {
	var bad *csv.ParseError
	if !errors.As(err, &bad) && !errors.Is(err, io.EOF) {
		return err
	}
	d := diag.Errorf(diag.BadFile, diag.Pos{File: r.path}, "the rows that were kept out of %s cannot be read", r.l.t.Table).WithErr(err)
	if bad != nil {
		d.Pos.Line = bad.Line
	}
	return d.WithHint("atlas extract --overwrite writes the file anew")
}

// lines gives the rows of the table: those of the month, and those whose month cannot be told.
func (r *rejectsLoad) lines(in *csv.Reader, header []string) func(yield func([]any, error) bool) {
	at := func(name string) int { return slices.Index(header, name) }
	action, file, sheet, number, month, record := at("action"), at(fileColumn), at(sheetColumn), at(rowColumn), at(monthColumn), at("record")
	seen := map[digest]bool{}
	columns := r.table.columns
	fields := make([]int, len(columns))
	for i, c := range columns {
		fields[i] = -1
		if c.file >= 0 {
			fields[i] = at(strings.TrimSuffix(c.name, "_name"))
		}
	}
	return func(yield func([]any, error) bool) {
		row := make([]any, len(columns))
		for {
			rec, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			field := func(i int) string {
				if i < 0 || i >= len(rec) {
					return ""
				}
				return rec[i]
			}
			m := r.month(field(month), field(record))
			taken := r.l.o.Month == 0 || m == 0 || m == r.l.o.Month
			if place := digestOf(field(file), field(sheet), field(number)); field(action) == "rejected" && !seen[place] {
				seen[place] = true
				r.rows++
				if taken {
					r.l.result.Rejected++
				}
			}
			if !taken {
				continue
			}
			for i, c := range columns {
				row[i] = c.value
				if c.file >= 0 {
					row[i] = textOrNull(field(fields[i]), c.typ)
				}
				if c.name == monthColumn && m > 0 {
					row[i] = int64(m)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// month gives the month of a rejected row: its sheet's, else that of its date if it can be read.
func (r *rejectsLoad) month(sheet, record string) int {
	if n, err := strconv.Atoi(sheet); err == nil {
		return n
	}
	return r.dates.recordMonth(recordFields(record))
}

// textOrNull gives a field; a number that cannot be read is none.
func textOrNull(s string, t colType) any {
	v, err := canonicalValue(s, t)
	if err != nil {
		return nil
	}
	return v
}

// recordFields reads the row that a rejects file quotes; nil if it was edited by hand.
func recordFields(record string) map[string]string {
	var fields map[string]string
	if err := json.Unmarshal([]byte(record), &fields); err != nil {
		return nil
	}
	return fields
}
