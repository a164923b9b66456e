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
	"strings"
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

// TestClicks makes one effect begin at each click of a slide; the others of the click join it.
func TestClicks(t *testing.T) {
	s := newSample(t, "en-US")
	p := opened(t, render(t, s.document(false)))
	body := string(p.Part("ppt/slides/slide9.xml"))
	if clicks := strings.Count(body, `nodeType="clickEffect"`); clicks != 2 {
		t.Errorf("there are %d clicks", clicks)
	}
	if !strings.Contains(body, `<p:pRg st="4" end="4"/>`) || !strings.Contains(body, `build="p"`) {
		t.Error("the paragraph does not appear by itself")
	}
	if strings.Contains(string(p.Part("ppt/slides/slide2.xml")), "<p:timing>") {
		t.Error("a slide without clicks has a timeline")
	}
}

// FuzzRender puts any text anywhere; the presentation stays valid.
func FuzzRender(f *testing.F) {
	for _, x := range []string{"", "a", "<&>\"'", "\x00\ufffe", strings.Repeat("W", 300), "a\nb\r\n\tc", "=1+1", "{{ x }}", "\u202e\u200b"} {
		f.Add(x, 1.5)
	}
	f.Fuzz(func(t *testing.T, text string, value float64) {
		s := newSample(t, "en-US")
		b := s.scenarios(block.ColumnChart)
		b.Title.Text, b.Alt, b.Name = text, text, text
		b.Chart.Series[0].Label, b.Chart.Categories[0].Text, b.Chart.Series[0].Values[0].Value = text, text, value
		table := s.table(1)
		table.Table.Lines[1].Cells[0].Value, table.Table.Columns[0].Label = text, text
		d := s.one(b, table, s.kpis())
		d.Title, d.Slides[0].Title.Text, d.Slides[0].Notes.Text, d.Slides[0].Footnote.Text = text, text, text, text
		d.Slides[0].Regions[0].Items = append(d.Slides[0].Regions[0].Items, deck.Item{Text: &block.RichText{Paragraphs: []block.Paragraph{{Kind: block.Bullet, Runs: []block.Run{{Text: text, Link: text}}}}}})
		valid(t, d)
	})
}
