package spreadsheet

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// unknownTime is the date of documents whose data has none.
//
//nolint:gochecknoglobals // a constant
var unknownTime = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// decorate makes everything of the file but its cells: sheets, widths, panes, page setup, merged
// cells, conditions, tables, names, links and charts.
func (b *book) decorate() error {
	if err := b.file.SetDefaultFont(b.styles.font()); err != nil {
		return fmt.Errorf("font of the workbook: %w", err)
	}
	for i, s := range b.sheets {
		var err error
		if i == 0 {
			err = b.file.SetSheetName("Sheet1", s.name)
		} else {
			_, err = b.file.NewSheet(s.name)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", s.name, err)
		}
	}
	for _, s := range b.sheets {
		for _, step := range []func(*sheet) error{b.view, b.page, b.merge, b.contents} {
			if err := step(s); err != nil {
				return fmt.Errorf("sheet %s: %w", s.name, err)
			}
		}
	}
	b.file.SetActiveSheet(0)
	return b.properties()
}

func (b *book) properties() error {
	at := b.o.AsOf
	if at.IsZero() {
		at = unknownTime
	}
	stamp := at.UTC().Format("2006-01-02T15:04:05Z")
	err := b.file.SetDocProps(&excelize.DocProperties{
		Title: or(b.title, b.decl.Name), Description: strings.TrimSpace(b.decl.Description), Creator: "Atlas", LastModifiedBy: "Atlas",
		Created: stamp, Modified: stamp, Identifier: b.decl.Name, Language: "en",
	})
	if err != nil {
		return fmt.Errorf("properties of the workbook: %w", err)
	}
	return nil
}

func (b *book) view(s *sheet) error {
	off, zoom := false, 100.0
	if err := b.file.SetSheetView(s.name, 0, &excelize.ViewOptions{ShowGridLines: &off, ZoomScale: &zoom}); err != nil {
		return err
	}
	last := firstColumn
	for c := range s.widths {
		last = max(last, c)
	}
	for c := 1; c <= last; c++ {
		name, err := excelize.ColumnNumberToName(c)
		if err != nil {
			return err
		}
		if err := b.file.SetColWidth(s.name, name, name, s.width(c)); err != nil {
			return err
		}
	}
	if s.freezeRow == 0 && s.freezeColumn == 0 {
		return nil
	}
	pane := "bottomLeft"
	switch {
	case s.freezeRow > 0 && s.freezeColumn > 0:
		pane = "bottomRight"
	case s.freezeColumn > 0:
		pane = "topRight"
	}
	return b.file.SetPanes(s.name, &excelize.Panes{
		Freeze: true, XSplit: s.freezeColumn, YSplit: s.freezeRow, TopLeftCell: cellName(s.freezeColumn+1, s.freezeRow+1), ActivePane: pane,
	})
}

// page sets up printing: one page wide, as many as needed long, the table's header on each.
func (b *book) page(s *sheet) error {
	orientation, a4, wide, long, fit := "landscape", 9, 1, 0, true
	if s.decl.Portrait {
		orientation = "portrait"
	}
	props := &excelize.SheetPropsOptions{FitToPage: &fit}
	if s.decl.Tab != "" {
		tab := color(b.decl.Theme, s.decl.Tab, "accent")
		props.TabColorRGB = &tab
	}
	if err := b.file.SetSheetProps(s.name, props); err != nil {
		return err
	}
	if err := b.file.SetPageLayout(s.name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &wide, FitToHeight: &long}); err != nil {
		return err
	}
	side, edge := 0.4, 0.6
	if err := b.file.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge}); err != nil {
		return err
	}
	escape := strings.NewReplacer("&", "&&")
	footer := "&L&8" + escape.Replace(clipTo(or(b.title, b.decl.Name), 80)) + "&C&8&A&R&8&P / &N"
	if err := b.file.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: footer}); err != nil {
		return err
	}
	if s.headerRows[0] == 0 {
		return nil
	}
	return b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: fmt.Sprintf("%s!$%d:$%d", quoteSheet(s.name), s.headerRows[0], s.headerRows[1]),
	})
}

