package report_test

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

func find(t *testing.T, r *report.Report, section, name string) *block.Block {
	t.Helper()
	s := &r.Total
	if section != "" {
		s = r.Units[section]
	}
	b := s.Blocks[name]
	if b == nil {
		t.Fatalf("there is no block %s in %q", name, section)
	}
	return b
}

func TestSectionsAndOrigins(t *testing.T) {
	r := assemble(t, options(t, spec()), sales())
	if got := r.Queries["revenue@A"].SQL; got != "revenue of 'A' in 2026-02" {
		t.Errorf("the unit's query is %q", got)
	}
	if got := r.Queries["revenue@AB"].SQL; got != "revenue of 'A', 'B' in 2026-02" {
		t.Errorf("the group's query is %q", got)
	}
	if b := find(t, r, "A", "months"); b.ID != "months@A" || b.Data != r.Units["A"].Data["revenue"] {
		t.Errorf("%+v", b)
	}
	if _, there := r.Total.Blocks["left_out"]; there {
		t.Error("a block whose condition is false is there")
	}
	if r.Units["AB"].Blocks["story"] != nil {
		t.Error("a block of total and unit stands in a group")
	}
	for _, s := range []string{"", "A", "AB"} {
		for _, name := range []string{"months", "rows", "figures"} {
			b := find(t, r, s, name)
			b.EachFigure(func(f *block.Figure) bool {
				if f.Value != nil && (f.Origin.Block != b.ID || r.Queries[f.Origin.Query].SQL == "" || f.Origin.Column == "") {
					t.Errorf("%s: a figure without origin: %+v", b.ID, f)
				}
				return true
			})
		}
	}
	story := find(t, r, "", "story").Text
	if got := plain(story.Text); got != "Revenue is **Rp 1,2 jt**, +11,1 % to sasaran. Four rows." {
		t.Errorf("%q", got)
	}
}

func TestOnlySomeUnits(t *testing.T) {
	o := options(t, spec())
	o.Only = []string{"a"}
	r := assemble(t, o, sales())
	if fmt.Sprint(r.Meta.Scope) != "[A]" || r.Units["B"] != nil || r.Units["AB"] != nil || r.Queries["revenue"].SQL != "revenue of 'A' in 2026-02" || r.Total.Label != r.Units["A"].Label {
		t.Errorf("%v %v %s", r.Meta.Scope, r.Units, r.Queries["revenue"].SQL)
	}
	o.Only = []string{"AB"}
	if r = assemble(t, o, sales()); fmt.Sprint(r.Meta.Scope) != "[A B]" || r.Units["AB"] == nil {
		t.Errorf("%v", r.Meta.Scope)
	}
	o.Only = []string{"AC"}
	if _, l, _ := report.Assemble(context.Background(), o, sales()); l.Err() == nil || !strings.Contains(l[0].Msg, `no unit "AC"`) {
		t.Errorf("%v", l)
	}
}

func TestTableAddsUpExactly(t *testing.T) {
	r := assemble(t, options(t, spec()), sales())
	lines := find(t, r, "", "rows").Table.Lines
	total := lines[len(lines)-1]
	var shown []string
	f, err := block.NewFormatter("en-US", "Rp")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range total.Cells {
		shown = append(shown, f.Format(c.Value, ""))
	}
	if got := strings.Join(shown, " "); got != "Total 2500000.60 2800000.00 8.333333333333 0.892857357143" {
		t.Error(got)
	}
	var kinds []string
	for _, l := range lines {
		kinds = append(kinds, string(l.Kind))
	}
	if got := strings.Join(kinds, " "); got != "group row row subtotal group row row subtotal total" {
		t.Error(got)
	}
}

