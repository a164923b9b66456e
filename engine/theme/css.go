package theme

import (
	"encoding/base64"
	"fmt"
	"sort"
	"strings"
)

// File is a file that the style sheet names.
type File struct {
	Name string // "inter.woff2"
	Type string // "font/woff2"
	Data []byte
}

// fontFace is one @font-face rule.
type fontFace struct {
	family, weight string
	file           File
}

// Files lists the font files of the style sheet, each once.
func (t *Theme) Files() []File {
	var out []File
	for _, f := range t.faces() {
		out = append(out, f.file)
	}
	return out
}

func (t *Theme) faces() []fontFace {
	var out []fontFace
	seen := map[string]bool{}
	for _, f := range []Font{t.Text, t.Heading} {
		if seen[f.Family] {
			continue
		}
		seen[f.Family] = true
		out = append(out, f.webFaces()...)
	}
	return out
}

func (f Font) webFaces() []fontFace {
	name := slug(f.Family)
	if f.Web != nil {
		return []fontFace{{f.Family, "400 700", File{name + ".woff2", "font/woff2", f.Web}}}
	}
	var out []fontFace
	if f.Regular != nil {
		out = append(out, fontFace{f.Family, "400", fontFile(name+"-regular", f.Regular)})
	}
	if f.Bold != nil && f.bold != f.regular {
		out = append(out, fontFace{f.Family, "600 700", fontFile(name+"-bold", f.Bold)})
	}
	return out
}

func fontFile(name string, data []byte) File {
	if strings.HasPrefix(string(data), "OTTO") {
		return File{name + ".otf", "font/otf", data}
	}
	return File{name + ".ttf", "font/ttf", data}
}

// slug makes a file name of a family.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		default:
			return '-'
		}
	}, s)
}

// CSS is the style sheet of the theme: a variable for each token ("--surface"), light by default,
// dark where the reader's system or a data-theme attribute (on the page or on any element) says so,
// --font-text and --font-heading, and the fonts. Fonts are Files in the folder of the given URL
// ("assets/"); with "" they stand in the style sheet itself.
func (t *Theme) CSS(folder string) string {
	var b strings.Builder
	for _, f := range t.faces() {
		url := folder + f.file.Name
		if folder == "" {
			url = "data:" + f.file.Type + ";base64," + base64.StdEncoding.EncodeToString(f.file.Data)
		}
		fmt.Fprintf(&b, "@font-face { font-family: %s; font-weight: %s; font-display: swap; src: url(\"%s\"); }\n", Font{Family: f.family}.Families(), f.weight, url)
	}
	fmt.Fprintf(&b, ":root { --font-text: %s; --font-heading: %s; font-family: var(--font-text); font-variant-numeric: tabular-nums; }\n", t.Text.Families(), t.Heading.Families())
	fmt.Fprintf(&b, ":root, [data-theme=\"light\"] { color-scheme: light;%s }\n", t.Light.variables())
	fmt.Fprintf(&b, "@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) { color-scheme: dark;%s } }\n", t.Dark.variables())
	fmt.Fprintf(&b, "[data-theme=\"dark\"] { color-scheme: dark;%s }\n", t.Dark.variables())
	return b.String()
}

func (p Palette) variables() string {
	tokens := make([]string, 0, len(p))
	for token := range p {
		tokens = append(tokens, token)
	}
	sort.Strings(tokens)
	var b strings.Builder
	for _, token := range tokens {
		fmt.Fprintf(&b, " --%s: #%s;", token, p[token])
	}
	return b.String()
}
