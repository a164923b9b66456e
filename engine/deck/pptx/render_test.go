package pptx_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/deck/pptx"
)

func pixel() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 64, 40))
	for i := range m.Pix {
		m.Pix[i] = []byte{0x33, 0x66, 0x99, 0xff}[i%4]
	}
	return encode(m)
}

func encode(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// options draw other charts and SVG as plain surfaces: what draws them is another package's.
func options() pptx.Options {
	return pptx.Options{
		SVG: func(_ context.Context, _ *block.Block, w, h float64) ([]byte, error) {
			return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f"><rect width="100%%" height="100%%" fill="#ddeeff"/></svg>`, w, h, w, h), nil
		},
		PNG: func([]byte, float64) ([]byte, error) {
			m := image.NewRGBA(image.Rect(0, 0, 32, 8))
			for x := range 32 {
				for y := range 8 {
					m.Set(x, y, color.RGBA{0xdd, 0xee, 0xff, 0xff})
				}
			}
			return encode(m), nil
		},
	}
}

func render(t testing.TB, d *deck.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	list, err := pptx.Render(t.Context(), &b, d, options())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		t.Error(x)
	}
	return b.Bytes()
}

func TestRender(t *testing.T) {
	for _, locale := range []string{"en-US", "id-ID"} {
		for _, dark := range []bool{false, true} {
			name := locale
			if dark {
				name += "-dark"
			}
			t.Run(name, func(t *testing.T) {
				first := render(t, newSample(t, locale).document(dark))
				if second := render(t, newSample(t, locale).document(dark)); !bytes.Equal(first, second) {
					t.Error("the same document gave other bytes")
				}
				if dir := os.Getenv("ATLAS_PPTX_OUT"); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, name+".pptx"), first, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRender(b *testing.B) {
	d := newSample(b, "en-US").document(false)
	d.Slides = d.Slides[:6]
	b.ReportAllocs()
	for b.Loop() {
		render(b, d)
	}
}
