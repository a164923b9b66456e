package workbook

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"atlas/engine/source"
)

// spot is a mark at its place in a sheet.
type spot struct {
	row, col int // col 0: the whole row
	top      int // row that it is to move to
	cols     []int
	error    bool
	marks    []int // indices of the marks, of one row and column
}

func (s *spot) cellShade() shade {
	if s.error {
		return errorCell
	}
	return warnCell
}

func (s *spot) rowShade() shade {
	if s.error {
		return errorRow
	}
	return warnRow
}

// note is a comment to come: the marks of one cell.
type note struct {
	row, col int
	error    bool
	marks    []int
}

// sheetEditor copies the XML of one sheet, with marks.
type sheetEditor struct {
	st       *styles
	spots    []spot // in order of row and column
	restore  bool   // earlier marks are to be taken out
	unselect bool   // the sheet is not to be the selected one
	drawing  string // the tag that joins comments to the sheet, if it has none

	prefix    string // of the sheet's elements
	depth     int
	at        int // first spot whose row is not passed yet
	last      int // number of the last row
	inRows    bool
	hasNotes  bool // the sheet has its <legacyDrawing>
	widths    columnWidths
	rowHeight float64
	columns   []columnStyle

	cells   int    // that were coloured
	notes   []note // in order
	notesID string // relation of the <legacyDrawing>

	buf  []byte // row at work
	list []rawCell
	out  []byte
}

type columnStyle struct{ low, high, style int }

// rawCell is a cell of the row at work: its tag in buf, and where the cell ends.
type rawCell struct {
	from, to, end int
	col, style    int
	filled        bool
}

