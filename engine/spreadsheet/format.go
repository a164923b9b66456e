package spreadsheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"atlas/engine/manifest"
)

// minus is the true minus sign, as text of a format code.
const minus = `"` + "\u2212" + `"`

// formats are the named number formats. Money and its kin put the workbook's currency for ¤.
func formats() []struct{ Name, Code, Doc string } {
	return []struct{ Name, Code, Doc string }{
		{"general", "General", "as the program sees fit; for years and codes"},
		{"integer", "#,##0;" + minus + "#,##0", "1,250,000"},
		{"decimal", "#,##0.00;" + minus + "#,##0.00", "1,250,000.50"},
		{"money", "¤#,##0;" + minus + "¤#,##0", "Rp 1,250,000: the workbook's currency in front"},
		{"millions", "#,##0.0,,;" + minus + "#,##0.0,,", "1.3, of 1,250,000"},
		{"money_millions", "¤#,##0.0,,;" + minus + "¤#,##0.0,,", "Rp 1.3, of 1,250,000"},
		{"percent", "0.0%;" + minus + "0.0%", "12.5%, of 0.125"},
		{"change", "+0.0%;" + minus + "0.0%;0.0%", "+12.5%, of 0.125"},
		{"difference", "+#,##0;" + minus + "#,##0;0", "+1,250"},
		{"date", "d mmm yyyy", "3 Feb 2026"},
		{"month", "mmm yyyy", "Feb 2026"},
		{"datetime", "d mmm yyyy hh:mm", "3 Feb 2026 14:30"},
		{"text", "@", "as written"},
	}
}

// Formats gives the named number formats with an example each.
func Formats() [][2]string {
	var out [][2]string
	for _, f := range formats() {
		out = append(out, [2]string{f.Name, f.Doc})
	}
	return out
}

// formatCode gives the code of a format: a name of formats, or a code of the project's own.
func formatCode(format, currency string) string {
	for _, f := range formats() {
		if f.Name == format {
			sign := ""
			if currency != "" {
				sign = `"` + strings.ReplaceAll(currency, `"`, "") + ` "`
			}
			return strings.ReplaceAll(f.Code, "¤", sign)
		}
	}
	return format
}

// isName reports a format that is meant as a name: no code is made of letters alone that are no
// parts of a date.
func isName(format string) bool {
	if format == "" || format == "General" || strings.Trim(format, "dmyhs") == "" {
		return false
	}
	return strings.Trim(strings.ToLower(format), "abcdefghijklmnopqrstuvwxyz_") == ""
}

func knownFormat(format string) bool {
	for _, f := range formats() {
		if f.Name == format {
			return true
		}
	}
	return false
}

// isLeft reports a format whose cells stand at the left: texts, and numbers that name something.
func isLeft(format string) bool { return format == "text" || format == "@" || format == "general" }

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
