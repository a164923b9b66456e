package workbook

import (
	"fmt"
	"strings"

	"atlas/engine/source"
)

// Records of the names that a binary workbook gives to cells.
const (
	recOtherBook  = 355 // the books that names point into, in order,
	recThisBook   = 357 // of which this is the book itself
	recSameSheet  = 358
	recAddIn      = 667
	recSheetPairs = 362
	recTable      = 343
	recTableField = 347
)

// The parts of a formula that stand for cells; others are computed.
const (
	tokenUnion   = 0x10
	tokenCell    = 0x3A
	tokenArea    = 0x3B
	tokenNoCell  = 0x3C
	tokenNoArea  = 0x3D
	tokenName    = 0x23
	tokenMemory  = 0x29
	tokenNumbers = 0x1C // to 0x1F: an error, a boolean, a whole number, a number
)

// sheetPair says which sheets of which book a reference goes over.
type sheetPair struct{ book, first, last int }

// binaryNames gives the defined names; formulas are spelled as the other format has them.
func (b *book) binaryNames() ([]named, error) {
	type raw struct {
		named
		formula fields
	}
	var found []raw
	var pairs []sheetPair
	var titles []string
	books, this, size := 0, -1, 0
	err := b.eachRecord(b.main, func(r *records) error {
		switch r.id {
		case recSheet:
			r.data.take(8)
			if _, err := r.data.text(nil); err != nil {
				return err
			}
			title, err := r.data.text(nil)
			titles = append(titles, string(title))
			return err
		case recThisBook, recOtherBook, recSameSheet, recAddIn:
			if r.id == recThisBook {
				this = books
			}
			books++
		case recSheetPairs:
			for n := r.data.u32(); n > 0 && len(r.data) >= 12; n-- {
				pairs = append(pairs, sheetPair{r.data.u32(), int(int32(r.data.u32())), int(int32(r.data.u32()))})
			}
		case recName:
			n, formula, hidden, err := b.readName(r.data)
			if size += len(n.name) + len(formula); err == nil && len(found) <= maxNames && size <= maxFormulas {
				if hidden {
					n.name = ""
				}
				found = append(found, raw{n, append(fields(nil), formula...)})
			}
			return err
		}
		return nil
	})
	var out []named
	all := make([]string, len(found)) // names refer to one another by number
	for i := range found {
		all[i] = found[i].name
	}
	for _, f := range found {
		if f.name != "" {
			f.named.formula = spell(f.formula, pairs, titles, all, this)
			out = append(out, f.named)
		}
	}
	return out, err
}

// readName reads the record of a defined name, its formula undone.
func (b *book) readName(f fields) (n named, formula fields, hidden bool, err error) {
	flags := f.u32()
	f.u8() // a key on the keyboard
	at := f.u32()
	name, err := f.text(nil)
	if err != nil {
		return n, nil, false, err
	}
	n.name = strings.TrimPrefix(string(name), "_xlnm.")
	if at != 0xFFFFFFFF {
		n.local = b.sheetAt(at)
		hidden = n.local == nil // of a chart sheet
	}
	size := f.u32()
	if size > len(f) {
		return n, nil, false, errRecord
	}
	return n, f[:min(size, maxFormula)], hidden || size == 0 || flags&1 != 0, nil // a macro has no cells
}

// spell writes a formula that is a reference as text; of others it only says that they compute.
func spell(f fields, pairs []sheetPair, titles, names []string, this int) string {
	const computed = "…()"
	if len(f) == 0 {
		return ""
	}
	union := f[len(f)-1] == tokenUnion
	token := f.u8()
	if token > 0x40 {
		token = token&0x1F | 0x20 // the same, as a value or an array
	}
	switch {
	case token == tokenMemory && union:
		return "A1,A1"
	case token >= tokenNumbers && token <= tokenNumbers+3, token == 0x17:
		return `"constant"`
	case token == tokenNoCell, token == tokenNoArea:
		return "#REF!"
	case token == tokenName:
		if i := f.u32() - 1; i >= 0 && i < len(names) && len(f) == 0 {
			return names[i]
		}
		return computed
	case token != tokenCell && token != tokenArea:
		return computed
	}
	i := f.u16()
	if i >= len(pairs) {
		return computed
	}
	sheet := sheetOfPair(pairs[i], titles, this)
	r := source.Range{FirstRow: f.u32() + 1}
	r.LastRow = r.FirstRow
	if token == tokenArea {
		r.LastRow = f.u32() + 1
	}
	r.FirstCol = f.u16()&0x3FFF + 1
	r.LastCol = r.FirstCol
	if token == tokenArea {
		r.LastCol = f.u16()&0x3FFF + 1
	}
	if len(f) > 0 || r.LastRow > maxRows {
		return computed
	}
	return sheet + rangeName(r)
}

// sheetOfPair gives the sheet before a reference, with its !.
func sheetOfPair(p sheetPair, titles []string, this int) string {
	switch {
	case p.book != this:
		return "[other]!"
	case p.first < 0 || p.first >= len(titles):
		return "#REF!"
	case p.last != p.first && p.last >= 0 && p.last < len(titles):
		return fmt.Sprintf("'%s:%s'!", quoted(titles[p.first]), quoted(titles[p.last]))
	default:
		return fmt.Sprintf("'%s'!", quoted(titles[p.first]))
	}
}

func quoted(sheet string) string { return strings.ReplaceAll(sheet, "'", "''") }

// readBinaryTable reads the part of an Excel table.
func (b *book) readBinaryTable(s *sheet, part string) ([]named, error) {
	var a *area
	var out []named
	headers := 0
	err := b.eachRecord(part, func(r *records) error {
		switch r.id {
		case recTable:
			where, ok := mergeRecord(r.data)
			r.data.take(16)
			r.data.take(8) // kind and number
			headers = r.data.u32()
			totals := r.data.u32()
			r.data.take(32) // flags, styles, connection
			if !ok {
				return errStop
			}
			a = &area{Range: where}
			a.LastRow = max(a.FirstRow, a.LastRow-totals)
			for range 2 { // its own name and the one that is shown
				name, err := r.data.text(nil)
				if err != nil {
					return err
				}
				if n := string(name); n != "" && (len(out) == 0 || !strings.EqualFold(out[0].name, n)) {
					out = append(out, named{name: n, sheet: s, table: a})
				}
			}
		case recTableField:
			if a == nil || headers > 0 || len(a.fields) > maxColumns {
				return nil
			}
			r.data.take(24)
			name, err := r.data.text(nil)
			if caption, captionErr := r.data.text(nil); captionErr == nil && len(caption) > 0 {
				name = caption
			}
			a.fields = append(a.fields, string(name))
			return err
		}
		return nil
	})
	return out, err
}
