package pptx_test

import (
	"bytes"
	"strings"
	"testing"

	"atlas/engine/deck/pptx"
)

// opened gives a rendered document as a package again.
func opened(t testing.TB, file []byte) *pptx.Package {
	t.Helper()
	p, err := pptx.OpenPackage(file)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsWrittenIsValid(t *testing.T) {
	for _, locale := range []string{"en-US", "id-ID"} {
		for _, x := range pptx.Validate(opened(t, render(t, newSample(t, locale).document(locale == "id-ID")))) {
			t.Error(x)
		}
	}
}

func TestValidateFinds(t *testing.T) {
	file := render(t, newSample(t, "en-US").document(false))
	chart := "ppt/charts/chart1.xml"
	combo := "ppt/charts/chart4.xml"
	slide := "ppt/slides/slide2.xml"
	edit := func(part, old, with string) func(*pptx.Package) {
		return func(p *pptx.Package) {
			body := p.Part(part)
			if !bytes.Contains(body, []byte(old)) {
				t.Fatalf("%s has no %s", part, old)
			}
			p.SetPart(part, "", bytes.Replace(body, []byte(old), []byte(with), 1))
		}
	}
	for _, c := range []struct {
		name string
		edit func(*pptx.Package)
		want string
	}{
		{"an axis without partner", edit(chart, `<c:crossAx val="500002"/>`, `<c:crossAx val="9"/>`), "crosses an axis that is not there"},
		{"an axis that nothing uses", edit(combo, `<c:axId val="500003"/><c:axId val="500004"/></c:lineChart>`, `<c:axId val="500001"/><c:axId val="500002"/></c:lineChart>`), "no series uses the axis"},
		{"a label where there is none", edit(chart, `<c:dLblPos val="outEnd"/>`, `<c:dLblPos val="t"/>`), `no place "t"`},
		{"wrong order", edit(chart, `<c:barDir val="col"/><c:grouping val="clustered"/>`, `<c:grouping val="clustered"/><c:barDir val="col"/>`), "<c:barDir> stands behind <c:grouping>"},
		{"two shapes of one id", edit(slide, `<p:cNvPr id="3"`, `<p:cNvPr id="2"`), "two shapes have the id 2"},
		{"a relationship to nothing", edit(slide, `r:id="rId2"`, `r:id="rId77"`), "names no relationship"},
		{"XML that is none", edit(slide, `</p:cSld>`, ``), "is no XML"},
		{"a part that is gone", func(p *pptx.Package) { p.Remove(chart) }, "leads to ppt/charts/chart1.xml, which is not there"},
		{"a part that nothing leads to", func(p *pptx.Package) { p.SetPart("ppt/media/x.png", "image/png", nil) }, "nothing leads to the part"},
		{"two slides of one id", edit("ppt/presentation.xml", `<p:sldId id="257"`, `<p:sldId id="256"`), "two slides have the id 256"},
		{"a layout's id that is too small", edit("ppt/slideMasters/slideMaster1.xml", `<p:sldLayoutId id="2147483649"`, `<p:sldLayoutId id="5"`), "is below 2147483648"},
		{"another value in the workbook", edit(chart, `<c:v>905000000</c:v>`, `<c:v>905000001</c:v>`), "the chart has"},
		{"too few cached points", edit(chart, `<c:ptCount val="6"/>`, `<c:ptCount val="5"/>`), "points are cached"},
		{"a wrong content type", func(p *pptx.Package) {
			p.SetPart(slide, "application/vnd.openxmlformats-officedocument.presentationml.slideLayout+xml", p.Part(slide))
		}, "has the content type"},
		{"an animation of nothing", edit("ppt/slides/slide9.xml", `<p:spTgt spid="`, `<p:spTgt spid="99`), "an animation is about a shape"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := opened(t, file)
			c.edit(p)
			list := pptx.Validate(p)
			if !strings.Contains(list.Error(), c.want) {
				t.Errorf("it found %q, want %q", list.Error(), c.want)
			}
		})
	}
}
