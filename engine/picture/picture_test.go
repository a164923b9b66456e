package picture_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/picture"
	"atlas/engine/theme"
)

func TestPixels(t *testing.T) {
	const open = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">`
	for _, c := range []struct {
		svg  string
		x, y int
		want string
	}{
		{`<rect width="10" height="10" fill="#f00"/>`, 5, 5, "ff0000ff"},
		{`<rect width="10" height="10" fill="#f00"/>`, 15, 5, "00000000"},
		{`<rect width="10.5" height="10" fill="#f00"/>`, 10, 5, "ff000080"},
		{`<rect width="20" height="10" fill="red" opacity=".5"/>`, 5, 5, "ff000080"},
		{`<g opacity=".5"><rect width="20" height="10" fill="red"/><rect width="20" height="10" fill="blue"/></g>`, 5, 5, "0000ff80"},
		{`<path d="M0 0h20v10h-20zM5 2v6h10V2z"/>`, 10, 5, "00000000"},
		{`<path d="M0 0h20v10h-20zM5 2h10v6H5z"/>`, 10, 5, "000000ff"},
		{`<path fill-rule="evenodd" d="M0 0h20v10h-20zM5 2h10v6H5z"/>`, 10, 5, "00000000"},
		{`<line x1="0" y1="5" x2="20" y2="5" stroke="lime" stroke-width="2"/>`, 10, 4, "00ff00ff"},
		{`<line x1="0" y1="5" x2="20" y2="5" stroke="lime" stroke-width="2" stroke-dasharray="5"/>`, 7, 4, "00000000"},
		{`<style>.a{fill:#0f0}</style><rect class="b a" width="20" height="10" fill="red"/>`, 5, 5, "00ff00ff"},
		{`<defs><rect id="r" width="5" height="5" fill="#00f"/></defs><use href="#r" x="10"/>`, 12, 2, "0000ffff"},
		{`<clipPath id="c"><rect width="5" height="10"/></clipPath><rect clip-path="url(#c)" width="20" height="10"/>`, 10, 5, "00000000"},
		{`<rect width="20" height="10" fill="url(#none) #00f"/>`, 5, 5, "0000ffff"},
		{`<g display="none"><rect width="20" height="10"/></g>`, 5, 5, "00000000"},
		{`<image width="20" height="10" href="http://acme.example/x.png"/>`, 5, 5, "00000000"},
	} {
		img, err := picture.Draw([]byte(open+c.svg+"</svg>"), 1, theme.Default())
		if err != nil {
			t.Fatal(err)
		}
		p := img.NRGBAAt(c.x, c.y)
		if got := fmt.Sprintf("%02x%02x%02x%02x", p.R, p.G, p.B, p.A); got != c.want {
			t.Errorf("%s: %d,%d is %s, want %s", c.svg, c.x, c.y, got, c.want)
		}
	}
}

func TestSize(t *testing.T) {
	for svg, want := range map[string][2]float64{
		`<svg width="20" height="10"/>`:                            {20, 10},
		`<svg viewBox="0 0 400 100"/>`:                             {400, 100},
		`<svg width="200" viewBox="0 0 400 100"/>`:                 {200, 50},
		`<svg width="100%" height="100%" viewBox="0 0 40 10"/>`:    {40, 10},
		`<svg width="1in" height="36pt"/>`:                         {96, 48},
		`<svg/>`:                                                   {300, 150},
		`<svg width="-5" height="nonsense" viewBox="0 0 -1 bad"/>`: {300, 150},
	} {
		w, h, err := picture.Size([]byte(svg))
		if err != nil || w != want[0] || h != want[1] {
			t.Errorf("%s: %v x %v (%v)", svg, w, h, err)
		}
	}
}

// TestHostile draws what would take for ever, too much room, or nothing.
func TestHostile(t *testing.T) {
	for name, svg := range map[string]string{
		"use of itself": `<svg width="9" height="9"><g id="a"><use href="#a"/></g></svg>`,
		"many uses":     `<svg width="9" height="9"><g id="a"><rect width="1" height="1"/></g>` + multiply("a", 12) + `</svg>`,
		"no path":       `<svg width="9" height="9"><path d="M"/><path d="L1 1 X"/><path d="M0 0A1 1 0 2 0 1 1"/><path d="10 10"/><path d="M0 0Z5"/></svg>`,
		"huge numbers":  `<svg width="9" height="9"><path d="M-1e308 0L1e308 1e308 1e400 0z" stroke="red" stroke-width="1e308"/><circle r="1e300"/><text font-size="1e9">x</text></svg>`,
		"fine dashes":   `<svg width="9" height="9"><path d="M0 0H1e9" stroke="red" stroke-dasharray=".00001 .001"/></svg>`,
		"odd dashes":    `<svg width="9" height="9"><path d="M0 0H9" stroke="red" stroke-dasharray="0 0"/><path d="M0 0H9" stroke="red" stroke-dasharray="-1 nan"/></svg>`,
		"no matrix":     `<svg width="9" height="9"><rect width="9" height="9" transform="scale(0)" fill="url(#g)"/><linearGradient id="g"><stop/></linearGradient></svg>`,
		"own gradient":  `<svg width="9" height="9"><rect width="9" height="9" fill="url(#g)"/><linearGradient id="g" href="#g"/></svg>`,
		"own pattern":   `<svg width="9" height="9"><rect width="9" height="9" fill="url(#p)"/><pattern id="p" width="1" height="1"><rect width="9" height="9" fill="url(#p)"/></pattern></svg>`,
		"own clip":      `<svg width="9" height="9"><clipPath id="c"><rect clip-path="url(#c)" width="5" height="5"/></clipPath><rect clip-path="url(#c)" width="9" height="9"/></svg>`,
		"huge tile":     `<svg width="9" height="9"><rect width="9" height="9" fill="url(#p)"/><pattern id="p" patternUnits="userSpaceOnUse" width="1e9" height="1e-9"><rect width="9" height="9"/></pattern></svg>`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := picture.PNG([]byte(svg), 1, theme.Default()); err != nil {
				t.Error(err)
			}
		})
	}
	for name, svg := range map[string]string{
		"nothing": "", "no svg": "<html/>", "broken": "<svg><g></svg>", "deep": "<svg>" + strings.Repeat("<g>", 5000) + strings.Repeat("</g>", 5000) + "</svg>",
	} {
		if _, err := picture.PNG([]byte(svg), 1, theme.Default()); err == nil {
			t.Errorf("%s is drawn", name)
		}
	}
	for _, scale := range []float64{0, -1, 1e9, math.NaN(), math.Inf(1)} {
		if _, err := picture.PNG([]byte(`<svg width="9" height="9"/>`), scale, theme.Default()); !errors.Is(err, picture.ErrTooLarge) {
			t.Errorf("scale %v: %v", scale, err)
		}
	}
}

