package spreadsheet

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Check reports the mistakes of a workbook that show without its data: names that nothing has,
// formulas that do not parse or go round in circles, formats and colours that do not exist.
func Check(w *manifest.Workbook) diag.List {
	c := &checker{book: w, blocks: map[string]*manifest.Block{}}
	c.theme()
	c.names()
	for i := range w.Sheets {
		for j := range w.Sheets[i].Blocks {
			c.block(&w.Sheets[i].Blocks[j])
		}
	}
	if len(c.diags) == 0 {
		c.circles()
	}
	return c.diags
}

type checker struct {
	book   *manifest.Workbook
	blocks map[string]*manifest.Block
	tables []string // of blocks with a table
	diags  diag.List
}

func (c *checker) add(code diag.Code, pos diag.Pos, length int, hint, format string, args ...any) {
	c.diags.Add(diag.Errorf(code, pos, format, args...).WithLen(length).WithHint("%s", hint))
}

func (c *checker) theme() {
	for token := range c.book.Theme.Colors {
		if !contains(tokenNames(), token) {
			c.add(diag.UnknownKey, c.book.Pos, 0, or(diag.DidYouMean(token, tokenNames()), "there are "+strings.Join(tokenNames(), ", ")),
				"theme: there is no token %q", token)
		}
	}
}

// names files sheets and blocks under their names.
func (c *checker) names() {
	sheets := map[string]diag.Pos{}
	for i := range c.book.Sheets {
		s := &c.book.Sheets[i]
		if !strings.Contains(s.Name.Text, "{") {
			if why := badSheetName(s.Name.Text); why != "" {
				c.add(diag.BadValue, s.Pos, len(s.Name.Text), why, "%q cannot be a sheet's name", s.Name.Text)
			}
			key := strings.ToLower(s.Name.Text)
			if first, dup := sheets[key]; dup {
				c.diags.Add(diag.Errorf(diag.DuplicateName, s.Pos, "two sheets are named %q", s.Name.Text).WithNote(first, "the other one"))
			}
			sheets[key] = s.Pos
		}
		c.token(s.Tab, s.Pos)
		for j := range s.Blocks {
			b := &s.Blocks[j]
			if b.Name == "" {
				continue
			}
			if b.Name == "total" {
				c.add(diag.BadValue, b.Pos, 0, "[total.column] names a table's own row of totals", "a block cannot be named total")
			}
			if first := c.blocks[b.Name]; first != nil {
				c.diags.Add(diag.Errorf(diag.DuplicateName, b.Pos, "two blocks are named %q", b.Name).WithNote(first.Pos, "the other one"))
				continue
			}
			c.blocks[b.Name] = b
			if b.Table != nil {
				c.tables = append(c.tables, b.Name)
			}
		}
	}
}

// badSheetName says what a sheet's name must not be; "" for a good one.
func badSheetName(s string) string {
	switch {
	case strings.TrimSpace(s) == "":
		return "give it a name"
	case len(utf16.Encode([]rune(s))) > maxName:
		return fmt.Sprintf("it has %d characters, and %d are allowed", len(utf16.Encode([]rune(s))), maxName)
	case strings.ContainsAny(s, `:\/?*[]`):
		return `these are not allowed: : \ / ? * [ ]`
	case strings.HasPrefix(s, "'") || strings.HasSuffix(s, "'"):
		return "an apostrophe must not begin or end it"
	case strings.EqualFold(s, "history"):
		return "the spreadsheet program keeps that name to itself"
	}
	for _, r := range s {
		if r < ' ' {
			return "it has a control character"
		}
	}
	return ""
}

func (c *checker) token(token string, pos diag.Pos) {
	if token != "" && !contains(tokenNames(), token) {
		c.add(diag.BadValue, pos, 0, or(diag.DidYouMean(token, tokenNames()), "there are "+strings.Join(tokenNames(), ", ")), "there is no colour %q in the theme", token)
	}
}

func (c *checker) format(format string, pos diag.Pos) {
	if d := block.CheckFormat(format); d != nil {
		d.Pos = pos
		c.diags.Add(d)
	}
}

func (c *checker) block(b *manifest.Block) {
	switch {
	case b.Table != nil:
		c.table(b)
	case b.Chart != nil:
		c.chart(b)
	}
	for _, f := range b.Figures {
		c.format(f.Format, f.Pos)
		c.figure(f.Value)
		for _, n := range f.Compare {
			c.format(n.Format, n.Pos)
			c.figure(n.Value)
		}
	}
}

