package source

import (
	"encoding/csv"
	"encoding/json"
	"errors"
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

// rejectWriter writes the bad cells of one table; the file is made when the first one comes.
type rejectWriter struct {
	path    string
	monthly bool
	aside   *asideFile
	out     *csv.Writer
}

func (w *rejectWriter) write(b BadCell, month int, rejected bool, record string) error {
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
	action := "emptied"
	if rejected {
		action = "rejected"
	}
	line := []string{action, b.Column, cleanText(b.Value), b.Reason}
	if w.monthly {
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
	return w.out.Write(append(line, b.File, b.Sheet, strconv.Itoa(b.Row), cell, record))
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

// badCells groups the bad cells of a section by column and reason, in the order of their coming.
type badCells struct {
	groups []*badGroup
	by     map[[2]string]*badGroup
}

type badGroup struct {
	n     int64
	first BadCell
}

func newBadCells() *badCells { return &badCells{by: map[[2]string]*badGroup{}} }

func (b *badCells) add(c BadCell) {
	key := [2]string{c.Column, c.Reason}
	g := b.by[key]
	if g == nil {
		g = &badGroup{first: c}
		b.by[key] = g
		b.groups = append(b.groups, g)
	}
	g.n++
}
