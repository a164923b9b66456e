package docs

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

var tagPattern = regexp.MustCompile(`<[^>]*>`)

// shown is what a reader sees of highlighted code.
func shown(src string, jinja bool, link linker) string {
	var lines []string
	for _, l := range highlight(src, jinja, link) {
		lines = append(lines, html.UnescapeString(tagPattern.ReplaceAllString(string(l), "")))
	}
	return strings.Join(lines, "\n")
}

func TestHighlight(t *testing.T) {
	link := func(name string, args []string) string { return name + ":" + strings.Join(args, ".") }
	for _, c := range []struct{ src, want string }{
		{"select 1", `<i class="k">select</i> <i class="n">1</i>`},
		{"sum(x)", `<i class="f">sum</i>(x)`},
		{"'it''s'", `<i class="s">&#39;it&#39;&#39;s&#39;</i>`},
		{"-- a <b>", `<i class="c">-- a &lt;b&gt;</i>`},
		{"x::date", `x<i class="o">:</i><i class="o">:</i><i class="t">date</i>`},
		{"{{ ref('a', 'b') }}", `<i class="d">{{</i><i class="j"> </i><i class="f">ref</i><i class="j">(</i><a class="s" href="ref:a.b">&#39;a&#39;</a><i class="j">,</i><i class="j"> </i><a class="s" href="ref:a.b">&#39;b&#39;</a><i class="j">)</i><i class="j"> </i><i class="d">}}</i>`},
		{"{%- if utils.star(x) -%}", `<i class="d">{%-</i><i class="j"> </i><i class="k">if</i><i class="j"> </i><a class="f" href="utils.star:">utils.star</a><i class="j">(</i><i class="j">x</i><i class="j">)</i><i class="j"> </i><i class="d">-%}</i>`},
		{"'{{ x }}' y", `<i class="s">&#39;</i><i class="d">{{</i><i class="j"> </i><i class="j">x</i><i class="j"> </i><i class="d">}}</i><i class="s">&#39;</i> y`},
	} {
		lines := highlight(c.src, true, link)
		if len(lines) != 1 || string(lines[0]) != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.src, lines, c.want)
		}
	}
}

func TestHighlightClosesWhatItOpensOnEveryLine(t *testing.T) {
	for _, l := range highlight("/* a\n b */ select 'x\ny' {# c\nd #}", true, nil) {
		if strings.Count(string(l), "<i") != strings.Count(string(l), "</i>") {
			t.Errorf("unbalanced: %s", l)
		}
	}
}

// FuzzHighlight: whatever the text, the reader sees it unchanged.
func FuzzHighlight(f *testing.F) {
	for _, s := range []string{"", "select '", "{{", "{% if", "{#", "'{{'", "{{ ref('a' }}", "{{ ref(\"", "/*", "$$", "\"a\"\"", "é\x00\xff", "1e", "{{ 'a\\", "a\r\nb", "-"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, src string, jinja bool) {
		want := strings.TrimRight(strings.ReplaceAll(src, "\r\n", "\n"), "\n \t")
		if got := shown(src, jinja, func(string, []string) string { return "x" }); got != want {
			t.Errorf("%q is shown as %q", want, got)
		}
	})
}

func TestFileNamesAreApart(t *testing.T) {
	names := fileNames{}
	a, b, c := names.of("model.p.Orders"), names.of("model.p.orders"), names.of("model.p."+strings.Repeat("x", 300))
	if strings.EqualFold(a, b) || len(c) > 200 {
		t.Errorf("%s, %s, %s", a, b, c)
	}
	if got := names.of("model.p.a b/ü"); got != "model.p.a-b-~fc" {
		t.Error(got)
	}
}

func TestTexts(t *testing.T) {
	for got, want := range map[string]string{
		grouped(1234567): "1,234,567", grouped(-12): "−12", plural(1, "analysis"): "1 analysis", plural(2, "analysis"): "2 analyses",
		plural(2, "dependency"): "2 dependencies", clip("one two three four", 14): "one two three…", bytesText(3 << 20): "3.0 MB",
		(&tally{Pass: 1200, Fail: 1}).String(): "1,200 pass, 1 fail",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMarkdownStaysOffline(t *testing.T) {
	m := newMarkdown()
	for _, c := range []struct{ src, want string }{
		{"[![badge](https://x/y.svg)](https://x)\n\ntext", "<p>text</p>\n"},
		{"see ![pic](a.png) here", "<p>see  here</p>\n"},
		{"[guide](docs/a.md) and [web](https://x.example)", "<p>guide and <a href=\"https://x.example\">web</a></p>\n"},
		{"<script>alert(1)</script>\n\nok", "<!-- raw HTML omitted -->\n<p>ok</p>\n"},
		{"[x](javascript:alert(1))", "<p>x</p>\n"},
		{"# Top", "<h2>Top</h2>\n"},
	} {
		if got := string(m.html(c.src)); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.src, got, c.want)
		}
	}
	if got := m.plain("# T\n\nA *b* `c`\nd\n\nmore"); got != "A b c d" {
		t.Errorf("plain text is %q", got)
	}
}
