package html_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"atlas/engine/block"
	"atlas/engine/block/html"
)

func draw(t testing.TB, b *block.Block, o html.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := html.Render(&out, b, o); err != nil {
		t.Fatal(err)
	}
	return plain(out.String())
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func richText(t testing.TB, src string, o html.Options) string {
	t.Helper()
	text, _ := block.ReadMarkdown(src, []block.Figure{fig(int64(7), "integer", "n")})
	var out bytes.Buffer
	if err := html.RichText(&out, text, o); err != nil {
		t.Fatal(err)
	}
	s := strings.ReplaceAll(out.String(), "\n", "")
	return strings.TrimSuffix(strings.TrimPrefix(s, `<div class="prose">`), "</div>")
}

func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		name string
		want []string
	}{
		{"kpis", []string{
			`<p class="kpi-label">Net revenue</p>`, `<data class="figure" value="2160000000" data-block="sample" data-query="orders" data-row="unit=N" data-column="net">Rp 2.2 B</data>`,
			`<li class="good"><span class="arrow" aria-hidden="true">▲</span><b><data`, `<li class="bad"><span class="arrow" aria-hidden="true">▼</span><b>`, `<li class="same"><span class="arrow" aria-hidden="true">■</span>`,
			`<span class="aim" style="left:92.59%">`, `>target <data`, `role="img" aria-label="Net revenue: Rp 1.4 B to Rp 2.2 B"><path d="M`, `<li class="same"><b><data class="figure" value=""`,
		}},
		{"table", []string{
			`<th scope="col" class="num has-bar">Net revenue <span class="unit">Rp million</span></th>`, `<tbody><tr class="line-group"><th scope="rowgroup" colspan="5">Town</th></tr>`,
			`<tr class="line-row"><th scope="row">North</th>`, `class="is-bad num"><span class="sign" aria-hidden="true">▼</span><data`, `<tr class="line-total">`, `Harbour &amp; Old Town`,
			`<h3 class="block-title">North carries the month</h3>`, `<p class="block-note">Without returns`, `<span class="cell-fill" style="left:0%;width:73%">`,
		}},
		{"heat", []string{`style="--heat:0.3"`, `<span class="cell-fill below" style="left:0%;width:33.33%">`, `<span class="cell-fill" style="left:33.33%;width:66.67%">`}},
		{"chart", []string{`<figure class="block block-chart" data-block="chart" data-node="block.acme.review.chart">`, `<figcaption class="block-head">`, `role="img" aria-label="Columns of six months"`}},
		{"progress", []string{`<span class="progress-label">North</span>`, `<span class="fill reached" style="width:100%">`, `style="left:81.08%"`, `123.3%`}},
		{"callout_warning", []string{`<aside class="block block-callout"`, `role="note"`, `<div class="callout callout-warning">`, `<strong>value of each</strong>`}},
		{"text", []string{`<li>North opened <em>evenings</em><ul>`, `<a href="https://example.org" rel="noopener noreferrer">online</a>`, `<code>Station</code>`, `<th scope="col" class="num">Staff</th>`}},
		{"quote", []string{`<blockquote><p>We sell fewer, better things.</p><p>Ayu, head of sales</p></blockquote>`}},
		{"heading", []string{`<h2 class="block-heading">How the month went</h2>`}},
		{"image", []string{`<img src="img/map.svg" alt="Map"`, `<p class="block-caption">Where the shops are</p>`}},
		{"columns", []string{`style="--columns:minmax(0,0.6667fr) minmax(0,0.3333fr)"`, `data-block="chart"`, `data-block="text"`}},
		{"empty", []string{`<div class="state state-empty" role="status"><p class="state-why">No data for February 2026</p></div>`, `block-is-empty`}},
		{"stale", []string{`<p class="block-stale" role="note"><span class="mark" aria-hidden="true">!</span>Older than what it is made of: orders_by_day</p>`}},
	} {
		got := draw(t, samples(t, "en-US")[c.name], html.Options{Format: formatter(t, "en-US")})
		joined := strings.ReplaceAll(got, "\n", "")
		for _, w := range c.want {
			if !strings.Contains(joined, w) {
				t.Errorf("%s: no %s in\n%s", c.name, w, got)
			}
		}
		wellFormed(t, c.name, got)
	}
}

