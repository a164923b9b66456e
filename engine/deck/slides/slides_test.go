package slides_test

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/browsertest"
	"atlas/engine/deck/pdf"
	"atlas/engine/deck/slides"
)

func build(t *testing.T, o slides.Options) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deck")
	if _, err := slides.Build(t.Context(), dir, sample(t), o); err != nil {
		t.Fatal(err)
	}
	return dir
}

func needBrowser(t *testing.T) {
	t.Helper()
	if os.Getenv("ATLAS_CHROMIUM") != "" {
		return
	}
	if os.Getenv("ATLAS_CI") == "1" {
		t.Fatal("CI must name a Chromium binary in ATLAS_CHROMIUM")
	}
	t.Skip("NOT TESTED IN A BROWSER: set ATLAS_CHROMIUM to a Chromium binary")
}

func TestTheDeckPrints(t *testing.T) {
	needBrowser(t)
	dir := build(t, slides.Options{})
	for name, query := range map[string]string{"plain": "", "clicks": "clicks=1", "handout": "handout=3", "dark": "theme=dark"} {
		pages := map[string]int{"plain": 4, "clicks": 8, "handout": 2, "dark": 4}[name]
		data, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: os.LookupEnv, Page: filepath.Join(dir, "print.html"), Query: query})
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte("/Type /Page\n")); n != pages {
			t.Errorf("%s: %d pages, want %d", name, n, pages)
		}
		for _, want := range []string{"/StructTreeRoot", "/Outlines", "/Title (Shop review)", "Inter-SemiBold"} {
			if !bytes.Contains(data, []byte(want)) {
				t.Errorf("%s: the PDF has no %s", name, want)
			}
		}
		if n := bytes.Count(data, []byte("/Title (June was the best month of the year)")); n != 1 {
			t.Errorf("%s: the outline names the slide %d times", name, n)
		}
		if to := os.Getenv("ATLAS_PICTURES"); to != "" {
			if err := os.WriteFile(filepath.Join(to, name+".pdf"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// show opens a page of a deck and waits until it is drawn.
func show(p *browsertest.Tab, url string) {
	p.Open(url)
	p.Ready()
}

func contains(s, what string) bool { return strings.Contains(s, what) }

func needPoppler(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil {
		if os.Getenv("ATLAS_CI") == "1" {
			t.Fatal("CI must have pdftoppm (poppler-utils)")
		}
		t.Skip("NOT COMPARED: pdftoppm is not installed")
	}
	return tool
}

// TestThePDFEqualsTheScreen draws each page of the PDF and compares it with what the browser shows.
func TestThePDFEqualsTheScreen(t *testing.T) {
	needBrowser(t)
	tool := needPoppler(t)
	dir := build(t, slides.Options{})
	for _, theme := range []string{"light", "dark"} {
		data, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: os.LookupEnv, Page: filepath.Join(dir, "print.html"), Query: "theme=" + theme})
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(t.TempDir(), "deck.pdf")
		if err := os.WriteFile(at, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), tool, "-r", "96", "-png", at, filepath.Join(filepath.Dir(at), "p")).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		pages, err := filepath.Glob(filepath.Join(filepath.Dir(at), "p-*.png"))
		if err != nil || len(pages) != 4 {
			t.Fatalf("%d pages, want 4: %v", len(pages), err)
		}
		var shots []pdf.Shot
		for _, s := range []string{"/cover", "/sales/9", "/figures", "/end"} {
			shots = append(shots, pdf.Shot{Fragment: s})
		}
		err = pdf.Screenshots(t.Context(), pdf.ScreenshotOptions{Env: os.LookupEnv, Page: filepath.Join(dir, "index.html"), Query: "shot&theme=" + theme, Width: 1280, Height: 720, Shots: shots},
			func(i int, screen []byte) error {
				paper, err := os.ReadFile(pages[i])
				if err != nil {
					return err
				}
				mean, most := difference(t, screen, paper)
				t.Logf("slide %d, %s: %.2f %% of the greys differ, %.0f %% at most in one place", i+1, theme, mean, most)
				if mean > 0.6 || most > 15 {
					t.Errorf("slide %d, %s: the page differs from the screen", i+1, theme)
				}
				return nil
			})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// difference gives how much two pictures differ in percent of black to white, on the mean and in the
// field that differs most. They are drawn small before: the edges of letters are drawn differently
// on paper.
func difference(t *testing.T, a, b []byte) (mean, most float64) {
	t.Helper()
	x, y := greys(t, a), greys(t, b)
	for i := range x {
		d := 100 * math.Abs(x[i]-y[i])
		mean += d / float64(len(x))
		most = math.Max(most, d)
	}
	return mean, most
}

// greys gives the grey of each field of 16 by 16 pixels.
func greys(t *testing.T, data []byte) []float64 {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	const w, h, n = 1280, 720, 16
	if s := m.Bounds().Size(); s.X < w || s.Y < h {
		t.Fatalf("the picture is %v", s)
	}
	out := make([]float64, 0, w*h/n/n)
	for y := 0; y < h; y += n {
		for x := 0; x < w; x += n {
			sum := 0.0
			for dy := range n {
				for dx := range n {
					r, g, b, _ := m.At(x+dx, y+dy).RGBA()
					sum += (0.3*float64(r) + 0.59*float64(g) + 0.11*float64(b)) / 65535
				}
			}
			out = append(out, sum/(n*n))
		}
	}
	return out
}