// Whatever the rows are, subtotals and what a limit leaves out add up to the total, digit by digit.
func TestTotalsAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for range 200 {
		n := random.IntN(40)
		data := &report.Rows{Columns: []report.Column{{Name: "g", Type: block.Text}, {Name: "v", Type: block.Decimal}, {Name: "f", Type: block.Float}}}
		want := new(big.Rat)
		for range n {
			cents := random.Int64N(2_000_000_000_000) - 1_000_000_000_000
			v := block.Number(new(big.Rat).SetFrac64(cents, 100).FloatString(2))
			if random.IntN(10) == 0 {
				data.Values = append(data.Values, []block.Value{"x", nil, nil})
				continue
			}
			x, _ := block.Exact(v)
			want.Add(want, x)
			data.Values = append(data.Values, []block.Value{string(rune('a' + random.IntN(4))), v, 0.1})
		}
		s := spec()
		s.Data = []manifest.ReportData{{Name: "d", Query: &manifest.Query{SQL: "d"}}}
		columns := []manifest.ReportTableColumn{{Name: "g"}, {Name: "v", Total: "sum"}, {Name: "f", Total: "sum"}}
		s.Blocks = []manifest.ReportBlock{
			{Name: "grouped", Data: "d", Table: &manifest.ReportTable{GroupBy: "g", Sort: "g", Columns: columns}},
			{Name: "limited", Data: "d", Table: &manifest.ReportTable{Limit: 1 + random.IntN(10), Sort: "-v", Columns: columns}},
			{Name: "bars", Data: "d", Chart: &manifest.ReportChart{Type: "bar", Category: "g", Limit: 1 + random.IntN(10), Series: []manifest.ReportSeries{{Column: "v"}}}},
		}
		r := assemble(t, options(t, s), rows{"d": data})
		if n == 0 {
			continue
		}
		sum := func(b *block.Block, kinds ...block.LineKind) *big.Rat {
			out := new(big.Rat)
			for _, l := range b.Table.Lines {
				for _, k := range kinds {
					if v, ok := block.Exact(l.Cells[1].Value); ok && l.Kind == k {
						out.Add(out, v)
					}
				}
			}
			return out
		}
		for name, kinds := range map[string][]block.LineKind{"grouped": {block.SubtotalLine}, "limited": {block.RowLine, block.OtherLine}} {
			b := find(t, r, "", name)
			if got, total := sum(b, kinds...), sum(b, block.TotalLine); got.Cmp(want) != 0 || total.Cmp(want) != 0 {
				t.Fatalf("%s: %s and %s, want %s", name, got, total, want)
			}
		}
		bars := new(big.Rat)
		for _, f := range find(t, r, "", "bars").Chart.Series[0].Values {
			if v, ok := block.Exact(f.Value); ok {
				bars.Add(bars, v)
			}
		}
		if bars.Cmp(want) != 0 {
			t.Fatalf("the bars are %s, want %s", bars, want)
		}
		again, err := report.Read(bytes.NewReader(encode(t, r)))
		if err != nil || !bytes.Equal(encode(t, again), encode(t, r)) {
			t.Fatalf("read back: %v", err)
		}
	}
}

func TestCharts(t *testing.T) {
	r := assemble(t, options(t, spec()), sales())
	c := find(t, r, "", "months").Chart
	if !c.Time || len(c.Series) != 2 || c.Series[0].Label != "A" || c.Series[1].Values[1].Value != nil || c.Labels != "all" || plain(c.Categories[0].Text) != "Jan 2026" {
		t.Errorf("%+v", c)
	}
	if c = find(t, r, "", "bars").Chart; !c.Horizontal || c.Categories[2].Text != "Lainnya" || c.Series[0].Values[0].Value != block.Number("1200000.20") {
		t.Errorf("%+v", c)
	}
	if c = find(t, r, "", "tree").Chart; c.Tree[0].Value.Value != block.Number("2200000.30") || len(c.Tree[0].Children) != 2 {
		t.Errorf("%+v", c)
	}
	if b := find(t, r, "", "none"); b.Empty != "Tidak ada data untuk Februari\u00a02026" {
		t.Errorf("%q", b.Empty)
	}
}

