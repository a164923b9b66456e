package chart_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/theme"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip()
	}
	th := theme.Default()
	for _, loc := range []string{"en-US", "id-ID"} {
		f, err := block.NewFormatter(loc, "Rp")
		if err != nil {
			t.Fatal(err)
		}
		for _, dark := range []bool{false, true} {
			html := "<meta charset=utf-8><style>" + th.CSS("") + "body{margin:8px;background:var(--surface);color:var(--text);display:grid;grid-template-columns:repeat(3,420px);gap:18px} h4{margin:0 0 4px;font:600 12px Inter}</style>"
			if dark {
				html = `<html data-theme="dark">` + html
			}
			for _, b := range (sample{f}).all() {
				start := time.Now()
				svg, err := chart.SVG(context.Background(), b, th, dark, f, 420, 240)
				if err != nil {
					t.Error(b.ID, err)
					continue
				}
				t.Log(b.ID, time.Since(start), len(svg))
				html += "<div><h4>" + b.ID + "</h4>" + string(svg) + "</div>"
				if !dark && loc == "en-US" {
					_ = os.WriteFile(filepath.Join(dir, b.ID+".svg"), svg, 0o644)
					start = time.Now()
					png, err := chart.PNG(svg, 2)
					if err != nil {
						t.Error(b.ID, err)
					}
					t.Log("png", time.Since(start), len(png))
					_ = os.WriteFile(filepath.Join(dir, b.ID+".png"), png, 0o644)
				}
			}
			name := loc
			if dark {
				name += "-dark"
			}
			_ = os.WriteFile(filepath.Join(dir, name+".html"), []byte(html), 0o644)
		}
	}
}
