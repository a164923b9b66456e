package block

import (
	"strconv"
	"strings"
)

// Marks of a figure in a rendered text: U+E000 index U+E001 text U+E002, of a private range that no
// text of a project has a use for. They travel through templates and Markdown and are read back by
// ReadProse.
const (
	figureStart = "\ue000"
	figureText  = "\ue001"
	figureEnd   = "\ue002"
)

// MarkFigure marks a piece of text as the figure of an index.
func MarkFigure(index int, text string) string {
	return figureStart + strconv.Itoa(index) + figureText + Unmarked(text) + figureEnd
}

// Unmarked takes the signs of marks out of a text, so that values of rows cannot pretend to be
// figures.
func Unmarked(s string) string {
	if !strings.Contains(s, "\ue000") && !strings.Contains(s, "\ue001") && !strings.Contains(s, "\ue002") {
		return s
	}
	return strings.NewReplacer(figureStart, "", figureText, "", figureEnd, "").Replace(s)
}

// ReadProse takes the marks out of a text and says where its figures stand. Marks that are cut or
// that name no figure leave their text. Bytes that are no UTF-8 are replaced.
func ReadProse(marked string, figures []Figure) Prose {
	marked = strings.ToValidUTF8(marked, "\ufffd") // bytes that are no text could join to marks
	if !strings.Contains(marked, figureStart) {
		return Prose{Text: Unmarked(marked)}
	}
	var p Prose
	var b strings.Builder
	for marked != "" {
		before, rest, found := strings.Cut(marked, figureStart)
		b.WriteString(Unmarked(before))
		if !found {
			break
		}
		index, shown, after, ok := cutFigure(rest)
		if !ok {
			marked = rest
			continue
		}
		if index >= 0 && index < len(figures) && shown != "" {
			p.Figures = append(p.Figures, Quoted{At: b.Len(), Length: len(shown), Figure: figures[index]})
		}
		b.WriteString(shown)
		marked = after
	}
	p.Text = b.String()
	return p
}

// cutFigure reads what follows the start of a mark.
func cutFigure(s string) (index int, shown, after string, ok bool) {
	number, rest, ok := strings.Cut(s, figureText)
	if !ok {
		return 0, "", "", false
	}
	index, err := strconv.Atoi(number)
	shown, after, ok = strings.Cut(rest, figureEnd)
	if err != nil || !ok || strings.Contains(shown, figureStart) {
		return 0, "", "", false
	}
	return index, Unmarked(shown), after, true
}

// Marked is the reverse of ReadProse: the text with marks, for readers of Markdown that have to
// know where figures stand, and the figures by index.
func (p Prose) Marked() (string, []Figure) {
	var b strings.Builder
	var figures []Figure
	at := 0
	for _, q := range p.Figures {
		if q.At < at || q.Length < 0 || q.At+q.Length > len(p.Text) {
			continue
		}
		b.WriteString(p.Text[at:q.At])
		b.WriteString(MarkFigure(len(figures), p.Text[q.At:q.At+q.Length]))
		figures = append(figures, q.Figure)
		at = q.At + q.Length
	}
	b.WriteString(p.Text[at:])
	return b.String(), figures
}