// figure checks the formula of a key figure. One that is made by a template is checked when it is
// rendered.
func (c *checker) figure(t manifest.Template) {
	if !isFormula(t.Text) || strings.Contains(t.Text, "{{") || strings.Contains(t.Text, "{%") {
		return
	}
	e, bad := parseFormula(t.Text)
	if bad == nil {
		bad = c.references(e, nil)
	}
	if bad != nil {
		c.diags.Add(bad.diagnostic(t.Pos))
	}
}

func isFormula(s string) bool { return strings.HasPrefix(s, "=") && len(s) > 1 }

func (c *checker) table(b *manifest.Block) {
	t := b.Table
	for i := range t.Columns {
		col := &t.Columns[i]
		c.format(col.Format, col.Pos)
		if col.Total == "formula" && col.Formula == "" {
			c.add(diag.BadValue, col.Pos, 0, "sum, average, count, min or max", "the column %q has no formula that its total could have", col.Name)
		}
		if col.Formula == "" {
			continue
		}
		e, bad := parseFormula(col.Formula)
		if bad == nil {
			bad = c.references(e, t)
		}
		if bad == nil && col.Total == "formula" {
			bad = totalNeeds(e, t, col.Name)
		}
		if bad != nil {
			c.diags.Add(bad.diagnostic(col.FormulaPos))
		}
	}
	for _, x := range t.Conditional {
		c.column(t, x.Column, x.Pos)
		c.token(x.Style, x.Pos)
	}
	if t.GroupBy != "" {
		c.column(t, t.GroupBy, b.Pos)
		if t.AutoFilter {
			c.add(diag.BadValue, b.Pos, 0, "leave one of them out", "a table with group_by has subtotals among its rows, and cannot have autofilter")
		}
	}
}

// column reports a name that a table's columns do not have. A table that takes its query's columns
// is judged when they are known.
func (c *checker) column(t *manifest.TableBlock, name string, pos diag.Pos) {
	if names, known := columnNames(t); known && !contains(names, name) {
		c.add(diag.UnknownColumn, pos, len(name), or(diag.DidYouMean(name, names), "it has "+strings.Join(names, ", ")), "the table has no column %q", name)
	}
}

func columnNames(t *manifest.TableBlock) (names []string, known bool) {
	for _, x := range t.Columns {
		names = append(names, x.Name)
	}
	return names, len(t.Columns) > 0
}

// references checks the names in a formula; own is the table that it stands in, nil for a key figure.
func (c *checker) references(e *expr, own *manifest.TableBlock) (bad *formulaError) {
	e.walk("", func(x *expr, inside string) {
		if bad == nil && x.op == "name" {
			bad = c.reference(x, inside, own)
		}
	})
	return bad
}

func (c *checker) reference(x *expr, inside string, own *manifest.TableBlock) *formulaError {
	r := x.ref
	wrong := func(code diag.Code, hint, format string, args ...any) *formulaError {
		return &formulaError{at: x.at, len: len([]rune(r.String())), code: code, msg: fmt.Sprintf(format, args...), hint: hint}
	}
	t := own
	if r.table != "" {
		b := c.blocks[r.table]
		if b == nil || b.Table == nil {
			return wrong(diag.UnknownRef, or(diag.DidYouMean(r.table, c.tables), "give the table's block a name: and use it"), "no table is named %q", r.table)
		}
		t = b.Table
	}
	if t == nil {
		return wrong(diag.BadValue, "name its block: [block."+r.column+"]", "%s names no table", r)
	}
	names, known := columnNames(t)
	if !known {
		return nil
	}
	if !contains(names, r.column) {
		return wrong(diag.UnknownColumn, or(diag.DidYouMean(r.column, names), "it has "+strings.Join(names, ", ")), "the table has no column %q", r.column)
	}
	switch {
	case r.total && totalOf(t, r.column) == "":
		return wrong(diag.BadValue, "give it one: total: sum", "the column %q has no total", r.column)
	case r.table != "" && !r.total && !functions()[inside].over:
		return wrong(diag.BadValue, "put it into a function, as in SUM("+r.String()+"), or take ["+r.table+".total."+r.column+"]", "%s is a whole column, and one value is needed", r)
	case r.table != "" && !r.total && t.GroupBy != "":
		return wrong(diag.BadValue, "take ["+r.table+".total."+r.column+"]", "the column of %s has subtotals in it", r)
	}
	return nil
}

