package theme_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/theme"
)

// TestAnyBrand derives themes of random accents and surfaces: what a brand does not say can be read.
func TestAnyBrand(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		random := func() string { return fmt.Sprintf("%06X", r.IntN(1<<24)) }
		b := &manifest.Brand{Name: "acme", Colors: map[string]string{"accent": random()}, Dark: map[string]string{}}
		if r.IntN(2) == 0 {
			surface := random()
			if c := theme.Contrast(surface, "FFFFFF"); c > 1.4 && c < 12 {
				continue // nothing can be read on a middle grey
			}
			b.Colors["surface"] = surface
		}
		th, _ := theme.New(b, nil)
		for name, p := range map[string]theme.Palette{"light": th.Light, "dark": th.Dark} {
			for _, token := range theme.Tokens() {
				need := 3.0
				switch token[0] {
				case "surface", "panel", "rule", "accent", "on-accent":
					continue
				case "text", "muted", "good", "bad", "warning":
					need = 4.5
				}
				if c := theme.Contrast(p[token[0]], p["surface"]); c < need-0.001 {
					t.Errorf("%v %s: %s #%s on #%s is %.2f:1", b.Colors, name, token[0], p[token[0]], p["surface"], c)
				}
			}
			if c := theme.Contrast(p["on-accent"], p["accent"]); c < 4.5 {
				t.Errorf("%v %s: on-accent is %.2f:1", b.Colors, name, c)
			}
			for i := 1; i <= 7; i++ {
				for j := i + 1; j <= 7; j++ {
					if d := theme.Apart(p[fmt.Sprintf("category-%d", i)], p[fmt.Sprintf("category-%d", j)]); d < 0.07 {
						t.Errorf("%v %s: categories %d and %d are %.3f apart", b.Colors, name, i, j, d)
					}
				}
			}
		}
		if strings.Contains(th.CSS("x/"), "--surface: #;") {
			t.Error("a token is empty")
		}
	}
}
