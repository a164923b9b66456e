package report

import (
	"math/big"
	"slices"
	"strings"

	"atlas/engine/block"
)

// Difference is what changed from one report to another.
type Difference struct {
	Old, New Meta
	Meta     []Replaced // by the key of meta
	Added    []string   // units and groups
	Removed  []string
	Data     []DataChange // in the order: total, units by code; data by name
	Texts    []TextChange
	Blocks   []BlockChange
	Queries  []string // queries of the same period that read otherwise

	format *block.Formatter
}

// Replaced is one value in place of another.
type Replaced struct{ Name, Old, New string }

// DataChange is what changed in the rows of one query.
type DataChange struct {
	Section string // code; "" is the total
	Label   string // of the section
	Name    string
	Keyed   bool // rows are told apart by a key; else they are added or removed whole
	Columns []ColumnChange
	Rows    []RowChange
}

// ColumnChange is a column that came or went.
type ColumnChange struct {
	Name  string
	Added bool
}

// The kinds of changes of rows.
const (
	RowAdded   = "added"
	RowRemoved = "removed"
	RowChanged = "changed"
)

// RowChange is one row that was added, removed or changed.
type RowChange struct {
	Kind  string
	Key   string // "unit=A"; of data without a key "#3", in the report that has it
	Cells []CellChange
}

// CellChange is a value that changed; of rows that were added or removed one of the two is "".
type CellChange struct {
	Column, Label string
	Old, New      string // as the report writes them
	Change        string // "+Rp 100.000 (+8,3 %)"; "" if it is none of numbers
}

// TextChange is a text that reads otherwise.
type TextChange struct {
	Section, Block, Part string // part: "title", "text", …
	Old, New             string
}

// BlockChange is a block that came or went.
type BlockChange struct {
	Section, Block string
	Added          bool
}

// Counts sums a difference up.
type Counts struct{ Meta, Units, Added, Removed, Changed, Texts, Blocks, Queries int }

// Count sums up.
func (d *Difference) Count() Counts {
	c := Counts{Meta: len(d.Meta), Units: len(d.Added) + len(d.Removed), Texts: len(d.Texts), Blocks: len(d.Blocks), Queries: len(d.Queries)}
	for _, x := range d.Data {
		for _, r := range x.Rows {
			switch r.Kind {
			case RowAdded:
				c.Added++
			case RowRemoved:
				c.Removed++
			default:
				c.Changed++
			}
		}
	}
	return c
}

// Same reports that nothing changed.
func (d *Difference) Same() bool { return d.Count() == Counts{} && len(d.Data) == 0 }

// Diff tells what changed from a to b. Values are written in the language of b.
func Diff(a, b *Report) *Difference {
	f, err := block.NewFormatter(b.Meta.Locale, b.Meta.Currency)
	if err != nil {
		f = &block.Formatter{Locale: "en-US", Currency: b.Meta.Currency}
	}
	d := &Difference{Old: a.Meta, New: b.Meta, format: f}
	d.meta(a.Meta, b.Meta)
	d.section(&a.Total, &b.Total)
	codes := map[string]bool{}
	for code := range a.Units {
		codes[code] = true
	}
	for code := range b.Units {
		codes[code] = true
	}
	for _, code := range sortedKeys(codes) {
		x, y := a.Units[code], b.Units[code]
		switch {
		case x == nil:
			d.Added = append(d.Added, code)
		case y == nil:
			d.Removed = append(d.Removed, code)
		default:
			d.section(x, y)
		}
	}
	if a.Meta.Period == b.Meta.Period {
		for _, key := range sortedKeys(b.Queries) {
			if old, ok := a.Queries[key]; ok && old.SQL != b.Queries[key].SQL {
				d.Queries = append(d.Queries, key)
			}
		}
	}
	return d
}

