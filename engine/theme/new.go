package theme

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Default is Atlas's own look: Inter, white or near black surfaces, a blue accent, no logo.
func Default() *Theme {
	t, _ := New(nil, nil)
	return t
}

// New makes a brand ready: every token on both surfaces, the fonts, the logo. readFile reads files
// below the project by the paths that the brand names. It gives all problems at once; with warnings
// alone the theme is good, with errors what is wrong is left at its default. A nil brand is Atlas's own.
func New(brand *manifest.Brand, readFile func(path string) ([]byte, error)) (*Theme, diag.List) {
	if brand == nil {
		brand = &manifest.Brand{Name: "atlas", Label: "Atlas"}
	}
	r := reader{brand: brand, readFile: readFile}
	t := &Theme{Name: brand.Name, Label: brand.Label}
	if t.Label == "" {
		t.Label = brand.Name
	}
	light, dark := r.colors("colors", brand.Colors), r.colors("dark", brand.Dark)
	t.Light = derive(light, lightSurface, lightText, lightCategories())
	t.Dark = derive(r.onDark(light, dark), darkSurface, darkText, darkCategories())
	r.check("colors", light, t.Light)
	r.check("dark", dark, t.Dark)
	r.fonts(t)
	t.Logo = r.logo("logo", brand.Logo)
	t.LogoDark = r.logo("logo_dark", brand.LogoDark)
	if t.LogoDark == nil {
		t.LogoDark = t.Logo
	}
	return t, r.problems
}

// reader reads one brand and gathers what is wrong with it.
type reader struct {
	brand    *manifest.Brand
	readFile func(path string) ([]byte, error)
	problems diag.List
}

func (r *reader) errorf(code diag.Code, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(code, r.brand.Pos, "brand %s: %s", r.brand.Name, fmt.Sprintf(format, args...))
	r.problems = append(r.problems, d)
	return d
}

func (r *reader) warnf(format string, args ...any) *diag.Diagnostic {
	d := diag.Warnf(diag.BadValue, r.brand.Pos, "brand %s: %s", r.brand.Name, fmt.Sprintf(format, args...))
	r.problems = append(r.problems, d)
	return d
}

// colors reads the tokens of one surface.
func (r *reader) colors(key string, given map[string]string) Palette {
	names := make([]string, 0, len(Tokens()))
	for _, t := range Tokens() {
		names = append(names, t[0])
	}
	out := Palette{}
	for _, token := range sorted(given) {
		color, ok := ParseColor(given[token])
		switch {
		case !slices.Contains(names, token):
			hint := diag.DidYouMean(token, names)
			if hint == "" {
				hint = "the tokens are " + strings.Join(names, ", ")
			}
			r.errorf(diag.UnknownKey, "%s has a token %q that no renderer knows", key, token).WithHint("%s", hint)
		case !ok:
			r.errorf(diag.BadValue, "%s.%s is %q, which is no colour", key, token, given[token]).WithHint(`write six hexadecimal digits: "#0B5C8A"`)
		default:
			out[token] = color
		}
	}
	return out
}

// onDark takes over what a brand says of its light colours, moved so that they read on a dark surface.
func (r *reader) onDark(light, dark Palette) Palette {
	out := Palette{}
	surface := darkSurface
	if c := dark["surface"]; c != "" {
		surface = c
	}
	for token, color := range light {
		switch {
		case token == "surface" || token == "panel" || token == "text" || token == "muted" || token == "rule" || token == "on-accent":
			// these are the light surface itself
		case strings.HasPrefix(token, "scenario-"):
			// derived from the accent: a dark scenario moved to a dark surface would lose its order
		case strings.HasPrefix(token, "category-"):
			out[token] = fit(color, surface, markRatio)
		default:
			out[token] = fit(color, surface, textRatio+0.5) // it is written on panels, too
		}
	}
	for token, color := range dark {
		out[token] = color
	}
	return out
}

// pair is two tokens that meet, and the contrast they need.
type pair struct {
	front, back string
	ratio       float64
	what        string
}

func pairs() []pair {
	out := []pair{
		{"text", "surface", textRatio, "text"},
		{"text", "panel", textRatio, "text on cards"},
		{"muted", "surface", textRatio, "labels"},
		{"on-accent", "accent", textRatio, "text on the brand's colour"},
		{"good", "surface", textRatio, "welcome changes"},
		{"bad", "surface", textRatio, "unwelcome changes"},
		{"warning", "surface", textRatio, "warnings"},
		{"accent", "surface", markRatio, "marks"},
		{"scenario-actual", "surface", markRatio, "bars"},
		{"scenario-previous", "surface", markRatio, "bars"},
		{"scenario-target", "surface", markRatio, "outlines"},
		{"scenario-forecast", "surface", markRatio, "hatching"},
	}
	for i := range lightCategories() {
		out = append(out, pair{fmt.Sprintf("category-%d", i+1), "surface", markRatio, "marks"})
	}
	return out
}

// check warns of colours that a brand gave and that cannot be read or told apart.
func (r *reader) check(key string, given, whole Palette) {
	for _, p := range pairs() {
		ratio := Contrast(whole[p.front], whole[p.back])
		if ratio >= p.ratio || given[p.front] == "" && given[p.back] == "" {
			continue
		}
		r.warnf("%s.%s #%s on %s #%s has a contrast of %.1f:1; %s need %.1f:1", key, p.front, whole[p.front], p.back, whole[p.back], ratio, p.what, p.ratio).
			WithHint("#%s would be enough", fit(whole[p.front], whole[p.back], p.ratio))
	}
	for i := 1; i <= len(lightCategories()); i++ {
		for j := i + 1; j <= len(lightCategories()); j++ {
			a, b := fmt.Sprintf("category-%d", i), fmt.Sprintf("category-%d", j)
			if given[a] == "" || given[b] == "" || Apart(whole[a], whole[b]) >= 0.08 {
				continue
			}
			r.warnf("%s.%s #%s and %s #%s are taken for one another by people who see no red or no green", key, a, whole[a], b, whole[b]).
				WithHint("make one of them lighter or darker, or leave it out: it is derived then")
		}
	}
}

func sorted(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
