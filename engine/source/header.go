package source

import (
	"fmt"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// columnName gives a column's letters: 1 is A, 27 is AA.
func columnName(n int) string {
	var b []byte
	for ; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// CellName gives a cell's name in A1 style; row and column count from 1.
func CellName(row, col int) string { return fmt.Sprintf("%s%d", columnName(col), row) }

// CellColumn gives the number of a cell's column: 3 of "C12"; 0 if it has no letters.
func CellColumn(cell string) int {
	n := 0
	for i := 0; i < len(cell) && cell[i] >= 'A' && cell[i] <= 'Z'; i++ {
		n = n*26 + int(cell[i]-'A') + 1
	}
	return n
}

// headerTexts joins the header's rows into one text a column. rows[i] is row first+i; a row that
// the file left out is nil. Merged ranges lend their text to every cell that they cover.
func headerTexts(rows [][]Cell, first int, merges []Range, guess bool) []string {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	for _, m := range merges {
		if m.FirstRow < first+len(rows) && m.LastRow >= first {
			width = max(width, min(m.LastCol, 1<<14))
		}
	}
	grid := make([][]string, len(rows))
	for i, r := range rows {
		grid[i] = make([]string, width)
		for j, c := range r {
			grid[i][j] = strings.TrimSpace(c.String())
		}
	}
	fillMerges(grid, first, merges)
	if guess {
		fillGuessed(grid)
	}
	texts := make([]string, width)
	for j := range texts {
		var parts []string
		for i := range grid {
			t := strings.Join(strings.Fields(grid[i][j]), " ")
			if t != "" && (len(parts) == 0 || parts[len(parts)-1] != t) {
				parts = append(parts, t)
			}
		}
		texts[j] = strings.Join(parts, " ")
	}
	return texts
}

func fillMerges(grid [][]string, first int, merges []Range) {
	for _, m := range merges {
		top := m.FirstRow - first
		if top < 0 || top >= len(grid) || m.FirstCol < 1 || m.FirstCol > len(grid[top]) {
			continue
		}
		text := grid[top][m.FirstCol-1]
		for i := top; i <= m.LastRow-first && i < len(grid); i++ {
			for j := m.FirstCol - 1; j < m.LastCol && j < len(grid[i]); j++ {
				grid[i][j] = text
			}
		}
	}
}

// fillGuessed fills the rows above the last to the right, over columns that have a text below.
func fillGuessed(grid [][]string) {
	last := len(grid) - 1
	for i := 0; i < last; i++ {
		for j := 1; j < len(grid[i]); j++ {
			if grid[i][j] == "" && grid[last][j] != "" && grid[last][j-1] != "" {
				grid[i][j] = grid[i][j-1]
			}
		}
	}
}

// binding says where in a section's rows the declared columns are.
type binding struct {
	at       []int    // index into a row's cells for each declared column; -1 where the header lacks it
	headers  []string // header text of each declared column
	unmapped []string // header texts that no column declares
	warnings []string
}

// bind matches header texts with declared columns. A column takes the first of its synonyms that
// the header has; a text that stands twice goes to the visible column, then to the first.
func bind(t *manifest.ExtractTable, texts []string, hidden map[int]bool) *binding {
	byText := map[string][]int{}
	for j, text := range texts {
		if f := Fold(text); f != "" {
			byText[f] = append(byText[f], j)
		}
	}
	b := &binding{at: make([]int, len(t.Columns)), headers: make([]string, len(t.Columns))}
	taken := map[int]string{}
	for i := range t.Columns {
		c := &t.Columns[i]
		b.at[i] = -1
		if c.From != "" {
			continue
		}
		for _, want := range append(append([]string(nil), c.Headers...), c.Name) {
			cols := byText[Fold(want)]
			j := pick(cols, hidden, taken)
			if j < 0 {
				continue
			}
			if visible(cols, hidden) > 1 {
				b.warnings = append(b.warnings, fmt.Sprintf("the header has %q twice, in columns %s; column %s is read from %s",
					texts[j], columnList(cols), c.Name, columnName(j+1)))
			}
			b.at[i], b.headers[i], taken[j] = j, texts[j], c.Name
			break
		}
	}
	for j, text := range texts {
		if _, ok := taken[j]; !ok && text != "" {
			b.unmapped = append(b.unmapped, text)
		}
	}
	return b
}

func pick(cols []int, hidden map[int]bool, taken map[int]string) int {
	for _, wantHidden := range []bool{false, true} {
		for _, j := range cols {
			if _, used := taken[j]; !used && hidden[j+1] == wantHidden {
				return j
			}
		}
	}
	return -1
}

func visible(cols []int, hidden map[int]bool) int {
	n := 0
	for _, j := range cols {
		if !hidden[j+1] {
			n++
		}
	}
	return n
}

func columnList(cols []int) string {
	names := make([]string, len(cols))
	for i, j := range cols {
		names[i] = columnName(j + 1)
	}
	return strings.Join(names, ", ")
}

// missing reports the required columns that the header lacks, each with the nearest header and,
// where another row fits better, that row.
func (b *binding) missing(t *manifest.ExtractTable, s *Section, texts []string, lay Layout, better int) diag.List {
	var l diag.List
	for i := range t.Columns {
		c := &t.Columns[i]
		if !c.Required || b.at[i] >= 0 || c.From != "" {
			continue
		}
		pos := c.Pos
		if pos.IsZero() {
			pos = t.Pos
		}
		d := diag.Errorf(diag.BadHeader, pos, "%s has no column %q in its header%s", s.Name(), first(c.Headers, c.Name), inRow(lay)).WithLen(len(c.Name))
		taker := b.taker(t, c)
		switch {
		case taker != nil:
			d.Msg = fmt.Sprintf("%s: the header %q is already read by column %s", s.Name(), first(c.Headers, c.Name), taker.Name)
			d.Hint = fmt.Sprintf("give %s and %s headers of their own", taker.Name, c.Name)
			d = d.WithNote(taker.Pos, "column %s", taker.Name)
		case better > 0:
			d.Hint = fmt.Sprintf("row %d looks like the header: set header_row: %d", better, better)
		default:
			d.Hint = nearestHeader(c, b.unmapped)
		}
		l = append(l, d.WithNote(s.Pos, "the header%s of %s is: %s", inRow(lay), s.Name(), showHeader(texts)))
	}
	return l
}

// taker gives the column that reads the header which another column names.
func (b *binding) taker(t *manifest.ExtractTable, c *manifest.ExtractColumn) *manifest.ExtractColumn {
	for _, want := range c.Headers {
		for i, j := range b.at {
			if j >= 0 && Fold(b.headers[i]) == Fold(want) {
				return &t.Columns[i]
			}
		}
	}
	return nil
}

// inRow says in which rows the header stands: " (row 6)", " (rows 6 to 7)", nothing where no row is one.
func inRow(l Layout) string {
	switch {
	case l.HeaderRow == 0:
		return ""
	case l.HeaderRows > 1:
		return fmt.Sprintf(" (rows %d to %d)", l.HeaderRow, l.HeaderRow+l.HeaderRows-1)
	default:
		return fmt.Sprintf(" (row %d)", l.HeaderRow)
	}
}

func first(list []string, def string) string {
	if len(list) > 0 {
		return list[0]
	}
	return def
}

func nearestHeader(c *manifest.ExtractColumn, unmapped []string) string {
	for _, want := range append(append([]string(nil), c.Headers...), c.Name) {
		if near, ok := diag.Nearest(want, unmapped); ok {
			return fmt.Sprintf("the header has %q: add it to the headers of %s", near, c.Name)
		}
	}
	if len(unmapped) > 0 {
		return fmt.Sprintf("headers that no column takes: %s", quoteList(unmapped))
	}
	return fmt.Sprintf("add the header's text to the headers of %s, or set required: false", c.Name)
}

func showHeader(texts []string) string {
	var parts []string
	for _, t := range texts {
		if t != "" {
			parts = append(parts, t)
		}
	}
	if len(parts) == 0 {
		return "(empty)"
	}
	return strings.Join(parts, " │ ")
}

func quoteList(list []string) string {
	q := make([]string, len(list))
	for i, s := range list {
		q[i] = `"` + s + `"`
	}
	return strings.Join(q, ", ")
}

func joinSorted(list []string) string {
	s := append([]string(nil), list...)
	sort.Strings(s)
	return strings.Join(s, ", ")
}

// matches counts the declared columns that a row of texts names; a mark for finding the header.
func matches(t *manifest.ExtractTable, texts []string) int {
	b := bind(t, texts, nil)
	n := 0
	for _, j := range b.at {
		if j >= 0 {
			n++
		}
	}
	return n
}