func (d *Difference) meta(a, b Meta) {
	for _, x := range []Replaced{
		{"report", a.Report, b.Report},
		{"title", a.Title, b.Title},
		{"entity", a.Entity, b.Entity},
		{"entity_label", a.EntityLabel, b.EntityLabel},
		{"period", a.Period, b.Period},
		{"type", a.Type, b.Type},
		{"locale", a.Locale, b.Locale},
		{"currency", a.Currency, b.Currency},
		{"brand", a.Brand, b.Brand},
		{"scope", strings.Join(a.Scope, ", "), strings.Join(b.Scope, ", ")},
		{"generated_at", a.GeneratedAt, b.GeneratedAt},
	} {
		if x.Old != x.New {
			d.Meta = append(d.Meta, x)
		}
	}
	for _, k := range sortedKeys(b.ScopeValues) {
		if a.ScopeValues[k] != b.ScopeValues[k] {
			d.Meta = append(d.Meta, Replaced{"scope " + k, a.ScopeValues[k], b.ScopeValues[k]})
		}
	}
}

func (d *Difference) section(a, b *Section) {
	names := map[string]bool{}
	for n := range a.Data {
		names[n] = true
	}
	for n := range b.Data {
		names[n] = true
	}
	for _, n := range sortedKeys(names) {
		x, y := a.Data[n], b.Data[n]
		if x == nil {
			x = &block.Data{Name: n, Key: y.Key, Columns: y.Columns}
		}
		if y == nil {
			y = &block.Data{Name: n, Key: x.Key, Columns: x.Columns}
		}
		c := d.data(x, y)
		c.Section, c.Label, c.Name = b.Code, b.Label, n
		if len(c.Rows) > 0 || len(c.Columns) > 0 {
			d.Data = append(d.Data, c)
		}
	}
	blocks := map[string]bool{}
	for n := range a.Blocks {
		blocks[n] = true
	}
	for n := range b.Blocks {
		blocks[n] = true
	}
	for _, n := range sortedKeys(blocks) {
		x, y := a.Blocks[n], b.Blocks[n]
		if x == nil || y == nil {
			d.Blocks = append(d.Blocks, BlockChange{b.Code, n, x == nil})
			continue
		}
		d.texts(b.Code, n, x, y)
	}
}

func (d *Difference) texts(section, name string, a, b *block.Block) {
	old, now := textsOf(a), textsOf(b)
	for i, x := range now {
		if old[i].New != x.New {
			d.Texts = append(d.Texts, TextChange{section, name, x.Name, old[i].New, x.New})
		}
	}
}

// textsOf gives the texts of a block by part.
func textsOf(b *block.Block) []Replaced {
	text := func(p *block.Prose) string {
		if p == nil {
			return ""
		}
		return p.Text
	}
	out := []Replaced{
		{"title", "", b.Title.Text},
		{"subtitle", "", b.Subtitle.Text},
		{"note", "", b.Note.Text},
		{"heading", "", text(b.Heading)},
		{"text", "", text(b.Text)},
		{"empty", "", b.Empty},
		{"stale", "", b.Stale},
	}
	if b.Callout == nil {
		b = &block.Block{Callout: &block.Callout{}}
	}
	return append(out, Replaced{"callout title", "", b.Callout.Title.Text}, Replaced{"callout", "", b.Callout.Text.Text})
}

// data compares rows: by their key where both have the same, whole otherwise.
func (d *Difference) data(a, b *block.Data) DataChange {
	c := DataChange{Keyed: len(b.Key) > 0 && slices.Equal(a.Key, b.Key)}
	for _, f := range b.Columns {
		if a.Index(f.Name) < 0 {
			c.Columns = append(c.Columns, ColumnChange{f.Name, true})
		}
	}
	for _, f := range a.Columns {
		if b.Index(f.Name) < 0 {
			c.Columns = append(c.Columns, ColumnChange{f.Name, false})
		}
	}
	was, now := d.unpaired(a, b, &c)
	if !c.Keyed && len(was) == len(now) {
		for i := range now { // as many as before, and no key: the same rows with other values
			if cells := d.cells(a, was[i], b, now[i]); len(cells) > 0 {
				c.Rows = append(c.Rows, RowChange{RowChanged, b.RowKey(now[i]), cells})
			}
		}
		return c
	}
	for _, i := range now {
		c.Rows = append(c.Rows, RowChange{RowAdded, b.RowKey(i), d.cells(nil, 0, b, i)})
	}
	for _, i := range was {
		c.Rows = append(c.Rows, RowChange{RowRemoved, a.RowKey(i), d.cells(a, i, nil, 0)})
	}
	return c
}

