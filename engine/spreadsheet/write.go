package spreadsheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// write puts the file together: excelize's parts, and in each sheet the cells. Entries stand in a
// fixed order and carry no time.
func (b *book) write(out io.Writer) error {
	cells := make([]*overflow, len(b.sheets))
	defer func() {
		for _, c := range cells {
			if c != nil {
				c.close()
			}
		}
	}()
	for i, s := range b.sheets {
		cells[i] = &overflow{dir: b.o.TempDir}
		if err := b.cells(s, cells[i]); err != nil {
			return err
		}
	}
	frame, err := b.file.WriteToBuffer()
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	in, err := zip.NewReader(bytes.NewReader(frame.Bytes()), int64(frame.Len()))
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	files := append([]*zip.File(nil), in.File...)
	first := func(f *zip.File) bool { return f.Name == "[Content_Types].xml" }
	sort.Slice(files, func(i, j int) bool {
		if first(files[i]) != first(files[j]) {
			return first(files[i])
		}
		return files[i].Name < files[j].Name
	})
	z := zip.NewWriter(out)
	for _, f := range files {
		if err := b.part(z, f, cells); err != nil {
			return fmt.Errorf("write %s of the workbook: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// sheetPart is the name of a sheet's part; sheets are numbered in the order in which they were made.
//
//nolint:gochecknoglobals // compiled constants
var (
	sheetPart   = regexp.MustCompile(`^xl/worksheets/sheet(\d+)\.xml$`)
	sheetData   = regexp.MustCompile(`(?s)<sheetData\s*/>|<sheetData>.*</sheetData>`)
	contentType = regexp.MustCompile(`<(?:Default|Override) [^>]*?(?:/>|></(?:Default|Override)>)`)
	outlined    = regexp.MustCompile(`<spPr><a:noFill></a:noFill></spPr>`)
	hatch       = regexp.MustCompile(`<spPr><a:solidFill><a:srgbClr val="` + hatched + `">(?:</a:srgbClr>)?</a:solidFill></spPr>`)
	dimension   = regexp.MustCompile(`<dimension ref="[^"]*"`)
)

func (b *book) part(z *zip.Writer, f *zip.File, cells []*overflow) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it is read from memory
	w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	m := sheetPart.FindStringSubmatch(f.Name)
	if m == nil {
		return b.other(w, f.Name, in)
	}
	i, err := strconv.Atoi(m[1])
	if err != nil || i < 1 || i > len(cells) {
		return errors.New("it belongs to no sheet")
	}
	xml, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	place := sheetData.FindIndex(xml)
	if place == nil {
		return errors.New("it has no place for cells")
	}
	s := b.sheets[i-1]
	last := firstColumn
	for _, x := range s.items {
		last = max(last, x.column+x.width-1)
	}
	head := dimension.ReplaceAll(xml[:place[0]], []byte(`<dimension ref="A1:`+cellName(last, max(s.rows, 1))+`"`))
	if _, err := w.Write(append(head, "<sheetData>"...)); err != nil {
		return err
	}
	if _, err := io.Copy(w, cells[i-1].reader()); err != nil {
		return err
	}
	_, err = w.Write(append([]byte("</sheetData>"), xml[place[1]:]...))
	return err
}

// other copies a part that is no sheet. The list of content types is sorted, which excelize does not,
// and the outlines and hatches of charts, which excelize cannot draw, are put in.
func (b *book) other(w io.Writer, name string, in io.Reader) error {
	xml, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	switch {
	case name == "[Content_Types].xml":
		entries := contentType.FindAllString(string(xml), -1)
		sort.Strings(entries)
		next := 0
		xml = contentType.ReplaceAllFunc(xml, func([]byte) []byte {
			next++
			return []byte(entries[next-1])
		})
	case strings.HasPrefix(name, "xl/charts/chart"):
		line := func(token string) string {
			return `<a:ln w="12700"><a:solidFill><a:srgbClr val="` + color(b.decl.Theme, token, "actual") + `"/></a:solidFill></a:ln>`
		}
		xml = outlined.ReplaceAll(xml, []byte(`<spPr><a:noFill/>`+line("target")+`</spPr>`))
		xml = hatch.ReplaceAll(xml, []byte(`<spPr><a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="`+color(b.decl.Theme, "forecast", "actual")+
			`"/></a:fgClr><a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>`+line("forecast")+`</spPr>`))
	}
	_, err = w.Write(xml)
	return err
}

// cells writes the rows of a sheet.
func (b *book) cells(s *sheet, out io.Writer) error {
	w := &cellWriter{out: bufio.NewWriterSize(out, 64<<10), styles: b.styles}
	if err := b.heading(s, w); err != nil {
		return err
	}
	items := append([]*item(nil), s.items...)
	sort.SliceStable(items, func(i, j int) bool { return items[i].column < items[j].column })
	for r := 1; r <= s.rows; r++ {
		if r%1024 == 0 && b.ctx.Err() != nil {
			return b.ctx.Err()
		}
		height, outline := 0.0, 0
		w.cells = w.cells[:0]
		for _, x := range items {
			if r < x.row || r >= x.row+x.height {
				continue
			}
			l, err := x.line(r - x.row)
			if err != nil {
				return err
			}
			height, outline = max(height, l.height), max(outline, l.outline)
			for i, c := range l.cells {
				w.cells = append(w.cells, placedCell{x.column + i, c})
			}
		}
		if err := w.row(r, height, outline); err != nil {
			return err
		}
	}
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

// line gives a row of a block: its title, its content or its note.
func (x *item) line(i int) (line, error) {
	body, _ := x.content.size()
	switch {
	case i < len(x.title):
		return line{height: 20, cells: []cell{{value: textual(x.title[i]), look: look{bold: true, size: 11}}}}, nil
	case i < len(x.title)+body:
		return x.content.row(i - len(x.title))
	default:
		n := x.note[min(i-len(x.title)-body, len(x.note)-1)]
		return line{height: 14, cells: []cell{{value: textual(n), look: look{size: 9, token: "muted"}}}}, nil
	}
}

// heading writes title, subtitle and the link back, which stand above all blocks.
func (b *book) heading(s *sheet, w *cellWriter) error {
	if s.title == "" && s.subtitle == "" {
		return nil
	}
	head := &heading{lines: []line{
		{height: 28, cells: []cell{{value: textual(s.title), look: look{bold: true, size: 16}}}},
		{height: 16, cells: []cell{{value: textual(s.subtitle), look: look{token: "muted"}}}},
		{height: 14},
	}}
	if home := b.home(); home != nil && home != s {
		head.lines[2].cells = []cell{{value: textual("‹ " + home.name), look: look{size: 9, token: "accent", underline: true}}}
	}
	s.items = append([]*item{{content: head, row: 1, column: firstColumn, height: 3, width: 1}}, s.items...)
	s.rows = max(s.rows, 3)
	return nil
}

type heading struct{ lines []line }

func (h *heading) size() (int, int)        { return len(h.lines), 1 }
func (h *heading) row(i int) (line, error) { return h.lines[i], nil }

// cellWriter writes rows of cells.
type cellWriter struct {
	out    *bufio.Writer
	styles *styles
	cells  []placedCell
	buf    []byte
	err    error
}

type placedCell struct {
	column int
	cell   cell
}

func (w *cellWriter) row(r int, height float64, outline int) error {
	if len(w.cells) == 0 && height == 0 {
		return nil
	}
	b := append(w.buf[:0], `<row r="`...)
	b = strconv.AppendInt(b, int64(r), 10)
	b = append(b, '"')
	if height > 0 {
		b = append(b, ` ht="`...)
		b = strconv.AppendFloat(b, height, 'f', -1, 64)
		b = append(b, `" customHeight="1"`...)
	}
	if outline > 0 {
		b = append(b, ` outlineLevel="`...)
		b = strconv.AppendInt(b, int64(outline), 10)
		b = append(b, '"')
	}
	b = append(b, '>')
	for _, c := range w.cells {
		id, err := w.styles.id(c.cell.look)
		if err != nil {
			return err
		}
		b = appendCell(b, cellName(c.column, r), id, c.cell)
	}
	b = append(b, "</row>"...)
	w.buf = b
	_, err := w.out.Write(b)
	return err
}

func appendCell(b []byte, at string, style int, c cell) []byte {
	v := c.value
	b = append(b, `<c r="`...)
	b = append(b, at...)
	b = append(b, `" s="`...)
	b = strconv.AppendInt(b, int64(style), 10)
	b = append(b, '"')
	formula := c.formula != ""
	switch v.kind {
	case text:
		if formula {
			b = append(b, ` t="str"`...)
		} else {
			b = append(b, ` t="inlineStr"`...)
		}
	case boolean:
		b = append(b, ` t="b"`...)
	case failure:
		b = append(b, ` t="e"`...)
	default:
	}
	b = append(b, '>')
	if formula {
		b = append(b, "<f>"...)
		b = appendEscaped(b, c.formula)
		b = append(b, "</f>"...)
	}
	switch v.kind {
	case number:
		b = append(b, "<v>"...)
		b = append(b, v.written()...)
		b = append(b, "</v>"...)
	case boolean:
		b = append(b, "<v>"...)
		b = strconv.AppendInt(b, int64(v.num), 10)
		b = append(b, "</v>"...)
	case failure:
		b = append(b, "<v>"...)
		b = appendEscaped(b, v.text)
		b = append(b, "</v>"...)
	case text:
		if formula {
			b = append(b, "<v>"...)
			b = appendEscaped(b, v.text)
			b = append(b, "</v>"...)
		} else {
			b = append(b, `<is><t xml:space="preserve">`...)
			b = appendEscaped(b, v.text)
			b = append(b, "</t></is>"...)
		}
	case blank:
	}
	return append(b, "</c>"...)
}

// escapedLike is text that the program would take for an escaped character; its last letter may begin
// the next.
//
//nolint:gochecknoglobals // a compiled constant
var escapedLike = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// appendEscaped writes text as XML. What XML cannot hold becomes the replacement character.
func appendEscaped(b []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == '_' && escapedLike.MatchString(s[i:]):
			b = append(b, "_x005F_"...)
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\r':
			b = append(b, "&#13;"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = utf8.AppendRune(b, utf8.RuneError)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