func TestWaterfallTotals(t *testing.T) {
	s := spec()
	s.Data = []manifest.ReportData{{Name: "w", Query: &manifest.Query{SQL: "w"}}}
	s.Blocks = []manifest.ReportBlock{{Name: "fall", Data: "w", Chart: &manifest.ReportChart{Type: "waterfall", Category: "step", Total: "is_total", Series: []manifest.ReportSeries{{Column: "v"}}}}}
	w := &report.Rows{
		Columns: []report.Column{{Name: "step", Type: block.Text}, {Name: "v", Type: block.Decimal}, {Name: "is_total", Type: block.Boolean}},
		Values: [][]block.Value{
			{"before", block.Number("100.0"), true}, {"new", block.Number("30.5"), false}, {"lost", block.Number("-10.25"), false}, {"after", nil, true},
		},
	}
	c := find(t, assemble(t, options(t, s), rows{"w": w}), "", "fall").Chart
	if v := c.Series[0].Values[3].Value; v != block.Number("120.25") || fmt.Sprint(c.Totals) != "[true false false true]" {
		t.Errorf("%v %v", v, c.Totals)
	}
}

// No part of a whole is less than nothing: the chart leaves it out, its note and a warning tell.
func TestNegativePartsAreTold(t *testing.T) {
	balance := rows{"b": {
		Columns: []report.Column{{Name: "k", Type: block.Text}, {Name: "to", Type: block.Text}, {Name: "v", Type: block.Decimal}},
		Values:  [][]block.Value{{"one", "x", block.Number("30")}, {"two", "x", block.Number("-4.5")}, {"six", "y", block.Number("20")}},
	}}
	for _, kind := range []string{"pie", "doughnut", "funnel", "treemap", "sankey", "bar"} {
		s := spec()
		s.Data = []manifest.ReportData{{Name: "b", Query: &manifest.Query{SQL: "b"}, Key: []string{"k"}}}
		s.Blocks = []manifest.ReportBlock{{Name: "parts", Data: "b", Chart: &manifest.ReportChart{Type: kind, Category: "k", From: "k", To: "to", Path: []string{"k"}, Series: []manifest.ReportSeries{{Column: "v"}}}}}
		r, l, err := report.Assemble(context.Background(), options(t, s), balance)
		if err != nil {
			t.Fatal(err)
		}
		b := find(t, r, "", "parts")
		drawn, told := max(len(b.Chart.Tree), len(b.Chart.Links)), 0
		if drawn == 0 {
			drawn = len(b.Chart.Categories)
		}
		for _, f := range b.Note.Figures {
			if f.Figure.Value == block.Number("-4.5") && f.Figure.Origin.Row == "k=two" {
				told++
			}
		}
		want, wantTold := 2, 1
		if kind == "bar" {
			want, wantTold = 3, 0
		}
		if drawn != want || told != wantTold || len(l) != wantTold || (told > 0 && !strings.Contains(l.Error(), "not drawn: two")) {
			t.Errorf("%s draws %d, notes %q, says %v", kind, drawn, b.Note.Text, l)
		}
	}
}

