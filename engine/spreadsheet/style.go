package spreadsheet

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"atlas/engine/manifest"
)

// look is how a cell looks. The zero value is plain text of the theme.
type look struct {
	code                    string // number format; "" is General
	token                   string // of its colour
	size                    float64
	bold, italic, underline bool
	right, wrap, low        bool
	top, bottom             string // tokens of lines
}

// styles makes a style of a look once.
type styles struct {
	file  *excelize.File
	theme manifest.Theme
	ids   map[look]int
}

const textSize = 10

func (s *styles) font() string { return or(s.theme.Font, "Calibri") }

func (s *styles) id(l look) (int, error) {
	if id, ok := s.ids[l]; ok {
		return id, nil
	}
	st := &excelize.Style{
		Font:      &excelize.Font{Family: s.font(), Size: textSize, Color: color(s.theme, or(l.token, "text"), "text"), Bold: l.bold, Italic: l.italic},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: l.wrap},
	}
	if l.size > 0 {
		st.Font.Size = l.size
	}
	if l.underline {
		st.Font.Underline = "single"
	}
	if l.low {
		st.Alignment.Vertical = "bottom"
	}
	st.Alignment.Horizontal = "left"
	if l.right {
		st.Alignment.Horizontal, st.Alignment.Indent = "right", 1
	}
	if l.code != "" && l.code != "General" {
		st.CustomNumFmt = &l.code
	}
	if l.top != "" {
		st.Border = append(st.Border, excelize.Border{Type: "top", Style: 1, Color: color(s.theme, l.top, "rule")})
	}
	if l.bottom != "" {
		st.Border = append(st.Border, excelize.Border{Type: "bottom", Style: 1, Color: color(s.theme, l.bottom, "rule")})
	}
	id, err := s.file.NewStyle(st)
	if err != nil {
		return 0, fmt.Errorf("style of a cell: %w", err)
	}
	s.ids[l] = id
	return id, nil
}

// conditional makes a style for cells that meet a condition.
func (s *styles) conditional(token string) (int, error) {
	c := color(s.theme, token, "bad")
	id, err := s.file.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: c}})
	if err != nil {
		return 0, fmt.Errorf("style of a condition: %w", err)
	}
	return id, nil
}
