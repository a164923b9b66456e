package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// cell is one cell as it will stand in a sheet. In a formula, {r} is the number of its row.
type cell struct {
	v       any // nil, string, int64, float64, time.Time
	formula string
	style   style
}

// text is a cell of text; no text is no cell.
func text(s string) cell {
	if s == "" {
		return cell{}
	}
	return cell{v: s}
}

// style names a look of a cell.
type style int

const (
	styleNone style = iota
	styleTitle
	styleHeader
	styleDate
	styleMoney
	styleParens
	stylePercent
	styleBold
	styleCount // how many there are
)

// sheet is a worksheet in memory, row by row from row 1.
type sheet struct {
	name   string
	rows   [][]cell
	merges [][2]string // ranges, as "A1", "C1"
	hide   []int       // hidden columns, from 1
	hidden bool        // the whole sheet is hidden
	logo   bool        // a picture stands in the upper left
}

// add appends a row and gives its number.
func (s *sheet) add(cells ...cell) int {
	s.rows = append(s.rows, cells)
	return len(s.rows)
}

// blank appends empty rows.
func (s *sheet) blank(n int) {
	for range n {
		s.add()
	}
}

// book is a workbook in memory.
type book struct {
	sheets   []*sheet
	streamed bool // texts stand in the sheets themselves (inline strings) and not in the shared table
	date1904 bool // day 0 is 1 January 1904, as workbooks from an old Mac have it
}

func (b *book) sheet(name string) *sheet {
	s := &sheet{name: name}
	b.sheets = append(b.sheets, s)
	return s
}

// bytes writes the workbook as an .xlsx file, the same bytes every time.
func (b *book) bytes() ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // nothing is open: the file lives in memory
	f.SetZipWriter(newPlainZip)
	if err := b.properties(f); err != nil {
		return nil, err
	}
	styles, err := newStyles(f)
	if err != nil {
		return nil, err
	}
	for i, s := range b.sheets {
		if err := b.write(f, i, s, styles); err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.name, err)
		}
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func (b *book) properties(f *excelize.File) error {
	when := time.Date(2026, 2, 3, 8, 0, 0, 0, time.UTC).Format(time.RFC3339)
	err := f.SetDocProps(&excelize.DocProperties{Created: when, Modified: when, Creator: "Administrasi", LastModifiedBy: "Administrasi"})
	if err != nil {
		return err
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel"}); err != nil {
		return err
	}
	return f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &b.date1904})
}

// write writes one sheet; the first takes the place of the one that every new file has.
func (b *book) write(f *excelize.File, index int, s *sheet, styles [styleCount]int) error {
	if index == 0 {
		if err := f.SetSheetName("Sheet1", s.name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(s.name); err != nil {
		return err
	}
	var err error
	if b.streamed {
		err = b.stream(f, s, styles)
	} else {
		err = b.place(f, s, styles)
	}
	if err != nil {
		return err
	}
	if s.hidden {
		return f.SetSheetVisible(s.name, false)
	}
	return nil
}

// place writes cell by cell; texts go to the shared table.
func (b *book) place(f *excelize.File, s *sheet, styles [styleCount]int) error {
	for r, row := range s.rows {
		for c, x := range row {
			if err := b.placeCell(f, s.name, c+1, r+1, x, styles); err != nil {
				return err
			}
		}
	}
	for _, m := range s.merges {
		if err := f.MergeCell(s.name, m[0], m[1]); err != nil {
			return err
		}
	}
	for _, c := range s.hide {
		name, err := excelize.ColumnNumberToName(c)
		if err != nil {
			return err
		}
		if err := f.SetColVisible(s.name, name, false); err != nil {
			return err
		}
	}
	if s.logo {
		return f.AddPictureFromBytes(s.name, "A1", &excelize.Picture{Extension: ".png", File: logo(), Format: &excelize.GraphicOptions{AltText: "logo"}})
	}
	return nil
}

func (b *book) placeCell(f *excelize.File, sheet string, c, r int, x cell, styles [styleCount]int) error {
	at, err := excelize.CoordinatesToCellName(c, r)
	if err != nil {
		return err
	}
	if v := b.value(x); v != nil {
		set := f.SetCellValue
		if x.formula != "" { // a formula's value never stands in the shared table
			set = func(sheet, at string, v any) error { return f.SetCellDefault(sheet, at, fmt.Sprint(v)) }
		}
		if err := set(sheet, at, v); err != nil {
			return err
		}
	}
	if x.formula != "" {
		if err := f.SetCellFormula(sheet, at, formula(x, r)); err != nil {
			return err
		}
	}
	if x.style == styleNone {
		return nil
	}
	return f.SetCellStyle(sheet, at, at, styles[x.style])
}

// stream writes row by row; texts stand inline.
func (b *book) stream(f *excelize.File, s *sheet, styles [styleCount]int) error {
	w, err := f.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for _, c := range s.hide {
		if err := w.SetColVisible(c, c, false); err != nil {
			return err
		}
	}
	for r, row := range s.rows {
		values := make([]any, len(row))
		for c, x := range row {
			if x != (cell{}) {
				values[c] = excelize.Cell{StyleID: styles[x.style], Formula: formula(x, r+1), Value: b.value(x)}
			}
		}
		if err := w.SetRow("A"+strconv.Itoa(r+1), values); err != nil {
			return err
		}
	}
	for _, m := range s.merges {
		if err := w.MergeCell(m[0], m[1]); err != nil {
			return err
		}
	}
	return w.Flush()
}

// value gives what the cell holds; dates become day numbers of the workbook's own system.
func (b *book) value(x cell) any {
	v := x.v
	if t, ok := v.(time.Time); ok {
		v = serial(t)
	}
	if n, ok := v.(int64); ok && b.date1904 && x.style == styleDate {
		v = n - 1462
	}
	return v
}

func formula(x cell, row int) string {
	return strings.ReplaceAll(x.formula, "{r}", strconv.Itoa(row))
}

// newStyles registers the looks.
func newStyles(f *excelize.File) ([styleCount]int, error) {
	format := func(s string) *string { return &s }
	looks := [styleCount]*excelize.Style{
		styleTitle:   {Font: &excelize.Font{Bold: true, Size: 14}},
		styleHeader:  {Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D9E1F2"}}, Alignment: &excelize.Alignment{WrapText: true}},
		styleDate:    {CustomNumFmt: format("dd/mm/yyyy")},
		styleMoney:   {CustomNumFmt: format("#,##0")},
		styleParens:  {CustomNumFmt: format(`#,##0;(#,##0)`)},
		stylePercent: {CustomNumFmt: format("0%")},
		styleBold:    {Font: &excelize.Font{Bold: true}, CustomNumFmt: format("#,##0")},
	}
	var ids [styleCount]int
	for i, look := range looks {
		if look == nil {
			continue
		}
		id, err := f.NewStyle(look)
		if err != nil {
			return ids, err
		}
		ids[i] = id
	}
	return ids, nil
}

// logo draws the small picture that stands above some headers. It is stored uncompressed, so that
// its bytes do not depend on a compressor.
func logo() []byte {
	img := image.NewPaletted(image.Rect(0, 0, 48, 24), color.Palette{color.White, color.RGBA{R: 0x1f, G: 0x4e, B: 0x79, A: 0xff}})
	for y := range 24 {
		for x := range 48 {
			if (x/8+y/8)%2 == 0 {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.NoCompression}
	if err := enc.Encode(&buf, img); err != nil {
		panic(err) // a buffer takes every byte
	}
	return buf.Bytes()
}
