package workbook_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

// TestAnnotateOthers marks every workbook under the folder ATLAS_TEST_WORKBOOKS, and holds the
// copies to what a copy must be.
func TestAnnotateOthers(t *testing.T) {
	root := os.Getenv("ATLAS_TEST_WORKBOOKS")
	if root == "" {
		t.Skip("ATLAS_TEST_WORKBOOKS names no folder of workbooks: none is marked")
	}
	n, skipped := 0, map[string]int{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if ext := strings.ToLower(filepath.Ext(path)); ext != ".xlsx" && ext != ".xlsm" {
			return nil
		}
		c := &copyCheck{t: t, path: path, where: strings.TrimPrefix(path, root)}
		if why := c.run(); why != "" {
			skipped[why]++
		} else {
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d workbooks marked", n)
	for _, why := range slices.Sorted(maps.Keys(skipped)) {
		t.Logf("%d left out: %s", skipped[why], why)
	}
}

// copyCheck marks a workbook and checks the copies.
type copyCheck struct {
	t           *testing.T
	path, where string
	marks       []source.Mark
	cells       map[string]map[string]source.Cell // of the original, by sheet and cell
	marked      map[string]bool                   // "sheet!cell" that may look different
	was         *excelize.File
	failed      int
	usual       bool // the parts are where most programs put them
}

func (c *copyCheck) fail(format string, args ...any) {
	c.t.Helper()
	if c.failed++; c.failed > 3 {
		return
	}
	c.t.Errorf("%s: %s", c.where, fmt.Sprintf(format, args...))
}

// run gives why a workbook is left out, "" if it was checked.
func (c *copyCheck) run() string {
	was, err := openExcelize(c.path)
	if err != nil {
		return "excelize cannot open it"
	}
	defer was.Close()
	c.was = was
	c.cells, c.marked = map[string]map[string]source.Cell{}, map[string]bool{}
	for _, name := range was.GetSheetList() {
		cells, err := readCells(c.t, c.path, name)
		if err != nil {
			continue
		}
		c.cells[name] = cells
		c.mark(name)
	}
	if len(c.cells) == 0 {
		return "no sheet can be read"
	}
	dir := c.t.TempDir()
	first, bare, again := filepath.Join(dir, "1.xlsx"), filepath.Join(dir, "2.xlsx"), filepath.Join(dir, "3.xlsx")
	done, err := (workbook.Source{}).Annotate(c.t.Context(), c.path, first, c.marks, source.AnnotateOptions{})
	if err != nil {
		c.fail("%v", err)
		return ""
	}
	c.usual = c.zip(c.path)["xl/worksheets/sheet1.xml"] != nil
	c.parts(first)
	c.sameRows(first)
	c.looks(first, done)
	if _, err := (workbook.Source{}).Annotate(c.t.Context(), first, bare, nil, source.AnnotateOptions{}); err != nil {
		if strings.Contains(err.Error(), "checksum") {
			return "a part is damaged that the first copy did not have to read"
		}
		c.fail("taking the marks out: %v", err)
		return ""
	}
	c.parts(bare)
	c.sameRows(bare)
	c.restored(bare)
	redone, err := (workbook.Source{}).Annotate(c.t.Context(), first, again, c.marks, source.AnnotateOptions{})
	if err != nil {
		c.fail("marking again: %v", err)
		return ""
	}
	if redone.Notes = done.Notes; !reflect.DeepEqual(done, redone) {
		c.fail("marked again: %+v, first: %+v", *redone, *done)
	}
	c.piled(first, again)
	return ""
}

// mark makes marks of a sheet: cells that are there and that are not, rows, and nonsense.
func (c *copyCheck) mark(sheet string) {
	names := slices.Sorted(maps.Keys(c.cells[sheet]))
	last := 0
	add := func(row, col int, severity string) {
		c.marks = append(c.marks, source.Mark{Sheet: sheet, Row: row, Col: col, Severity: severity, Code: "a_code", Message: `It is <not> "right" & _x0041_.`, Value: "1"})
		if col > 0 {
			c.marked[sheet+"!"+source.CellName(row, col)] = true
		}
	}
	for _, n := range names {
		_, row, _ := excelize.CellNameToCoordinates(n)
		last = max(last, row)
	}
	for i, n := range names {
		col, row, _ := excelize.CellNameToCoordinates(n)
		if i < 3 {
			add(row, col, []string{"error", "warn", "error"}[i])
		}
		if i == 3 {
			add(row, 0, "warn")
			for col := range 16384 {
				c.marked[sheet+"!"+source.CellName(row, col+1)] = true
			}
		}
	}
	if last < 1_000_000 {
		add(last+3, 7, "error")
		add(last+3, 2, "warn")
	}
	merges, err := c.was.GetMergeCells(sheet)
	if err == nil && len(merges) > 0 && strings.Contains(merges[0][0], ":") {
		col, row, err := excelize.CellNameToCoordinates(merges[0].GetEndAxis())
		if err == nil {
			add(row, col, "warn")
			c.marked[sheet+"!"+merges[0].GetStartAxis()] = true
		}
	}
}

// parts checks that every new part is well-formed XML in the schema's order, and that all others
// are as they were.
func (c *copyCheck) parts(path string) {
	before, after := c.zip(c.path), c.zip(path)
	for name, f := range after {
		b, was := before[name]
		if was && b.CRC32 == f.CRC32 && b.CompressedSize64 == f.CompressedSize64 {
			continue
		}
		if ext := strings.ToLower(filepath.Ext(name)); was && (ext != ".xml" && ext != ".rels" && ext != ".vml") {
			c.fail("%s has changed", name)
		}
		if err := wellFormed(f); err != nil && (!was || wellFormed(b) == nil) {
			c.fail("%s: %v", name, err)
		}
	}
	for name := range before {
		if after[name] == nil && !strings.Contains(name, "xmlsignatures") && !strings.HasSuffix(name, "/") {
			c.fail("%s is gone", name)
		}
	}
}

func (c *copyCheck) zip(path string) map[string]*zip.File {
	r, err := zip.OpenReader(path)
	if err != nil {
		c.t.Fatal(c.where, err)
	}
	c.t.Cleanup(func() { r.Close() })
	out := map[string]*zip.File{}
	for _, f := range r.File {
		if out[f.Name] != nil {
			c.fail("two parts %s", f.Name)
		}
		out[f.Name] = f
	}
	return out
}

// worksheetOrder are the children of <worksheet> in the schema's order.
var worksheetOrder = strings.Fields(`sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges
	scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks
	printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing
	legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst`)

var styleSheetOrder = strings.Fields(`numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst`)

var workbookOrder = strings.Fields(`fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences
	definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst`)

// wellFormed reads a part with a strict reader and checks the order of the root's children.
func wellFormed(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var order []string
	depth, at := 0, 0
	row, col, counts := 0, 0, map[string][2]int{}
	block := ""
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			for name, n := range counts {
				if n[0] != n[1] {
					return fmt.Errorf("%s has %d items and says %d", name, n[1], n[0])
				}
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			name := t.Name.Local
			switch {
			case depth == 1:
				order = map[string][]string{"worksheet": worksheetOrder, "styleSheet": styleSheetOrder, "workbook": workbookOrder}[name]
			case depth == 2 && order != nil:
				block = name
				if i := slices.Index(order, name); i >= 0 && i < at {
					return fmt.Errorf("<%s> comes too late", name)
				} else if i >= 0 {
					at = i
				}
				for _, a := range t.Attr {
					if a.Name.Local == "count" && len(order) == len(styleSheetOrder) {
						n := 0
						fmt.Sscan(a.Value, &n)
						counts[name] = [2]int{n, 0}
					}
				}
			case depth == 3 && order != nil:
				if n, ok := counts[block]; ok {
					counts[block] = [2]int{n[0], n[1] + 1}
				}
			}
			if block == "sheetData" && depth == 3 {
				col = 0
			}
			if block == "sheetData" && (depth == 3 || depth == 4) {
				for _, a := range t.Attr {
					if a.Name.Local != "r" {
						continue
					}
					if depth == 3 {
						n := 0
						fmt.Sscan(a.Value, &n)
						if n <= row {
							return fmt.Errorf("row %d follows row %d", n, row)
						}
						row = n
					} else if x, _, err := excelize.CellNameToCoordinates(a.Value); err == nil {
						if x <= col {
							return fmt.Errorf("cell %s comes too late", a.Value)
						}
						col = x
					}
				}
			}
		case xml.EndElement:
			depth--
		}
	}
}

// sameRows reads the copy again: it has the rows of the original and not one more.
func (c *copyCheck) sameRows(path string) {
	for sheet, want := range c.cells {
		got, err := readCells(c.t, path, sheet)
		if err != nil {
			c.fail("sheet %q of the copy: %v", sheet, err)
		} else if !maps.Equal(got, want) {
			c.fail("sheet %q of the copy has %d cells of %d, or others", sheet, len(got), len(want))
		}
	}
	if _, err := readCells(c.t, path, "Atlas findings"); err == nil {
		c.fail("the list of marks is read as data")
	}
}

// looks checks the copy as excelize sees it.
func (c *copyCheck) looks(path string, done *source.Annotated) {
	is, err := openExcelize(path)
	if err != nil {
		c.fail("excelize cannot open the copy: %v", err)
		return
	}
	defer is.Close()
	sheets := is.GetSheetList()
	if got := sheets[len(sheets)-1]; got != done.Sheet || is.GetActiveSheetIndex() != len(sheets)-1 {
		c.fail("the last sheet is %q, the active one %d of %d", got, is.GetActiveSheetIndex(), len(sheets))
	}
	for sheet, cells := range c.cells {
		for name := range cells {
			a, err1 := c.was.GetCellStyle(sheet, name)
			b, err2 := is.GetCellStyle(sheet, name)
			if err1 == nil && (err2 != nil || a != b && !c.marked[sheet+"!"+name]) {
				c.fail("%s!%s has the style %d, had %d: %v", sheet, name, b, a, err2)
			}
		}
	}
	notes := map[string]string{}
	for sheet := range c.cells {
		comments, err := comments(is, sheet)
		if err != nil {
			continue
		}
		for _, x := range comments {
			notes[sheet+"!"+x.Cell] += x.Text
			for _, r := range x.Paragraph {
				notes[sheet+"!"+x.Cell] += r.Text
			}
		}
	}
	for _, m := range c.marks {
		name := source.CellName(m.Row, max(1, m.Col))
		if m.Col == 0 || mergedAway(c.was, m) {
			continue
		}
		id, err := is.GetCellStyle(m.Sheet, name)
		if err != nil {
			continue
		}
		style, err := is.GetStyle(id)
		// excelize knows no colours in a workbook without a theme.
		if err == nil && style.Fill.Pattern == 1 && strings.Join(style.Fill.Color, "") == "" {
			continue
		}
		if err == nil && !(len(style.Fill.Color) > 0 && (style.Fill.Color[0] == "FFC8CD" || style.Fill.Color[0] == "FFEB9B")) {
			c.fail("%s!%s is not coloured: %v", m.Sheet, name, style.Fill)
		}
		// excelize finds comments only where sheets are in their usual folder.
		if !strings.Contains(notes[m.Sheet+"!"+name], "a_code") && done.Uncommented == 0 && c.usual {
			c.fail("%s!%s has no comment: %q", m.Sheet, name, notes[m.Sheet+"!"+name])
		}
	}
}

func comments(f *excelize.File, sheet string) (out []excelize.Comment, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f.GetComments(sheet)
}

func mergedAway(f *excelize.File, m source.Mark) bool {
	merges, err := f.GetMergeCells(m.Sheet)
	if err != nil {
		return true
	}
	for _, r := range merges {
		if len(r) < 2 || !strings.Contains(r[0], ":") {
			continue
		}
		c1, r1, err1 := excelize.CellNameToCoordinates(r.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(r.GetEndAxis())
		if err1 == nil && err2 == nil && m.Col >= c1 && m.Col <= c2 && m.Row >= r1 && m.Row <= r2 {
			return m.Col != c1 || m.Row != r1
		}
	}
	return false
}

// restored checks a copy from which the marks were taken out again.
func (c *copyCheck) restored(path string) {
	is, err := openExcelize(path)
	if err != nil {
		c.fail("excelize cannot open the copy without marks: %v", err)
		return
	}
	defer is.Close()
	for sheet, cells := range c.cells {
		for name := range cells {
			a, err1 := c.was.GetCellStyle(sheet, name)
			b, err2 := is.GetCellStyle(sheet, name)
			if err1 != nil || err2 != nil || a == b {
				continue
			}
			x, err1 := c.was.GetStyle(a)
			y, err2 := is.GetStyle(b)
			if err1 == nil && err2 == nil && x.Fill.Pattern == 0 && y.Fill.Pattern == 0 {
				x.Fill, y.Fill = excelize.Fill{}, excelize.Fill{}
			}
			if err1 == nil && x.Fill.Pattern > 1 || err1 == nil && x.Fill.Type == "gradient" {
				continue // patterns and gradients do not come back
			}
			if err1 == nil && x.Font == nil {
				continue // the workbook had no fonts
			}
			if err1 == nil && err2 == nil && !reflect.DeepEqual(x, y) {
				c.fail("%s!%s has not its style back: %+v, was %+v", sheet, name, y, x)
			}
		}
		before, err := comments(c.was, sheet)
		if err != nil {
			continue
		}
		after, err := comments(is, sheet)
		if err != nil {
			c.fail("comments of %q: %v", sheet, err)
		}
		if a, b := texts(before), texts(after); !slices.Equal(a, b) {
			c.fail("comments of %q are %q, were %q", sheet, b, a)
		}
	}
}

func texts(comments []excelize.Comment) []string {
	var out []string
	for _, x := range comments {
		text := x.Text
		for _, r := range x.Paragraph {
			text += r.Text
		}
		out = append(out, x.Cell+" "+strings.TrimRight(text, "\n"))
	}
	slices.Sort(out)
	return out
}

// piled checks that nothing grows when a copy is marked again.
func (c *copyCheck) piled(first, again string) {
	a, b := c.zip(first), c.zip(again)
	for name, f := range b {
		was := a[name]
		if was == nil {
			c.fail("%s is new in the second copy", name)
			continue
		}
		if strings.HasSuffix(name, "styles.xml") || was.CRC32 == f.CRC32 {
			continue
		}
		x, y := content(c.t, was), content(c.t, f)
		if len(y) > len(x)+len(x)/50+100 {
			c.fail("%s has grown from %d to %d bytes", name, len(x), len(y))
		}
	}
}

func content(t *testing.T, f *zip.File) []byte {
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	_, _ = io.Copy(&b, r)
	return b.Bytes()
}
