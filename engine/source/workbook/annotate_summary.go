package workbook

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"atlas/engine/source"
)

const (
	listHead  = 5      // row of the list's heads
	maxLinks  = 65_000 // of a sheet; Excel stops at 65,530
	maxCell   = 32_000 // characters of a cell; Excel stops at 32,767
	listWidth = 135    // characters across the list
	listRoom  = maxRows - listHead
)

// summary is the sheet that lists all marks.
type summary struct {
	ns       dialect
	o        source.AnnotateOptions
	marks    []source.Mark
	order    []int                 // of the marks, as they are listed
	place    func(mark int) string // sheet and cell that the mark's link jumps to; "" is none
	merely   []string              // sentences about what is not shown otherwise
	xfs      summaryStyles
	errors   int
	warnings int
}

type summaryStyles struct{ title, note, head, text, link, error, warn int }

// addStyles adds the cell styles of the list.
func (s *summary) addStyles(st *styles) {
	family := `<name val="Calibri"/><family val="2"/>`
	font := func(inner string) int { return st.add("fonts", "<font>"+inner+family+"</font>") }
	regular := font(`<sz val="11"/>`)
	bold := font(`<b/><sz val="16"/>`)
	quiet := font(`<sz val="11"/><color rgb="FF595959"/>`)
	white := font(`<b/><sz val="11"/><color rgb="FFFFFFFF"/>`)
	blue := font(`<u/><sz val="11"/><color rgb="FF0563C1"/>`)
	dark := st.add("fills", `<fill><patternFill patternType="solid"><fgColor rgb="FF2F3E52"/><bgColor indexed="64"/></patternFill></fill>`)
	line := st.add("borders", `<border><left/><right/><top/><bottom style="thin"><color rgb="FFD9D9D9"/></bottom><diagonal/></border>`)
	xf := func(font, fill, border int, align string) int {
		return st.add("cellXfs", fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="%d" borderId="%d" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="%s" wrapText="1"/></xf>`,
			font, fill, border, align))
	}
	shadeFill := func(s shade) int {
		return st.add("fills", `<fill>`+patternStart+s.rgb()+`"/><bgColor `+noFillColor+`/></patternFill></fill>`)
	}
	s.xfs = summaryStyles{
		title: st.add("cellXfs", fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="0" borderId="0" xfId="0" applyFont="1"/>`, bold)),
		note:  xf(quiet, 0, 0, "top"),
		head:  xf(white, dark, 0, "center"),
		text:  xf(regular, 0, line, "top"),
		link:  xf(blue, 0, line, "top"),
		error: xf(regular, shadeFill(errorCell), line, "top"),
		warn:  xf(regular, shadeFill(warnCell), line, "top"),
	}
}

func (s *summary) texts() {
	if s.o.Heading == "" {
		s.o.Heading = count(s.errors, "error") + " and " + count(s.warnings, "warning")
	}
	if s.o.Intro == "" {
		s.o.Intro = "Correct the marked cells, save the workbook and put it back in the place of the original. This sheet, the colours and the comments by " +
			noteAuthor + " are replaced the next time; nothing has to be removed by hand."
	}
	for i, head := range [...]string{"Severity", "Code", "Message", "Sheet", "Cell", "Value"} {
		s.o.Columns[i] = cmp.Or(s.o.Columns[i], head)
	}
}

func words(o source.AnnotateOptions) [2]string {
	return [2]string{cmp.Or(o.Words[0], "Error"), cmp.Or(o.Words[1], "Warning")}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// listed is how many marks the list has room for.
func (s *summary) listed() int { return min(len(s.order), listRoom) }

// codes counts the marks by code, errors first, in one line.
func (s *summary) codes() string {
	type tally struct {
		code  string
		error bool
		n     int
	}
	at := map[string]int{}
	var all []tally
	for _, m := range s.marks {
		e := m.Severity == "error"
		key := m.Code + "\x00" + strconv.FormatBool(e)
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, tally{code: m.Code, error: e})
		}
		all[i].n++
	}
	slices.SortFunc(all, func(a, b tally) int {
		if a.error != b.error {
			if a.error {
				return -1
			}
			return 1
		}
		return cmp.Or(b.n-a.n, cmp.Compare(a.code, b.code))
	})
	w := words(s.o)
	var b strings.Builder
	for i, t := range all {
		switch {
		case i == 0 && t.error:
			b.WriteString(w[0] + ": ")
		case i == 0:
			b.WriteString(w[1] + ": ")
		case !t.error && all[i-1].error:
			b.WriteString("\n" + w[1] + ": ")
		default:
			b.WriteString("  ·  ")
		}
		fmt.Fprintf(&b, "%s %d", t.code, t.n)
	}
	return b.String()
}

// write writes the sheet.
func (s *summary) write(out io.Writer) error {
	s.texts()
	w := bufio.NewWriterSize(out, 1<<16)
	last := listHead + s.listed()
	fmt.Fprintf(w, xmlHead+`<worksheet xmlns="%s"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:F%d"/>`, s.ns.main, last)
	fmt.Fprintf(w, `<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A%d" sqref="A%d"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`,
		listHead, listHead+1, listHead+1, listHead+1)
	for i, width := range widths() {
		fmt.Fprintf(w, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
	}
	fmt.Fprint(w, `</cols><sheetData>`)
	s.line(w, 1, s.xfs.title, s.o.Heading, 26)
	for i, text := range []string{s.o.Intro, s.codes(), strings.Join(s.merely, " ")} {
		s.line(w, i+2, s.xfs.note, text, 0)
	}
	fmt.Fprintf(w, `<row r="%d" ht="20" customHeight="1">`, listHead)
	for i, head := range s.o.Columns {
		textCell(w, listHead, i+1, s.xfs.head, head)
	}
	fmt.Fprint(w, `</row>`)
	for i, m := range s.order[:s.listed()] {
		s.row(w, listHead+1+i, m)
	}
	fmt.Fprintf(w, `</sheetData><autoFilter ref="A%d:F%d"/><mergeCells count="3"><mergeCell ref="A2:F2"/><mergeCell ref="A3:F3"/><mergeCell ref="A4:F4"/></mergeCells>`, listHead, last)
	s.links(w)
	fmt.Fprint(w, `<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup orientation="landscape" fitToHeight="0"/></worksheet>`)
	return w.Flush()
}

// line writes a text across the list, in a row as high as it needs.
func (s *summary) line(w *bufio.Writer, row, style int, text string, height int) {
	if height == 0 {
		lines := 0
		for l := range strings.Lines(text) {
			lines += 1 + len([]rune(l))/listWidth
		}
		height = 3 + 15*min(lines, 12)
	}
	fmt.Fprintf(w, `<row r="%d" ht="%d" customHeight="1">`, row, height)
	textCell(w, row, 1, style, text)
	fmt.Fprint(w, `</row>`)
}

func (s *summary) row(w *bufio.Writer, row, mark int) {
	m := &s.marks[mark]
	word, severity := words(s.o)[1], s.xfs.warn
	if m.Severity == "error" {
		word, severity = words(s.o)[0], s.xfs.error
	}
	cell, style := markCell(m), s.xfs.link
	if s.place(mark) == "" || row-listHead > maxLinks {
		style = s.xfs.text
	}
	fmt.Fprintf(w, `<row r="%d" ht="%d">`, row, s.height(m))
	textCell(w, row, 1, severity, word)
	textCell(w, row, 2, s.xfs.text, m.Code)
	textCell(w, row, 3, s.xfs.text, m.Message)
	textCell(w, row, 4, s.xfs.text, m.Sheet)
	textCell(w, row, 5, style, cell)
	textCell(w, row, 6, s.xfs.text, m.Value)
	fmt.Fprint(w, `</row>`)
}

// height gives the height of a mark's row, for not every program fits it to the text.
func (s *summary) height(m *source.Mark) int {
	lines := 1
	for _, c := range []struct {
		text string
		wide int
	}{{m.Code, widths()[1]}, {m.Message, widths()[2]}, {m.Sheet, widths()[3]}, {m.Value, widths()[5]}} {
		n := 0
		for l := range strings.Lines(c.text) {
			n += 1 + (utf8.RuneCountInString(l)-1)/(c.wide+c.wide/8) // most letters are narrower than a figure
		}
		lines = max(lines, n)
	}
	return 15 * min(lines, 12)
}

// widths gives the widths of the list's columns in characters.
func widths() [6]int { return [6]int{11, 23, 58, 14, 9, 24} }

// markCell names a mark's cell, or its row as spreadsheets name a whole one.
func markCell(m *source.Mark) string {
	switch {
	case m.Row < 1:
		return ""
	case m.Col < 1:
		return fmt.Sprintf("%d:%d", m.Row, m.Row)
	default:
		return source.CellName(m.Row, m.Col)
	}
}

func textCell(w *bufio.Writer, row, col, style int, text string) {
	name := source.CellName(row, col)
	if text == "" {
		fmt.Fprintf(w, `<c r="%s" s="%d"/>`, name, style)
		return
	}
	fmt.Fprintf(w, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, name, style, cellText(clip(text, maxCell)))
}

func (s *summary) links(w *bufio.Writer) {
	any := false
	for i, m := range s.order[:min(s.listed(), maxLinks)] {
		place := s.place(m)
		if place == "" {
			continue
		}
		if !any {
			fmt.Fprint(w, `<hyperlinks>`)
			any = true
		}
		fmt.Fprintf(w, `<hyperlink ref="E%d" location="%s" display="%s"/>`, listHead+1+i, xmlText(place), markCell(&s.marks[m]))
	}
	if any {
		fmt.Fprint(w, `</hyperlinks>`)
	}
}
