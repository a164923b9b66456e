package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Style decides how a diagnostic is printed.
type Style struct {
	// Paint wraps text in a colour named "error", "warning", "hint", "dim" or "bold".
	// Nil prints plainly.
	Paint func(colour, text string) string
	// Source gives the text of a file named in a Pos, for the snippet; nil or false prints none.
	Source func(file string) (string, bool)
	// Width is how many columns there are; longer lines of a snippet are cut around the caret, which
	// would stand below something else where they are broken. 0 cuts nothing.
	Width int
}

// contextLines is how many lines are shown before the offending one.
const contextLines = 2

// Fprint writes one diagnostic: its line, the snippet with a caret, notes, and the hint.
func Fprint(w io.Writer, d *Diagnostic, s Style) {
	paint := s.Paint
	if paint == nil {
		paint = func(_, text string) string { return text }
	}
	if !d.Pos.IsZero() {
		fmt.Fprintf(w, "%s: ", paint("bold", d.Pos.String()))
	}
	if d.Severity == Warning {
		fmt.Fprint(w, paint("warning", "warning: "))
	}
	fmt.Fprint(w, d.Msg)
	if d.Code != "" {
		fmt.Fprint(w, paint("dim", "  ["+string(d.Code)+"]"))
	}
	fmt.Fprintln(w)
	writeSnippet(w, d, s, paint)
	for _, n := range d.Notes {
		if n.Pos.IsZero() {
			fmt.Fprintf(w, "note: %s\n", n.Msg)
		} else {
			fmt.Fprintf(w, "note: %s: %s\n", n.Pos, n.Msg)
		}
	}
	if d.Hint != "" {
		fmt.Fprintf(w, "%s %s\n", paint("hint", "help:"), d.Hint)
	}
}

func writeSnippet(w io.Writer, d *Diagnostic, s Style, paint func(string, string) string) {
	text := d.Text
	if text == "" && s.Source != nil {
		text, _ = s.Source(d.Pos.File)
	}
	if text == "" || d.Pos.Line <= 0 || d.Code == LiteralSecret {
		return
	}
	lines := strings.Split(text, "\n")
	if d.Pos.Line > len(lines) {
		return
	}
	first := max(1, d.Pos.Line-contextLines)
	width := max(4, len(fmt.Sprint(d.Pos.Line)))
	shown := lines[first-1 : d.Pos.Line]
	for i := range shown {
		shown[i] = strings.TrimRight(shown[i], "\r")
	}
	at := cutAround(shown, d, s.Width-width-len(" | "))
	for i, line := range shown {
		fmt.Fprintf(w, "%s %s\n", paint("dim", fmt.Sprintf("%*d │", width, first+i)), line)
	}
	if d.Pos.Col <= 0 {
		return
	}
	line := shown[len(shown)-1]
	fmt.Fprintf(w, "%s %s%s\n", paint("dim", strings.Repeat(" ", width)+" │"),
		indentLike(line, at-1), paint(d.Severity.String(), strings.Repeat("^", caretLen(line, at, d.Len))))
}

// cutAround cuts the lines of a snippet to a room, all at the same columns, so that what the caret marks
// in the last one is seen. It gives the caret's column in what is left.
func cutAround(lines []string, d *Diagnostic, room int) int {
	const least = 16 // less shows nothing
	last := lines[len(lines)-1]
	if room < least || strings.Contains(strings.Join(lines, ""), "\t") {
		return d.Pos.Col
	}
	runes := []rune(last)
	from := min(max(d.Pos.Col-1, 0), len(runes))
	to := min(from+max(1, d.Len), len(runes))
	skip := 0
	if wide(runes[:to]) >= room {
		for skip < from && wide(runes[skip:from]) > room/3 {
			skip++
		}
	}
	for i, line := range lines {
		lines[i] = cut([]rune(line), skip, room)
	}
	if skip > 0 {
		skip -= max(0, cells(runes[skip])-1) // the room beside the dots
	}
	return d.Pos.Col - skip
}

// cut gives the part of a line that begins at a rune and fits a room; dots stand for what is left out.
func cut(line []rune, skip, room int) string {
	if skip > 0 {
		if skip >= len(line) {
			return "…"
		}
		dots := "…" + strings.Repeat(" ", max(0, cells(line[skip])-1)) // as wide as what they stand for
		line = append([]rune(dots), line[skip+1:]...)
	}
	if wide(line) <= room {
		return string(line)
	}
	for wide(line) > room-1 {
		line = line[:len(line)-1]
	}
	return string(line) + "…"
}

// wide gives how many columns runes take.
func wide(runes []rune) int {
	n := 0
	for _, r := range runes {
		n += cells(r)
	}
	return n
}

// indentLike gives white space as wide as the first n runes of line, keeping its tabs.
func indentLike(line string, n int) string {
	var b strings.Builder
	for i, r := range []rune(line) {
		if i >= n {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", cells(r)))
		}
	}
	return b.String()
}

// caretLen gives the cells that n marked runes from a column take, within the line and at least one.
func caretLen(line string, col, n int) int {
	runes := []rune(line)
	from := min(col-1, len(runes))
	return max(1, wide(runes[from:min(from+max(1, n), len(runes))]))
}

// cells gives how many columns of a terminal a rune takes: none for what is set over the rune
// before, two for the scripts of East Asia and for pictures.
func cells(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) && !halfWidth(r),
		r >= 0x3000 && r <= 0x303e, r >= 0xff01 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1faff:
		return 2
	default:
		return 1
	}
}

// halfWidth reports the narrow forms of wide scripts.
func halfWidth(r rune) bool { return r >= 0xff61 && r <= 0xffdc }
