package theme_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

// brands are accents of every corner: blue, yellow, near black, near white, red, green, grey.
func brands() []string {
	return []string{"", "0B5C8A", "F2C200", "101010", "F5F5F5", "D00000", "00A651", "808080", "FF00FF"}
}

func TestEveryTokenOnBothSurfacesCanBeReadAndToldApart(t *testing.T) {
	for _, accent := range brands() {
		b := &manifest.Brand{Name: "acme", Colors: map[string]string{}}
		if accent != "" {
			b.Colors["accent"] = "#" + accent
		}
		th, problems := theme.New(b, nil)
		for _, d := range problems {
			if d.Severity == diag.Error || !strings.Contains(d.Msg, "colors.accent") {
				t.Errorf("accent %s: %v", accent, d)
			}
		}
		for name, p := range map[string]theme.Palette{"light": th.Light, "dark": th.Dark} {
			what := fmt.Sprintf("accent %q, %s", accent, name)
			for _, token := range theme.Tokens() {
				if len(p[token[0]]) != 6 {
					t.Errorf("%s: token %s is %q", what, token[0], p[token[0]])
				}
			}
			for _, token := range []string{"text", "muted", "good", "bad", "warning"} {
				for _, back := range []string{"surface", "panel"} {
					if c := theme.Contrast(p[token], p[back]); c < 4.5 {
						t.Errorf("%s: %s on %s is %.2f:1", what, token, back, c)
					}
				}
			}
			if c := theme.Contrast(p["on-accent"], p["accent"]); c < 4.5 {
				t.Errorf("%s: on-accent is %.2f:1", what, c)
			}
			for token, color := range p {
				if strings.HasPrefix(token, "scenario-") || strings.HasPrefix(token, "category-") {
					if c := theme.Contrast(color, p["surface"]); c < 2.999 {
						t.Errorf("%s: %s #%s is %.2f:1", what, token, color, c)
					}
				}
			}
			if a, b := theme.Contrast(p["scenario-actual"], p["surface"]), theme.Contrast(p["scenario-previous"], p["surface"]); a < 1.7*b {
				t.Errorf("%s: actual %.1f:1 and previous %.1f:1 are too alike", what, a, b)
			}
			for i := 1; i <= 7; i++ {
				for j := i + 1; j <= 7; j++ {
					x, y := p[fmt.Sprintf("category-%d", i)], p[fmt.Sprintf("category-%d", j)]
					if d := theme.Apart(x, y); d < 0.08 {
						t.Errorf("%s: categories %d #%s and %d #%s are only %.3f apart", what, i, x, j, y, d)
					}
				}
			}
		}
	}
}

func TestBrandProblemsAreAllTold(t *testing.T) {
	files := map[string]string{
		"bad.svg": "<svg xmlns='http://www.w3.org/2000/svg'>\n<script>alert(1)</script></svg>", "x.ttf": "no font",
	}
	b := &manifest.Brand{
		Pos: diag.Pos{File: "reports.yml", Line: 7}, Name: "acme",
		Colors: map[string]string{"acent": "#123456", "text": "red", "muted": "#DDDDDD", "category-1": "#2E62C9", "category-2": "#2E60C9"},
		Files:  []string{"x.ttf", "y.ttf"}, Logo: "bad.svg",
	}
	_, problems := theme.New(b, func(path string) ([]byte, error) {
		if s, ok := files[path]; ok {
			return []byte(s), nil
		}
		return nil, os.ErrNotExist
	})
	var got []string
	for _, d := range problems {
		got = append(got, d.Error()+" | "+d.Hint)
	}
	want := []string{
		`reports.yml:7: brand acme: colors has a token "acent" that no renderer knows  [AT0103] | did you mean "accent"?`,
		`reports.yml:7: brand acme: colors.text is "red", which is no colour`,
		"colors.muted #DDDDDD on surface #FFFFFF has a contrast of 1.4:1; labels need 4.5:1",
		"are taken for one another", "the font file x.ttf is no TrueType or OpenType font", "the font file y.ttf cannot be read",
		"bad.svg:2:1: the SVG has a <script> element",
	}
	all := strings.Join(got, "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("missing %q in:\n%s", w, all)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, want %d:\n%s", len(got), len(want), all)
	}
	var none diag.List
	if !errors.Is(problems, os.ErrNotExist) || errors.Is(none, os.ErrNotExist) {
		t.Error("the cause is lost")
	}
}

