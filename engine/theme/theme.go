// Package theme is how everything looks: tokens of colour, fonts with their measures, a logo. One
// theme drives the theme of a PPTX, the variables of a style sheet and the options of a chart alike.
package theme

// Theme is a brand made ready for renderers.
type Theme struct {
	Name     string
	Label    string
	Light    Palette
	Dark     Palette
	Text     Font
	Heading  Font
	Logo     []byte // SVG; nil if there is none
	LogoDark []byte
}

// Palette is the colours on one surface, six hexadecimal digits each ("0B5C8A"), by token. Every
// token of Tokens is there.
type Palette map[string]string

// Tokens lists the tokens of a palette with what each is for.
func Tokens() [][2]string {
	return [][2]string{
		{"surface", "the background"},
		{"panel", "a card, a header row, a callout"},
		{"text", "text and figures"},
		{"muted", "labels, footnotes"},
		{"rule", "lines of tables and axes"},
		{"accent", "the brand"},
		{"on-accent", "text on the brand's colour"},
		{"good", "a welcome change"},
		{"bad", "an unwelcome one"},
		{"warning", "a thing to look at"},
		{"scenario-actual", "actual: solid"},
		{"scenario-previous", "a year or period before: light"},
		{"scenario-target", "target or plan: outlined"},
		{"scenario-forecast", "forecast: hatched"},
		{"category-1", "categories, where colour is the message: category-1 to category-7"},
		{"category-2", ""},
		{"category-3", ""},
		{"category-4", ""},
		{"category-5", ""},
		{"category-6", ""},
		{"category-7", ""},
	}
}

// Font is one family with the files that are embedded.
type Font struct {
	Family   string
	Fallback []string // metric-compatible first: "Inter", "Liberation Sans", "Arial", "sans-serif"
	Regular  []byte   // TrueType or OpenType; nil if only named
	Bold     []byte   // semibold
	Web      []byte   // WOFF2 of both weights or the variable one; nil if only named

	regular, bold *Face // never nil in a theme of New
}
