package pptx_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"atlas/engine/deck/pptx"
	"atlas/engine/jinja"
)

// TestFillAnyTemplate fills the templates of a folder, to look at them.
func TestFillAnyTemplate(t *testing.T) {
	dir := os.Getenv("ATLAS_TEST_TEMPLATES")
	if dir == "" {
		t.Skip("ATLAS_TEST_TEMPLATES names no folder of templates")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.pptx"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			template, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := fillOptions()
			o.TemplateFile = filepath.Base(file)
			var out bytes.Buffer
			start := time.Now()
			d := acmeDocument(t)
			if strings.Contains(file, "layouts") {
				d = withSlides(d)
			}
			list, err := pptx.Fill(context.Background(), &out, template, d, o)
			t.Logf("%s: %v, %d bytes", filepath.Base(file), time.Since(start), out.Len())
			for _, d := range list {
				t.Logf("%s: %s (%s)", d.Severity, d.Error(), d.Hint)
			}
			if err != nil {
				t.Fatal(err)
			}
			if out.Len() > 0 {
				_ = os.MkdirAll(filepath.Join(dir, "filled"), 0o755)
				_ = os.WriteFile(filepath.Join(dir, "filled", filepath.Base(file)), out.Bytes(), 0o644)
				if _, err := pptx.OpenPackage(out.Bytes()); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

const (
	slideHead = `<p:sld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`
	slideEnd  = `</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`
	slideKind = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"
	notesKind = "application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml"
)

// box is a text box; each text is a paragraph, "|" parts its runs, of which every second is bold;
// "||" is the character.
func box(alt string, texts ...string) string {
	var b strings.Builder
	b.WriteString(`<p:sp><p:nvSpPr><p:cNvPr id="7" name="Box" descr="` + alt + `"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="914400" y="914400"/><a:ext cx="5486400" cy="2743200"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>`)
	for _, text := range texts {
		b.WriteString(paragraph(text))
	}
	b.WriteString(`</p:txBody></p:sp>`)
	return b.String()
}

func paragraph(text string) string {
	var b strings.Builder
	b.WriteString(`<a:p>`)
	for i, run := range strings.Split(strings.ReplaceAll(text, "||", "\x00"), "|") {
		run = strings.ReplaceAll(run, "\x00", "|")
		bold := []string{"0", "1"}[i%2]
		b.WriteString(`<a:r><a:rPr lang="en-US" b="` + bold + `"/><a:t>` + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(run) + `</a:t></a:r>`)
	}
	b.WriteString(`</a:p>`)
	return b.String()
}

// grid is a table; each row is cells parted by ";".
func grid(alt, props string, rows ...string) string {
	var b strings.Builder
	b.WriteString(`<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="8" name="Grid" descr="` + alt + `"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="6000000" cy="1"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr ` + props + `/><a:tblGrid>`)
	for range strings.Split(rows[0], ";") {
		b.WriteString(`<a:gridCol w="1000000"/>`)
	}
	b.WriteString(`</a:tblGrid>`)
	for _, row := range rows {
		b.WriteString(`<a:tr h="370840">`)
		for _, cell := range strings.Split(row, ";") {
			b.WriteString(`<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>` + paragraph(cell) + `</a:txBody><a:tcPr/></a:tc>`)
		}
		b.WriteString(`</a:tr>`)
	}
	b.WriteString(`</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`)
	return b.String()
}

// madeSlide is a slide of a template: its shapes, and its notes.
type madeSlide struct{ shapes, notes string }

// templateOf makes a presentation of slides: on the master that a document without slides has.
func templateOf(t testing.TB, slides ...madeSlide) []byte {
	t.Helper()
	d := acmeDocument(t)
	d = withSlides(d)
	d.Slides = d.Slides[:1]
	d.Slides[0].Notes.Text = "x"
	p, _, err := pptx.Build(context.Background(), d, fillOptions())
	if err != nil {
		t.Fatal(err)
	}
	layout := p.Related("ppt/slides/slide1.xml", pptx.RelLayout)
	master := p.Related("ppt/notesSlides/notesSlide1.xml", pptx.RelNoteMaster)
	p.Remove("ppt/slides/slide1.xml")
	p.Remove("ppt/notesSlides/notesSlide1.xml")
	list := ""
	for i, s := range slides {
		name := "ppt/slides/slide" + string(rune('1'+i)) + ".xml"
		p.SetPart(name, slideKind, []byte(slideHead+s.shapes+slideEnd))
		p.AddRel(name, pptx.RelLayout, layout)
		id := p.AddRel("ppt/presentation.xml", pptx.RelSlide, name)
		list += `<p:sldId id="` + "30" + string(rune('1'+i)) + `" r:id="` + id + `"/>`
		if s.notes != "" {
			notes := strings.Replace(name, "slides/slide", "notesSlides/notesSlide", 1)
			body := strings.Replace(slideHead, "<p:sld ", "<p:notes ", 1) + strings.Replace(box("", strings.Split(s.notes, "\n")...), "<p:nvPr/>", `<p:nvPr><p:ph type="body" idx="1"/></p:nvPr>`, 1)
			p.SetPart(notes, notesKind, []byte(body+strings.Replace(slideEnd, "p:sld>", "p:notes>", 1)))
			p.AddRel(notes, pptx.RelSlide, name)
			p.AddRel(notes, pptx.RelNoteMaster, master)
			p.AddRel(name, pptx.RelNotes, notes)
		}
	}
	main := string(p.Part("ppt/presentation.xml"))
	i, j := strings.Index(main, "<p:sldIdLst>"), strings.Index(main, "</p:sldIdLst>")
	p.SetPart("ppt/presentation.xml", "", []byte(main[:i]+"<p:sldIdLst>"+list+main[j:]))
	var out bytes.Buffer
	if _, err := p.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// filled fills a template and gives the package, and what was said.
func filled(t testing.TB, template []byte, change func(*pptx.Options)) (*pptx.Package, string) {
	t.Helper()
	o := fillOptions()
	if change != nil {
		change(&o)
	}
	var out bytes.Buffer
	list, err := pptx.Fill(context.Background(), &out, template, acmeDocument(t), o)
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, d := range list {
		said.WriteString(d.Severity.String() + ": " + d.Error() + " (" + d.Hint + ")\n")
	}
	if list.Err() != nil {
		if out.Len() > 0 {
			t.Error("something was written in spite of mistakes")
		}
		return nil, said.String()
	}
	p, err := pptx.OpenPackage(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range pptx.Validate(p) {
		t.Errorf("the result is not valid: %s", d)
	}
	return p, said.String()
}

// texts gives the runs of a part, paragraphs in lines; bold ones in stars.
func texts(p *pptx.Package, part string) string {
	var b strings.Builder
	for _, para := range strings.Split(string(p.Part(part)), "<a:p>")[1:] {
		for _, run := range strings.Split(para, "<a:r>")[1:] {
			_, text, _ := strings.Cut(run, "<a:t>")
			text, _, _ = strings.Cut(text, "</a:t>")
			if strings.Contains(run, `b="1"`) {
				text = "*" + text + "*"
			}
			b.WriteString(text)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&#39;", "'", "&#34;", `"`, "\u00a0", " ").Replace(b.String()))
}

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string
		want string
	}{
		{"plain", []string{"no tag | at all { } %"}, "no tag * at all { } %*"},
		{"one run", []string{"{{ period.label }} of {{ entity.label }}"}, "February 2026 of Acme Inc"},
		{"split over runs", []string{"a |b {{ per|iod.la|bel }} c| d"}, "a *b February 2026** c* d"},
		{"first run's looks", []string{"{{ unit|.total }}!"}, "True*!*"},
		{"curly quotes", []string{"{{ fmt(1, ‘percent’) }} {{ “a–b” }} {{ 5 – 3 }} {{\u00a0locale }}"}, "100.0% a–b 2 en-US"},
		{"filters", []string{`{{ entity.label || upper }} {{ {'a': {'b': 1}}.a.b }}`}, "ACME INC 1"},
		{"figure", []string{"{{ figure('revenue.amount', format='money_compact') }}"}, "$1.3 B"},
		{"values are no templates", []string{"{{ data.programs[1].name }}"}, "{{ period.label }}"},
		{"condition in a text", []string{"a{% if data.revenue %} yes{% else %} no{% endif %}"}, "a yes"},
		{"nothing left of it", []string{"one", "{% if false %}two{% endif %}", "three"}, "one\nthree"},
		{"paragraphs", []string{"{% for r in data.programs %}", "|{{ loop.index }}: {{ r.name }}", "{% endfor %}", "end"}, "*1: Apples & Pears*\n*2: {{ period.label }}*\n*3: <b>Bananas</b>*\n*4: Cherries*\nend"},
		{"paragraphs and else", []string{"{% if false %}", "a", "{% else %}", "b", "{% endif %}"}, "b"},
		{"inner loop", []string{"{% for i in range(2) %}{% for j in range(2) %}", "{{ i }}{{ j }}", "{% endfor %}{% endfor %}"}, "00\n01\n10\n11"},
		{"set", []string{"{% set x = 3 %}", "{{ x }}"}, "3"},
		{"comment", []string{"a{# not – shown #}b"}, "ab"},
		{"raw braces", []string{"{{ '{{' }}"}, "{{"},
		{"lines", []string{`{{ "a\nb" }}`}, "ab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, said := filled(t, templateOf(t, madeSlide{shapes: box("", c.in...)}), nil)
			if p == nil || said != "" {
				t.Fatal(said)
			}
			if got := texts(p, "ppt/slides/slide1.xml"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestLongTextsShrink(t *testing.T) {
	fitting := strings.Replace(box("", "{{ 'word ' * 400 }}"), "<a:bodyPr/>", "<a:bodyPr><a:normAutofit/></a:bodyPr>", 1)
	static := strings.NewReplacer("<a:bodyPr/>", `<a:bodyPr><a:normAutofit fontScale="33000"/></a:bodyPr>`, `id="7"`, `id="9"`).Replace(box("", "short"))
	p, said := filled(t, templateOf(t, madeSlide{shapes: fitting + static}), nil)
	if p == nil {
		t.Fatal(said)
	}
	slide := string(p.Part("ppt/slides/slide1.xml"))
	if !strings.Contains(slide, `<a:normAutofit fontScale="62500" lnSpcReduction="20000"/>`) || !strings.Contains(slide, `<a:normAutofit fontScale="33000"/>`) {
		t.Errorf("got %s", slide)
	}
}

func TestRows(t *testing.T) {
	loop := "{% for r in data.programs %}"
	for _, c := range []struct {
		name string
		rows []string
		want string
	}{
		{"one row", []string{"Head;H", loop + "{{ r.name }};{{ fmt(r.share, 'percent') }}{% endfor %}", "Foot;F"}, "Head\nH\nApples & Pears\n64.0%\n{{ period.label }}\n24.0%\n<b>Bananas</b>\n12.0%\nCherries\n0.0%\nFoot\nF"},
		{"rows of their own", []string{loop + ";", "{{ r.name }};{{ loop.index }}", "x;y", ";{% endfor %}"}, "Apples & Pears\n1\nx\ny\n{{ period.label }}\n2\nx\ny\n<b>Bananas</b>\n3\nx\ny\nCherries\n4\nx\ny"},
		{"condition", []string{"a;b", "{% if false %}c;d{% endif %}", "{% if true %};", "e;f", "{% else %};", "g;h", "{% endif %};"}, "a\nb\ne\nf"},
		{"within a cell", []string{"{% for r in data.programs %}{{ loop.index }} {% endfor %};b"}, "1 2 3 4 \nb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, said := filled(t, templateOf(t, madeSlide{shapes: grid("", "", c.rows...)}), nil)
			if p == nil || said != "" {
				t.Fatal(said)
			}
			if got := texts(p, "ppt/slides/slide1.xml"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestTableOfABlock(t *testing.T) {
	p, said := filled(t, templateOf(t, madeSlide{shapes: grid("table:programs&#10;What sells", `firstRow="1"`, "A;B", "|x;y", "z;z")}), nil)
	if p == nil || said != "" {
		t.Fatal(said)
	}
	want := "Program\nAmount (Rp)\nShare\n*Apples & Pears*\n$800,000,000\n64.0%\n*{{ period.label }}*\n$300,000,000\n24.0%\n*<b>Bananas</b>*\n−$150,000,001\n12.0%\n*Cherries*\n$0\n0.0%\n*Total*\n*$950,000,000*"
	got := strings.ReplaceAll(texts(p, "ppt/slides/slide1.xml"), "**", "*")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	slide := string(p.Part("ppt/slides/slide1.xml"))
	for _, want := range []string{`descr="What sells [block programs · query programs]"`, `<a:gridCol w="666666"/>`, `cy="2225040"`, "srgbClr"} {
		if !strings.Contains(slide, want) {
			t.Errorf("the slide lacks %s", want)
		}
	}
}

func TestSlidesForEach(t *testing.T) {
	template := templateOf(t,
		madeSlide{shapes: box("", "cover")},
		madeSlide{shapes: box("", "{{ unit.label }}"), notes: "atlas: each=unit when=“unit.code != 'X'”\nSay {{ unit.code }}"},
		madeSlide{shapes: box("", "never"), notes: "Atlas: drop"},
		madeSlide{shapes: box("", "{{ unit.label }}"), notes: "atlas: section=S"},
		madeSlide{shapes: box("", "no"), notes: `atlas: when="false"`},
	)
	p, said := filled(t, template, nil)
	if p == nil || said != "" {
		t.Fatal(said)
	}
	var got []string
	for _, r := range p.Rels("ppt/presentation.xml") {
		if r.Type == pptx.RelSlide {
			line := texts(p, r.Target)
			if notes := p.Related(r.Target, pptx.RelNotes); notes != "" {
				line += " / " + texts(p, notes)
				if p.Related(notes, pptx.RelSlide) != r.Target {
					t.Errorf("the notes of %s belong to %s", r.Target, p.Related(notes, pptx.RelSlide))
				}
			}
			got = append(got, line)
		}
	}
	want := "cover; North / Say N; South / ; South / Say S"
	if s := strings.Join(got, "; "); s != want && len(got) != 4 {
		t.Errorf("got %s", s)
	}
	for _, name := range p.Names() {
		if strings.Contains(string(p.Part(name)), "never") {
			t.Errorf("%s is left of a slide that was dropped", name)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		in   madeSlide
		want []string
	}{
		{"name", madeSlide{shapes: box("", "{{ perod.label }}")}, []string{`brand.pptx: slide 1, "Box": 'perod' is undefined in “{{ perod.label }}”`}},
		{"open", madeSlide{shapes: box("", "a {{ period")}, []string{`slide 1, "Box": “{{ period” is not closed`}},
		{"no end", madeSlide{shapes: box("", "{% for x in [1] %}")}, []string{`slide 1, "Box"`, "endfor"}},
		{"block", madeSlide{shapes: box("text:stori")}, []string{`text:stori names a block`, "story"}},
		{"section", madeSlide{shapes: box("text:story@Q")}, []string{`the report has no section "Q"`}},
		{"kind", madeSlide{shapes: box("text:programs", "x")}, []string{"block programs is no text but a table", "block:programs"}},
		{"directive", madeSlide{shapes: box(""), notes: "atlas: each=moon"}, []string{`slide 1, "notes"`, "each", "unit|group|section"}},
		{"word", madeSlide{shapes: box(""), notes: "atlas: repeat"}, []string{`"repeat"`}},
		{"condition", madeSlide{shapes: box(""), notes: "atlas: when=\"foo > 1\""}, []string{"when:", "'foo' is undefined"}},
		{"table", madeSlide{shapes: grid("", "", "{% for r in [] %}a;b{% endfor %}")}, []string{"nothing of the table is left"}},
		{"block in a text", madeSlide{shapes: box("", "{{ block('story') }}")}, []string{"a text cannot hold a block"}},
		{"picture", madeSlide{shapes: box("image:brand:nothing")}, []string{"brand:nothing is not there"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, said := filled(t, templateOf(t, c.in), nil)
			if p != nil {
				t.Fatal("no mistake was found")
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("said\n%s\nwant %s", said, want)
				}
			}
		})
	}
	for _, c := range [][2]string{{"", "empty file"}, {"hello", "no .pptx"}} {
		var out bytes.Buffer
		list, err := pptx.Fill(context.Background(), &out, []byte(c[0]), acmeDocument(t), fillOptions())
		if err != nil || len(list) != 1 || !strings.Contains(list.Error(), "brand.pptx: ") || !strings.Contains(list.Error(), c[1]) || out.Len() > 0 {
			t.Errorf("%q: %v %v", c[0], list, err)
		}
	}
}

func TestFillIsRepeatable(t *testing.T) {
	template := templateOf(t, madeSlide{shapes: box("", "{{ figure('revenue.amount') }}") + grid("table:programs", "", "A;B", "x;y"), notes: "atlas: each=unit"})
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if list, err := pptx.Fill(context.Background(), w, template, acmeDocument(t), fillOptions()); err != nil || len(list) > 0 {
			t.Fatal(list, err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same template and document gave other bytes")
	}
}

// FuzzTemplateTexts: whatever stands in a template, nothing panics, and a text without tags stays as it is.
func FuzzTemplateTexts(f *testing.F) {
	for _, s := range []string{
		"{{ period }}", "a{{ unit.x }}b", "{% for r in rows %}\n{{ r }}\n{% endfor %}", "{{ '\U0010FF10p0\U0010FF11' }}", "{% if x %}{% raw %}{{{% endraw %}", "{# \n #}",
		"{% for r in rows %}{{ r }}\n{{ r }}{% endfor %}", "{% if rows %}a\n{% else %}\nb{% endif %}", "{{ ‘a’ ~ “b” }}", "no tag { here }",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' || r >= 0xf0000 || r == utf8.RuneError }) {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		lines := strings.Split(text, "\n")
		st := &jinja.State{Ctx: ctx, Vars: jinja.Vars{"rows": jinja.NewList("a", "b"), "period": "P"}}
		paragraphs, cells, err := pptx.RenderTexts(lines, st)
		if err != nil || strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "{#") {
			return
		}
		if strings.Join(paragraphs, "\n") != text || strings.Join(cells, "\n") != text {
			t.Fatalf("%q became %q and %q", text, paragraphs, cells)
		}
	})
}

// FuzzTemplateParts: a slide, chart or presentation part of a template may be any XML, and no panic
// comes of it.
func FuzzTemplateParts(f *testing.F) {
	p, err := pptx.OpenPackage(templateOf(f, madeSlide{shapes: box("", "{{ period.label }}"), notes: "atlas: each=unit"}))
	if err != nil {
		f.Fatal(err)
	}
	d := withSlides(acmeDocument(f))
	d.Slides = d.Slides[:2]
	parts := []string{"ppt/slides/slide1.xml", "ppt/presentation.xml", "ppt/notesSlides/notesSlide1.xml", p.Related("ppt/slides/slide1.xml", pptx.RelLayout), p.Related("ppt/presentation.xml", pptx.RelMaster)}
	whole := map[string][]byte{}
	for i, part := range parts {
		whole[part] = p.Part(part)
		f.Add(uint8(i), string(p.Part(part)))
	}
	f.Add(uint8(0), slideHead+box("block:figures", "x")+grid("table:programs", "", "A;B", "x;y")+slideEnd)
	f.Add(uint8(0), slideHead+grid("", "", "{% for r in [1] %}A;B{% endfor %}")+box("image:brand:logo", "x")+slideEnd)
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		if len(body) > 20_000 {
			return
		}
		part := parts[int(which)%len(parts)]
		p.SetPart(part, "", []byte(body))
		var template, out bytes.Buffer
		if _, err := p.WriteTo(&template); err != nil {
			t.Fatal(err)
		}
		p.SetPart(part, "", whole[part])
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		o := fillOptions()
		o.Template = template.Bytes()
		if _, err := pptx.Render(ctx, &out, d, o); err == nil && out.Len() > 0 {
			if _, err := pptx.OpenPackage(out.Bytes()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
