package source

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"atlas/engine/manifest"
)

// rejectHeader are the columns of a rejects file: one line a bad cell. Action is "rejected" where
// the row was kept out and "emptied" where it was stored without the cell; record is the row as
// the file has it, a JSON object.
func rejectHeader(monthly bool) []string {
	h := []string{"action", "column", "value", "reason"}
	if monthly {
		h = append(h, monthColumn)
	}
	return append(h, fileColumn, sheetColumn, rowColumn, "cell", "record")
}

// rejectLine is the line of one bad cell.
func rejectLine(b BadCell, monthly bool, month int, rejected bool, record string) []string {
	action := "emptied"
	if rejected {
		action = "rejected"
	}
	line := []string{action, b.Column, cleanText(b.Value), b.Reason}
	if monthly {
		m := ""
		if month > 0 {
			m = strconv.Itoa(month)
		}
		line = append(line, m)
	}
	cell := ""
	if b.Col > 0 {
		cell = b.At()
	}
	return append(line, b.File, b.Sheet, strconv.Itoa(b.Row), cell, record)
}

// rejectWriter writes the bad cells of one table; the file is made when the first one comes.
type rejectWriter struct {
	path    string
	monthly bool
	aside   *asideFile
	out     *csv.Writer
}

func (w *rejectWriter) write(line []string) error {
	if w.aside == nil {
		var err error
		if w.aside, err = createAside(w.path); err != nil {
			return err
		}
		w.out = csv.NewWriter(w.aside)
		if err := w.out.Write(rejectHeader(w.monthly)); err != nil {
			return err
		}
	}
	return w.out.Write(line)
}

// publish puts the file in place, or removes an old one if there was no bad cell.
func (w *rejectWriter) publish() (wrote bool, err error) {
	if w.aside == nil {
		if err := os.Remove(w.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		return false, nil
	}
	w.out.Flush()
	if err := w.out.Error(); err != nil {
		return false, err
	}
	if _, err := w.aside.finish(); err != nil {
		return false, err
	}
	return true, w.aside.swap()
}

func (w *rejectWriter) discard() {
	if w.aside != nil {
		w.aside.discard()
	}
}

// rowJSON gives a row as the file has it: an object of cell texts, by declared column, by header
// text where no column takes it, and by column letters where there is no header.
func (sc *scan) rowJSON(row Row) string {
	m := manifest.NewMap()
	for i, j := range sc.binding.at {
		if j >= 0 && j < len(row.Cells) && row.Cells[j].Kind != Empty {
			m.Set(sc.t.Columns[i].Name, cleanText(row.Cells[j].String()))
		}
	}
	for j, c := range row.Cells {
		if c.Kind == Empty || slices.Contains(sc.binding.at, j) {
			continue
		}
		key := columnName(j + 1)
		if j < len(sc.texts) && sc.texts[j] != "" {
			if _, taken := m.Get(sc.texts[j]); !taken {
				key = sc.texts[j]
			}
		}
		m.Set(key, cleanText(c.String()))
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// badCells groups the bad cells of a section by column, in the order of their coming.
type badCells struct {
	groups []*badGroup
	rows   int // rows that have any
	last   int
}

type badGroup struct {
	n     int64
	typ   colType
	first BadCell
}

func (b *badCells) add(c BadCell, t colType) {
	if c.Row != b.last {
		b.rows, b.last = b.rows+1, c.Row
	}
	for _, g := range b.groups {
		if g.first.Column == c.Column {
			g.n++
			return
		}
	}
	b.groups = append(b.groups, &badGroup{1, t, c})
}

// fewGroups is how many columns of one section are told of one by one.
const fewGroups = 4

// warn tells of the bad cells: column by column, or all at once where there are many columns.
func (b *badCells) warn(rejected bool, tell func(column, text string)) {
	fate := "kept as empty cells"
	if rejected {
		fate = "kept as rejects"
	}
	if len(b.groups) > fewGroups {
		n := int64(0)
		for _, g := range b.groups {
			n += g.n
		}
		g := b.groups[0]
		tell(g.first.Column, fmt.Sprintf("%s in %s and %s do not have their column's type, %s; %s",
			plural(n, "cell"), plural(int64(b.rows), "row"), plural(int64(len(b.groups)), "column"), fate, g.first.example()))
		return
	}
	for _, g := range b.groups {
		verb := "hold"
		if g.n == 1 {
			verb = "holds"
		}
		tell(g.first.Column, fmt.Sprintf("%s in %s %s no %s, %s; %s", plural(g.n, "cell"), g.first.Column, verb, g.typ.noun(), fate, g.first.example()))
	}
}

// example shows the first bad cell.
func (b BadCell) example() string {
	return fmt.Sprintf("the first is %s, %q, which %s", b.At(), clip(b.Value, 60), b.Reason)
}