func TestMeasure(t *testing.T) {
	th := theme.Default()
	for _, d := range "0123456789" {
		if w := th.Measure(string(d), 2048, false); w != 1328 {
			t.Errorf("figure %c is %v wide, want all 1328", d, w)
		}
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 0.05 {
			t.Errorf("%s is %.3f, want %.3f", what, got, want)
		}
	}
	near("nothing", th.Measure("", 12, false), 0)
	near("doubling the size", th.Measure("Net revenue", 24, false), 2*th.Measure("Net revenue", 12, false))
	if a, b := th.Measure("AVAVAV", 100, false), 3*(th.Measure("A", 100, false)+th.Measure("V", 100, false)); a >= b {
		t.Errorf("AVAVAV is not kerned: %v >= %v", a, b)
	}
	if th.Measure("Total", 12, true) <= th.Measure("Total", 12, false) {
		t.Error("bold is not wider")
	}
	near("an ideograph", th.Measure("漢", 12, false), 12)
	for _, r := range "▲▼△−±×≤≥≠≈→←↑↓•–—…€£¥Δ∑   %‰²³½áéíøßžŁİ" {
		if !th.Text.Face(false).Has(r) || !th.Text.Face(true).Has(r) {
			t.Errorf("%q U+%04X is not in the embedded font", r, r)
		}
	}
	if len(th.Text.Face(false).Outline("Ag", 12)) < 20 {
		t.Error("no outline")
	}
}

func TestBrandFontByFile(t *testing.T) {
	own := theme.Default().Text
	read := func(path string) ([]byte, error) {
		return map[string][]byte{"a.ttf": own.Regular, "b.ttf": own.Bold}[path], nil
	}
	th, problems := theme.New(&manifest.Brand{Name: "acme", Font: "inter", Files: []string{"b.ttf", "a.ttf"}}, read)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(th.Text.Regular) != len(own.Regular) || len(th.Text.Bold) != len(own.Bold) || th.Text.Web != nil {
		t.Error("regular and bold are not told apart")
	}
	_, problems = theme.New(&manifest.Brand{Name: "acme", Font: "Acme Sans", Files: []string{"a.ttf"}}, read)
	if len(problems) != 1 || !strings.Contains(problems[0].Msg, `is of the family "Inter", which neither font nor heading names`) {
		t.Errorf("got %v", problems)
	}
	named, _ := theme.New(&manifest.Brand{Name: "acme", Font: `A"; } body {`}, nil)
	if css := named.CSS("x/"); strings.Contains(css, "body {") || strings.Contains(css, `A"`) {
		t.Errorf("a family escapes: %s", css)
	}
}

func TestCSS(t *testing.T) {
	th := theme.Default()
	css := th.CSS("assets/")
	for _, want := range []string{
		`src: url("assets/inter.woff2")`, "--surface: #FFFFFF;", "--scenario-previous: #", `[data-theme="dark"] { color-scheme: dark;`,
		"@media screen and (prefers-color-scheme: dark)", "--font-text: Inter, 'Liberation Sans', Arial", "tabular-nums",
	} {
		if !strings.Contains(css, want) {
			t.Errorf("missing %q in\n%s", want, css)
		}
	}
	if !strings.Contains(th.CSS(""), `url("data:font/woff2;base64,`) {
		t.Error("fonts are not inlined")
	}
	if f := th.Files(); len(f) != 1 || f[0].Name != "inter.woff2" {
		t.Errorf("files: %d", len(f))
	}
}

func TestCheckSVG(t *testing.T) {
	const open = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">`
	for _, c := range []struct{ svg, want string }{
		{open + `<path d="M0 0h1" fill="url(#g)"/><use xlink:href="#p"/><style>.a{fill:url(#g)}</style></svg>`, ""},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + open + `</svg>`, ""},
		{open + `<image href="data:image/png;base64,AA=="/></svg>`, ""},
		{"", "no SVG file"},
		{"GIF89a", "no <svg> element"},
		{"<html/>", "no SVG file"},
		{open, "does not parse"},
		{open + "<g></svg>", "does not parse"},
		{open + `<g onload="x()"/></svg>`, "script in the attribute onload"},
		{open + `<a href="javascript:x()"/></svg>`, "links to"},
		{open + `<image xlink:href="http://acme.example/x.png"/></svg>`, "links to"},
		{open + `<image href="data:image/svg+xml;base64,AA=="/></svg>`, "links to"},
		{open + `<style>@import "x.css";</style></svg>`, "style that loads"},
		{open + `<style>a{b:u\72l(x)}</style></svg>`, "style that loads"},
		{open + `<g style="fill:url( 'http://x')"/></svg>`, "attribute style"},
		{open + `<set attributeName="href" to="javascript:x()"/></svg>`, "animated"},
		{open + `<foreignObject/></svg>`, "foreignobject"},
		{`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + open + `</svg>`, "entities"},
		{`<?xml-stylesheet href="x.css"?>` + open + `</svg>`, "processing instruction"},
		{open + "</svg>" + open + "</svg>", "only one"},
	} {
		d := theme.CheckSVG("logo.svg", []byte(c.svg))
		switch {
		case c.want == "" && d != nil:
			t.Errorf("%s: refused: %v", c.svg, d)
		case c.want != "" && (d == nil || !strings.Contains(d.Msg, c.want)):
			t.Errorf("%s: got %v, want %q", c.svg, d, c.want)
		case d != nil && (d.Pos.File != "logo.svg" || d.Pos.Line == 0):
			t.Errorf("%s: no position: %v", c.svg, d.Pos)
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	th := theme.Default()
	for b.Loop() {
		th.Measure("Net revenue, Rp 1.250.000", 12, false)
	}
}

func BenchmarkDefault(b *testing.B) {
	for b.Loop() {
		theme.Default()
	}
}