// totalNeeds reports a column of the row that a total's formula needs and that has no total.
func totalNeeds(e *expr, t *manifest.TableBlock, column string) (bad *formulaError) {
	e.walk("", func(x *expr, _ string) {
		if bad == nil && x.op == "name" && x.ref.table == "" && !x.ref.total && totalOf(t, x.ref.column) == "" {
			bad = &formulaError{
				at: x.at, len: len([]rune(x.ref.String())), msg: fmt.Sprintf("the total of %q needs a total of %q", column, x.ref.column),
				hint: "give that column one: total: sum",
			}
		}
	})
	return bad
}

func totalOf(t *manifest.TableBlock, column string) string {
	for _, x := range t.Columns {
		if x.Name == column {
			return x.Total
		}
	}
	return ""
}

func (c *checker) chart(b *manifest.Block) {
	x := b.Chart
	c.format(x.Format, b.Pos)
	from := c.blocks[x.From]
	if from == nil || from.Table == nil {
		c.add(diag.UnknownRef, b.Pos, 0, or(diag.DidYouMean(x.From, c.tables), "give the table's block a name: and use it"), "chart: no table is named %q", x.From)
		return
	}
	if from.Table.GroupBy != "" {
		c.add(diag.BadValue, b.Pos, 0, "chart a table without group_by", "chart: the table %s has subtotals among its rows", x.From)
	}
	c.column(from.Table, x.Category, b.Pos)
	if len(x.Series) == 0 {
		c.add(diag.MissingKey, b.Pos, 0, "series: [column]", "chart: it has no series")
	}
	if x.Type == "pie" && len(x.Series) > 1 {
		c.add(diag.BadValue, b.Pos, 0, "take one, or another type", "chart: a pie shows one series")
	}
	for _, s := range x.Series {
		c.column(from.Table, s.Column, s.Pos)
		c.token(s.As, s.Pos)
		if (s.Type != "" || s.Secondary) && (x.Type == "bar" || x.Type == "pie") {
			c.add(diag.BadValue, s.Pos, 0, "columns, lines and areas can be combined", "chart: a series of a %s has no type or axis of its own", x.Type)
		}
	}
}

// circles reports formulas that need themselves.
func (c *checker) circles() {
	state := map[string]int{} // 1 under way, 2 done
	var visit func(table, column string, total bool) bool
	visit = func(table, column string, total bool) bool {
		key := fmt.Sprintf("%s\x00%s\x00%t", table, column, total)
		if state[key] != 0 {
			return state[key] == 1
		}
		state[key] = 1
		defer func() { state[key] = 2 }()
		t := c.tableOf(table)
		col := findColumn(t, column)
		if col == nil || col.Formula == "" {
			return false
		}
		if total && col.Total != "formula" {
			return visit(table, column, false)
		}
		e, bad := parseFormula(col.Formula)
		if bad != nil {
			return false
		}
		round := false
		e.walk("", func(x *expr, _ string) {
			if x.op != "name" || round {
				return
			}
			of := or(x.ref.table, table)
			round = visit(of, x.ref.column, x.ref.total || total && x.ref.table == "")
		})
		return round
	}
	for i := range c.book.Sheets {
		for j := range c.book.Sheets[i].Blocks {
			b := &c.book.Sheets[i].Blocks[j]
			if b.Table == nil {
				continue
			}
			for _, col := range b.Table.Columns {
				if col.Formula != "" && visit(blockKey(i, j, b), col.Name, false) {
					c.add(diag.Cycle, col.FormulaPos, 0, "", "the formula of %q needs its own result", col.Name)
				}
			}
		}
	}
}

func blockKey(sheet, block int, b *manifest.Block) string {
	return or(b.Name, fmt.Sprintf("%d.%d", sheet, block))
}

func (c *checker) tableOf(key string) *manifest.TableBlock {
	if b := c.blocks[key]; b != nil {
		return b.Table
	}
	for i := range c.book.Sheets {
		for j := range c.book.Sheets[i].Blocks {
			if b := &c.book.Sheets[i].Blocks[j]; b.Name == "" && blockKey(i, j, b) == key {
				return b.Table
			}
		}
	}
	return nil
}

func findColumn(t *manifest.TableBlock, name string) *manifest.SheetColumn {
	if t == nil {
		return nil
	}
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