// Mistakes have a place, and all are told at once.
func TestMistakes(t *testing.T) {
	s := spec()
	bad := manifest.Template{Text: "{{ figure('revenue.nett') }}", Pos: diag.Pos{File: "reports/sales.yml", Line: 40, Col: 3}}
	s.Blocks = append(s.Blocks,
		manifest.ReportBlock{Name: "b1", Text: &bad},
		manifest.ReportBlock{Name: "b2", Data: "revenue", Pos: diag.Pos{File: "reports/sales.yml", Line: 50, Col: 3}, Chart: &manifest.ReportChart{Type: "column", Category: "perid", Series: []manifest.ReportSeries{{Column: "net"}}}},
		manifest.ReportBlock{Name: "b3", Data: "revenue", Table: &manifest.ReportTable{Columns: []manifest.ReportTableColumn{{Name: "margin", Pos: diag.Pos{File: "reports/sales.yml", Line: 60, Col: 3}}}}},
	)
	s.Data[0].Columns = append(s.Data[0].Columns, column("nothing_like_it", "", ""))
	_, l, err := report.Assemble(context.Background(), options(t, s), sales())
	if err != nil {
		t.Fatal(err)
	}
	if len(l) != 1 || l[0].Pos.Line != 3 || l[0].Code != diag.UnknownColumn { // blocks of rows that failed say nothing
		t.Errorf("%v", l)
	}
	s.Data[0].Columns = s.Data[0].Columns[:4]
	_, l, err = report.Assemble(context.Background(), options(t, s), sales())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range l {
		got = append(got, fmt.Sprintf("%d %s (%s)", d.Pos.Line, d.Msg, d.Hint))
	}
	want := `0 gauge: achieved is that of the first of several rows of revenue (name the row, by its period; or let a query give one row, or order by which is first)
9 figure: net is that of the first of several rows of revenue (name the row, by its period; or let a query give one row, or order by which is first)
40 revenue.nett: the data revenue has no column "nett" (did you mean "net"?)
50 category: revenue has no column "perid" (did you mean "period"?)
60 table: revenue has no column "margin" (it has period, unit_code, net, target, orders, achieved)`
	if strings.Join(got, "\n") != want {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// A query that groups without an order gives rows in any; the report is the same all the same.
func TestAnyOrderOfRowsGivesTheSameBytes(t *testing.T) {
	s := spec()
	s.Data[0].Query.SQL += " group  by 1"
	first := encode(t, assemble(t, options(t, s), sales()))
	random := rand.New(rand.NewPCG(3, 5))
	for range 10 {
		shuffled := sales()
		v := shuffled["revenue"].Values
		random.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		if !bytes.Equal(first, encode(t, assemble(t, options(t, s), shuffled))) {
			t.Fatal("the bytes depend on the order of the rows")
		}
	}
}

func TestRowsOfAnotherEntityAreRefused(t *testing.T) {
	s := spec()
	s.Data = []manifest.ReportData{{Name: "d", Query: &manifest.Query{SQL: "d"}}}
	s.Blocks = nil
	d := &report.Rows{Columns: []report.Column{{Name: "entity_code", Type: block.Text}}, Values: [][]block.Value{{"ACME"}, {"OTHER"}}}
	_, l, err := report.Assemble(context.Background(), options(t, s), rows{"d": d})
	if err != nil || l.Err() == nil || !strings.Contains(l[0].Msg, "rows of OTHER") {
		t.Errorf("%v %v", l, err)
	}
}

// A query that forgets which units it is about is told of; one that gives those of another entity
// makes no report. Columns of other things are not looked at.
func TestRowsOfOtherUnits(t *testing.T) {
	for _, c := range []struct {
		only   []string
		values []block.Value
		want   string
	}{
		{nil, []block.Value{"A", nil, "B", "AB"}, ""},
		{nil, []block.Value{"A", "X"}, "error d gives rows of X, which is no unit of ACME"},
		{nil, []block.Value{"A", "X", "what else"}, ""},
		{nil, []block.Value{int64(1), "X"}, ""},
		{[]string{"A"}, []block.Value{"A", "B"}, "warning d gives rows of B in a report about A"},
		{[]string{"A"}, []block.Value{"B", "X"}, "error d gives rows of X, which is no unit of ACME"},
		{[]string{"A"}, []block.Value{"A"}, ""},
	} {
		s := spec()
		s.Data = []manifest.ReportData{{Name: "d", Query: &manifest.Query{SQL: "d"}}}
		s.Blocks = nil
		d := &report.Rows{Columns: []report.Column{{Name: "place", Type: block.Text}}}
		for _, v := range c.values {
			d.Values = append(d.Values, []block.Value{v})
		}
		o := options(t, s)
		o.Only, o.Scope.Others = c.only, []string{"X", "Y"}
		_, l, err := report.Assemble(context.Background(), o, rows{"d": d})
		got := ""
		for _, m := range l {
			got += m.Severity.String() + " " + m.Msg
		}
		if err != nil || got != c.want {
			t.Errorf("%v: %q (%v), want %q", c.values, got, err, c.want)
		}
	}
}

// BenchmarkAssemble makes a report of 60 blocks with 4,000 rows, five pages of figures.
func BenchmarkAssemble(b *testing.B) {
	s := spec()
	source := sales()
	big := &report.Rows{Columns: source["revenue"].Columns}
	for i := range 1_000 {
		row := append([]block.Value(nil), source["revenue"].Values[i%3]...)
		row[1] = fmt.Sprint("U", i)
		big.Values = append(big.Values, row)
	}
	source["revenue"] = big
	for i := range s.Blocks {
		if c := s.Blocks[i].Chart; c != nil && (c.Split != "" || c.To != "" || len(c.Path) > 0) {
			c.Split, c.Type, c.Category, c.To, c.From, c.Path = "", "bar", "unit_code", "", "", nil // a thousand series are no chart
		}
		if c := s.Blocks[i].Chart; c != nil {
			c.Limit = 12
		}
		if s.Blocks[i].Table != nil {
			s.Blocks[i].Table.Limit = 20
		}
	}
	o := options(b, s)
	b.Run("assemble", func(b *testing.B) {
		for b.Loop() {
			assemble(b, o, source)
		}
	})
	r := assemble(b, o, source)
	file := encode(b, r)
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		for b.Loop() {
			encode(b, r)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(file)))
		for b.Loop() {
			if _, err := report.Read(bytes.NewReader(file)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A figure of the first of several rows is told of, once a place, unless the query says which is first
// or the figure which row it means.
func TestAFigureOfNoRowInParticular(t *testing.T) {
	at := func(line int) diag.Pos { return diag.Pos{File: "reports/sales.yml", Line: line, Col: 3} }
	for _, c := range []struct {
		name, sql string
		block     manifest.ReportBlock
		want      string
	}{
		{"a key figure", "", manifest.ReportBlock{KPI: []manifest.ReportKPI{{Value: manifest.Cell{Pos: at(70), Column: "net"}, Target: &manifest.Cell{Pos: at(71), Column: "target"}}}}, "70"},
		{"that is sorted", " Order\n by 1", manifest.ReportBlock{KPI: []manifest.ReportKPI{{Value: manifest.Cell{Pos: at(70), Column: "net"}}}}, ""},
		{"that names its row", "", manifest.ReportBlock{KPI: []manifest.ReportKPI{{Value: manifest.Cell{Pos: at(70), Column: "net", Row: map[string]string{"period": "2026-02-01"}}}}}, ""},
		{"of another data", "", manifest.ReportBlock{KPI: []manifest.ReportKPI{{
			Value:   manifest.Cell{Pos: at(70), Column: "net", Row: map[string]string{"period": "2026-02-01"}},
			Compare: []manifest.ReportCompare{{To: &manifest.Cell{Pos: at(72), Data: "revenue", Column: "target"}}},
		}}}, "72"},
		{"in a text", "", manifest.ReportBlock{Text: &manifest.Template{Text: "{{ figure('revenue.net', to='target') }}", Pos: at(73)}}, "73"},
		{"in a text, its place", "", manifest.ReportBlock{Text: &manifest.Template{Text: "{{ figure('revenue.net', row=0) }}", Pos: at(73)}}, ""},
	} {
		s := spec()
		s.Title = manifest.Template{}
		s.Data[0].Query.SQL += c.sql
		c.block.Name, c.block.Data = "b", "revenue"
		c.block.Sections = []string{"total", "unit"}
		s.Blocks = []manifest.ReportBlock{c.block}
		_, l, err := report.Assemble(context.Background(), options(t, s), sales())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range l {
			got = append(got, fmt.Sprint(d.Pos.Line))
			if d.Severity != diag.Warning || !strings.Contains(d.Msg, "the first of several rows of revenue") {
				t.Errorf("%s: %v", c.name, d)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, l, c.want)
		}
	}
}

// What a limit leaves out is summed up only where the column says how: prices and ratios do not add up.
func TestOtherRowShowsWhatHasATotal(t *testing.T) {
	s := spec()
	s.Blocks = []manifest.ReportBlock{{Name: "top", Data: "revenue", Table: &manifest.ReportTable{
		Limit: 1, Sort: "-net",
		Columns: []manifest.ReportTableColumn{{Name: "unit_code"}, {Name: "net"}, {Name: "target", Total: "sum"}, {Name: "orders", Total: "max"}},
	}}}
	lines := find(t, assemble(t, options(t, s), sales()), "", "top").Table.Lines
	if len(lines) != 3 || lines[1].Kind != block.OtherLine {
		t.Fatalf("%+v", lines)
	}
	for _, l := range lines[1:] {
		if c := l.Cells; c[0].Value == nil || c[1].Value != nil || c[2].Value == nil || c[3].Value == nil {
			t.Errorf("%s: %+v", l.Kind, c)
		}
	}
}

// A chart whose figures are all missing says so, as one without rows does: bare axes look like a fault.
func TestNothingToDrawIsSaid(t *testing.T) {
	s := spec()
	s.Title = manifest.Template{}
	s.Data = s.Data[:1]
	at := diag.Pos{File: "reports/sales.yml", Line: 80, Col: 3}
	s.Blocks = []manifest.ReportBlock{
		{Name: "dial", Pos: at, Data: "revenue", Chart: &manifest.ReportChart{Type: "gauge", Series: []manifest.ReportSeries{{Column: "net"}}}},
		{Name: "months", Data: "revenue", Chart: &manifest.ReportChart{Type: "column", Category: "period", Series: []manifest.ReportSeries{{Column: "net"}}}},
		{Name: "rows", Data: "revenue", Table: &manifest.ReportTable{Columns: []manifest.ReportTableColumn{{Name: "period"}, {Name: "net", Total: "sum"}}}},
	}
	src := sales()
	src["revenue"].Values = src["revenue"].Values[3:] // of B in February: no net
	r, l, err := report.Assemble(context.Background(), options(t, s), src)
	if err != nil || len(l) != 0 {
		t.Fatal(err, l)
	}
	for name, want := range map[string]string{"dial": "Tidak ada data untuk Februari 2026.", "months": "Tidak ada data untuk Februari 2026.", "rows": "Tabel: Period, Pendapatan bersih; 1 baris."} {
		if got := strings.ReplaceAll(find(t, r, "", name).Alt, "\u00a0", " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, l, _ = report.Assemble(context.Background(), options(t, s), sales()); len(l) != 1 || l[0].Pos != at {
		t.Errorf("a gauge of several rows: %v", l)
	}
}

// A query for units finds nothing where there are none: that is said, for it looks like a month without sales.
func TestAQueryForUnitsWhereThereAreNone(t *testing.T) {
	s := spec()
	s.Title, s.Blocks, s.Data = manifest.Template{}, nil, s.Data[:1]
	s.Data[0].Sections = nil
	s.Data[0].Query.SQL = "empty where unit in ({{ unit.sql }})"
	s.Data[0].Key, s.Data[0].Columns = nil, nil
	for _, units := range [][]report.Unit{nil, {{Code: "A"}}} {
		o := options(t, s)
		o.Scope = report.Scope{Units: units}
		_, l, err := report.Assemble(context.Background(), o, sales())
		if err != nil {
			t.Fatal(err)
		}
		if told := len(l) == 1 && l[0].Pos == s.Data[0].Query.Pos && strings.Contains(l[0].Msg, "unit.sql lists no unit"); told != (units == nil) {
			t.Errorf("%v: %v", units, l)
		}
	}
}
