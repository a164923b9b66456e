package operational

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"

	"atlas/engine/diag"
)

// catalogue is what a store has, as publications ask for it.
type catalogue struct{ *schemaState }

func readCatalogue(ctx context.Context, q querier) (*catalogue, error) {
	st, err := look(ctx, q)
	if err != nil {
		return nil, err
	}
	return &catalogue{st}, nil
}

func (c *catalogue) table(name string) *schema.Table {
	for _, t := range c.tables.Tables {
		if strings.EqualFold(t.Name, name) {
			return t
		}
	}
	return nil
}

// check reports what makes a publication impossible in this store.
func (c *catalogue) check(p *Publication) diag.List {
	var l diag.List
	fail := func(hint, format string, args ...any) {
		d := diag.Errorf(diag.BadPublication, p.Pos, "publication %s: %s", p.Name, fmt.Sprintf(format, args...))
		d.Hint = hint
		l = append(l, d)
	}
	t := c.table(p.Table)
	if t == nil {
		hint := diag.DidYouMean(p.Table, names(c.of("table")))
		if hint == "" {
			hint = "atlas migrate apply brings the store to the schema"
		}
		fail(hint, "the store has no table %s", p.Table)
		return l
	}
	var columns []string
	for _, col := range t.Columns {
		columns = append(columns, col.Name)
	}
	has := func(name, what string) {
		if _, ok := t.Column(name); !ok {
			fail(diag.DidYouMean(name, columns), "table %s has no column %s, which is its %s", t.Name, name, what)
		}
	}
	for _, name := range p.Columns {
		has(name, "target")
	}
	for _, f := range p.fixed() {
		if has(f.Column, "scope or period"); !slices.Contains(p.Columns, f.Column) {
			fail("add it to the columns", "column %s says what the rows belong to, and is not published", f.Column)
		}
	}
	if p.Period != nil && p.Period.Column != "" && !slices.Contains(p.Columns, p.Period.Column) {
		fail("add it to the columns", "column %s says when the rows are, and is not published", p.Period.Column)
	}
	switch {
	case p.Mode != Upsert && p.Mode != Replace && p.Mode != Append:
		fail("there are upsert, replace_month and append", "there is no mode %q", p.Mode)
	case len(p.Key) == 0:
		fail("give the columns that tell its rows apart: key: [id]", "it has no key")
	case !c.unique(t, p.Key):
		fail("make it the primary key, or give the table a unique index over it", "%s does not tell the rows of %s apart", strings.Join(p.Key, ", "), t.Name)
	}
	for _, col := range t.Columns {
		if !slices.Contains(p.Columns, col.Name) && !col.Type.Null && col.Default == nil && !generated(col) && !rowid(t, col) {
			fail("give it a value, or a default in the schema", "column %s of %s must have a value, and is not published", col.Name, t.Name)
		}
	}
	return l
}

// rowid reports whether a column gets its value from SQLite.
func rowid(t *schema.Table, c *schema.Column) bool {
	return t.PrimaryKey != nil && len(t.PrimaryKey.Parts) == 1 && t.PrimaryKey.Parts[0].C == c && strings.EqualFold(c.Type.Raw, "integer")
}

// unique reports whether the store keeps the key unique.
func (c *catalogue) unique(t *schema.Table, key []string) bool {
	same := func(columns []string) bool {
		a, b := lowered(columns), lowered(key)
		return slices.Equal(a, b)
	}
	parts := func(i *schema.Index) (out []string) {
		for _, p := range i.Parts {
			if p.C != nil {
				out = append(out, p.C.Name)
			}
		}
		return out
	}
	if t.PrimaryKey != nil && same(parts(t.PrimaryKey)) {
		return true
	}
	for _, i := range t.Indexes {
		if i.Unique && len(parts(i)) == len(i.Parts) && !partial(i) && same(parts(i)) {
			return true
		}
	}
	return slices.ContainsFunc(c.uniques[t.Name], func(u string) bool { return same(strings.Split(u, ",")) })
}

func lowered(list []string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = strings.ToLower(list[i])
	}
	slices.Sort(out)
	return out
}

// parents gives the tables that a table refers to, children those that refer to it.
func (c *catalogue) parents(table string) (out []string) {
	if t := c.table(table); t != nil {
		for _, k := range t.ForeignKeys {
			out = append(out, k.RefTable.Name)
		}
	}
	return out
}

func (c *catalogue) children(table string) (out []string) {
	for _, t := range c.tables.Tables {
		for _, k := range t.ForeignKeys {
			if strings.EqualFold(k.RefTable.Name, table) {
				out = append(out, t.Name)
			}
		}
	}
	return out
}

// around gives a table and its children: where a change of it can break keys.
func (c *catalogue) around(table string) []string {
	out := append([]string{table}, c.children(table)...)
	slices.Sort(out)
	return slices.Compact(out)
}

// groups puts publications together whose tables refer to one another, parents first.
func (c *catalogue) groups(list []*Publication) [][]*Publication {
	group := make([]int, len(list))
	for i := range group {
		group[i] = i
	}
	for i, a := range list {
		for j, b := range list {
			if i != j && (strings.EqualFold(a.Table, b.Table) || contains(c.parents(a.Table), b.Table)) {
				from, to := max(group[i], group[j]), min(group[i], group[j])
				for k := range group {
					if group[k] == from {
						group[k] = to
					}
				}
			}
		}
	}
	var out [][]*Publication
	for g := range list {
		var members []*Publication
		for i, p := range list {
			if group[i] == g {
				members = append(members, p)
			}
		}
		if len(members) > 0 {
			out = append(out, c.ordered(members))
		}
	}
	return out
}

// ordered puts parents before children; tables that refer to one another in a circle keep their order.
func (c *catalogue) ordered(list []*Publication) []*Publication {
	var out []*Publication
	placed := map[*Publication]bool{}
	var visit func(p *Publication, path []*Publication)
	visit = func(p *Publication, path []*Publication) {
		if placed[p] || slices.Contains(path, p) {
			return
		}
		for _, q := range list {
			if contains(c.parents(p.Table), q.Table) {
				visit(q, append(path, p))
			}
		}
		if !placed[p] {
			placed[p] = true
			out = append(out, p)
		}
	}
	for _, p := range list {
		visit(p, nil)
	}
	return out
}

func contains(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// fixed gives the columns that have one value in all rows.
func (p *Publication) fixed() []Fixed {
	if p.Period == nil {
		return p.Scope
	}
	return slices.Concat(p.Scope, p.Period.Equal)
}

// where is the condition of the rows that the publication is about; the prefix stands before columns.
func (p *Publication) where(prefix string) (string, []any) {
	parts := []string{"1 = 1"}
	var args []any
	for _, f := range p.fixed() {
		parts, args = append(parts, prefix+quote(f.Column)+" = ?"), append(args, f.Value)
	}
	if p.Period != nil && p.Period.Column != "" {
		parts = append(parts, prefix+quote(p.Period.Column)+" >= ?", prefix+quote(p.Period.Column)+" < ?")
		args = append(args, p.Period.From, p.Period.To)
	}
	return strings.Join(parts, " and "), args
}

// errForeign is a row of another scope or period.
var errForeign = errors.New("belongs to another scope or period")