func TestTotalsWithoutValueAreEmpty(t *testing.T) {
	table := &block.Table{
		Columns: []block.TableColumn{{Name: "a", Left: true}, {Name: "b"}},
		Lines: []block.Line{
			{Kind: block.RowLine, Cells: []block.Cell{{Figure: block.Figure{Value: "x"}}, {Figure: fig(nil, "integer", "b")}}},
			{Kind: block.TotalLine, Cells: []block.Cell{{Figure: block.Figure{Value: "Total"}}, {}}},
		},
	}
	got := draw(t, &block.Block{Kind: block.TableOf, Table: table}, html.Options{Format: formatter(t, "en-US")})
	if strings.Count(got, "–") != 1 || !strings.Contains(got, `<td class="num"></td>`) {
		t.Error(got)
	}
}

func TestProgressWithoutTarget(t *testing.T) {
	none, zero := fig(nil, "integer", "target"), fig(int64(0), "integer", "target")
	got := draw(t, &block.Block{Kind: block.ProgressKind, Progress: []block.Bar{
		{Label: "a", Value: fig(int64(1), "integer", "n"), Target: &none},
		{Label: "b", Value: fig(.4, "percent", "s"), Share: .4},
		{Label: "c", Value: fig(int64(0), "integer", "n"), Target: &zero},
	}}, html.Options{Format: formatter(t, "en-US")})
	if strings.Count(got, "fill") != 1 || strings.Count(got, `<span class="progress-share">–</span>`) != 2 || strings.Contains(got, ">0.0%<") || strings.Count(got, "progress-target") != 1 {
		t.Error(got)
	}
}

// A cell may have a verdict and stand on a scale.
func TestVerdictOnAScale(t *testing.T) {
	got := draw(t, &block.Block{Kind: block.TableOf, Table: &block.Table{
		Columns: []block.TableColumn{{Name: "s"}},
		Lines:   []block.Line{{Kind: block.RowLine, Cells: []block.Cell{{Figure: fig(.4, "percent", "s"), Style: "bad", Heat: .25}}}},
	}}, html.Options{Format: formatter(t, "en-US")})
	if !strings.Contains(got, `<td class="is-bad has-heat num" style="--heat:0.25">`) {
		t.Error(got)
	}
}

func TestRichText(t *testing.T) {
	mark := block.MarkFigure(0, "7")
	figure := `<data class="figure" value="7" data-block="sample" data-query="orders" data-row="unit=N" data-column="n">7</data>`
	for _, c := range []struct {
		src   string
		steps html.Steps
		want  string
	}{
		{"a **b " + mark + "**", "", "<p>a <strong>b </strong><strong>" + figure + "</strong></p>"},
		{"* a\n* b\n  - c\n  - d\n* e", html.DataSteps, `<ul><li data-step="1">a</li><li data-step="2">b<ul><li data-step="2">c</li><li data-step="2">d</li></ul></li><li data-step="3">e</li></ul>`},
		{"* a", html.Fragments, `<ul><li class="fragment" data-fragment-index="0">a</li></ul>`},
		{"* a", "", `<ul><li>a</li></ul>`},
		{"3. a\n4. b\n\n- c", "", `<ol start="3"><li>a</li><li>b</li></ol><ul><li>c</li></ul>`},
		{"1. a\n   - b\n     1. c\n2. d", "", `<ol><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ol>`},
		{"a  \nb", "", "<p>a<br>b</p>"},
		{"```\n<b>\n```", "", "<pre><code>&lt;b&gt;</code></pre>"},
		{"<div class=\"big\">\n" + mark + " & more\n</div>", "", `<div class="big">` + figure + ` &amp; more</div>`},
		{"<div>\n\n- a\n\n</div>", "", `<div><ul><li>a</li></ul></div>`},
		{"# a\n\n### b", "", "<h2>a</h2><h4>b</h4>"},
		{"![a \"b\"](x.png)", "", `<figure class="picture"><img src="x.png" alt="a &#34;b&#34;" loading="lazy" decoding="async"></figure>`},
	} {
		got := richText(t, c.src, html.Options{Format: formatter(t, "en-US"), Steps: c.steps})
		if got != c.want {
			t.Errorf("%q\nhave %s\nwant %s", c.src, got, c.want)
		}
		wellFormed(t, c.src, got)
	}
}

