package chart_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/picture"
	"atlas/engine/theme"
)

// TestGallery draws every type of chart on both surfaces in two languages, to be looked at:
// ATLAS_UPDATE=1 writes docs/gallery/charts-*.png.
func TestGallery(t *testing.T) {
	if os.Getenv("ATLAS_UPDATE") == "" {
		t.Skip("set ATLAS_UPDATE=1 to draw the gallery")
	}
	dir := filepath.Join("..", "..", "docs", "gallery")
	if d := os.Getenv("ATLAS_GALLERY"); d != "" {
		dir = d
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	th := theme.Default()
	for _, locale := range []string{"en-US", "id-ID"} {
		f, err := block.NewFormatter(locale, "Rp")
		if err != nil {
			t.Fatal(err)
		}
		blocks := sample{f}.all()
		for name, dark := range map[string]bool{"light": false, "dark": true} {
			var b bytes.Buffer
			e := png.Encoder{CompressionLevel: png.BestCompression}
			if err := e.Encode(&b, sheet(t, blocks, th, f, dark)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "charts-"+name+"-"+locale[:2]+".png")
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Log(file, b.Len())
		}
	}
}

// sheet puts the pictures of blocks beside one another, four in a row.
func sheet(t *testing.T, blocks []*block.Block, th *theme.Theme, f *block.Formatter, dark bool) image.Image {
	t.Helper()
	const w, h, gap, head, columns = 400, 230, 24, 22, 4
	scale := 1.25
	if s, err := strconv.ParseFloat(os.Getenv("ATLAS_GALLERY_SCALE"), 64); err == nil {
		scale = s
	}
	px := func(v int) int { return int(float64(v) * scale) }
	colors := th.Light
	if dark {
		colors = th.Dark
	}
	rows := (len(blocks) + columns - 1) / columns
	img := image.NewRGBA(image.Rect(0, 0, px(gap+columns*(w+gap)), px(gap+rows*(h+head+gap))))
	n, err := strconv.ParseUint(colors["surface"], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}), image.Point{}, draw.Src)
	for i, b := range blocks {
		x, y := gap+i%columns*(w+gap), gap+i/columns*(h+head+gap)
		svg, err := chart.SVG(context.Background(), b, th, dark, f, w, h)
		if err != nil {
			t.Fatalf("%s: %v", b.ID, err)
		}
		title := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><text y="13" font-size="13" font-weight="600" fill="#%s">%s</text></svg>`, w, head, colors["text"], b.ID)
		for dy, part := range map[int]string{0: title, head: string(svg)} {
			p, err := picture.Draw([]byte(part), scale, th)
			if err != nil {
				t.Fatalf("%s: %v", b.ID, err)
			}
			at := image.Pt(px(x), px(y+dy))
			draw.Draw(img, p.Bounds().Add(at), p, image.Point{}, draw.Over)
		}
	}
	return img
}