// multiply uses an element twice, that twice, and so on.
func multiply(id string, n int) string {
	var b strings.Builder
	for i := range n {
		next := fmt.Sprintf("%s%d", id, i)
		fmt.Fprintf(&b, `<g id="%s">%s</g>`, next, strings.Repeat(`<use href="#`+id+`"/>`, 8))
		id = next
	}
	return b.String()
}

// TestBesideChromium compares pictures with the browser's.
func TestBesideChromium(t *testing.T) {
	chromium := os.Getenv("ATLAS_CHROMIUM")
	if chromium == "" {
		if os.Getenv("ATLAS_CI") != "" {
			t.Fatal("ATLAS_CHROMIUM is not set")
		}
		t.Skip("set ATLAS_CHROMIUM to compare with a browser")
	}
	files, err := filepath.Glob("testdata/*.svg")
	if err != nil {
		t.Fatal(err)
	}
	charts, err := filepath.Glob("../chart/testdata/*.svg")
	if err != nil || len(charts) == 0 {
		t.Fatal("no charts to compare: ", err)
	}
	for _, file := range append(files, charts...) {
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		own, err := picture.Draw(svg, 2, theme.Default())
		if err != nil {
			t.Fatal(err)
		}
		theirs := browser(t, chromium, svg, own.Bounds().Size())
		off, far := apart(own, theirs)
		t.Logf("%s: %.3f off on average, %.4f %% far off", filepath.Base(file), off, far*100)
		if off > 1.5 || far > 0.004 {
			if d := os.Getenv("ATLAS_GALLERY"); d != "" {
				_ = writePNG(filepath.Join(d, filepath.Base(file)+".own.png"), own)
				_ = writePNG(filepath.Join(d, filepath.Base(file)+".browser.png"), theirs)
			}
			t.Errorf("%s: %.3f off on average, %.4f %% far off", file, off, far*100)
		}
	}
}

func browser(t *testing.T, chromium string, svg []byte, size image.Point) image.Image {
	t.Helper()
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	_, body, _ := bytes.Cut(svg, []byte("<svg"))
	html := "<meta charset=utf-8><style>" + theme.Default().CSS("") + "body{margin:0;background:#fff}svg{display:block}</style><svg" + string(body)
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	shot := filepath.Join(dir, "shot.png")
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2", "--force-color-profile=srgb",
		fmt.Sprintf("--window-size=%d,%d", size.X/2, size.Y/2), "--user-data-dir="+filepath.Join(dir, "profile"), "--screenshot="+shot, "file://"+page)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
	data, err := os.ReadFile(shot)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// apart gives the mean difference of a colour, of 255, and the share of pixels that differ by half.
func apart(own *image.NRGBA, theirs image.Image) (off, far float64) {
	size := own.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			a := own.NRGBAAt(x, y)
			b := color.NRGBAModel.Convert(theirs.At(x, y)).(color.NRGBA)
			most := 0.0
			for _, c := range [3][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}} {
				over := float64(c[0])*float64(a.A)/255 + 255 - float64(a.A) // on white
				most = math.Max(most, math.Abs(over-float64(c[1])))
			}
			off += most
			if most > 128 {
				far++
			}
		}
	}
	n := float64(size.X * size.Y)
	return off / n, far / n
}

func writePNG(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return png.Encode(f, img)
}

func FuzzDraw(f *testing.F) {
	f.Add(`<svg width="9" height="9"><path d="M0 0L5 5A1 1 0 1 1 2 2z" stroke="red" stroke-dasharray="1 2" transform="rotate(4)"/></svg>`)
	f.Add(`<svg viewBox="0 0 9 9"><text x="1" dy="2">a<tspan>b</tspan></text><g opacity=".5" clip-path="url(#a)"><use href="#b"/></g></svg>`)
	th := theme.Default()
	f.Fuzz(func(t *testing.T, svg string) {
		if w, h, err := picture.Size([]byte(svg)); err != nil || w*h > 1e6 {
			return
		}
		_, _ = picture.Draw([]byte(svg), 1, th)
	})
}
