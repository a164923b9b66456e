package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// table is a result to print: columns, and rows of text. Numeric columns align right.
type table struct {
	columns []string
	numeric []bool
	rows    [][]string
	values  [][]any // the same rows, typed, for JSON
}

// newTable makes a table of what a warehouse answered.
func newTable(columns []adapter.Column, rows [][]any) table {
	t := table{columns: make([]string, len(columns)), numeric: make([]bool, len(columns))}
	for i, c := range columns {
		t.columns[i], t.numeric[i] = c.Name, isNumeric(c.Type)
	}
	for _, row := range rows {
		cells, values := make([]string, len(row)), make([]any, len(row))
		for i, v := range row {
			cells[i], values[i] = cell(v, columns[i].Type), jsonValue(v, columns[i].Type)
		}
		t.rows, t.values = append(t.rows, cells), append(t.values, values)
	}
	return t
}

// blankNulls makes null an empty cell.
func (t table) blankNulls() {
	for i, row := range t.values {
		for j, v := range row {
			if v == nil {
				t.rows[i][j] = ""
			}
		}
	}
}

// widest is how wide a column may get before its cells are cut.
const widest = 40

// text prints aligned columns under a rule.
func (t table) text(w io.Writer, paint func(string, string) string) {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = visible(c)
	}
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = min(widest, max(widths[i], visible(cell)))
		}
	}
	line := func(cells []string, colour string) {
		parts := make([]string, len(cells))
		for i, cell := range cells {
			cell = strings.NewReplacer("\n", "⏎", "\r", "", "\t", " ").Replace(cell)
			if visible(cell) > widest {
				cell = pad(cell, widest)
			}
			if t.numeric[i] {
				parts[i] = padLeft(cell, widths[i])
			} else {
				parts[i] = pad(cell, widths[i])
			}
		}
		fmt.Fprintln(w, strings.TrimRight(paint(colour, strings.Join(parts, "  ")), " "))
	}
	line(t.columns, "bold")
	rule := make([]string, len(widths))
	for i, n := range widths {
		rule[i] = strings.Repeat("─", n)
	}
	fmt.Fprintln(w, paint("dim", strings.Join(rule, "  ")))
	for _, row := range t.rows {
		line(row, "")
	}
}

// json prints an array with one object a row, keys in column order.
func (t table) json(w io.Writer) error {
	out := make([]*manifest.Map, 0, len(t.values))
	for _, row := range t.values {
		m := &manifest.Map{}
		for i, c := range t.columns {
			m.Set(c, row[i])
		}
		out = append(out, m)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

// csv prints RFC 4180 with a header; null is an empty field.
func (t table) csv(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(t.columns); err != nil {
		return err
	}
	return c.WriteAll(t.rows)
}
