package pptx

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"atlas/engine/block"
)

// originSheet says where each value of the data sheet is from.
const originSheet = "origin"

// workbook writes the workbook that PowerPoint opens when people edit a chart's data.
func (x *plot) workbook() ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it is in memory
	b := &plotBook{file: f, styles: map[string]int{}}
	b.try(f.SetSheetName("Sheet1", dataSheet))
	_, err := f.NewSheet(originSheet)
	b.try(err)
	b.origin("cell", "series", "category", "value", "block", "query", "row", "column")
	for i, name := range x.names {
		b.set(1, i+2, name)
	}
	if x.steps != nil {
		x.stepCells(b)
	}
	for _, p := range x.sheetSeries() {
		x.seriesCells(b, p)
	}
	x.textCells(b)
	b.try(f.SetColWidth(dataSheet, "A", "A", 24))
	b.try(f.SetColWidth(originSheet, "A", "H", 18))
	if b.err != nil {
		return nil, fmt.Errorf("write its workbook: %w", b.err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("write its workbook: %w", err)
	}
	return out.Bytes(), nil
}

// sheetSeries are the series and what else has a column of its own.
func (x *plot) sheetSeries() []*plotSeries {
	out := append([]*plotSeries(nil), x.series...)
	if x.across != nil {
		out = append([]*plotSeries{x.across}, out...)
	}
	if x.sizes != nil {
		out = append(out, x.sizes)
	}
	if x.axis.under != nil {
		out = append(out, x.axis.under)
	}
	return append(out, x.beside...)
}

func (x *plot) seriesCells(b *plotBook, p *plotSeries) {
	b.set(p.column, 1, p.label)
	style := b.style(p.code)
	for i, v := range p.values {
		if p.formula != nil && p.formula[i] != "" {
			b.formula(p.column, i+2, v, p.formula[i])
		} else if !math.IsNaN(v) {
			b.set(p.column, i+2, v)
		}
		if i < len(p.figures) && p.figures[i] != nil {
			b.from(sheetCell(p.column, i+2), p.label, x.names[i], p.figures[i], x.block)
		}
	}
	if len(p.values) > 0 {
		b.try(b.file.SetCellStyle(dataSheet, sheetCell(p.column, 2), sheetCell(p.column, len(p.values)+1), style))
	}
}

// textCells writes the texts that labels and names of an axis show.
func (x *plot) textCells(b *plotBook) {
	for _, t := range x.texts {
		b.set(t.column, 1, t.header)
		for i, text := range t.texts {
			if text != "" {
				b.set(t.column, i+2, text)
			}
		}
	}
}

// stepCells writes the values of a waterfall that people change, and its levels.
func (x *plot) stepCells(b *plotBook) {
	s := x.steps
	b.set(2, 1, s.label)
	b.set(3, 1, "total")
	b.set(4, 1, "level")
	style := b.style(s.code)
	for i, v := range s.values {
		if !math.IsNaN(v) {
			b.set(2, i+2, v)
		}
		if s.totals[i] {
			b.set(3, i+2, 1)
		}
		b.formula(4, i+2, s.levels[i], levelFormula(i))
		if s.figures[i] != nil {
			b.from(sheetCell(2, i+2), s.label, x.names[i], s.figures[i], x.block)
		}
	}
	if n := len(s.values); n > 0 {
		b.try(b.file.SetCellStyle(dataSheet, "B2", sheetCell(2, n+1), style))
	}
}

func sheetCell(column, row int) string { return fmt.Sprintf("%s%d", sheetColumn(column), row) }

// plotBook writes cells; the first error is kept.
type plotBook struct {
	file   *excelize.File
	styles map[string]int
	rows   int // of the origin sheet
	err    error
}

func (b *plotBook) try(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

func (b *plotBook) set(column, row int, v any) {
	if s, ok := v.(string); ok {
		v = escaped(sheetText(s))
	}
	b.try(b.file.SetCellValue(dataSheet, sheetCell(column, row), v))
}

// formula writes a formula with the value that it has now.
func (b *plotBook) formula(column, row int, v float64, formula string) {
	b.set(column, row, v)
	b.try(b.file.SetCellFormula(dataSheet, sheetCell(column, row), formula))
}

// mostText is how long a text in a cell may be.
const mostText = 32767

// sheetText makes a text fit for a cell.
func sheetText(s string) string {
	s = strings.ToValidUTF8(clean(s), "\ufffd")
	if len(s) > mostText {
		s = strings.ToValidUTF8(s[:mostText], "")
	}
	return s
}

// escapedCharacter is how strings of workbooks, and their copies in charts, write a character by its
// number (ST_Xstring).
var escapedCharacter = regexp.MustCompile(`^_x([0-9A-Fa-f]{4})_`) //nolint:gochecknoglobals // a compiled constant

// escaped writes a text that says such a thing itself, like "_x0041_", so that it is read as it is.
func escaped(s string) string { return replaceEscapes(s, func(string) string { return "_x005F_" }, 1) }

// unescaped reads such a string.
func unescaped(s string) string {
	return replaceEscapes(s, func(code string) string {
		n, _ := strconv.ParseUint(code, 16, 16) // it is four such digits
		return string(rune(n))
	}, len("_x0041_"))
}

// replaceEscapes puts texts for the first so many letters of each escaped character.
func replaceEscapes(s string, by func(code string) string, letters int) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if m := escapedCharacter.FindStringSubmatch(s[i:]); m != nil {
			b.WriteString(by(m[1]))
			i += letters
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

func (b *plotBook) style(code string) int {
	if id, ok := b.styles[code]; ok {
		return id
	}
	id, err := b.file.NewStyle(&excelize.Style{CustomNumFmt: &code})
	b.try(err)
	b.styles[code] = id
	return id
}

func (b *plotBook) origin(texts ...string) {
	b.rows++
	row := make([]any, len(texts))
	for i, t := range texts {
		row[i] = escaped(sheetText(t))
	}
	b.try(b.file.SetSheetRow(originSheet, sheetCell(1, b.rows), &row))
}

// from tells where the value of a cell is from, with its exact value.
func (b *plotBook) from(cell, series, category string, f *block.Figure, of *block.Block) {
	value := ""
	if f.Value != nil {
		value = fmt.Sprint(f.Value)
	}
	b.origin(cell, series, category, value, or(f.Origin.Block, of.ID), f.Origin.Query, f.Origin.Row, f.Origin.Column)
}