func TestCharts(t *testing.T) {
	b := samples(t, "en-US")["chart"]
	o := html.Options{Format: formatter(t, "en-US"), Interactive: true, ChartData: true, Chart: func(*block.Block) (html.Drawing, error) {
		return html.Drawing{SVG: []byte(`<?xml version="1.0"?><svg></svg>`), Option: json.RawMessage(`{"a":"</script><!--"}`)}, nil
	}}
	got := draw(t, b, o)
	for _, w := range []string{`<div class="chart" data-chart>`, `><svg></svg></div>`, `<script type="application/json" class="chart-option">{"a":"\u003c/script\u003e\u003c!--"}</script>`, `<table class="unseen">`, `data-row="unit=N" data-column="actual2">Rp 1.5 B</data>`} {
		if !strings.Contains(got, w) {
			t.Errorf("no %s in %s", w, got)
		}
	}
	wellFormed(t, "chart", got)
	o.Interactive, o.ChartData = false, false
	if got := draw(t, b, o); strings.Contains(got, "script") || strings.Contains(got, "data-chart") || strings.Contains(got, "<table") {
		t.Error(got)
	}
	o.Chart = func(*block.Block) (html.Drawing, error) { return html.Drawing{Name: "revenue"}, nil }
	if got := draw(t, b, o); !strings.Contains(got, `data-chart="revenue"`) {
		t.Error(got)
	}
	o.Chart = func(*block.Block) (html.Drawing, error) { return html.Drawing{}, errors.New("no runtime") }
	if err := html.Render(&bytes.Buffer{}, b, o); err == nil || !strings.Contains(err.Error(), "draw the chart chart: no runtime") {
		t.Error(err)
	}
}

