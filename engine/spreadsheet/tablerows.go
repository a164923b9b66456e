package spreadsheet

// row gives the table's rows in order: the header, the query's with subtotals, the totals.
func (t *table) row(i int) (line, error) {
	n, _ := t.size()
	switch {
	case i == 0:
		return t.header(), nil
	case t.rows.rows == 0:
		return line{cells: []cell{{value: textual(t.empty), look: look{token: "muted", italic: true}}}}, nil
	case t.hasTotals() && i == n-1:
		return t.totals(), nil
	}
	if t.reader == nil {
		t.reader = t.rows.read()
		t.sums = make([]stats, len(t.columns))
		t.pending = t.reader.next()
		t.start = t.top + i
		if t.group >= 0 && t.pending {
			t.current = t.reader.row[t.columns[t.group].from].shown()
		}
	}
	if t.group >= 0 && (!t.pending || t.reader.row[t.columns[t.group].from].shown() != t.current) {
		return t.subtotals(t.top + i), t.reader.err
	}
	out := t.body(t.top + i)
	t.pending = t.reader.next()
	return out, t.reader.err
}

func (t *table) header() line {
	out := line{height: 30}
	for _, c := range t.columns {
		out.cells = append(out.cells, cell{value: textual(c.label), look: look{bold: true, size: 9, wrap: true, right: !c.left, bottom: "text", low: true}})
	}
	return out
}

func (t *table) look(c *column) look {
	return look{code: c.code, right: !c.left, bottom: "rule", wrap: c.decl.Wrap, top: ""}
}

func (t *table) body(row int) line {
	out := line{height: 16}
	if t.group >= 0 {
		out.outline = 1
	}
	s := t.scope(t.reader.row)
	for i, c := range t.columns {
		if c.decl.Wrap {
			out.height = 0
		}
		x := cell{value: s.of(i), look: t.look(c)}
		if c.formula != nil {
			x.formula = t.book.formula(c.formula, t, t.sheet, row)
		}
		t.sums[i].add(x.value)
		out.cells = append(out.cells, x)
	}
	return out
}

// totals is the last row.
func (t *table) totals() line {
	out := line{height: 18}
	at := t.totalRow()
	labelled := false
	for i, c := range t.columns {
		l := look{code: c.code, right: !c.left, bold: true, top: "text"}
		x := cell{look: l}
		switch c.decl.Total {
		case "":
			if !labelled {
				x = cell{value: textual(t.label), look: look{bold: true, top: "text"}}
				labelled = true
			}
		case "formula":
			x.value, x.formula = t.total(c), t.book.formula(c.formula, t, t.sheet, at)
		default:
			x.value = t.total(c)
			x.formula = subtotalFormula(c.decl.Total, t.left+i, t.top+1, t.lastRow())
		}
		out.cells = append(out.cells, x)
	}
	return out
}

// subtotals closes a group and begins the next.
func (t *table) subtotals(at int) line {
	out := line{height: 17}
	sums := t.sums
	of := func(c *column) value { return value{} }
	of = func(c *column) value {
		if c.decl.Total == "formula" {
			return result(c.formula, overTotals{t, of})
		}
		_, i := t.find(c.decl.Name)
		return sums[i].total(c.decl.Total)
	}
	for i, c := range t.columns {
		x := cell{look: look{code: c.code, right: !c.left, bold: true, bottom: "muted"}}
		switch {
		case i == t.group:
			x = cell{value: textual(t.current + ", " + lowerFirst(t.label)), look: look{bold: true, bottom: "muted"}}
		case c.decl.Total == "":
		case c.decl.Total == "formula":
			x.value, x.formula = of(c), t.book.formula(c.formula, t, t.sheet, at)
		default:
			x.value, x.formula = of(c), subtotalFormula(c.decl.Total, t.left+i, t.start, at-1)
		}
		out.cells = append(out.cells, x)
	}
	t.sums = make([]stats, len(t.columns))
	t.start = at + 1
	if t.pending {
		t.current = t.reader.row[t.columns[t.group].from].shown()
	}
	return out
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	if r[0] >= 'A' && r[0] <= 'Z' {
		r[0] += 'a' - 'A'
	}
	return string(r)
}
