package report

import (
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

// Check reports the mistakes of a report that show without its rows: names that nothing has, charts
// that lack a column, formats and colours that do not exist.
func Check(r *manifest.Report) diag.List {
	c := &checker{spec: r}
	for i := range r.Data {
		c.data = append(c.data, r.Data[i].Name)
	}
	for i := range r.Blocks {
		c.blocks = append(c.blocks, r.Blocks[i].Name)
	}
	for _, l := range r.Locales {
		if _, err := block.NewFormatter(l, ""); err != nil {
			c.place(err, r.Pos)
		}
	}
	for _, p := range r.Periods {
		c.oneOf("periods", p, PeriodTypes(), r.Pos)
	}
	for i := range r.Data {
		d := &r.Data[i]
		c.sections(d.Sections, d.Pos)
		for _, x := range d.Columns {
			c.format(x.Format, x.Pos)
		}
	}
	for i := range r.Blocks {
		c.block(&r.Blocks[i])
	}
	c.circles()
	c.diags.Sort()
	return c.diags
}

type checker struct {
	spec   *manifest.Report
	data   []string
	blocks []string
	diags  diag.List
}

func (c *checker) add(pos diag.Pos, hint, format string, args ...any) {
	c.diags.Add(diag.Errorf(diag.BadValue, pos, format, args...).WithHint("%s", hint))
}

func (c *checker) place(err error, pos diag.Pos) {
	for _, d := range diag.From(err) {
		d.Pos = pos
		c.diags.Add(d)
	}
}

func (c *checker) format(format string, pos diag.Pos) {
	if d := block.CheckFormat(format); d != nil {
		d.Pos = pos
		c.diags.Add(d)
	}
}

func (c *checker) oneOf(what, value string, allowed []string, pos diag.Pos) {
	if value != "" && !slices.Contains(allowed, value) {
		c.add(pos, or(diag.DidYouMean(value, allowed), "there are "+strings.Join(allowed, ", ")), "%s: there is no %q", what, value)
	}
}

func (c *checker) sections(list []string, pos diag.Pos) {
	for _, s := range list {
		c.oneOf("sections", s, []string{"total", "unit", "group"}, pos)
	}
}

// known reports data that the report does not have.
func (c *checker) known(name string, pos diag.Pos) {
	if name != "" && !slices.Contains(c.data, name) {
		c.diags.Add(diag.Errorf(diag.UnknownRef, pos, "the report %s has no data %q", c.spec.Name, name).
			WithHint("%s", or(diag.DidYouMean(name, c.data), "it has "+or(strings.Join(c.data, ", "), "none: list queries under data:"))))
	}
}

func (c *checker) cell(x *manifest.Cell, b *manifest.ReportBlock) {
	if x == nil {
		return
	}
	pos := x.Pos
	if pos.IsZero() {
		pos = b.Pos
	}
	c.known(x.Data, pos)
	if x.Data == "" && b.Data == "" {
		c.add(pos, "give the block data:, or write {data: …, column: "+x.Column+"}", "%s: the column %q is of no data", b.Name, x.Column)
	}
}

func (c *checker) block(b *manifest.ReportBlock) {
	c.sections(b.Sections, b.Pos)
	c.known(b.Data, b.Pos)
	for i := range b.KPI {
		c.kpi(&b.KPI[i], b)
	}
	if b.Table != nil {
		c.table(b)
	}
	if b.Chart != nil {
		c.chart(b)
	}
	if b.Progress != nil {
		c.format(b.Progress.Format, b.Pos)
	}
	if (b.Table != nil || b.Chart != nil || b.Progress != nil) && b.Data == "" {
		c.add(b.Pos, "name one of the report's data: data: …, or write query: | with SQL in the block", "%s: no rows to show", b.Name)
	}
	if b.Callout != nil {
		c.oneOf("style", b.Callout.Style, []string{"info", "good", "bad", "warning"}, b.Pos)
	}
	for _, col := range b.Columns {
		if col.Width < 0 {
			c.add(b.Pos, "widths are shares: 2 is twice as wide as 1", "%s: a column cannot have the width %v", b.Name, col.Width)
		}
		for _, name := range col.Blocks {
			if !slices.Contains(c.blocks, name) {
				c.diags.Add(diag.Errorf(diag.UnknownRef, b.Pos, "%s: there is no block %q in the report %s", b.Name, name, c.spec.Name).
					WithHint("%s", or(diag.DidYouMean(name, c.blocks), "there are "+strings.Join(c.blocks, ", "))))
			}
		}
	}
}

func (c *checker) kpi(k *manifest.ReportKPI, b *manifest.ReportBlock) {
	c.format(k.Format, k.Pos)
	c.cell(&k.Value, b)
	c.cell(k.Target, b)
	if k.Spark != nil {
		c.known(k.Spark.Data, k.Pos)
	}
	for i := range k.Compare {
		x := &k.Compare[i]
		c.format(x.Format, x.Pos)
		c.oneOf("as", x.As, []string{"change", "difference", "points"}, x.Pos)
		c.cell(x.To, b)
		c.cell(x.Value, b)
		if (x.To == nil) == (x.Value == nil) {
			c.add(x.Pos, "to: the column compared to, or value: the column of the change itself", "compare: one of to: and value: is needed")
		}
	}
}

func (c *checker) table(b *manifest.ReportBlock) {
	t := b.Table
	c.oneOf("totals", t.Totals, []string{"below", "above", "none"}, b.Pos)
	for _, x := range t.Columns {
		c.format(x.Format, x.Pos)
		c.oneOf("total", x.Total, []string{"sum", "average", "count", "min", "max", "share"}, x.Pos)
		if x.Total == "share" && len(x.Of) != 2 {
			c.add(x.Pos, "of: [numerator, denominator]", "the total of %q is a share, and of what is not said", x.Name)
		}
		for _, r := range x.Style {
			if r.Type == "change" || r.Type == "scale" {
				continue
			}
			pos := r.Pos
			if pos.IsZero() {
				pos = x.Pos
			}
			if _, err := parseCondition(r.Type); err != nil {
				c.add(pos, `change, scale, or a comparison such as "< 0", ">= 90%", "= 'late'"`, "style: %v", err)
			}
			c.token(r.Style, pos)
		}
	}
}

func tokens() []string {
	var out []string
	for _, t := range theme.Tokens() {
		out = append(out, t[0])
	}
	return out
}

func (c *checker) token(token string, pos diag.Pos) { c.oneOf("style", token, tokens(), pos) }

// needs says what each type of chart cannot do without.
type needs struct {
	category, one bool
	columns       map[string]string // key → value as declared
}

func needsOf(d *manifest.ReportChart) needs {
	n := needs{category: true}
	switch block.ChartType(d.Type) {
	case block.SankeyChart:
		n = needs{one: true, columns: map[string]string{"from": d.From, "to": d.To}}
	case block.TreemapChart:
		n = needs{one: true}
		if len(d.Path) == 0 {
			n.columns = map[string]string{"path": d.Category}
		}
	case block.HeatmapChart:
		n.one, n.columns = true, map[string]string{"to": or(d.To, d.Split)}
	case block.GaugeChart:
		n = needs{one: true}
	case block.ScatterChart, block.PieChart, block.DoughnutChart, block.WaterfallChart, block.FunnelChart:
		n.one = true
	default: // several series, by category
	}
	n.one = n.one || d.Split != ""
	return n
}

func (c *checker) chart(b *manifest.ReportBlock) {
	d := b.Chart
	var kinds []string
	for _, t := range block.ChartTypes() {
		kinds = append(kinds, t[0])
	}
	c.oneOf("chart", or(d.Type, "?"), kinds, b.Pos)
	c.oneOf("labels", d.Labels, []string{"auto", "all", "none", "last"}, b.Pos)
	c.oneOf("sort", d.Sort, []string{"value", "-value", "none"}, b.Pos)
	c.format(d.Format, b.Pos)
	c.cell(d.Target, b)
	n := needsOf(d)
	if n.category && d.Category == "" {
		c.add(b.Pos, "category: the column of the names or months", "%s: a %s chart needs a category", b.Name, d.Type)
	}
	for _, key := range sortedKeys(n.columns) {
		if n.columns[key] == "" {
			c.add(b.Pos, key+": a column of the data", "%s: a %s chart needs %s", b.Name, d.Type, key)
		}
	}
	switch {
	case len(d.Series) == 0:
		c.add(b.Pos, "series: [{column: …}]", "%s: the chart shows no series", b.Name)
	case n.one && len(d.Series) > 1:
		why := "a " + d.Type + " chart shows one"
		if d.Split != "" {
			why = "split makes several of one"
		}
		c.add(b.Pos, why, "%s: there are %s", b.Name, plural(len(d.Series), "series", "series"))
	}
	as := []string{string(block.Actual), string(block.Previous), string(block.Target), string(block.Forecast), string(block.Variance)}
	for _, s := range d.Series {
		c.format(s.Format, s.Pos)
		c.oneOf("as", s.As, append(as, tokens()...), s.Pos)
		if s.Type != "" && d.Type == string(block.ComboChart) {
			c.oneOf("type", s.Type, []string{"column", "line", "area"}, s.Pos)
		}
	}
	if d.Min != nil && d.Max != nil && *d.Min >= *d.Max {
		c.add(b.Pos, "min: the lower end, max: the upper", "%s: min is not below max", b.Name)
	}
}

// circles reports columns that hold themselves.
func (c *checker) circles() {
	inner := map[string][]string{}
	for i := range c.spec.Blocks {
		b := &c.spec.Blocks[i]
		for _, col := range b.Columns {
			inner[b.Name] = append(inner[b.Name], col.Blocks...)
		}
	}
	if at := circle(inner); at != "" {
		for i := range c.spec.Blocks {
			if c.spec.Blocks[i].Name == at {
				c.add(c.spec.Blocks[i].Pos, "leave it out of its own columns", "the columns of %s hold themselves", at)
				return
			}
		}
	}
}
