package engine_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
	"atlas/engine/project"
	"atlas/engine/report"
)

// devProject is a project with a deck of one slide that needs nothing built.
func devProject(t *testing.T) (dir string, write func(name, text string)) {
	t.Helper()
	dir = t.TempDir()
	write = func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("atlas_project.yml", "name: shop\nprofile: shop\n")
	write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n")
	write("reports/review.yml", devReport("30"))
	write("reports/review.md", "---\nreport: review\n---\n# First {{ figure('sales.amount') }}\n")
	return dir, write
}

func devReport(amount string) string {
	return "reports:\n  - name: review\n    data:\n      - {name: sales, key: [period], query: \"select date '2026-02-01' as period, " + amount + " as amount\"}\n" +
		"    blocks:\n      - {name: rows, data: sales, table: {}}\n"
}

func TestADeckIsShownWhileItIsWritten(t *testing.T) {
	dir, write := devProject(t)
	period, err := report.ParsePeriod("2026-02")
	if err != nil {
		t.Fatal(err)
	}
	server := slides.NewServer("127.0.0.1")
	changes := make(chan engine.DevState, 16)
	o := engine.DevOptions{
		SlidesOptions: engine.SlidesOptions{Period: period}, Server: server, Changed: func(s engine.DevState) { changes <- s },
		Load: func(ctx context.Context) (*engine.Workspace, diag.List) {
			return engine.New().Load(ctx, project.Options{Dir: dir})
		},
	}
	o.First, _ = o.Load(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- engine.DevSlides(ctx, o) }()
	// wait reads changes until one is as it should be.
	wait := func(what string, fits func(engine.DevState) bool) {
		t.Helper()
		for {
			select {
			case s := <-changes:
				if fits(s) {
					return
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("never shown: %s", what)
			}
		}
	}
	shows := func(text string) {
		t.Helper()
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/", nil))
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page does not show %s", text)
		}
	}
	clean := func(s engine.DevState) bool { return len(s.Problems) == 0 }

	wait("the deck", func(s engine.DevState) bool { return clean(s) && s.Slides == 1 && s.Assembled })
	shows(">30</data>")
	write("reports/review.md", "---\nreport: review\n---\n# First\n---\nname: two\n---\n# Second\n")
	wait("a second slide, without asking the warehouse", func(s engine.DevState) bool { return clean(s) && s.Slides == 2 && !s.Assembled })
	shows("Second")
	write("reports/review.md", "---\nreport: review\n---\n# First {{ block('rwos') }}\n")
	wait("a mistake", func(s engine.DevState) bool {
		return len(s.Problems) > 0 && s.Problems[0].Pos.File == "reports/review.md" && s.Problems[0].Pos.Line == 4
	})
	write("reports/review.md", "---\nreport: review\n---\n# Mended {{ figure('sales.amount') }}\n")
	wait("the mended deck", func(s engine.DevState) bool { return clean(s) && s.Slides == 1 })
	shows("Mended")
	write("reports/review.yml", devReport("4500"))
	wait("the new figure", func(s engine.DevState) bool { return clean(s) && s.Assembled })
	shows(">4,500</data>")
	write("reports/review.yml", "reports: [")
	wait("broken YAML", func(s engine.DevState) bool { return s.Problems.Err() != nil })
	shows(">4,500</data>")
	write("reports/review.yml", devReport("7"))
	wait("the mended report", func(s engine.DevState) bool { return clean(s) && s.Assembled })
	shows(">7</data>")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
