package slides_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/deck/slides"
	"atlas/engine/manifest"
)

func TestBuildGivesTheSameBytesAndKeepsOthersFolders(t *testing.T) {
	a, b := build(t, slides.Options{}), build(t, slides.Options{})
	err := filepath.WalkDir(a, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(a, path)
		if err != nil {
			return err
		}
		x, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		y, err := os.ReadFile(filepath.Join(b, rel))
		if err != nil || string(x) != string(y) {
			t.Errorf("%s differs: %v", rel, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := slides.Build(t.Context(), dir, sample(t), slides.Options{}); err == nil || !strings.Contains(err.Error(), "no folder of slides") {
		t.Errorf("a folder of someone else's is replaced: %v", err)
	}
}

// TestNothingInThePagesRuns builds a deck of hostile texts and looks for what a browser would run.
func TestNothingInThePagesRuns(t *testing.T) {
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)> ' </textarea>`
	d := sample(t)
	d.Title = hostile
	d.Footer = block.Prose{Text: hostile}
	for i := range d.Slides {
		s := &d.Slides[i]
		s.Title, s.Subtitle, s.Footnote, s.Notes = block.Prose{Text: hostile}, block.Prose{Text: hostile}, block.Prose{Text: hostile}, block.Prose{Text: hostile}
		s.Class, s.Section = `a" onclick="x`, hostile
		for _, r := range s.Regions {
			for _, it := range r.Items {
				if it.Block != nil {
					it.Block.Title, it.Block.Alt, it.Block.ID = block.Prose{Text: hostile}, hostile, hostile
				}
			}
		}
	}
	d.Slides[0].Problem = hostile
	q := d.Report.Queries["sales"]
	q.SQL = hostile + "</script>\u2028"
	d.Report.Queries["sales"] = q
	made, problems := slides.Pages(t.Context(), d, slides.Options{Generator: hostile, Author: hostile})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	tags := regexp.MustCompile(`<[^>]*>`)
	runs := regexp.MustCompile(`(?i)^<(script(?: src="assets/[a-z-]+\.js\?v=[0-9a-f]+")?>|iframe|object|embed|img src=x)|^<[^"']*("[^"]*"[^"']*)*\s(on\w+|style)\s*=`)
	for _, f := range made {
		switch filepath.Ext(f.Name) {
		case ".html":
			for _, tag := range tags.FindAllString(string(f.Data), -1) {
				if runs.MatchString(tag) && !regexp.MustCompile(`^<script src="assets/[a-z-]+\.js\?v=[0-9a-f]+">$`).MatchString(tag) {
					t.Errorf("%s: %s", f.Name, tag)
				}
			}
		case ".js":
			if f.Name == "assets/deck-data.js" && strings.ContainsAny(string(f.Data), "<\u2028") {
				t.Errorf("%s holds what could end a script", f.Name)
			}
		}
	}
}

func TestTheProjectsOwnLayouts(t *testing.T) {
	d := sample(t)
	d.Slides[1].Front = manifest.NewMap("tone", "loud & clear", "list", []any{"a", "b"})
	own := slides.Source{Path: "reports/layouts/chart-and-notes.html", Text: `{% import "marks.html" as marks %}{{ head }}<div style="color:red">{{ slide.tone }} {{ slide.list | join("-") }} {{ slide.number }}/{{ document.slides }}</div>
{{ marks.big(title) }}{{ regions.default }}{{ foot }}`}
	marks := slides.Source{Path: "reports/components/marks.html", Text: `{% macro big(x) %}<b class="big">{{ x }}</b>{% endmacro %}`}
	o := slides.Options{Layouts: map[string]slides.Source{"chart-and-notes": own}, Components: map[string]slides.Source{"marks": marks}}
	text := page(t, d, o, "print.html")
	for _, want := range []string{"loud &amp; clear a-b 2/4</div>", `<b class="big">Sales are <data class="figure"`, `data-chart="sales_by_month"`, "Returns are left out."} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	own.Text = "{{ titel }}{{ regions.default }}{% for n in [1] %}{{ n }}{{ loop.last }}{% endfor %}"
	o.Layouts["chart-and-notes"] = own
	_, told := slides.Pages(t.Context(), d, o)
	if said := told.Error(); told.Err() != nil || len(told) != 2 || !strings.Contains(said, `chart-and-notes.html:1:4: a layout sees no "titel"`) || !strings.Contains(said, "does not show what stands in notes") {
		t.Errorf("it says %v", told)
	}
	for source, want := range map[string]string{
		"{{ slide.nothing.more }}": "chart-and-notes.html:1:", "\n{% if %}": "chart-and-notes.html:2:", `{% include "mark.html" %}`: "there is no component mark.html",
		`{% include "chart-and-notes.html" %}`: "chart-and-notes.html",
	} {
		o.Layouts["chart-and-notes"] = slides.Source{Path: own.Path, Text: source}
		_, problems := slides.Pages(t.Context(), d, o)
		if problems.Err() == nil || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: got %v, want %s", source, problems, want)
		}
	}
}

// TestAChartIsLaidOutForEachPlace: in a smaller region a chart has its own option, not a small picture
// of the large one.
func TestAChartIsLaidOutForEachPlace(t *testing.T) {
	d := sample(t)
	chart := d.Slides[1].Regions[0].Items[0]
	d.Slides[2].Regions[0].Items = []deck.Item{chart}
	d.Slides[3].Layout, d.Slides[3].Regions = d.Slides[1].Layout, []deck.Content{{Region: "default", Items: []deck.Item{chart}}}
	names := regexp.MustCompile(`data-chart="([^"]*)"`).FindAllStringSubmatch(page(t, d, slides.Options{}, "index.html"), -1)
	if len(names) != 3 || names[0][1] != "sales_by_month" || names[1][1] == names[0][1] || names[2][1] != names[0][1] {
		t.Errorf("charts are %v", names)
	}
	if data := page(t, d, slides.Options{}, "assets/deck-data.js"); !strings.Contains(data, `"`+names[1][1]+`":{"width":`) {
		t.Errorf("%s has no option", names[1][1])
	}
}

func page(t *testing.T, d *deck.Document, o slides.Options, name string) string {
	t.Helper()
	made, problems := slides.Pages(t.Context(), d, o)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	for _, f := range made {
		if f.Name == name {
			return string(f.Data)
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

func BenchmarkBuild(b *testing.B) {
	d := sample(b)
	dir := filepath.Join(b.TempDir(), "deck")
	for b.Loop() {
		if _, err := slides.Build(b.Context(), dir, d, slides.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
