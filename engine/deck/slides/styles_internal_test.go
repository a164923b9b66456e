package slides

import (
	"strings"
	"testing"
)

func TestStylesAreMovedOutOfThePage(t *testing.T) {
	for name, c := range map[string]struct{ in, want, rule string }{
		"an attribute":      {`<p style="color: red">x</p>`, `<p data-s="KEY">x</p>`, "color: red"},
		"single quotes":     {`<p class=a style='color:red' id=b>x</p>`, `<p class=a data-s="KEY" id=b>x</p>`, "color:red"},
		"no quotes":         {`<p style=color:red>x</p>`, `<p data-s="KEY">x</p>`, "color:red"},
		"an entity":         {`<p STYLE="font-family: &quot;A&quot;">x</p>`, `<p data-s="KEY">x</p>`, `font-family: "A"`},
		"a sign in a value": {`<p title="a > style='x'" style="color:red">x</p>`, `<p title="a > style='x'" data-s="KEY">x</p>`, "color:red"},
		"text":              {`a style="x" < b`, `a style="x" < b`, ""},
		"a comment":         {`<!-- <p style="x"> --><b>x</b>`, `<!-- <p style="x"> --><b>x</b>`, ""},
		"a script":          {`<script type="application/json">{"a":"<p style='x'>"}</script>`, `<script type="application/json">{"a":"<p style='x'>"}</script>`, ""},
		"a way out":         {`<p style="color:red} body{display:none">x</p>`, `<p >x</p>`, ""},
		"a comment in it":   {`<p style="color:red/*">x</p>`, `<p >x</p>`, ""},
		"an empty element":  {`<br style="clear:both"/>`, `<br data-s="KEY"/>`, "clear:both"},
		"a name like it":    {`<p data-style="x" styles="y">x</p>`, `<p data-style="x" styles="y">x</p>`, ""},
		"sections":          {`<section class="a"><sectional></SECTION>`, `<div class="a"><sectional></div>`, ""},
		"cut off":           {`<p style="color:red`, `<p style="color:red`, ""},
		"svg":               {`<svg><text style="font-size:12px">a</text></svg>`, `<svg><text data-s="KEY">a</text></svg>`, "font-size:12px"},
	} {
		s := newStyles()
		got := s.move(c.in)
		for key, rule := range s.rules {
			if rule != c.rule {
				t.Errorf("%s: the rule is %q, want %q", name, rule, c.rule)
			}
			got = strings.ReplaceAll(got, key, "KEY")
		}
		if name != "cut off" && got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if c.rule != "" && len(s.rules) != 1 {
			t.Errorf("%s: %d rules", name, len(s.rules))
		}
	}
}

func FuzzStyles(f *testing.F) {
	f.Add(`<p class=a style='color:red' id=b>x</p><script>"</scr"</script><!-- x`)
	f.Fuzz(func(t *testing.T, page string) {
		s := newStyles()
		s.move(page)
		for _, rule := range s.rules {
			if strings.ContainsAny(rule, "{}<") {
				t.Errorf("the rule %q leaves its place", rule)
			}
		}
	})
}

func TestStageCSSHasNoSmallWindows(t *testing.T) {
	got := string(stageCSS([]byte("a { b: c }\n@media (max-width: 640px) { a { b: d } c { } }\n@media print { a { } }\n@media (max-width: 1px) { x")))
	if strings.Contains(got, "max-width") || !strings.Contains(got, "@media print") {
		t.Errorf("got %s", got)
	}
}

func TestWordsAreTranslated(t *testing.T) {
	en, id := words("en-US"), words("id-ID")
	for key := range en {
		if en[key] == "" || id[key] == "" {
			t.Errorf("the word %s is missing", key)
		}
	}
	if words("de-DE")["notes"] != "Notes" {
		t.Error("a language that is not known is not English")
	}
}
