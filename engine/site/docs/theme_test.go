package docs_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

type rgb [3]float64 // linear light, 0 to 1

var tokenPattern = regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{6});`)

// themes reads the colour tokens of the stylesheet: the first block is light, the last dark.
func themes(t *testing.T) map[string]map[string]rgb {
	t.Helper()
	css, err := os.ReadFile("assets/atlas.css")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]rgb{"light": {}, "dark": {}}
	for _, m := range tokenPattern.FindAllStringSubmatch(string(css), -1) {
		v, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		c := rgb{linear(v >> 16 & 255), linear(v >> 8 & 255), linear(v & 255)}
		if _, ok := out["light"][m[1]]; !ok {
			out["light"][m[1]] = c
		}
		out["dark"][m[1]] = c
	}
	return out
}

func linear(v uint64) float64 {
	c := float64(v) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func luminance(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

func contrast(a, b rgb) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast holds text at 4.5:1 and marks at 3:1 on the surfaces that they stand on.
func TestContrast(t *testing.T) {
	text := []string{"text", "muted", "accent", "good", "warn", "bad", "code-k", "code-s", "code-n", "code-c", "code-f", "code-t", "code-d"}
	marks := []string{"k-source", "k-seed", "k-snapshot", "k-exposure", "k-plain", "k-m0", "k-m1", "k-m2", "k-m3", "edge"}
	for theme, tokens := range themes(t) {
		for _, ground := range []string{"surface", "surface-2"} {
			for _, name := range text {
				if c := contrast(tokens[name], tokens[ground]); c < 4.5 {
					t.Errorf("%s: %s on %s has %.2f:1, text needs 4.5", theme, name, ground, c)
				}
			}
			for _, name := range marks {
				if c := contrast(tokens[name], tokens[ground]); c < 3 {
					t.Errorf("%s: %s on %s has %.2f:1, marks need 3", theme, name, ground, c)
				}
			}
		}
	}
}

// TestKindsAreToldApart holds the colours of kinds distinguishable, also without red-green
// vision (simulated after Machado and others, 2009).
func TestKindsAreToldApart(t *testing.T) {
	visions := map[string][9]float64{
		"full":         {1, 0, 0, 0, 1, 0, 0, 0, 1},
		"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
		"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	}
	kinds := []string{"k-source", "k-seed", "k-snapshot", "k-exposure", "k-plain", "k-m0", "k-m1", "k-m2", "k-m3"}
	for theme, tokens := range themes(t) {
		for vision, m := range visions {
			for i, a := range kinds {
				for _, b := range kinds[i+1:] {
					if d := distance(seen(tokens[a], m), seen(tokens[b], m)); d < 15 {
						t.Errorf("%s, %s: %s and %s are %.1f apart, want 15", theme, vision, a, b, d)
					}
				}
			}
		}
	}
}

func seen(c rgb, m [9]float64) rgb {
	var out rgb
	for i := range out {
		out[i] = min(1, max(0, m[3*i]*c[0]+m[3*i+1]*c[1]+m[3*i+2]*c[2]))
	}
	return out
}

// distance is the colour difference in CIE Lab.
func distance(a, b rgb) float64 {
	x, y := lab(a), lab(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

func lab(c rgb) [3]float64 {
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x := f((0.4124*c[0] + 0.3576*c[1] + 0.1805*c[2]) / 0.95047)
	y := f(luminance(c))
	z := f((0.0193*c[0] + 0.1192*c[1] + 0.9505*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}
