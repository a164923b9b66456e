package source

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Preview is what an extraction of one table would give. Nothing is written.
type Preview struct {
	Table    *manifest.ExtractTable // with the columns that were found beside the declared ones
	Monthly  bool
	Whole    bool // everything was read: Counts are those of an extraction; else the first rows only
	Sections []PreviewSection
	Rows     []PreviewRow // the first rows
	Bad      []PreviewRow // the first rows behind those that have a cell without its column's type
	Counts
	Unmapped []string // header texts that no column takes
	Warnings diag.List
	Found    []FoundColumn
}

// PreviewSection is one sheet or file, with the header that was used.
type PreviewSection struct {
	SectionResult
	Layout  Layout   // HeaderRow is 0 where the system names its columns
	Headers []string // header text by declared column; "" where the header lacks it
}

// PreviewRow is one row as it would come out.
type PreviewRow struct {
	File, Sheet string
	Row, Month  int
	Rejected    bool
	Cells       []PreviewCell // by declared column
}

// PreviewCell is one value and the cell that it comes from.
type PreviewCell struct {
	Column  string
	Value   string // canonical
	Null    bool
	Cell    string // "C12"; "" where the system has no cells or the value comes from elsewhere
	From    string // of a value that no cell gave: "sheet", "notes", "default"
	Raw     string // as the file has it
	Kind    Kind
	Problem string // why the cell does not have its column's type: "is not a date"
}

// NewPreview reads one table as Extract would and keeps the first rows of it. Files are read to
// their end, so that every bad cell is counted; of other systems the first rows are asked for only.
func NewPreview(ctx context.Context, t *manifest.ExtractTable, rows int, o ExtractOptions) (*Preview, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	driver, err := o.Drivers.Get(t.Driver)
	if err != nil {
		return nil, diag.Errorf(diag.BadValue, t.OptionAt("driver"), "table %s: %v", t.Table, err)
	}
	x := &extraction{o: o, driver: driver, path: filepath.Join(o.Root, filepath.FromSlash(t.Snapshot))}
	x.req = Request{
		Root: o.Root, Table: t, Scan: o.Scan, Downloads: o.Downloads, Notify: o.Notify, Now: o.Now, Sleep: o.Sleep,
	}
	x.result = &ExtractResult{Table: t}
	if err := x.prepare(ctx); err != nil {
		return nil, err
	}
	_, file := driver.(Sketcher)
	p := &previewing{extraction: x, most: rows, Preview: &Preview{Monthly: x.monthly, Whole: file}}
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	p.Table, p.Found = x.req.Table, x.found
	p.Preview.Counts, p.Unmapped, p.Warnings = x.result.Counts, x.result.Unmapped, x.result.Warnings
	return p.Preview, nil
}

type previewing struct {
	*extraction
	*Preview
	most int
}

// errEnough ends the reading of a system that is not asked for more than the first rows.
var errEnough = errors.New("enough")

func (p *previewing) read(ctx context.Context) error {
	var l diag.List
	for s, err := range p.driver.Read(ctx, p.req) {
		if err == nil {
			err = p.section(ctx, s)
		}
		var d *diag.Diagnostic
		switch {
		case err == nil:
		case errors.Is(err, errEnough):
			return nil
		case ctx.Err() != nil || !errors.As(err, &d):
			return err
		case diag.From(err).Err() == nil:
			p.result.Warnings = append(p.result.Warnings, diag.From(err)...)
		default:
			l.Add(err)
		}
	}
	if l.Err() == nil {
		p.absent()
	}
	return l.Err()
}

func (p *previewing) section(ctx context.Context, s *Section) error {
	if s.Living {
		return nil
	}
	sc := p.table.newScan(s)
	bad := &badCells{}
	enough := false
	done := p.result.Written + p.result.Rejected
	p.o.Progress(Progress{p.req.Table.Table, s.Name(), done})
	for rec, err := range sc.records(ctx) {
		if err != nil {
			return err
		}
		reject := len(rec.bad) > 0 && p.table.reject
		for _, b := range rec.bad {
			bad.add(b, p.table.types[p.table.indexOf(b.Column)])
		}
		if reject {
			sc.counts.Rejected++
		} else {
			sc.counts.Written++
			sc.counts.Emptied += int64(len(rec.bad))
		}
		switch {
		case len(p.Rows) < p.most:
			p.Rows = append(p.Rows, p.show(sc, rec, reject))
		case len(rec.bad) > 0 && len(p.Preview.Bad) < p.most:
			p.Preview.Bad = append(p.Preview.Bad, p.show(sc, rec, reject))
		}
		if n := sc.counts.Written + sc.counts.Rejected; n&1023 == 0 {
			p.o.Progress(Progress{p.req.Table.Table, s.Name(), done + n})
		}
		if enough = !p.Whole && len(p.Rows) >= p.most; enough {
			break
		}
	}
	p.finishSection(sc, bad)
	ps := PreviewSection{SectionResult: p.result.Sections[len(p.result.Sections)-1], Layout: sc.layout}
	if sc.binding != nil {
		ps.Headers = sc.binding.headers
	}
	p.Preview.Sections = append(p.Preview.Sections, ps)
	if enough {
		return errEnough
	}
	return nil
}

// show copies a record, each value with its cell.
func (p *previewing) show(sc *scan, rec *record, rejected bool) PreviewRow {
	r := PreviewRow{File: sc.s.File, Sheet: sc.s.Sheet, Row: rec.row.Number, Month: sc.s.Month, Rejected: rejected}
	for i := range sc.t.Columns {
		c := &sc.t.Columns[i]
		v := rec.values[i]
		out := PreviewCell{Column: c.Name, Value: v.text, Null: v.null, From: c.From}
		j := sc.binding.at[i]
		if c.From == "" && j >= 0 && j < len(rec.row.Cells) {
			cell := rec.row.Cells[j]
			out.Kind, out.Raw = cell.Kind, cell.String()
			if sc.s.Fields == nil || sc.layout.HeaderRow > 0 || sc.s.Sheet != "" {
				out.Cell = CellName(rec.row.Number, j+1)
			}
		}
		if c.From == "" && !v.null && out.Raw == "" && c.Default != nil {
			out.From = "default"
		}
		for _, b := range rec.bad {
			if b.Column == c.Name {
				out.Problem = b.Reason
			}
		}
		r.Cells = append(r.Cells, out)
	}
	return r
}

// Header says where a section's header is, for people: "header in row 6".
func (s PreviewSection) Header() string {
	switch {
	case s.Layout.HeaderRow == 0:
		return "columns named by the source"
	case s.Layout.HeaderRows > 1:
		return fmt.Sprintf("header in rows %d to %d", s.Layout.HeaderRow, s.Layout.HeaderRow+s.Layout.HeaderRows-1)
	default:
		return fmt.Sprintf("header in row %d", s.Layout.HeaderRow)
	}
}