// copy copies the part.
func (e *sheetEditor) copy(ctx context.Context, c *cutter, w *bufio.Writer) error {
	for n := 0; ; n++ {
		if n&0xFFFF == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p, err := c.next()
		if errors.Is(err, io.EOF) {
			if e.depth != 0 {
				return io.ErrUnexpectedEOF
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch p.kind {
		case startTag:
			e.depth++
			if err = e.start(c, p, w); p.empty {
				e.depth--
			}
		case endTag:
			err = e.end(p, w)
			e.depth--
		default:
			if e.depth == 0 {
				p.raw = utf8Declaration(p.raw)
			}
			_, err = w.Write(p.raw)
		}
		if err != nil {
			return err
		}
	}
}

// start copies a start tag, and the row that it begins if that has marks.
func (e *sheetEditor) start(c *cutter, p piece, w *bufio.Writer) error {
	switch {
	case e.depth == 1:
		e.prefix = p.prefix()
	case e.depth == 2:
		return e.child(p, w)
	case e.depth == 3 && e.inRows && p.is(startTag, "row"):
		return e.row(c, p, w)
	case e.depth == 4 && e.inRows && e.restore && p.is(startTag, "c"):
		p.raw = e.restored(p.raw)
	case e.depth == 3 && !e.inRows && p.is(startTag, "sheetView"):
		if e.unselect && truth(string(attrOf(p.raw, "tabSelected"))) {
			p.raw = setAttr(nil, p.raw, "tabSelected", "0")
		}
	case e.depth == 3 && !e.inRows && p.is(startTag, "col"):
		e.column(p.raw)
	}
	_, err := w.Write(p.raw)
	return err
}

// child copies the start tag of a child of the root.
func (e *sheetEditor) child(p piece, w *bufio.Writer) error {
	switch string(p.name()) {
	case "dimension":
		p.raw = e.dimension(p.raw)
	case "sheetFormatPr":
		e.widths.standard, _ = strconv.ParseFloat(string(attrOf(p.raw, "defaultColWidth")), 64)
		e.rowHeight, _ = strconv.ParseFloat(string(attrOf(p.raw, "defaultRowHeight")), 64)
	case "sheetData":
		if !p.empty {
			e.inRows = true
			break
		}
		if len(e.spots) > 0 {
			if _, err := w.Write(opened(p.raw)); err != nil {
				return err
			}
			e.out = append(e.newRows(e.out[:0], maxRows+1), "</"+e.prefix+"sheetData>"...)
			p.raw = e.out
		}
	case "legacyDrawing":
		e.hasNotes, e.notesID = true, string(attrOf(p.raw, "id"))
	case "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst":
		if err := e.join(w); err != nil {
			return err
		}
	}
	_, err := w.Write(p.raw)
	return err
}

// join writes the <legacyDrawing> of a sheet that has none yet, where the schema wants it.
func (e *sheetEditor) join(w *bufio.Writer) error {
	if e.hasNotes || len(e.notes) == 0 {
		return nil
	}
	e.hasNotes = true
	_, err := w.WriteString(withPrefix(e.drawing, e.prefix))
	return err
}

// end copies an end tag, and before it what is still to come at its place.
func (e *sheetEditor) end(p piece, w *bufio.Writer) error {
	switch {
	case e.depth == 2 && e.inRows && p.is(endTag, "sheetData"):
		e.inRows = false
		e.out = e.newRows(e.out[:0], maxRows+1)
		if _, err := w.Write(e.out); err != nil {
			return err
		}
	case e.depth == 1:
		if err := e.join(w); err != nil {
			return err
		}
	}
	_, err := w.Write(p.raw)
	return err
}

func (e *sheetEditor) column(tag []byte) {
	low, high := number(attrOf(tag, "min")), number(attrOf(tag, "max"))
	if low < 1 || high < low || len(e.columns) > maxColumns {
		return
	}
	if s := number(attrOf(tag, "style")); s > 0 {
		e.columns = append(e.columns, columnStyle{low, high, s})
	}
	width, err := strconv.ParseFloat(string(attrOf(tag, "width")), 64)
	if truth(string(attrOf(tag, "hidden"))) {
		width, err = 0, nil
	}
	if err == nil {
		e.widths.set(low, min(high, maxColumns), width)
	}
}

// dimension widens the range that the sheet says it has to the cells that are marked.
func (e *sheetEditor) dimension(tag []byte) []byte {
	r, ok := parseRange(string(attrOf(tag, "ref")))
	if !ok || len(e.spots) == 0 {
		return tag
	}
	wide := r
	for i := range e.spots {
		s := &e.spots[i]
		wide.FirstRow, wide.LastRow = min(wide.FirstRow, s.row), max(wide.LastRow, s.row)
		for _, col := range append([]int{max(s.col, 1)}, s.cols...) {
			if s.col > 0 || len(s.cols) > 0 && col != 1 {
				wide.FirstCol, wide.LastCol = min(wide.FirstCol, col), max(wide.LastCol, col)
			}
		}
	}
	if wide == r {
		return tag
	}
	return setAttr(nil, tag, "ref", rangeName(wide))
}

// restored gives a cell's tag with the style that it had before it was marked.
func (e *sheetEditor) restored(tag []byte) []byte {
	style := number(attrOf(tag, "s"))
	if before := e.st.restore(style); before != style {
		return setAttr(nil, tag, "s", strconv.Itoa(before))
	}
	return tag
}

// row copies the tag of a row. A row with marks is read, and written whole; so is one whose number
// only its cells tell.
func (e *sheetEditor) row(c *cutter, p piece, w *bufio.Writer) error {
	n := number(attrOf(p.raw, "r"))
	if n == e.last && n > 0 { // a row that is begun anew
		_, err := w.Write(p.raw)
		return err
	}
	stated := n > e.last
	if !stated {
		n = e.last + 1
	}
	// All spots above this row are passed: rows come in order.
	if stated && (e.at == len(e.spots) || e.spots[e.at].row > n) {
		e.last = n
		_, err := w.Write(p.raw)
		return err
	}
	tag := bytes.Clone(p.raw)
	if err := e.readRow(c, p.empty, &n, stated); err != nil {
		return err
	}
	if !p.empty {
		e.depth-- // its end tag is read
	}
	e.out = e.newRows(e.out[:0], n)
	e.last = n
	first := e.at
	for e.at < len(e.spots) && e.spots[e.at].row == n {
		e.at++
	}
	e.out = e.writeRow(e.out, tag, p.empty, n, e.spots[first:e.at])
	_, err := w.Write(e.out)
	return err
}

// readRow reads the rest of a row into buf. Where its number was not stated, the first cell's
// reference gives it.
func (e *sheetEditor) readRow(c *cutter, empty bool, n *int, stated bool) error {
	e.buf, e.list = e.buf[:0], e.list[:0]
	depth, col := 0, 0
	for !empty {
		p, err := c.next()
		if err != nil {
			return unexpected(err)
		}
		from := len(e.buf)
		e.buf = append(e.buf, p.raw...)
		if len(e.buf) > maxRowText {
			return errLongText
		}
		if p.kind == startTag {
			if depth++; depth == 1 && p.is(startTag, "c") {
				row := 0
				col++
				if ref := attrOf(p.raw, "r"); ref != nil {
					r, c, ok := parseRef(ref)
					if !ok {
						return fmt.Errorf("%q is no cell", clipBytes(ref))
					}
					row, col = r, c
				}
				if !stated && row > e.last {
					*n = row
				}
				stated = true
				e.list = append(e.list, rawCell{from: from, to: len(e.buf), end: len(e.buf), col: col, style: number(attrOf(p.raw, "s"))})
			} else if depth == 2 && len(e.list) > 0 && (p.is(startTag, "v") || p.is(startTag, "is") || p.is(startTag, "f")) {
				e.list[len(e.list)-1].filled = true
			}
		}
		if p.kind == endTag || p.kind == startTag && p.empty {
			if depth--; depth < 0 {
				return nil
			}
			if depth == 0 && len(e.list) > 0 && p.is(p.kind, "c") {
				e.list[len(e.list)-1].end = len(e.buf)
			}
		}
	}
	return nil
}

// newRows appends the rows before row n that have marks and that the sheet does not have.
func (e *sheetEditor) newRows(out []byte, n int) []byte {
	for e.at < len(e.spots) && e.spots[e.at].row < n {
		first, row := e.at, e.spots[e.at].row
		for e.at < len(e.spots) && e.spots[e.at].row == row {
			e.at++
		}
		buf, list := e.buf, e.list
		e.buf, e.list = nil, nil
		tag := fmt.Sprintf(`<%srow r="%d"/>`, e.prefix, row)
		out = e.writeRow(out, []byte(tag), true, row, e.spots[first:e.at])
		e.buf, e.list = buf, list
	}
	return out
}

// writeRow appends the row at work with its marks.
func (e *sheetEditor) writeRow(out, tag []byte, empty bool, n int, spots []spot) []byte {
	want := e.plan(n, spots)
	base := 0
	if truth(string(attrOf(tag, "customFormat"))) {
		base = max(0, number(attrOf(tag, "s")))
	}
	if len(want) > 0 {
		tag = widenSpans(tag, want[0].col, want[len(want)-1].col)
		if empty {
			tag = opened(tag)
		}
	}
	out = append(out, tag...)
	pos := 0
	insert := func(before int) {
		for len(want) > 0 && want[0].col < before {
			style := e.st.mark(e.columnStyle(base, want[0].col), want[0].shade)
			out = fmt.Appendf(out, `<%sc r="%s" s="%d"/>`, e.prefix, source.CellName(n, want[0].col), style)
			want = want[1:]
			e.cells++
		}
	}
	for _, c := range e.list {
		if len(want) > 0 && want[0].col < c.col {
			out = append(out, e.buf[pos:c.from]...)
			pos = c.from
			insert(c.col)
		}
		style := e.st.restore(c.style)
		if len(want) > 0 && want[0].col == c.col {
			style = e.st.mark(c.style, want[0].shade)
			want = want[1:]
			e.cells++
		}
		if style != c.style {
			out = append(out, e.buf[pos:c.from]...)
			out = setAttr(out, e.buf[c.from:c.to], "s", strconv.Itoa(style))
			pos = c.to
		}
	}
	if len(e.list) > 0 {
		end := e.list[len(e.list)-1].end
		out = append(out, e.buf[pos:end]...)
		pos = end
	}
	added := len(want) > 0
	insert(maxColumns + 1)
	out = append(out, e.buf[pos:]...)
	if empty && added {
		out = append(out, "</"+e.prefix+"row>"...)
	}
	return out
}

func (e *sheetEditor) columnStyle(base, col int) int {
	if base > 0 {
		return base
	}
	for _, c := range e.columns {
		if c.low <= col && col <= c.high {
			return c.style
		}
	}
	return 0
}

type shaded struct {
	col   int
	shade shade
}

// plan decides which cells of a row are coloured, in order, and which are commented.
func (e *sheetEditor) plan(n int, spots []spot) []shaded {
	var want []shaded
	raise := func(col int, s shade) {
		i, ok := slices.BinarySearchFunc(want, col, func(w shaded, col int) int { return cmp.Compare(w.col, col) })
		if ok {
			want[i].shade = max(want[i].shade, s)
		} else {
			want = slices.Insert(want, i, shaded{col, s})
		}
	}
	first := len(e.notes)
	for i := range spots {
		s := &spots[i]
		col := s.col
		if col == 0 {
			cols, at := e.rowCells(s.cols)
			for _, c := range cols {
				raise(c, s.rowShade())
			}
			col = at
		}
		raise(col, s.cellShade())
		j := slices.IndexFunc(e.notes[first:], func(x note) bool { return x.col == col })
		if j < 0 {
			e.notes = append(e.notes, note{row: n, col: col})
			j = len(e.notes) - 1 - first
		}
		x := &e.notes[first+j]
		x.marks, x.error = append(x.marks, s.marks...), x.error || s.error
	}
	slices.SortStableFunc(e.notes[first:], func(a, b note) int { return cmp.Compare(a.col, b.col) })
	return want
}

// rowCells gives the columns that a mark of the row at work is about, and the one that stands for
// it: the first with something in it.
func (e *sheetEditor) rowCells(wanted []int) (cols []int, first int) {
	last := 0
	for _, c := range e.list {
		if c.filled && (len(wanted) == 0 || slices.Contains(wanted, c.col)) {
			if first == 0 {
				first = c.col
			}
			last = c.col
		}
	}
	if len(wanted) > 0 {
		return wanted, cmp.Or(first, slices.Min(wanted))
	}
	for _, c := range e.list {
		if c.col >= first && c.col <= last {
			cols = append(cols, c.col)
		}
	}
	return cols, max(first, 1)
}

// widenSpans widens the columns that a row says it has.
func widenSpans(tag []byte, low, high int) []byte {
	from, to, ok := bytes.Cut(attrOf(tag, "spans"), []byte(":"))
	a, b := number(from), number(to)
	if !ok || a < 1 || b < a || a <= low && high <= b {
		return tag
	}
	return setAttr(nil, tag, "spans", fmt.Sprintf("%d:%d", min(a, low), max(b, high)))
}
