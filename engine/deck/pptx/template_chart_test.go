package pptx_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/deck/pptx"
	"atlas/engine/manifest"
)

// charted is a template with a chart of its own, which a shape's alternative text binds to a block.
func charted(t *testing.T, drawn, bound string, change func(chart string) string) []byte {
	t.Helper()
	d := withSlides(acmeDocument(t))
	d.Slides = []deck.Slide{{ID: "chart", Layout: "default", Title: block.Prose{Text: "Chart"}, Regions: []deck.Content{{Region: "default", Items: []deck.Item{{Block: d.Report.Total.Blocks[drawn]}}}}}}
	p, _, err := pptx.Build(context.Background(), d, fillOptions())
	if err != nil {
		t.Fatal(err)
	}
	slide := string(p.Part("ppt/slides/slide1.xml"))
	frame := strings.Index(slide, "<p:graphicFrame")
	old := regexp.MustCompile(`descr="[^"]*"`).FindString(slide[frame:])
	slide = slide[:frame] + strings.Replace(slide[frame:], old, `descr="`+bound+`"`, 1)
	p.SetPart("ppt/slides/slide1.xml", "", []byte(slide))
	chart := string(p.Part("ppt/charts/chart1.xml"))
	if change != nil {
		chart = change(chart)
	}
	p.SetPart("ppt/charts/chart1.xml", "", []byte(chart))
	var out bytes.Buffer
	if _, err := p.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func firstSeries(chart string) string {
	return regexp.MustCompile(`(?s)<c:ser>.*?</c:ser>`).FindString(chart)
}

// chartSeries lists the series of a chart: group, name, values.
func chartSeries(chart string) string {
	var b strings.Builder
	for _, group := range regexp.MustCompile(`(?s)<c:(\w+)Chart>.*?</c:\w+Chart>`).FindAllStringSubmatch(chart, -1) {
		for _, s := range regexp.MustCompile(`(?s)<c:ser>.*?</c:ser>`).FindAllString(group[0], -1) {
			b.WriteString(group[1])
			for _, part := range []string{"tx", "cat", "val"} {
				b.WriteString(" ")
				x := regexp.MustCompile(`(?s)<c:` + part + `>.*?</c:` + part + `>`).FindString(s)
				for _, v := range regexp.MustCompile(`<c:v>([^<]*)</c:v>`).FindAllStringSubmatch(x, -1) {
					b.WriteString(v[1] + ",")
				}
			}
			b.WriteByte('\n')
		}
	}
	return strings.TrimSpace(b.String())
}

func TestChartOfABlock(t *testing.T) {
	const months = "Jan 2026,Feb 2026,Mar 2026,Apr 2026,"
	two := "bar Last year, " + months + " 300000000,330000000,360000000,\nbar This year, " + months + " 360000000,375000000,354000000,420000000,"
	combo := "bar Amount, " + months + " 360000000,375000000,354000000,420000000,\nline Achieved, " + months + " 0.9,1.1,0.7,1,"
	for _, c := range []struct {
		name, drawn, bound string
		change             func(string) string
		want               string
		axes               int
	}{
		{"the same", "revenue_by_month", "chart:revenue_by_month", nil, two, 2},
		{"a series more", "revenue_by_month", "chart:revenue_by_month", func(s string) string { return strings.Replace(s, firstSeries(s), "", 1) }, two, 2},
		{"a series less", "revenue_by_month", "chart:revenue_by_month", func(s string) string {
			x := firstSeries(s)
			return strings.Replace(s, x, x+strings.NewReplacer(`<c:idx val="0"/>`, `<c:idx val="7"/>`, `<c:order val="0"/>`, `<c:order val="7"/>`).Replace(x), 1)
		}, two, 2},
		{"parts of a whole", "mix", "chart:mix", nil, "pie Share, Apples &amp; Pears,Bananas, 0.64,0.36,", 0},
		{"combo", "combo", "chart:combo", nil, combo, 4},
		{"combo with one kind", "combo", "chart:revenue_by_month", nil, two, 2},
		{"columns with a line", "revenue_by_month", "chart:combo", nil, "bar Amount, " + months + " 360000000,375000000,354000000,420000000,\nbar Achieved, " + months + " 0.9,1.1,0.7,1,", 2},
		{"by name", "revenue_by_month", "chart:revenue_by_month", func(s string) string { return strings.ReplaceAll(s, ">Last year<", ">This year<") }, two, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, said := filled(t, charted(t, c.drawn, c.bound, c.change), nil)
			if p == nil || said != "" {
				t.Fatal(said)
			}
			chart := string(p.Part("ppt/charts/chart1.xml"))
			if got := chartSeries(chart); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if got := len(regexp.MustCompile(`<c:(cat|val|date)Ax>`).FindAllString(chart, -1)); got != c.axes {
				t.Errorf("%d axes, want %d", got, c.axes)
			}
			book, err := excelize.OpenReader(bytes.NewReader(p.Part(p.Related("ppt/charts/chart1.xml", pptx.RelPackage))))
			if err != nil {
				t.Fatal(err)
			}
			if rows, err := book.GetRows("data"); err != nil || len(rows) < 3 {
				t.Errorf("the workbook holds %v, %v", rows, err)
			}
			books := 0
			for _, name := range p.Names() {
				if strings.HasSuffix(name, ".xlsx") {
					books++
				}
			}
			if books != 1 {
				t.Errorf("%d workbooks, want the new one alone", books)
			}
		})
	}
}

