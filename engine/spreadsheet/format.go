package spreadsheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"atlas/engine/block"
	"atlas/engine/manifest"
)

// formatCode gives the code of a format: a name of block's formats, or a code of the project's own.
func formatCode(format, currency string) string {
	f := block.Formatter{Locale: "en-US", Currency: currency} // a spreadsheet program has its own language
	return f.Code(format)
}

// tokens are the theme's colours where the project gives none.
func tokens() []struct{ Name, Color, Doc string } {
	return []struct{ Name, Color, Doc string }{
		{"text", "1F2933", "text and figures"},
		{"muted", "6B7785", "labels, notes, axes"},
		{"rule", "D5DAE0", "lines of tables and charts"},
		{"accent", "1F4E79", "titles' rule, links, bars in cells"},
		{"good", "1B7F4B", "better than compared to"},
		{"bad", "B3261E", "worse than compared to"},
		{"warn", "9A6700", "to be looked at"},
		{"actual", "37474F", "series: what is, solid"},
		{"previous", "B8C1CA", "series: the period before, light"},
		{"target", "37474F", "series: what was planned, an outline"},
		{"forecast", "37474F", "series: what is expected, hatched"},
	}
}

// Tokens gives the theme's tokens with what each colours.
func Tokens() [][2]string {
	var out [][2]string
	for _, t := range tokens() {
		out = append(out, [2]string{t.Name, t.Doc})
	}
	return out
}

func tokenNames() []string {
	var out []string
	for _, t := range tokens() {
		out = append(out, t.Name)
	}
	return out
}

// color gives the colour of a token; fallback for one that is not known.
func color(t manifest.Theme, token, fallback string) string {
	if c, ok := t.Colors[token]; ok {
		return c
	}
	for _, x := range tokens() {
		if x.Name == token {
			return x.Color
		}
	}
	if fallback == "" {
		return "37474F"
	}
	return color(t, fallback, "")
}

// mix gives a colour between a token's and white; share 1 is the colour itself.
func mix(hex string, share float64) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 6)
	for i := 0; i+1 < len(hex) && i < 6; i += 2 {
		c := strings.IndexByte(digits, hex[i])*16 + strings.IndexByte(digits, hex[i+1])
		m := int(255 - (255-float64(c))*share + 0.5)
		out = append(out, digits[m/16], digits[m%16])
	}
	return string(out)
}

// labelOf makes a header of a column's name: net_revenue becomes Net revenue.
func labelOf(name string) string {
	s := strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	if s == "" {
		return name
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
