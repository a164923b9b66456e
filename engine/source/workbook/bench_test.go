package workbook

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkScan reads a sheet of 2,000 rows × 20 columns of strings, numbers and dates.
func BenchmarkScan(b *testing.B) {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet><sheetData>`)
	for row := 1; row <= 2000; row++ {
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:20">`, row)
		for col := 0; col < 20; col++ {
			ref := fmt.Sprintf("%c%d", 'A'+col, row)
			switch col % 4 {
			case 0:
				fmt.Fprintf(&sheet, `<c r="%s" t="s"><v>%d</v></c>`, ref, col)
			case 1:
				fmt.Fprintf(&sheet, `<c r="%s"><v>%d.25</v></c>`, ref, row*col)
			case 2:
				fmt.Fprintf(&sheet, `<c r="%s" t="inlineStr"><is><t>Customer %d &amp; Co</t></is></c>`, ref, row)
			default:
				fmt.Fprintf(&sheet, `<c r="%s" s="1"><v>%d</v></c>`, ref, 45000+row)
			}
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	book := &book{classes: []class{plain, date}}
	for i := range 20 {
		if err := book.strings.add(fmt.Appendf(nil, "shared %d", i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := book.strings.finish(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(sheet.Len()))
	b.ReportAllocs()
	for b.Loop() {
		s, err := newScanner(bytes.NewReader([]byte(sheet.String())))
		if err != nil {
			b.Fatal(err)
		}
		r := &rowReader{rowBuilder: rowBuilder{b: book}, s: s, hidden: map[int]bool{}}
		n := 0
		for {
			row, err := r.next()
			if err != nil {
				b.Fatal(err)
			}
			if row == nil {
				break
			}
			n += len(row.Cells)
		}
		if n != 40000 {
			b.Fatal(n)
		}
	}
}
