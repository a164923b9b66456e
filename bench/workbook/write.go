package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
)

// The workbook of the comparison: 200,000 rows of a ledger in 20 columns.
const (
	tableRows = 200_000
	distinct  = 1_000_000 // strings of the workbook whose strings do not fit into memory
)

// sheetWriter writes a workbook of one sheet, its strings inline or shared.
type sheetWriter struct {
	out    *bufio.Writer
	shared bool
	index  map[string]int
	list   []string
}

func (w *sheetWriter) text(ref, s string) {
	if !w.shared {
		fmt.Fprintf(w.out, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, s)
		return
	}
	i, ok := w.index[s]
	if !ok {
		i = len(w.list)
		w.index[s] = i
		w.list = append(w.list, s)
	}
	fmt.Fprintf(w.out, `<c r="%s" t="s"><v>%d</v></c>`, ref, i)
}

// writeTable writes the ledger: texts from a few words up to one of its own in every row, dates,
// times, amounts, a boolean and a formula.
func writeTable(path string, shared bool) error {
	return writeBook(path, shared, func(w *sheetWriter) {
		rnd := rand.New(rand.NewPCG(1, 2))
		towns := []string{"Amsterdam", "Berlin", "Jakarta", "Köln", "Lisbon", "Surabaya", "東京", "Zürich"}
		pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
		for row := 1; row <= tableRows; row++ {
			fmt.Fprintf(w.out, `<row r="%d" spans="1:20">`, row)
			for col := range 20 {
				ref := fmt.Sprintf("%c%d", 'A'+col, row)
				switch col {
				case 0:
					w.text(ref, fmt.Sprintf("INV-2026-%06d", row))
				case 1:
					w.text(ref, fmt.Sprintf("Customer %d &amp; Sons", rnd.IntN(5000)))
				case 2:
					w.text(ref, pick(towns...))
				case 3, 4, 5:
					w.text(ref, pick("cash", "transfer", "card", "open", "paid", "first reminder"))
				case 6:
					w.text(ref, fmt.Sprintf("order of week %d, line %d", rnd.IntN(53), rnd.IntN(40)))
				case 7, 8:
					fmt.Fprintf(w.out, `<c r="%s" s="1"><v>%d</v></c>`, ref, 45000+rnd.IntN(800))
				case 9:
					fmt.Fprintf(w.out, `<c r="%s" s="2"><v>%.10f</v></c>`, ref, 45000+rnd.Float64()*800)
				case 10:
					fmt.Fprintf(w.out, `<c r="%s" t="b"><v>%d</v></c>`, ref, rnd.IntN(2))
				case 11:
					fmt.Fprintf(w.out, `<c r="%s"><f>M%d+N%d</f><v>%d</v></c>`, ref, row, row, rnd.IntN(1e6))
				default:
					fmt.Fprintf(w.out, `<c r="%s" s="3"><v>%.2f</v></c>`, ref, rnd.Float64()*1e6)
				}
			}
			fmt.Fprint(w.out, `</row>`)
		}
	})
}

// writeDistinct writes a million different strings of 60 characters, four a row, which cells name in order.
func writeDistinct(path string) error {
	return writeBook(path, true, func(w *sheetWriter) {
		rnd := rand.New(rand.NewPCG(3, 4))
		for row := range distinct / 4 {
			fmt.Fprintf(w.out, `<row r="%d">`, row+1)
			for col := range 4 {
				n := row*4 + col
				s := fmt.Sprintf("%08d %016x%016x", n, rnd.Uint64(), rnd.Uint64())
				w.text(fmt.Sprintf("%c%d", 'A'+col, row+1), s+strings.Repeat("x", 60-len(s)))
			}
			fmt.Fprint(w.out, `</row>`)
		}
	})
}

func writeBook(path string, shared bool, rows func(w *sheetWriter)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	w := &sheetWriter{shared: shared, index: map[string]int{}}
	part := func(name string, write func(out *bufio.Writer)) {
		var e io.Writer
		if err == nil {
			e, err = z.Create(name)
		}
		if err == nil {
			out := bufio.NewWriterSize(e, 1<<16)
			fmt.Fprint(out, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n")
			write(out)
			err = out.Flush()
		}
	}
	text := func(s string) func(*bufio.Writer) {
		return func(out *bufio.Writer) { fmt.Fprint(out, s) }
	}
	const (
		office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		pack   = "http://schemas.openxmlformats.org/package/2006/"
		sheet  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		types  = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	)
	part("[Content_Types].xml", text(`<Types xmlns="`+pack+`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="`+types+`sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="`+types+`worksheet+xml"/>`+
		`<Override PartName="/xl/styles.xml" ContentType="`+types+`styles+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="`+types+`sharedStrings+xml"/></Types>`))
	part("_rels/.rels", text(`<Relationships xmlns="`+pack+`relationships"><Relationship Id="rId1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	part("xl/workbook.xml", text(`<workbook xmlns="`+sheet+`" xmlns:r="`+office+`"><sheets><sheet name="Ledger" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	part("xl/_rels/workbook.xml.rels", text(`<Relationships xmlns="`+pack+`relationships"><Relationship Id="rId1" Type="`+office+`/worksheet" Target="worksheets/sheet1.xml"/>`+
		`<Relationship Id="rId2" Type="`+office+`/styles" Target="styles.xml"/><Relationship Id="rId3" Type="`+office+`/sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	part("xl/styles.xml", text(`<styleSheet xmlns="`+sheet+`"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>`+
		`<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>`))
	part("xl/worksheets/sheet1.xml", func(out *bufio.Writer) {
		w.out = out
		fmt.Fprint(out, `<worksheet xmlns="`+sheet+`"><sheetData>`)
		rows(w)
		fmt.Fprint(out, `</sheetData></worksheet>`)
	})
	part("xl/sharedStrings.xml", func(out *bufio.Writer) {
		fmt.Fprintf(out, `<sst xmlns="%s" uniqueCount="%d">`, sheet, len(w.list))
		for _, s := range w.list {
			fmt.Fprintf(out, `<si><t>%s</t></si>`, s)
		}
		fmt.Fprint(out, `</sst>`)
	})
	if err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}
