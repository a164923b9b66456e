package report

import (
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// blocks makes the blocks of a section.
func (a *assembly) blocks(p *place) error {
	for i := range a.spec.Blocks {
		d := &a.spec.Blocks[i]
		if !in(sectionsOf(a.spec, d), p.kind) || a.blocked(d) {
			continue
		}
		shown, err := a.when(p, d)
		if err != nil {
			return err
		}
		if !shown {
			continue
		}
		b, err := a.block(p, d)
		if err != nil {
			return err
		}
		p.Blocks[d.Name] = b
	}
	a.columnsOf(p)
	return nil
}

// sectionsOf gives the sections that a block stands in: those of its data, unless it says.
func sectionsOf(spec *manifest.Report, d *manifest.ReportBlock) []string {
	if len(d.Sections) > 0 || d.Data == "" {
		return d.Sections
	}
	for i := range spec.Data {
		if spec.Data[i].Name == d.Data {
			return spec.Data[i].Sections
		}
	}
	return nil
}

// blocked reports a block whose data could not be had: the reason is told already.
func (a *assembly) blocked(d *manifest.ReportBlock) bool {
	if a.failed[d.Data] {
		return true
	}
	for _, k := range d.KPI {
		if a.failed[k.Value.Data] || k.Spark != nil && a.failed[k.Spark.Data] {
			return true
		}
	}
	return false
}

// when tells whether a block's condition holds: an expression, or a template that gives a word.
func (a *assembly) when(p *place, d *manifest.ReportBlock) (bool, error) {
	t := d.When
	if strings.TrimSpace(t.Text) == "" {
		return true, nil
	}
	if !strings.Contains(t.Text, "{{") && !strings.Contains(t.Text, "{%") {
		t.Text = "{{" + t.Text + "}}"
		t.Pos.Col = max(1, t.Pos.Col-2)
	}
	s, err := a.text(p, d.Node, t)
	p.names.Prose("")
	return Truth(block.Unliteral(s)), err
}

// Truth reports whether what a condition rendered to holds.
func Truth(s string) bool {
	return !slices.Contains([]string{"", "false", "0", "0.0", "none", "no", "[]", "{}"}, strings.ToLower(strings.TrimSpace(s)))
}

// block makes one block.
func (a *assembly) block(p *place, d *manifest.ReportBlock) (*block.Block, error) {
	b := &block.Block{ID: p.key(d.Name), Node: string(d.Node), Name: d.Name, DataName: d.Data}
	m := &maker{assembly: a, place: p, decl: d, out: b}
	if d.Data != "" {
		m.data = a.out.Data(p.Section, d.Data)
		if m.data == nil { // asked for in sections that this is none of
			a.diags.Add(diag.Errorf(diag.BadValue, d.Pos, "%s stands in the section %s, and its data %s is in none of that", d.Name, p.kind, d.Data).
				WithHint("give the data the section too: sections: [total, unit, group]"))
			return b, nil
		}
		b.Data = m.data
		b.Stale = m.stale()
	}
	for _, x := range []struct {
		to   *block.Prose
		from manifest.Template
	}{{&b.Title, d.Title}, {&b.Subtitle, d.Subtitle}, {&b.Note, d.Note}} {
		var err error
		if *x.to, err = a.prose(p, d.Node, x.from); err != nil {
			return b, err
		}
	}
	if err := m.kind(); err != nil {
		return b, err
	}
	return b, m.finish()
}

// maker makes one block in one section.
type maker struct {
	*assembly
	place *place
	decl  *manifest.ReportBlock
	data  *block.Data // nil if the block has none
	out   *block.Block
}

func (m *maker) kind() error {
	d, b := m.decl, m.out
	switch {
	case d.Heading != nil:
		b.Kind = block.Title
		return m.proseTo(&b.Heading, *d.Heading)
	case d.Text != nil:
		b.Kind = block.TextKind
		s, err := m.text(m.place, d.Node, *d.Text)
		text := m.place.names.Markdown(s)
		b.Text = &text
		return err
	case d.Callout != nil:
		b.Kind = block.CalloutKind
		return m.callout()
	case d.Image != nil:
		b.Kind = block.ImageOf
		return m.image()
	case len(d.Columns) > 0:
		b.Kind = block.Columns
		return nil // filled in once all blocks of the section are there
	case len(d.KPI) > 0:
		b.Kind = block.KPIs
		return m.kpis()
	}
	if m.data == nil {
		m.diags.Add(diag.Errorf(diag.MissingKey, d.Pos, "the block %s shows nothing", d.Name).
			WithHint("give it one of heading, text, kpi, table, chart, image, columns, callout, progress, and data: or query: where it needs rows"))
		return nil
	}
	switch {
	case d.Table != nil:
		b.Kind = block.TableOf
		return m.table()
	case d.Chart != nil:
		b.Kind = block.ChartOf
		return m.chart()
	case d.Progress != nil:
		b.Kind = block.ProgressKind
		return m.progress()
	}
	return nil
}

// finish says what stands there where there are no rows, and what is seen.
func (m *maker) finish() error {
	b := m.out
	if m.isEmpty() {
		s, err := m.prose(m.place, m.decl.Node, m.decl.Empty)
		if err != nil {
			return err
		}
		b.Empty = or(s.Text, m.format.Word(block.WordEmpty, m.assembly.out.Meta.PeriodLabel))
	}
	alt, err := m.prose(m.place, m.decl.Node, m.decl.Alt)
	b.Alt = alt.Text
	if b.Alt == "" {
		b.Alt = describe(b, m.format)
	}
	return err
}

// isEmpty reports a block of rows that has none, or whose figures are all missing.
func (m *maker) isEmpty() bool {
	switch m.out.Kind {
	case block.TableOf, block.ProgressKind:
		return len(m.data.Rows) == 0
	case block.ChartOf:
		return len(m.data.Rows) == 0 || nothingDrawn(m.out.Chart)
	case block.KPIs:
		for _, k := range m.out.KPI {
			if k.Value != nil {
				return false
			}
		}
		return true
	default:
		return false
	}
}

// nothingDrawn reports a chart of series that have no values: there would be bare axes.
func nothingDrawn(c *block.Chart) bool {
	if c == nil || len(c.Series) == 0 || len(c.Links)+len(c.Tree)+len(c.Points) > 0 {
		return false
	}
	return !slices.ContainsFunc(c.Series, func(s block.Series) bool {
		return slices.ContainsFunc(s.Values, func(f block.Figure) bool { return f.Value != nil })
	})
}

// stale says that the block's data is older than what it is made of.
func (m *maker) stale() string {
	var names []string
	for _, r := range m.assembly.out.Queries[m.data.Query].Relations {
		if r.Stale {
			names = append(names, r.Name[strings.LastIndexByte(r.Name, '.')+1:])
		}
	}
	if len(names) == 0 {
		return ""
	}
	return m.format.Word(block.WordStale, strings.Join(names, ", "))
}

func (m *maker) proseTo(to **block.Prose, t manifest.Template) error {
	p, err := m.prose(m.place, m.decl.Node, t)
	*to = &p
	return err
}

func (m *maker) callout() error {
	d := m.decl.Callout
	c := &block.Callout{Style: or(d.Style, "info")}
	var err error
	if c.Title, err = m.prose(m.place, m.decl.Node, d.Title); err != nil {
		return err
	}
	s, err := m.text(m.place, m.decl.Node, d.Text)
	c.Text = m.place.names.Markdown(s)
	m.out.Callout = c
	return err
}

func (m *maker) image() error {
	file, err := m.text(m.place, m.decl.Node, m.decl.Image.File)
	if err != nil {
		return err
	}
	caption, err := m.prose(m.place, m.decl.Node, m.decl.Image.Caption)
	m.out.Image = &block.Image{File: m.place.names.Prose(file).Text, Caption: caption.Text}
	return err
}

// columnsOf fills the blocks of columns of a section, now that all blocks are known.
func (a *assembly) columnsOf(p *place) {
	for i := range a.spec.Blocks {
		d := &a.spec.Blocks[i]
		b := p.Blocks[d.Name]
		if b == nil || len(d.Columns) == 0 {
			continue
		}
		total := 0.0
		for _, c := range d.Columns {
			total += widthOf(c)
		}
		var alts []string
		for _, c := range d.Columns {
			col := block.Column{Width: widthOf(c) / total, Blocks: []string{}}
			for _, name := range c.Blocks {
				if inner := p.Blocks[name]; inner != nil { // one that a condition left out is not there
					col.Blocks = append(col.Blocks, name)
					alts = append(alts, inner.Alt)
				}
			}
			b.Columns = append(b.Columns, col)
		}
		if d.Alt.Text == "" {
			b.Alt = strings.Join(nonEmpty(alts), " ")
		}
	}
}

func widthOf(c manifest.ReportColumnOf) float64 {
	if c.Width == 0 {
		return 1
	}
	return c.Width
}

func nonEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// column finds a column of the block's data; -1 after reporting one that is not there.
func (m *maker) column(name, what string, pos diag.Pos) int {
	return m.columnOf(m.data, name, what, pos)
}

func (m *maker) columnOf(data *block.Data, name, what string, pos diag.Pos) int {
	if name == "" {
		return -1
	}
	i := data.Index(name)
	if i < 0 {
		if pos.IsZero() {
			pos = m.decl.Pos
		}
		m.noColumn(pos, what+": "+data.Name, name, data)
	}
	return i
}

// cell finds the figure that a cell of the declaration names, and its column's field.
func (m *maker) cell(c manifest.Cell, what string) (block.Figure, *block.Field, error) {
	data := m.data
	if c.Data != "" {
		data = m.assembly.out.Data(m.place.Section, c.Data)
	}
	if data == nil {
		if !m.failed[c.Data] {
			m.diags.Add(diag.Errorf(diag.UnknownRef, c.Pos, "%s: there is no data %q in the section %s", what, c.Data, m.place.kind).
				WithHint("%s", or(diag.DidYouMean(c.Data, m.assembly.out.dataNames()), "give the block data:, or name the value's: {data: …, column: …}")))
		}
		return block.Figure{}, nil, nil
	}
	column := m.columnOf(data, c.Column, what, c.Pos)
	if column < 0 {
		return block.Figure{}, nil, nil
	}
	row := 0
	if len(c.Row) > 0 {
		wanted := map[string]string{}
		for k, v := range c.Row {
			if m.columnOf(data, k, what+": row", c.Pos) < 0 {
				return block.Figure{}, nil, nil
			}
			s, err := m.text(m.place, m.decl.Node, manifest.Template{Text: v, Pos: c.Pos})
			if err != nil {
				return block.Figure{}, nil, err
			}
			wanted[k] = block.Unliteral(s)
		}
		row = data.Find(wanted)
	} else if (what == "value" || c.Data != "") && m.assembly.out.vague(data) { // what is beside a value is of its row
		m.diags.Add(vagueRow(c.Pos, what, data, column))
	}
	return data.Figure(row, column), &data.Columns[column], nil
}

// vagueRow warns of a figure that is of the first of several rows, though nothing says so.
func vagueRow(at diag.Pos, what string, data *block.Data, column int) *diag.Diagnostic {
	name := data.Columns[column].Name
	by := data.Names()[0]
	if len(data.Key) > 0 {
		by = data.Key[0]
	}
	return diag.Warnf(diag.BadValue, at, "%s: %s is that of the first of several rows of %s", what, name, data.Name).
		WithHint("name the row, by its %s; or let a query give one row, or order by which is first", by)
}
