package pptx_test

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/deck"
	"atlas/engine/deck/pptx"
)

// real options draw charts and SVG as the program does.
func real(d *deck.Document) pptx.Options {
	return pptx.Options{
		SVG: func(ctx context.Context, b *block.Block, w, h float64) ([]byte, error) {
			return chart.SVG(ctx, b, d.Theme, d.Dark, d.Format, w, h)
		},
		PNG: func(svg []byte, scale float64) ([]byte, error) { return chart.PNGOf(d.Theme, svg, scale) },
	}
}

// TestPictures compares what LibreOffice shows with pictures that people have looked at. They are
// made again with ATLAS_UPDATE=1; look at them before they are kept.
func TestPictures(t *testing.T) {
	office := tool(t, "ATLAS_SOFFICE")
	painter, err := exec.LookPath("pdftoppm")
	if err != nil {
		if os.Getenv("ATLAS_CI") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	for _, c := range []struct {
		name, locale string
		dark         bool
	}{{"light", "en-US", false}, {"dark", "id-ID", true}} {
		d := newSample(t, c.locale).document(c.dark)
		file, err := os.Create(filepath.Join(dir, c.name+".pptx"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pptx.Render(t.Context(), file, d, real(d)); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		run(t, fonts(t, dir, d), office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "pdf", "--outdir", dir, file.Name())
		run(t, nil, painter, "-png", "-scale-to-x", "640", "-scale-to-y", "360", filepath.Join(dir, c.name+".pdf"), filepath.Join(dir, c.name))
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.png"))
	if err != nil || len(made) < 20 {
		t.Fatalf("there are %d pictures: %v", len(made), err)
	}
	for _, path := range made {
		comparePicture(t, path, filepath.Join("testdata", "pictures", filepath.Base(path)))
	}
}

// fonts lets LibreOffice find the theme's fonts.
func fonts(t *testing.T, dir string, d *deck.Document) []string {
	t.Helper()
	for name, data := range map[string][]byte{
		"regular.ttf": d.Theme.Text.Regular, "bold.ttf": d.Theme.Text.Bold,
		"fonts.conf": fmt.Appendf(nil, `<?xml version="1.0"?><fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>%s</dir><cachedir>%s</cachedir></fontconfig>`, dir, filepath.Join(dir, "cache")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"FONTCONFIG_FILE=" + filepath.Join(dir, "fonts.conf"), "HOME=" + dir}
}

func run(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// comparePicture tells where a picture differs from the one that is kept, in squares of 8 by 8 pixels:
// edges of letters may differ with versions of LibreOffice, places and colours may not.
func comparePicture(t *testing.T, made, kept string) {
	t.Helper()
	if os.Getenv("ATLAS_UPDATE") == "1" {
		data, err := os.ReadFile(made)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(kept), 0o755)
		}
		if err == nil {
			err = os.WriteFile(kept, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	a, b := readPicture(t, made), readPicture(t, kept)
	if a.Bounds() != b.Bounds() {
		t.Errorf("%s has other measures: %v, not %v", kept, a.Bounds(), b.Bounds())
		return
	}
	const square, far = 8, 40
	differ, all := 0, 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += square {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += square {
			all++
			if distance(a, b, image.Rect(x, y, x+square, y+square)) > far {
				differ++
			}
		}
	}
	if differ*100 > all*2 {
		t.Errorf("%s differs from what is shown in %d of %d squares", kept, differ, all)
	}
}

// distance is how far the mean colours of a square are apart, 0 to 255.
func distance(a, b image.Image, square image.Rectangle) int {
	var sum [3]int
	n := 0
	for y := square.Min.Y; y < square.Max.Y; y++ {
		for x := square.Min.X; x < square.Max.X; x++ {
			r, g, bl, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for i, v := range [3]int{int(r) - int(r2), int(g) - int(g2), int(bl) - int(b2)} {
				sum[i] += v
			}
			n++
		}
	}
	most := 0
	for _, v := range sum {
		most = max(most, max(v, -v)/n>>8)
	}
	return most
}

func readPicture(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("%v; run with ATLAS_UPDATE=1 and look at it", err)
	}
	defer func() { _ = f.Close() }()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