func TestStates(t *testing.T) {
	for s, want := range map[html.State]string{
		html.Failed:       `<div class="state state-error" role="alert"><p class="state-why">a &lt; b</p><p class="state-todo">do</p></div>`,
		html.Loading:      `<div class="state state-loading" role="status" aria-busy="true"><p class="state-why">a &lt; b</p><p class="state-todo">do</p></div>`,
		html.NoPermission: `<div class="state state-no-permission" role="status"><p class="state-why">a &lt; b</p><p class="state-todo">do</p></div>`,
	} {
		var b bytes.Buffer
		if err := html.WriteState(&b, s, "a < b", "do"); err != nil || strings.TrimSpace(b.String()) != want {
			t.Error(b.String(), err)
		}
	}
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> ' onclick='x **b** [a](javascript:alert(1)) &lt;`

// TestHostileValues puts a hostile value in every place that a block has.
func TestHostileValues(t *testing.T) {
	f := block.Figure{Value: hostile, Format: "text", Origin: block.Origin{Block: hostile, Query: hostile, Row: hostile, Column: hostile}}
	line := block.ReadProse("x "+block.MarkFigure(0, hostile)+" "+hostile, []block.Figure{f})
	markdown := block.MarkdownProse("x "+block.MarkFigure(0, block.Literal(hostile))+" "+block.Literal(hostile), []block.Figure{f})
	inner := &block.Block{Kind: block.TextKind, Text: &markdown}
	of := func(kind block.Kind, b block.Block) *block.Block {
		b.ID, b.Node, b.Name, b.Kind = hostile, hostile, hostile, kind
		b.Title, b.Subtitle, b.Note, b.Alt, b.Stale = line, line, line, hostile, hostile
		return &b
	}
	cell := block.Cell{Figure: f, Style: hostile, Bar: .5, Heat: .5}
	for _, b := range []*block.Block{
		of(block.Title, block.Block{Heading: &line}),
		of(block.TextKind, block.Block{Text: &markdown}),
		of(block.KPIs, block.Block{KPI: []block.KPI{{
			Label: hostile, Figure: f, Compare: []block.Compare{{Label: hostile, Figure: f, Verdict: hostile}}, Target: &f,
			Spark: []block.Figure{fig(1.5, hostile, hostile), fig(2.5, hostile, hostile)},
		}}}),
		of(block.TableOf, block.Block{Table: &block.Table{
			Columns: []block.TableColumn{{Name: hostile, Label: hostile, Unit: hostile, Left: true}, {Label: hostile, Bar: true, Format: hostile}},
			Lines:   []block.Line{{Kind: block.GroupLine, Cells: []block.Cell{cell}}, {Kind: hostile, Cells: []block.Cell{cell, cell, cell}}},
		}}),
		of(block.ChartOf, block.Block{Chart: &block.Chart{
			CategoryLabel: hostile, Categories: []block.Label{{Value: hostile, Text: hostile}}, Series: []block.Series{{Label: hostile, Format: hostile, Values: []block.Figure{f}}},
		}}),
		of(block.ImageOf, block.Block{Image: &block.Image{File: hostile, Caption: hostile}}),
		of(block.Columns, block.Block{Columns: []block.Column{{Of: []*block.Block{inner}}}}),
		of(block.CalloutKind, block.Block{Callout: &block.Callout{Style: hostile, Title: line, Text: markdown}}),
		of(block.ProgressKind, block.Block{Progress: []block.Bar{{Label: hostile, Value: f, Target: &f}}}),
		of(block.TextKind, block.Block{Empty: hostile}),
	} {
		got := draw(t, b, html.Options{Format: formatter(t, "id-ID"), ChartData: true})
		wellFormed(t, string(b.Kind), got)
		if text := textOf(t, got); !strings.Contains(text, hostile) {
			t.Errorf("%s: the value is not shown as it is:\n%s", b.Kind, text)
		}
	}
}

// allowed are the elements that blocks are made of; nothing of them runs.
var allowed = strings.Fields("s i u ins sub sup small mark abbr cite q time details summary section article footer dl dt dd hr h5 h6 wbr tfoot g rect ellipse line polyline polygon text tspan defs lineargradient stop title desc caption aside b blockquote br caption code col colgroup data del div em figcaption figure h1 h2 h3 h4 h5 h6 header img li ol p path circle pre section span strong svg a table tbody td th thead tr ul")

// wellFormed checks that elements are known, nest, and have no attribute that runs.
func wellFormed(t *testing.T, what, s string) {
	t.Helper()
	var open []string
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == xhtml.ErrorToken {
			break
		}
		tok := z.Token()
		switch kind {
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			data := tok.Data == "script" && slices.Contains(tok.Attr, xhtml.Attribute{Key: "type", Val: "application/json"})
			if !data && !slices.Contains(allowed, tok.Data) {
				t.Errorf("%s: <%s> in\n%s", what, tok.Data, s)
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "href" && block.SafeLink(a.Val) == "" || a.Key == "srcdoc" {
					t.Errorf("%s: <%s %s=%q>", what, tok.Data, a.Key, a.Val)
				}
			}
			if kind == xhtml.StartTagToken && !slices.Contains([]string{"br", "img", "col", "hr", "wbr"}, tok.Data) {
				open = append(open, tok.Data)
			}
		case xhtml.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("%s: </%s> ends %v in\n%s", what, tok.Data, open, s)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: open %v", what, open)
	}
}

// textOf gives the words of a page, and its attributes.
func textOf(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for z.Next() != xhtml.ErrorToken {
		tok := z.Token()
		if tok.Type == xhtml.TextToken {
			b.WriteString(tok.Data)
		}
	}
	return b.String()
}

func TestStyleSheetTakesTheThemesVariables(t *testing.T) {
	known := map[string]bool{}
	for _, s := range []string{"surface", "panel", "text", "muted", "rule", "accent", "on-accent", "good", "bad", "warning", "scenario-actual", "scenario-previous", "font-text", "font-heading", "body-size", "label-size", "footnote-size", "block-body", "block-label", "block-small", "heat", "columns", "digits"} {
		known[s] = true
	}
	var odd []string
	css := string(html.CSS())
	for _, part := range strings.Split(css, "var(--")[1:] {
		name := part[:strings.IndexAny(part, "),")]
		if !known[name] {
			odd = append(odd, name)
		}
	}
	sort.Strings(odd)
	if len(odd) > 0 || strings.Contains(css, "#") {
		t.Error(fmt.Sprint(odd), "a colour of its own:", strings.Contains(css, "#"))
	}
}

func FuzzRichText(f *testing.F) {
	for _, s := range []string{sampleText, "* a\n  1. b\n* c\n\n> x\n\n<div>\n\n- y", "<section><p>a</section>", hostile, "- - - a\n1. 1. b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<12 {
			return
		}
		wellFormed(t, s, richText(t, s, html.Options{}))
	})
}
