package deck_test

import (
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/manifest"
)

func TestAssemble(t *testing.T) {
	for _, c := range []struct {
		name, layout, body, want string
		each, when               string
		front                    []any
	}{
		{
			name: "cover", layout: "cover", body: "# {{ entity.label }}\n## {{ period.label }}\n",
			want: "cover (cover): Acme & Sons / February 2026\n",
		},
		{
			name: "revenue", layout: "chart-and-notes", body: "\n# Revenue is **{{ figure('revenue.net', to='target', as='change') }}** above target\n\n## Net revenue · {{ unit.label }}\n\n" +
				"{{ block('revenue_by_month') }}\n\n::notes::\n* one click\n- at once\n::step::\nLater **{{ figure('revenue.net') }}**\n* last\n\n::footnote::\nSource: {{ fmt(1, 'percent') }} of it\n\n" +
				"<!-- first -->\n<!--\n  Say *{{ figure('revenue.net') }}*\n    more\n-->\n",
			want: "revenue (chart-and-notes): Revenue is +8.0% above target / Net revenue · All\n  default: [revenue_by_month]\n" +
				"  notes: bullet@1 bullet «one click|at once»\n  notes @2: paragraph bullet@3 «Later Rp 2.2 B|last»\n  footnote: Source: 100.0% of it\n  notes: Say *Rp 2.2 B*|more\n",
		},
		{
			name: "each", layout: "", each: "unit", when: "data.revenue | length > 0", body: "# {{ unit.label }}: {{ figure('revenue.net') }}\n\n{{ block('revenue_by_month') }}",
			want: "each-n (default) of N: North: Rp 1.0 M\n  default: [revenue_by_month@N]\n",
		},
		{
			name: "each", each: "section", body: "# {{ unit.label }}", want: "each-n (default) of N: North\neach-s (default) of S: South\neach-all (default) of ALL: Both\n",
		},
		{name: "one", front: []any{"section", "n", "class", "wide  x"}, body: "# {{ unit.code }} {{ slide.section }} {{ deck.tone }}", want: "one (default) of N: N n calm\n"},
		{name: "never", when: "{{ 1 > 2 }}", body: "# x", want: ""},
		{name: "adopts", body: "{{ block('revenue_by_month') }}", want: "adopts (default): Revenue by month / Rp\n  default: [revenue_by_month]\n"},
		{name: "front", front: []any{"title", "From the front"}, body: "x", want: "front (default): From the front\n  default: paragraph «x»\n"},
		{
			name: "values", body: "# {{ data.revenue.first.shop }}\n\nIs {{ data.revenue.first.shop }}\n\n{% set x %}- *{{ data.revenue.first.shop }}*{% endset %}{{ x }}",
			want: "values (default): " + hostile + "\n  default: paragraph bullet «Is " + hostile + "|" + hostile + "»\n",
		},
		{
			name: "translated", body: "{{ _('is *{n}*').format(n=figure('revenue.net')) }} {{ _('Net') }} {{ _('**own**') }} {{ _(data.revenue.first.shop) }} {{ _('<b>{}</b>').format('<i>') }}",
			want: "translated (default): \n  default: paragraph «is Rp 2.2 B Bersih own " + hostile + " <i>»\n",
		},
		{name: "lines in a value", body: "# a {{ 'b\\nc\\td' }}", want: "lines-in-a-value (default): a b c d\n"},
		{
			name: "code", body: "# T\n\n```\n# no title\n::notes::\n<!-- kept -->\n---\n```\n\n~~~~\n```\n~~~~\n`<!-- x -->`",
			want: "code (default): T\n  default: code code paragraph «# no title|::notes::|<!-- kept -->|---|```|<!-- x -->»\n",
		},
		{
			name: "blocks", body: "# T\n* {{ block('revenue_by_month') }}\n* text\n{{ block('story') }}  {{ block('revenue_by_month', section='N') }}",
			want: "blocks (default): T\n  default @1: [revenue_by_month]\n  default: bullet@2 «text»\n  default: [story]\n  default: [revenue_by_month@N]\n",
		},
		{name: "loop", body: "# T\n{% for u in units %}\n- {{ u.label }}\n{% endfor %}", want: "loop (default): T\n  default: bullet bullet «North|South»\n"},
		{name: "blocks in a loop", body: "{% for u in units if has_block('revenue_by_month', section=u.code) %}{{ block('revenue_by_month', section=u.code) }}\n{% endfor %}\nend", want: "blocks-in-a-loop (default): \n  default: [revenue_by_month@N]\n  default: paragraph «end»\n"},
		{name: "raw", body: "{% raw %}{{ x }}{% endraw %} &amp; \\{{ 1 }} <b>{{ '<i>' }}</b>", want: "raw (default): \n  default: paragraph «{{ x }} & \\1 <i>»\n"},
		{name: "conditional", body: "{% if has_block('nothing') %}{{ block('nothing') }}{% else %}# None{% endif %}", want: "conditional (default): None\n"},
		{name: "pictures", body: "![a](img/map.svg) ![b](local.png)\n\n{{ block('story') }}", want: "pictures (default): \n  default: picture picture «a|b»\n  default: [story]\n"},
		{name: "Ünïcode & co", body: "# x", want: "n-code-co (default): x\n"},
		{name: "", body: "# x", want: "slide (default): x\n"},
		{name: "second heading", body: "text\n\n# Title\n\n# Heading", want: "second-heading (default): Title\n  default: paragraph «text»\n  default: heading «Heading»\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := slideOf(c.name, c.layout, c.body, c.front...)
			s.Each, s.When = c.each, manifest.Template{Text: c.when}
			doc, found := assemble(t, s)
			if got := outline(doc); got != c.want {
				t.Errorf("have\n%s\nwant\n%s", got, c.want)
			}
			if len(found) > 0 {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestFiguresAreTraced(t *testing.T) {
	doc, found := assemble(t, slideOf("a", "", "# Is {{ figure('revenue.net') }}\n\nText {{ figure('revenue.net', row={'month': '2026-02-01'}) }}\n<!-- {{ figure('revenue.target') }} -->"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	s := doc.Slides[0]
	want := block.Origin{Block: "slide.acme.monthly.a", Query: "revenue", Row: "month=2026-02-01", Column: "net"}
	if f := s.Title.Figures; len(f) != 1 || f[0].Figure.Origin != want || f[0].At != 3 {
		t.Errorf("title: %+v", f)
	}
	runs := s.Regions[0].Items[0].Text.Paragraphs[0].Runs
	if len(runs) != 2 || runs[1].Figure == nil || runs[1].Figure.Origin != want {
		t.Errorf("text: %+v", runs)
	}
	if f := s.Notes.Figures; len(f) != 1 || f[0].Figure.Origin.Column != "target" {
		t.Errorf("notes: %+v", f)
	}
	if strings.ReplaceAll(doc.Footer.Text, "\u00a0", " ") != "Acme & Sons · February 2026" || doc.Title != "Acme · February 2026" {
		t.Errorf("%q %q", doc.Footer.Text, doc.Title)
	}
}

func TestMistakesStayInTheirSlide(t *testing.T) {
	for _, c := range []struct{ layout, body, want, hint string }{
		{"", "# x\n\n{{ block('revenue_by_mont') }}", `12:4: the report review has no block "revenue_by_mont"`, `did you mean "revenue_by_month"?`},
		{"", "{{ figure('revenue.nett') }}", `10:4: revenue.nett: the data revenue has no column "nett"`, `did you mean "net"?`},
		{"", "{{ figure('revenu.net') }}", "10:4: revenu.net: there is no data of that name", `did you mean "revenue"?`},
		{"", "a\n{{ nothing }}", "11:4: 'nothing' is undefined", ""},
		{"", "{{ data.revenu | length }}", "no attribute 'revenu'", ""},
		{"", "{% if %}", "10:", ""},
		{"", "# x\n\n::left::\ny", `12:1: the layout default has no region "left"`, "it has default, footnote, step"},
		{"two-columns", "# x\n::lfet::\ny", `11:1: the layout two-columns has no region "lfet"`, `did you mean "left"?`},
		{"two-columns", "# x\n\n  stray", "12:3: the layout two-columns has no place for this text", "put it below ::left::"},
		{"two-colums", "# x", `5:1: there is no layout "two-colums"`, `did you mean "two-columns"?`},
		{"", "text {{ block('story') }}", "10:6: block() stands inside of a text", "a block stands alone"},
		{"", "# {{ block('story') }}", "10:3: block() stands inside of a text", ""},
		{"", "x\n\n<!-- {{ block('story') }} -->", "12:6: block() stands inside of a text", ""},
		{"", "| a |\n|-|\n| {{ block('story') }} |", "12:3: block() stands inside of a text", ""},
		{"", "```\n{{ block('story') }}\n```", "11:1: block() stands inside of a text", ""},
		{"", "![x](img/mapp.svg)", "10:6: there is no picture img/mapp.svg", `did you mean "img/map.svg"?`},
		{"", "a\n\n![x](pictures/map.svg)", "12:6: there is no picture pictures/map.svg", `did you mean "img/map.svg"?`},
		{"", "![x](../../etc/passwd.png)", "10:6: there is no picture", ""},
		{"", "![x](/etc/passwd)", "is not in the project", ""},
		{"", "![x](https://x.org/a.png)", "is not in the project", "without a network"},
		{"", "![x](notes.txt)", "no picture that can be shown", ""},
		{"", "a <!-- b", "10:3: the comment has no end", "-->"},
		{"", "{{ block('revenue_by_month', section='W') }}", "the report has no section 'W'", "it has ALL, N, S"},
		{"", "::footnote::\n{{ block('story') }}", "11:1: a block cannot stand in the footnote", ""},
	} {
		doc, found := assemble(t, slideOf("fine", "", "# Fine"), slideOf("bad", c.layout, c.body), slideOf("too", "", "# Too"))
		if found.Err() == nil || len(doc.Slides) != 3 {
			t.Errorf("%s: %v, %d slides", c.body, found, len(doc.Slides))
			continue
		}
		if !strings.Contains(found[0].Error(), c.want) || !strings.Contains(found[0].Hint, c.hint) {
			t.Errorf("%s: have %s (%s), want %s (%s)", c.body, found[0], found[0].Hint, c.want, c.hint)
		}
		if doc.Slides[0].Problem+doc.Slides[2].Problem != "" || !strings.Contains(doc.Slides[1].Problem, "decks/monthly.md:") {
			t.Errorf("%s: problem %q", c.body, doc.Slides[1].Problem)
		}
	}
}

func TestWarningsAreNoProblem(t *testing.T) {
	doc, found := assemble(t, slideOf("a", "", "# x\n\n[a](javascript:x)\n\n<script>x</script>"))
	if len(found) != 2 || found.Err() != nil || doc.Slides[0].Problem != "" {
		t.Fatalf("%v %+v", found, doc.Slides[0])
	}
	if got := found[0].Error(); !strings.Contains(got, "decks/monthly.md:12:1") {
		t.Error(got)
	}
	if _, found = assemble(t, slideOf("a", "", "# Two <script>x</script>")); len(found) != 1 || !strings.Contains(found[0].Error(), "decks/monthly.md:10:7") {
		t.Error(found)
	}
}

func TestIDsAreUnique(t *testing.T) {
	doc, _ := assemble(t, slideOf("a", "", "x"), slideOf("A", "", "x"), slideOf("a-2", "", "x"), slideOf("!", "", "x"))
	var ids []string
	for _, s := range doc.Slides {
		ids = append(ids, s.ID)
	}
	if got := strings.Join(ids, " "); got != "a a-2 a-2-2 slide" {
		t.Error(got)
	}
}

func FuzzAssemble(f *testing.F) {
	for _, s := range []string{
		"# a\n## b\n\n::notes::\n* c\n::step::\n<!-- d -->", "```\n# x\n", "<!--", "{{ block('story') }}{{ figure('revenue.net') }}", "\ue0030\ue004", "* \ue0030\ue004",
		"> ```\n> # x\n", "#\n##\n", "::x::\r\n::step::\r\n", "{% for u in units %}# {{ u }}\n{% endfor %}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		doc, found := assemble(t, slideOf("a", "", body))
		if len(doc.Slides) != 1 || (found.Err() != nil) != (doc.Slides[0].Problem != "") {
			t.Fatalf("%v, %q", found, doc.Slides[0].Problem)
		}
		for _, r := range doc.Slides[0].Regions {
			for _, it := range r.Items {
				if (it.Block == nil) == (it.Text == nil) || it.Step > doc.Slides[0].Steps {
					t.Fatalf("%+v", it)
				}
			}
		}
	})
}