func TestChartsKeepTheirFormat(t *testing.T) {
	p, said := filled(t, charted(t, "revenue_by_month", "chart:revenue_by_month", func(s string) string {
		return regexp.MustCompile(`<c:formatCode>[^<]*<`).ReplaceAllString(s, "<c:formatCode>0.00<")
	}), nil)
	if p == nil {
		t.Fatal(said)
	}
	if got := regexp.MustCompile(`<c:formatCode>[^<]*<`).FindString(string(p.Part("ppt/charts/chart1.xml"))); got != "<c:formatCode>0.00<" {
		t.Errorf("the template's format became %s", got)
	}
}

func TestChartsThatNoTemplateShows(t *testing.T) {
	p, said := filled(t, charted(t, "revenue_by_month", "chart:steps", nil), nil)
	if p != nil || !strings.Contains(said, "block steps is a waterfall") || !strings.Contains(said, "block:steps") {
		t.Errorf("said %s", said)
	}
	p, said = filled(t, charted(t, "revenue_by_month", "chart:programs", nil), nil)
	if p != nil || !strings.Contains(said, "block programs is no chart but a table") {
		t.Errorf("said %s", said)
	}
}

func TestBlocksInPlaceOfShapes(t *testing.T) {
	p, said := filled(t, charted(t, "revenue_by_month", "chart:nothing", nil), nil)
	if p == nil {
		t.Fatal(said)
	}
	if got := texts(p, "ppt/slides/slide1.xml"); !strings.Contains(got, "No orders in this period") {
		t.Errorf("a block without data shows %q", got)
	}
	for _, bound := range []string{"block:figures", "block:steps", "block:programs", "block:revenue_by_month", "block:story@S", "table:programs", "image:story"} {
		p, said := filled(t, templateOf(t, madeSlide{shapes: box(bound, "x")}), nil)
		if p == nil {
			t.Errorf("%s: %s", bound, said)
			continue
		}
		slide := string(p.Part("ppt/slides/slide1.xml"))
		if strings.Contains(slide, ">x<") || !strings.Contains(slide, `id="7"`) || !strings.Contains(slide, "[block ") {
			t.Errorf("%s: the block does not stand in the shape's place: %s", bound, slide)
		}
	}
}

func TestBlocksThatAConditionLeftOut(t *testing.T) {
	template := templateOf(t, madeSlide{shapes: box("text:gone", "x") + strings.Replace(box("", "y"), `id="7"`, `id="9"`, 1)})
	p, said := filled(t, template, func(o *pptx.Options) { o.Spec = &manifest.Report{Blocks: []manifest.ReportBlock{{Name: "gone"}}} })
	if p == nil {
		t.Fatal(said)
	}
	if got := texts(p, "ppt/slides/slide1.xml"); got != "y" {
		t.Errorf("got %q", got)
	}
}

// slidesOf gives the titles of the slides in their order.
func slidesOf(p *pptx.Package) string {
	var out []string
	for _, m := range regexp.MustCompile(`<p:sldId [^>]*r:id="(\w+)"`).FindAllStringSubmatch(string(p.Part("ppt/presentation.xml")), -1) {
		part, _ := p.Target("ppt/presentation.xml", m[1])
		line, _, _ := strings.Cut(texts(p, part), "\n")
		out = append(out, strings.Trim(line, "*"))
	}
	return strings.Join(out, "; ")
}

func TestSlidesOfADeckOnATemplate(t *testing.T) {
	own := "Acme Inc; Revenue is 8 % above target; Revenue by month, and what it means for the year that has begun so well; Two columns; Key figures"
	cover, back := madeSlide{shapes: box("", "{{ period.label }}")}, madeSlide{shapes: box("", "{{ 'end' }}")}
	example := madeSlide{shapes: box("", "An example")}
	place := madeSlide{shapes: box("", "here"), notes: "atlas: slides"}
	alone := madeSlide{shapes: box("", "Alone"), notes: "atlas: keep alone"}
	for _, c := range []struct {
		name   string
		slides []madeSlide
		want   string
		said   string
	}{
		{"looks alone", []madeSlide{example}, own, ""},
		{"in their place", []madeSlide{cover, example, place, back}, "February 2026; " + own + "; end", ""},
		{"nowhere", []madeSlide{cover}, "February 2026", "does not say where the deck's 5 slides stand"},
		{"alone", []madeSlide{alone, cover}, "Alone; February 2026", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := fillOptions()
			o.Template = templateOf(t, c.slides...)
			var out bytes.Buffer
			list, err := pptx.Render(context.Background(), &out, withSlides(acmeDocument(t)), o)
			if err != nil || list.Err() != nil {
				t.Fatal(err, list)
			}
			for _, d := range list {
				if c.said == "" && !strings.Contains(d.Msg, "holds more than fits") { // the one layout is a cover
					t.Errorf("said %v", d)
				}
			}
			if !strings.Contains(list.Error(), c.said) {
				t.Errorf("said %v", list)
			}
			p, err := pptx.OpenPackage(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if got := slidesOf(p); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			for _, d := range pptx.Validate(p) {
				t.Errorf("the result is not valid: %s", d)
			}
		})
	}
}

func TestLayoutsAreNamed(t *testing.T) {
	o := fillOptions()
	o.Template = templateOf(t, madeSlide{shapes: box("", "x")})
	o.Front = manifest.NewMap("layouts", manifest.NewMap("default", "Coverr"))
	var out bytes.Buffer
	list, err := pptx.Render(context.Background(), &out, withSlides(acmeDocument(t)), o)
	if err != nil || out.Len() > 0 || !strings.Contains(list.Error(), `has no layout "Coverr"`) {
		t.Errorf("said %v, %v", list, err)
	}
	o.Front = manifest.NewMap("layouts", manifest.NewMap("default", "cover"))
	list, err = pptx.Render(context.Background(), &out, withSlides(acmeDocument(t)), o)
	if err != nil || list.Err() != nil {
		t.Fatal(err, list)
	}
}