// unpaired finds rows that both have, tells what changed in them, and gives those that only one of
// the two has.
func (d *Difference) unpaired(a, b *block.Data, c *DataChange) (was, now []int) {
	identity := (*block.Data).RowKey
	if !c.Keyed {
		shared := sharedColumns(a, b)
		identity = func(x *block.Data, i int) string { return wholeRow(x, i, shared) }
	}
	old := map[string][]int{}
	for i := range a.Rows {
		k := identity(a, i)
		old[k] = append(old[k], i)
	}
	for i := range b.Rows {
		k := identity(b, i)
		if same := old[k]; len(same) > 0 {
			old[k] = same[1:]
			if cells := d.cells(a, same[0], b, i); len(cells) > 0 {
				c.Rows = append(c.Rows, RowChange{RowChanged, b.RowKey(i), cells})
			}
			continue
		}
		now = append(now, i)
	}
	for _, left := range old {
		was = append(was, left...)
	}
	slices.Sort(was)
	return was, now
}

// sharedColumns lists the columns that both have.
func sharedColumns(a, b *block.Data) []string {
	return slices.DeleteFunc(b.Names(), func(n string) bool { return a.Index(n) < 0 })
}

// wholeRow names a row by the values of some columns.
func wholeRow(d *block.Data, row int, columns []string) string {
	var b strings.Builder
	for _, name := range columns {
		b.WriteString(sameText(d.Rows[row][d.Index(name)]) + "\x00")
	}
	return b.String()
}

// sameText writes a value so that equal numbers are written the same.
func sameText(v block.Value) string {
	if r, ok := block.Exact(v); ok {
		return r.RatString()
	}
	if v == nil {
		return "\x01"
	}
	return block.PlainText(v)
}

// cells gives the values that differ; one of the two rows may be missing.
func (d *Difference) cells(a *block.Data, i int, b *block.Data, j int) []CellChange {
	var out []CellChange
	of := b
	if of == nil {
		of = a
	}
	for column, f := range of.Columns {
		if slices.Contains(of.Key, f.Name) {
			continue
		}
		c := CellChange{Column: f.Name, Label: f.Label}
		var x, y block.Value
		if b != nil {
			y = b.Rows[j][column]
			c.New = d.format.Format(y, f.Format)
		}
		was := -1
		if a != nil {
			if was = a.Index(f.Name); was >= 0 {
				x = a.Rows[i][was]
				c.Old = d.format.Format(x, f.Format)
			}
		}
		if a != nil && b != nil {
			if was < 0 || sameText(x) == sameText(y) {
				continue // a column that came is told of as such
			}
			c.Change = d.change(x, y, f.Format)
			if c.Old == c.New { // the difference is in digits that the format leaves out
				c.Old, c.New = block.PlainText(x), block.PlainText(y)
			}
		}
		out = append(out, c)
	}
	return out
}

// change writes how much a number grew, absolute and relative.
func (d *Difference) change(x, y block.Value, format string) string {
	a, okA := block.Exact(x)
	b, okB := block.Exact(y)
	if !okA || !okB {
		return ""
	}
	diff := new(big.Rat).Sub(b, a)
	how, err := formatOfAs("difference", format)
	if err != nil {
		how = "difference"
	}
	s := d.format.Format(exactNumber(diff), how)
	if !strings.ContainsAny(s, "123456789") {
		if s = d.format.Format(exactNumber(diff), ""); diff.Sign() > 0 {
			s = "+" + s
		}
	}
	if a.Sign() == 0 || block.IsShare(format) {
		return s
	}
	if relative := d.format.Format(exactNumber(diff.Quo(diff, a.Abs(a))), "change"); strings.ContainsAny(relative, "123456789") {
		s += " (" + relative + ")"
	}
	return s
}
