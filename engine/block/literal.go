package block

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Values put into a text of Markdown must never become its syntax: a name like "**x**" or
// "<script>" is shown as it is. While a template is rendered, signs of values are moved to a private
// range that no reader takes for syntax, in a paragraph as well as in code, links and HTML; they come
// back when the text is read.
const (
	literalFrom = '\ue100' // U+E100 + the sign
	literalTo   = '\ue17f'
)

// Literal moves the signs of a value that could be syntax to the private range; it is what a template
// whose text is Markdown takes for Options.Escape. Signs of that range themselves are replaced.
func Literal(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/2)
	last := ' '
	for i, r := range s {
		switch {
		case r == ' ' && last != ' ' && i+1 < len(s):
			b.WriteRune(r)
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7f: // no text in any medium
			b.WriteRune(utf8.RuneError)
		case r < 0x7f && !isPlain(r):
			b.WriteRune(literalFrom + r)
		case literalFrom <= r && r <= literalTo, '\ue000' <= r && r <= '\ue00f': // signs of marks
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// Unliteral is the reverse of Literal.
func Unliteral(s string) string {
	if !strings.ContainsFunc(s, isMoved) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isMoved(r) {
			return r - literalFrom
		}
		return r
	}, s)
}

func isMoved(r rune) bool { return literalFrom <= r && r <= literalTo }

// PlainProse reads a rendered text that is no Markdown: its figures, and its values as they are.
func PlainProse(marked string, figures []Figure) Prose {
	return ReadProse(Unliteral(marked), figures)
}

// MarkdownProse reads a rendered text that is Markdown, for keeping: its figures, and the signs of
// its values escaped as Markdown does it.
func MarkdownProse(marked string, figures []Figure) Prose {
	return ReadProse(outsideMarks(marked, escapeMoved, Unliteral), figures)
}

// escapeMoved writes moved signs so that they are text in a paragraph and harmless in HTML.
func escapeMoved(s string) string {
	if !strings.ContainsFunc(s, isMoved) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if !isMoved(r) {
			b.WriteRune(r)
			continue
		}
		switch sign := r - literalFrom; {
		case sign == '<', sign == '>', sign == '&', sign == '"':
			b.WriteString(html.EscapeString(string(sign)))
		case sign <= ' ', sign == 0x7f:
			b.WriteByte(' ')
		default:
			b.WriteByte('\\')
			b.WriteRune(sign)
		}
	}
	return b.String()
}

// outsideMarks changes what stands outside of figures' marks, and what they show, each its own way.
func outsideMarks(marked string, outside, inside func(string) string) string {
	if !strings.Contains(marked, figureStart) {
		return outside(marked)
	}
	var b strings.Builder
	for marked != "" {
		before, rest, found := strings.Cut(marked, figureStart)
		b.WriteString(outside(before))
		if !found {
			break
		}
		number, rest, _ := strings.Cut(rest, figureText)
		shown, after, ok := strings.Cut(rest, figureEnd)
		if !ok { // a cut mark: what is left of it is text
			b.WriteString(outside(number + rest))
			break
		}
		b.WriteString(figureStart + number + figureText + inside(shown) + figureEnd)
		marked = after
	}
	return b.String()
}

var entity = regexp.MustCompile(`^&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`) //nolint:gochecknoglobals // constant

// unescape reads backslashes and entities of Markdown's text.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] > ' ' && s[i+1] < 0x7f && !isPlain(rune(s[i+1])):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			m := entity.FindString(s[i:])
			if m == "" {
				b.WriteByte('&')
				continue
			}
			b.WriteString(html.UnescapeString(m))
			i += len(m) - 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// Marked is a piece of a text with marks: text, or what a figure shows.
type Marked struct {
	Text  string
	Index int // of the figure; -1 is text
}

// CutMarks cuts a text at its marks.
func CutMarks(s string) []Marked {
	var out []Marked
	for s != "" {
		before, rest, found := strings.Cut(s, figureStart)
		if before = Unmarked(before); before != "" {
			out = append(out, Marked{before, -1})
		}
		if !found {
			break
		}
		index, shown, after, ok := cutFigure(rest)
		if !ok {
			s = rest
			continue
		}
		out = append(out, Marked{shown, index})
		s = after
	}
	return out
}
