package source

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// How much of a sheet is looked at for its header, how many rows a header may have, and how many
// short rows are held back until it is known whether data follows them.
const (
	sketchHead   = 80
	sketchHeader = 3
	sketchHeld   = 400
)

// look reads a sheet; nil if it has no header.
func look(ctx context.Context, s *Section) (*looked, error) {
	var head []Row
	var w *watcher
	for row, err := range s.Rows {
		if err != nil {
			return nil, err
		}
		if row.Number&1023 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if w != nil {
			w.row(row)
			continue
		}
		head = append(head, keep(row))
		if len(head) >= sketchHead {
			if w = watch(s, head); w == nil {
				return nil, nil
			}
		}
	}
	if w == nil {
		if w = watch(s, head); w == nil {
			return nil, nil
		}
	}
	w.end()
	return w.looked, nil
}

// keep copies a row, which is valid until the next only.
func keep(r Row) Row {
	r.Cells = slices.Clone(r.Cells)
	for i := range r.Cells {
		r.Cells[i].Text = strings.Clone(r.Cells[i].Text)
	}
	return r
}

// watch guesses the header from the first rows and takes the data among them; nil without a header.
func watch(s *Section, head []Row) *watcher {
	layout, texts := guessHeader(s, head)
	if layout.HeaderRow == 0 {
		return nil
	}
	l := &looked{file: s.File, sheet: s.Sheet, layout: layout, date1904: s.Date1904, texts: texts, hidden: s.HiddenColumns}
	l.columns = make([]*profile, len(texts))
	w := &watcher{looked: l, last: layout.DataRow - 1}
	for j, t := range texts {
		if t != "" {
			w.width++
			l.columns[j] = &profile{texts: map[string]*seenText{}, kinds: map[Kind]int64{}, first: map[Kind]string{}}
		}
	}
	for _, r := range head {
		if r.Number >= layout.DataRow {
			w.row(r)
		}
	}
	return w
}

// guessHeader finds the rows of the header: the first that name most of the columns in which there
// is something below them.
func guessHeader(s *Section, head []Row) (Layout, []string) {
	best, layout, texts := 0.0, Layout{}, []string(nil)
	for i := range head {
		for n := 1; n <= sketchHeader; n++ {
			if n > 1 && !spanned(s, head, i, n) {
				continue
			}
			got, score := markHeader(s, head, i, n)
			if score > best+0.01 {
				best, texts = score, got
				layout = Layout{HeaderRow: head[i].Number, HeaderRows: n, DataRow: head[i].Number + n}
			}
		}
	}
	if layout.HeaderRow > 0 && numbering(head, layout.DataRow) {
		layout.DataRow++
	}
	return layout, texts
}

// spanned reports whether merged cells tie the n rows from head[i] together. Where a format has
// none, an upper row with gaps over a full one does.
func spanned(s *Section, head []Row, i, n int) bool {
	first := head[i].Number
	last := first + n - 1
	if s.GuessMerges && n == 2 && i+1 < len(head) {
		upper, lower := filledTexts(head[i]), filledTexts(head[i+1])
		return upper >= 1 && 2*upper < lower && upper*2 < len(head[i].Cells)
	}
	joined, whole := 0, 0
	for _, r := range head[i:] {
		if r.Number <= last {
			whole = max(whole, len(r.Cells))
		}
	}
	low := false
	for _, m := range s.Merges {
		if m.FirstRow < first || m.FirstRow > last {
			continue
		}
		if m.LastRow > last {
			return false
		}
		across := m.LastCol - m.FirstCol + 1
		if m.FirstRow == first && across > 1 && across*4 >= whole*3 && m.LastRow == m.FirstRow {
			return false // a title over everything
		}
		if m.FirstRow < last && (across > 1 || m.LastRow > m.FirstRow) {
			joined++
		}
		low = low || m.LastRow == last || m.FirstRow == last-1 && across > 1
	}
	return joined > 0 && low
}

func filledTexts(r Row) int {
	n := 0
	for _, c := range r.Cells {
		if c.Kind == Text && !c.Blank() {
			n++
		}
	}
	return n
}

// markHeader judges the n rows from head[i] as a header: 0 if they cannot be one.
func markHeader(s *Section, head []Row, i, n int) ([]string, float64) {
	first := head[i].Number
	rows := make([][]Cell, n)
	var below []Row
	for _, r := range head[i:] {
		if k := r.Number - first; k < n {
			rows[k] = r.Cells
		} else if len(below) < 25 {
			below = append(below, r)
		}
	}
	var merges []Range
	for _, m := range s.Merges { // a title over the header lends it no text
		if m.FirstRow >= first && m.FirstRow < first+n {
			merges = append(merges, m)
		}
	}
	texts := headerTexts(rows, first, merges, s.GuessMerges && n > 1)
	odd, filled := 0, 0
	seen := map[string]bool{}
	for _, r := range rows {
		for _, c := range r {
			if c.Blank() {
				continue
			}
			if filled++; c.Kind != Text || looksLikeValue(c.Text) || len(c.Text) > 120 {
				if !(c.Kind == Number && len(c.Text) == 4 && (c.Text[:2] == "19" || c.Text[:2] == "20")) {
					odd++
				}
			}
		}
	}
	count := 0
	for _, t := range texts {
		if f := Fold(t); f != "" && !seen[f] {
			seen[f] = true
			count++
		}
	}
	if count < 2 && !(count == 1 && len(below) > 0 && widest(head) == 1) || odd*4 > filled || count == 0 {
		return nil, 0
	}
	return texts, score(texts, below, count, odd, n)
}

// score counts the columns that have a name and something below it, and marks what speaks against.
func score(texts []string, below []Row, count, odd, n int) float64 {
	columns := make([]struct{ filled, differs int }, max(len(texts), widest(below)))
	for _, r := range below {
		for j, c := range r.Cells {
			if c.Blank() {
				continue
			}
			columns[j].filled++
			if c.Kind != Text || looksLikeValue(c.Text) {
				columns[j].differs++
			}
		}
	}
	hit, miss, evidence, unfilled := 0, 0, 0, 0
	for j, c := range columns {
		has := j < len(texts) && texts[j] != ""
		switch {
		case has && c.filled > 0:
			if hit++; 2*c.differs >= c.filled {
				evidence++
			}
		case has:
			unfilled++
		case c.filled > 1:
			miss++
		}
	}
	// The first row below a header is data: as wide as what follows, and rarely all text.
	return float64(hit) - 1.5*float64(miss) + 0.5*float64(evidence) + 0.6*float64(unfilled) -
		2*float64(odd) - 0.2*float64(n-1) - 0.9*float64(len(named(texts))-count)
}

func named(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
}

func widest(rows []Row) int {
	w := 0
	for _, r := range rows {
		w = max(w, len(r.Cells))
	}
	return w
}

var figureText = regexp.MustCompile(`^[^\pL]*\d[^\pL]*$|^\pL{1,3}\.? ?[\d.,]+$|@.+\.|^\d{1,2}[ -]\pL{3,10}[ -]\d{2,4}$`)

// looksLikeValue reports whether a text is a figure, a date or an address rather than a name.
func looksLikeValue(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) <= 60 && figureText.MatchString(s)
}

// numbering reports whether a row only counts the columns: (1) (2) (3).
func numbering(head []Row, number int) bool {
	for _, r := range head {
		if r.Number != number {
			continue
		}
		n := 0
		for _, c := range r.Cells {
			if c.Blank() {
				continue
			}
			n++
			if strings.Trim(c.String(), "()[] ") != itoa(n) {
				return false
			}
		}
		return n > 2
	}
	return false
}
