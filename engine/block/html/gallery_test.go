package html_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/block/html"
	"atlas/engine/chart"
	"atlas/engine/deck/pdf"
	"atlas/engine/theme"
)

const mapSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 90"><rect width="300" height="90" fill="#d9e2e8"/><path d="M0 60q80-40 150 0t150-10" fill="none" stroke="#7c98a8" stroke-width="10"/><circle cx="90" cy="40" r="7" fill="#0b5c8a"/><circle cx="210" cy="62" r="7" fill="#0b5c8a"/></svg>`

func options(t testing.TB, locale string, dark bool, width, height float64) html.Options {
	f, th := formatter(t, locale), theme.Default()
	return html.Options{
		Theme: th, Format: f, Dark: dark,
		Chart: func(b *block.Block) (html.Drawing, error) {
			svg, err := chart.SVG(context.Background(), b, th, dark, f, width, height)
			return html.Drawing{SVG: svg}, err
		},
		Image: func(string) string {
			return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(mapSVG))
		},
	}
}

// TestGallery draws every kind of block on both surfaces in two languages, to be looked at:
// ATLAS_UPDATE=1 writes docs/gallery/blocks-*.png.
func TestGallery(t *testing.T) {
	if os.Getenv("ATLAS_UPDATE") == "" {
		t.Skip("set ATLAS_UPDATE=1 to draw the gallery")
	}
	dir := os.Getenv("ATLAS_GALLERY")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "docs", "gallery")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, g := range []struct {
		name, locale  string
		dark          bool
		width, height int
		scale         float64
	}{
		{"blocks-light-id", "id-ID", false, 1280, 2760, .7}, {"blocks-dark-en", "en-US", true, 1280, 2760, .7}, {"blocks-phone", "en-US", false, 390, 3900, .6},
	} {
		page := filepath.Join(t.TempDir(), g.name+".html")
		if err := os.WriteFile(page, galleryPage(t, g.locale, g.dark, g.width < 600), 0o644); err != nil {
			t.Fatal(err)
		}
		err := pdf.Screenshots(context.Background(), pdf.ScreenshotOptions{
			Env: os.LookupEnv, Page: page, Width: g.width, Height: g.height, Scale: g.scale, Shots: []pdf.Shot{{}},
		}, func(_ int, png []byte) error {
			return os.WriteFile(filepath.Join(dir, g.name+".png"), png, 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func galleryPage(t *testing.T, locale string, dark, phone bool) []byte {
	th := theme.Default()
	var b bytes.Buffer
	mode := "light"
	if dark {
		mode = "dark"
	}
	b.WriteString(`<!doctype html><html lang="` + locale[:2] + `" data-ready data-theme="` + mode + `"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>`)
	b.WriteString(th.CSS(""))
	b.Write(html.CSS())
	b.WriteString(`body { margin: 0; padding: 40px; background: var(--surface); font-size: 16px; display: grid; gap: 36px 48px; grid-template-columns: repeat(12, minmax(0, 1fr)); align-items: start }
@media (max-width: 640px) { body { padding: 20px; grid-template-columns: minmax(0, 1fr) } body > div { grid-column: 1 !important } }
</style><script>window.atlasShow = async () => {}</script><body>`)
	blocks := samples(t, locale)
	cells := [][2]string{
		{"kpis", "12"},
		{"table", "7"},
		{"progress", "5"},
		{"chart", "6"},
		{"bars", "6"},
		{"text", "5"},
		{"heat", "7"},
		{"callout_info", "3"},
		{"callout_good", "3"},
		{"callout_bad", "3"},
		{"callout_warning", "3"},
		{"heading", "12"},
		{"columns", "12"},
		{"quote", "6"},
		{"image", "6"},
		{"empty", "6"},
		{"stale", "6"},
	}
	for _, c := range cells {
		o := options(t, locale, dark, 560, 350)
		if phone {
			o = options(t, locale, dark, 350, 219)
		}
		b.WriteString(`<div style="grid-column: span ` + c[1] + `">`)
		if err := html.Render(&b, blocks[c[0]], o); err != nil {
			t.Fatal(err)
		}
		b.WriteString("</div>")
	}
	return []byte(strings.ReplaceAll(b.String(), "loading=\"lazy\" ", ""))
}
