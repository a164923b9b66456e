package block_test

import (
	"fmt"
	"strings"
	"testing"

	"atlas/engine/block"
)

// sketch writes a text shortly: a line a paragraph, styles in braces.
func sketch(t block.RichText) string {
	var b strings.Builder
	runs := func(list []block.Run) {
		for _, r := range list {
			marks := ""
			for _, m := range []struct {
				on bool
				s  string
			}{{r.Bold, "b"}, {r.Italic, "i"}, {r.Code, "c"}, {r.Strike, "s"}, {r.Figure != nil, "f"}, {r.Link != "", "→" + r.Link}} {
				if m.on {
					marks += m.s
				}
			}
			if marks != "" {
				fmt.Fprintf(&b, "{%s|%s}", marks, r.Text)
			} else {
				b.WriteString(r.Text)
			}
			if r.Break {
				b.WriteString("⏎")
			}
		}
	}
	for _, p := range t.Paragraphs {
		fmt.Fprintf(&b, "%s", p.Kind)
		if p.Level > 0 {
			fmt.Fprintf(&b, " %d", p.Level)
		}
		if p.Number > 0 {
			fmt.Fprintf(&b, " no.%d", p.Number)
		}
		if p.Step > 0 {
			fmt.Fprintf(&b, " @%d", p.Step)
		}
		b.WriteString(": ")
		runs(p.Runs)
		if p.Image != "" {
			b.WriteString(" <" + p.Image + ">")
		}
		b.WriteString(p.Raw)
		for i, row := range p.Rows {
			for j, c := range row {
				if j > 0 {
					b.WriteString(" | ")
				} else if i > 0 {
					b.WriteString(" / ")
				}
				runs(c)
			}
		}
		if len(p.Align) > 0 {
			fmt.Fprintf(&b, " %v", p.Align)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestMarkdown(t *testing.T) {
	figure := block.MarkFigure(0, "Rp 1.250")
	for _, c := range []struct{ name, src, want string }{
		{"styles", "A **b** *i* ~~s~~ `c` ***bi***", "paragraph: A {b|b} {i|i} {s|s} {c|c} {bi|bi}"},
		{"figure", "Is **" + figure + "** now", "paragraph: Is {bf|Rp 1.250} now"},
		{"figure alone", figure, "paragraph: {f|Rp 1.250}"},
		{"figure in code", "`" + figure + "`", "paragraph: {cf|Rp 1.250}"},
		{"figure in a fence", "```\n" + figure + "\n```", "code: Rp 1.250"},
		{"figure at a list", "1. " + figure, "numbered no.1: {f|Rp 1.250}"},
		{"figure that is syntax", "x " + block.MarkFigure(0, "**b** <i> [a](b)\n\n# h") + " y", "paragraph: x {f|**b** <i> [a](b)\n\n# h} y"},
		{"unknown figure", block.MarkFigure(7, "9"), "paragraph: 9"},
		{"cut mark", "a\ue0000\ue001b", "paragraph: a0b"},
		{"breaks", "a  \nb\nc\\\nd", "paragraph: a⏎b c⏎d"},
		{"paragraphs", "a\n\nb", "paragraph: a\nparagraph: b"},
		{"heading", "### H *x*", "heading 3: H {i|x}"},
		{"steps", "* a\n* b\n  * c\n\n- d", "bullet @1: a\nbullet @2: b\nbullet 1 @3: c\nbullet: d"},
		{"nested", "- a\n  1. b\n  2. c\n- d", "bullet: a\nnumbered 1 no.1: b\nnumbered 1 no.2: c\nbullet: d"},
		{"numbers", "3. a\n4. b", "numbered no.3: a\nnumbered no.4: b"},
		{"loose entry", "- a\n\n  b", "bullet: a⏎b"},
		{"code in entry", "* a\n\n  ```\n  x < y\n  ```", "bullet @1: a\ncode @1: x < y"},
		{"tasks", "- [x] a\n- [ ] b", "bullet: ☑ a\nbullet: ☐ b"},
		{"quote", "> a *b*\n>\n> c", "quote: a {i|b}\nquote: c"},
		{"code", "```sql\nselect 1\n\nselect 2\n```", "code: select 1\n\nselect 2"},
		{"picture", "![What *is* seen](img/x.svg)", "picture: What {i|is} seen <img/x.svg>"},
		{"picture in text", "a ![p](x.png) b", "paragraph: a\npicture: p <x.png>\nparagraph: b"},
		{"table", "|a|b|\n|:-|-:|\n|1|**2**|\n", "table: a | b / 1 | {b|2} [left right]"},
		{"entities", "&lt;b&gt; \\*x\\* &amp;amp; \\&amp; A&B &unknown; `&lt;`", "paragraph: <b> *x* &amp; &amp; A&B &unknown; {c|&lt;}"},
		{"link", "[a *b*](https://x.org/?q=1&r=2) <https://y.org>", "paragraph: {→https://x.org/?q=1&r=2|a }{i→https://x.org/?q=1&r=2|b} {→https://y.org|https://y.org}"},
		{"slide link", "[a](#revenue)", "paragraph: {→#revenue|a}"},
		{"inline html", "a<br>b <b>c</b> <i>d *e* f</i> g", "paragraph: a⏎b {b|c} {i|d e f} g"},
		{"html", "<div class=\"x\">\n<p>Hi & <b>ho</b>\n</div>\n", "html: <div class=\"x\">\n<p>Hi &amp; <b>ho</b>\n</p></div>\n"},
		{"html around", "<div>\n\n- a\n\n</div>", "html: <div>\n\nbullet: a\nhtml: </div>"},
		{"rule", "a\n\n***\n\nb", "paragraph: a\nparagraph: b"},
		{"empty", " \n\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, mistakes := block.ReadMarkdown(c.src, []block.Figure{{Value: int64(1)}})
			if s := sketch(got); s != c.want {
				t.Errorf("have\n%s\nwant\n%s", s, c.want)
			}
			if len(mistakes) > 0 {
				t.Errorf("mistakes: %v", mistakes)
			}
		})
	}
}

func TestMarkdownRefuses(t *testing.T) {
	for _, c := range []struct{ src, want, mistake string }{
		{"[a](javascript:alert(1))", "paragraph: a", `the link "javascript:alert(1)" is left out`},
		{"[a](JaVaScRiPt&colon;alert)", "paragraph: a", "is left out"},
		{"[a](data:text/html,x)", "paragraph: a", "is left out"},
		{"[a](/etc/passwd)", "paragraph: a", "is left out"},
		{"<javascript:alert(1)>", "paragraph: javascript:alert(1)", "is left out"},
		{"a <span onclick=x>b</span>", "paragraph: a <span onclick=x>b</span>", "<span onclick=x> is shown as text"},
		{"<script>alert(1)</script>", "", "<script> is left out"},
		{"<div onclick=\"x()\">a</div>", "html: <div>a</div>", "onclick= of <div> is left out"},
		{"<div><img src=x onerror=alert(1)>a</div>", "html: <div>a</div>", "<img> is left out"},
		{"<div style=\"background:URL (x)\">a</div>", "html: <div>a</div>", "style= of <div> is left out"},
		{"<div><a href=\"java&#x73;cript:x\">a</a></div>", "html: <div><a>a</a></div>", "href= of <a> is left out"},
		{"<div><svg><script>x</script><use href=\"#a\"/></svg></div>", "html: <div><svg></svg></div>", "<script> is left out"},
		{"<div><iframe srcdoc=\"<script>\"></iframe></div>", "html: <div></div>", "<iframe> is left out"},
		{"<section>", "html: <section>\nhtml: </section>", "HTML is not closed"},
		{"# a ![p](x.png)", "heading 1: a", "a picture cannot stand here"},
	} {
		got, mistakes := block.ReadMarkdown(c.src, nil)
		if s := sketch(got); s != c.want {
			t.Errorf("%s: have\n%s\nwant\n%s", c.src, s, c.want)
		}
		if len(mistakes) == 0 || !strings.Contains(mistakes[0].Message, c.mistake) {
			t.Errorf("%s: mistakes %v, want %s", c.src, mistakes, c.mistake)
		}
	}
	if got, mistakes := block.ReadMarkdown("</div></section>\n\nx", nil); sketch(got) != "paragraph: x" || len(mistakes) > 0 {
		t.Errorf("surplus ends: %s %v", sketch(got), mistakes)
	}
}

// hostile are values that would be syntax, were they not values.
var hostile = []string{
	"<script>alert(1)</script>", "**x**", "[a](b)", "![a](b.png)", "# h", "- a", "1. a", "```", "`x`", "a|b", "<b>", "&lt;", "\\*", "a\n\nb", "    a",
	"---", "::step::", "<!-- x -->", "-->", "{{ 1 }}", "http://x.org", "_x_", "~~x~~", "a  \nb", "\" onclick=\"x", "'", "$1", "[x]: y", "+", "*", ">", "=",
	"javascript:alert(1)", "a\tb", " a ", "ünï– cödé",
}

func TestValuesAreNeverSyntax(t *testing.T) {
	for _, v := range hostile {
		safe := block.Literal(v)
		for _, around := range [][2]string{{"", ""}, {"a ", " b"}, {"**", "**"}, {"- ", ""}, {"> ", ""}, {"|x|\n|-|\n|", "|"}, {"# ", ""}, {"[", "](https://x.org)"}} {
			got, mistakes := block.ReadMarkdown(around[0]+safe+around[1], nil)
			if want := strings.TrimSpace(v); !strings.Contains(got.Plain(), want) {
				t.Errorf("%q in %q: have %q", v, around, got.Plain())
			}
			if len(got.Paragraphs) != 1 || len(mistakes) > 0 {
				t.Errorf("%q in %q: %s %v", v, around, sketch(got), mistakes)
			}
		}
		got, _ := block.ReadMarkdown("```\n"+safe+"\n```", nil)
		if sketch(got) != "code: "+v {
			t.Errorf("%q in code: %s", v, sketch(got))
		}
		got, _ = block.ReadMarkdown("<div title=\""+safe+"\">"+safe+"</div>", nil)
		if s := sketch(got); strings.Count(s, "<") != 2 || strings.Count(s, `"`) != 2 {
			t.Errorf("%q in HTML: %s", v, s)
		}
		// the same through report.json
		p := block.MarkdownProse("a "+safe+" b", nil)
		if got := block.Markdown(p).Plain(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields("a "+v+" b"), " ") {
			t.Errorf("%q kept as %q reads %q", v, p.Text, got)
		}
		p = block.MarkdownProse("<div>"+safe+"</div>", nil)
		if s := sketch(block.Markdown(p)); strings.Count(s, "<") != 2 {
			t.Errorf("%q kept in HTML as %q: %s", v, p.Text, s)
		}
		if got := block.PlainProse("a "+safe, nil).Text; got != "a "+v {
			t.Errorf("%q as plain text: %q", v, got)
		}
	}
}

func TestMarkdownProseKeepsFigures(t *testing.T) {
	marked := "is **" + block.MarkFigure(0, block.Literal("Rp 1.250 (a*b)")) + "** of " + block.Literal("a*b")
	p := block.MarkdownProse(marked, []block.Figure{{Value: int64(1250)}})
	if p.Text != `is **Rp 1.250 (a*b)** of a\*b` || len(p.Figures) != 1 {
		t.Fatalf("%+v", p)
	}
	if got := sketch(block.Markdown(p)); got != "paragraph: is {bf|Rp 1.250 (a*b)} of a*b" {
		t.Error(got)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, v := range hostile {
		f.Add(v, v)
	}
	f.Add("<div>\n\n* a\n  1. b\n\n\n> x\n", "\ue0000\ue001a\ue002")
	f.Fuzz(func(t *testing.T, src, value string) {
		for _, s := range []string{src, src + block.MarkFigure(0, value) + block.Literal(value)} {
			got, _ := block.ReadMarkdown(s, []block.Figure{{}})
			steps := 0
			for _, p := range got.Paragraphs {
				if p.Step > 0 && p.Step < steps {
					t.Fatalf("steps go back: %s", sketch(got))
				}
				steps = max(steps, p.Step)
				lower := strings.ToLower(p.Raw)
				if p.Kind == block.HTML && (strings.Contains(lower, "<script") || strings.Contains(lower, "<img") || strings.Contains(lower, "<iframe")) {
					t.Fatalf("it runs: %q", p.Raw)
				}
				for _, r := range p.Runs {
					if r.Link != "" && block.SafeLink(r.Link) == "" {
						t.Fatalf("link %q", r.Link)
					}
				}
			}
		}
		control := func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || 0xe000 <= r && r < 0xe180
		}
		if got := block.Unliteral(block.Literal(value)); !strings.ContainsFunc(value, control) && strings.ToValidUTF8(value, "") == value && got != value {
			t.Fatalf("%q comes back as %q", value, got)
		}
	})
}
