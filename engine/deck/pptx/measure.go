package pptx

import (
	"unicode/utf8"

	"atlas/engine/theme"
)

// face is a font at hand for measuring.
type face struct{ font theme.Font }

// lineHeight is the height of a line to the size of its type; fonts differ by little, and the
// widest of those that may stand in for one another counts.
const lineHeight = 1.22

// width is how wide a line of text is in inches, at a size in points.
func (f face) width(text string, size float64, weight fontWeight) float64 {
	if f.font.Face(weight == semibold) == nil { // a theme that was not made by theme.New
		return 0.6 * float64(utf8.RuneCountInString(text)) * size / pointsIn
	}
	return f.font.Measure(text, size, weight == semibold) / pointsIn
}

// fontWeight is one of the two weights of type.
type fontWeight int

const (
	regular fontWeight = iota
	semibold
)

// wordsOf cuts a text where a line may end: after spaces and hyphens, and around line ends.
func wordsOf(text string) []string {
	var words []string
	from := 0
	for i, r := range text {
		if r == ' ' || r == '-' || r == '\t' {
			words = append(words, text[from:i+1])
			from = i + 1
		}
	}
	if from < len(text) {
		words = append(words, text[from:])
	}
	return words
}