func clipTo(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func (b *book) merge(s *sheet) error {
	for _, m := range s.merges {
		if err := b.file.MergeCell(s.name, m[0], m[1]); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) contents(s *sheet) error {
	if home := b.home(); home != nil && home != s && (s.title != "" || s.subtitle != "") {
		s.links = append(s.links, link{cellName(firstColumn, 3), home.name})
	}
	for _, x := range s.items {
		var err error
		switch c := x.content.(type) {
		case *table:
			err = b.finish(s, c)
		case *figures:
			err = b.signs(s, x, c)
		case *index:
			for i, other := range c.others() {
				s.links = append(s.links, link{cellName(x.column, x.row+len(x.title)+i), other.name})
			}
		case *chart:
			err = c.draw(s, x)
		}
		if err != nil {
			return err
		}
	}
	for _, l := range s.links {
		if err := b.file.SetCellHyperLink(s.name, l.cell, quoteSheet(l.sheet)+"!A1", "Location"); err != nil {
			return err
		}
	}
	return nil
}

// home is the first sheet with an index; nil if there is none.
func (b *book) home() *sheet {
	for _, s := range b.sheets {
		for _, x := range s.items {
			if _, ok := x.content.(*index); ok {
				return s
			}
		}
	}
	return nil
}

// finish gives a table its conditions and its name.
func (b *book) finish(s *sheet, t *table) error {
	if t.rows.rows == 0 {
		return nil
	}
	for _, x := range t.decl.Conditional {
		_, i := t.find(x.Column)
		cells := cellName(t.left+i, t.top+1) + ":" + cellName(t.left+i, t.lastRow())
		rule, err := b.rule(x.Type, x.Style)
		if err != nil {
			return err
		}
		if err := b.file.SetConditionalFormat(s.name, cells, rule); err != nil {
			return err
		}
	}
	cells := quoteSheet(s.name) + "!" + fixedName(t.left, t.top) + ":" + fixedName(t.left+len(t.columns)-1, t.lastRow())
	if t.decl.AutoFilter {
		for i, c := range t.columns { // excelize takes a table's columns from the cells
			if err := b.file.SetCellStr(s.name, cellName(t.left+i, t.top), c.label); err != nil {
				return err
			}
		}
		stripes := false
		return b.file.AddTable(s.name, &excelize.Table{
			Range: cellName(t.left, t.top) + ":" + cellName(t.left+len(t.columns)-1, t.lastRow()),
			Name:  definedName(t.name), ShowRowStripes: &stripes,
		})
	}
	if t.name == "" {
		return nil
	}
	return b.file.SetDefinedName(&excelize.DefinedName{Name: definedName(t.name), RefersTo: cells})
}

// likeCell is a name that would be read as a cell.
//
//nolint:gochecknoglobals // a compiled constant
var likeCell = regexp.MustCompile(`(?i)^([a-z]{1,3}[0-9]+|r[0-9]*c?[0-9]*|c[0-9]*|true|false)$`)

func definedName(name string) string {
	if likeCell.MatchString(name) {
		return "_" + name
	}
	return name
}

// rule makes a conditional format of what a project writes.
func (b *book) rule(kind, token string) ([]excelize.ConditionalFormatOptions, error) {
	theme := b.decl.Theme
	switch kind {
	case "data_bar":
		return []excelize.ConditionalFormatOptions{{
			Type: "data_bar", Criteria: "=", MinType: "num", MinValue: "0", MaxType: "max", BarSolid: true,
			BarColor: "#" + mix(color(theme, or(token, "accent"), "accent"), 0.35),
		}}, nil
	case "color_scale":
		return []excelize.ConditionalFormatOptions{{
			Type: "2_color_scale", Criteria: "=", MinType: "min", MaxType: "max", MinColor: "#FFFFFF",
			MaxColor: "#" + mix(color(theme, or(token, "accent"), "accent"), 0.45),
		}}, nil
	case "icon":
		return []excelize.ConditionalFormatOptions{{Type: "icon_set", IconStyle: "3Arrows"}}, nil
	}
	op := strings.TrimSpace(kind[:len(kind)-len(strings.TrimLeft(kind, "<>="))])
	operand := strings.TrimSpace(kind[len(op):])
	if inner, ok := strings.CutPrefix(operand, "'"); ok {
		operand = `"` + strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `"`, `""`) + `"`
	}
	id, err := b.styles.conditional(or(token, "bad"))
	if err != nil {
		return nil, err
	}
	if op == "=" {
		op = "=="
	}
	return []excelize.ConditionalFormatOptions{{Type: "cell", Criteria: op, Value: operand, Format: &id}}, nil
}

// signs colours comparisons of key figures: better green, worse red, and the sign says it too.
func (b *book) signs(s *sheet, x *item, f *figures) error {
	at := x.column
	for k, c := range f.cards {
		for i, sg := range c.signs {
			if !sg.coloured {
				continue
			}
			up, down := "good", "bad"
			if sg.invert {
				up, down = down, up
			}
			cells := cellName(at, x.row+len(x.title)+2+i)
			for _, half := range [][2]string{{"> 0", up}, {"< 0", down}} {
				rule, err := b.rule(half[0], half[1])
				if err != nil {
					return err
				}
				if err := b.file.SetConditionalFormat(s.name, cells+":"+cells, rule); err != nil {
					return err
				}
			}
		}
		at += f.spans[k]
	}
	return nil
}
