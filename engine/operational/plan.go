package operational

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"
)

// Rename says that something is not new but has another name: a table, or a column of one.
type Rename struct {
	Table, Column string // as it is now; Column is empty for a table
	To            string
}

// Loss is a change that loses data.
type Loss struct {
	What string // "drop table orders", "drop column orders.note"
	Why  string // what is lost, and how to keep it
	Name string // the table or column, for a proposed rename
	Like []string
}

// plan is what brings one state to another.
type plan struct {
	steps  []step
	losses []Loss
}

// step is one statement and what it is for.
type step struct{ sql, comment string }

// planner works a plan out. The differ finds what has changed; tables are made by their own text,
// so that nothing the differ does not know (collations, conflict clauses, comments) is lost.
type planner struct {
	from, to *schemaState
	driver   migrate.Driver
	renames  []Rename
	plan     plan
	touched  map[string]bool // tables that are made anew, dropped or renamed
	modified map[string]bool
}

// planChanges gives the statements that bring from to to. Renames that match nothing are an error.
func planChanges(ctx context.Context, q querier, from, to *schemaState, renames []Rename) (*plan, error) {
	drv, err := sqlite.Open(q)
	if err != nil {
		return nil, err
	}
	p := &planner{from: from, to: to, driver: drv, renames: renames, touched: map[string]bool{}, modified: map[string]bool{}}
	changes, err := drv.SchemaDiff(from.tables, to.tables)
	if err != nil {
		return nil, fmt.Errorf("compare schemas: %w", err)
	}
	if changes, err = p.renameTables(changes); err != nil {
		return nil, err
	}
	var creates, modifies, drops []step
	for _, c := range changes {
		var s []step
		switch c := c.(type) {
		case *schema.AddTable:
			creates = append(creates, p.create(c.T.Name)...)
		case *schema.DropTable:
			p.touched[c.T.Name] = true
			p.plan.losses = append(p.plan.losses, Loss{
				What: "drop table " + c.T.Name, Why: "all of its rows are lost", Name: c.T.Name, Like: p.newTables(changes),
			})
			drops = append(drops, step{"drop table " + quote(c.T.Name), "drop table " + c.T.Name})
		case *schema.ModifyTable:
			if s, err = p.modify(ctx, c); err != nil {
				return nil, err
			}
			modifies = append(modifies, s...)
		default:
			return nil, fmt.Errorf("a change of the schema is not known: %T", c)
		}
	}
	for _, t := range to.of("table") { // what the differ does not see
		if !p.modified[t.Name] && p.unseen(t.Name, nil) {
			modifies = append(modifies, p.rebuild(t.Name, nil)...)
		}
	}
	steps := slices.Concat(p.plan.steps, creates, modifies, drops)
	p.plan.steps = p.around(steps)
	return &p.plan, errors.Join(p.unused()...)
}

// unseen reports whether a table has changed in what the differ does not compare; renamed are its
// columns that have another name.
func (p *planner) unseen(table string, renamed map[string]string) bool {
	old := p.from.object("table", table)
	if old == nil {
		return false
	}
	var uniques []string
	for _, u := range p.from.uniques[table] {
		columns := strings.Split(u, ",")
		for i, c := range columns {
			if to, ok := renamed[c]; ok {
				columns[i] = to
			}
		}
		uniques = append(uniques, strings.Join(columns, ","))
	}
	slices.Sort(uniques)
	return !slices.Equal(features(old.SQL), features(p.to.object("table", table).SQL)) || !slices.Equal(uniques, p.to.uniques[table])
}

// features are the words of a table that the differ does not compare.
func features(sql string) []string {
	var out []string
	ts := tokens(sql)
	for i, t := range ts {
		switch t {
		case "collate", "deferrable", "initially":
			if i+1 < len(ts) {
				out = append(out, t+" "+ts[i+1])
			}
		case "conflict":
			if i+1 < len(ts) && i > 0 && ts[i-1] == "on" {
				out = append(out, "on conflict "+ts[i+1])
			}
		}
	}
	slices.Sort(out)
	return out
}

// around drops views and triggers before the steps and makes the wanted ones after them: those
// that changed, and all of them where a table is made anew under their feet.
func (p *planner) around(steps []step) []step {
	var before, after []step
	for _, kind := range []string{"trigger", "view"} {
		old, wanted := p.from.of(kind), p.to.of(kind)
		slices.Reverse(old)
		for _, o := range old {
			w := p.to.object(kind, o.Name)
			if w != nil && sameSQL(w.SQL, o.SQL) && len(p.touched) == 0 {
				continue
			}
			if w == nil {
				p.plan.losses = append(p.plan.losses, Loss{What: "drop " + kind + " " + o.Name, Why: "it is not in the schema any more"})
			}
			if kind == "trigger" && p.touched[o.Table] && p.from.object("view", o.Table) == nil {
				before = append(before, step{"drop trigger if exists " + quote(o.Name), "drop trigger " + o.Name})
			} else {
				before = append(before, step{"drop " + kind + " " + quote(o.Name), "drop " + kind + " " + o.Name})
			}
		}
		var made []step
		for _, w := range wanted {
			o := p.from.object(kind, w.Name)
			if o != nil && sameSQL(w.SQL, o.SQL) && len(p.touched) == 0 {
				continue
			}
			made = append(made, step{w.SQL, "create " + kind + " " + w.Name})
		}
		after = append(made, after...) // views come before triggers
	}
	return slices.Concat(before, steps, after)
}

// create gives the statements that make a table with its indexes.
func (p *planner) create(name string) []step {
	t := p.to.object("table", name)
	return append([]step{{t.SQL, "create table " + name}}, p.indexes(name)...)
}

func (p *planner) indexes(table string) []step {
	var out []step
	for _, o := range p.to.of("index") {
		if strings.EqualFold(o.Table, table) && o.SQL != "" {
			out = append(out, step{o.SQL, "create index " + o.Name})
		}
	}
	return out
}

// modify changes a table in place where SQLite can, and makes it anew where it cannot.
func (p *planner) modify(ctx context.Context, m *schema.ModifyTable) ([]step, error) {
	table := m.T.Name
	changes, renamed, steps := p.renameColumns(table, m.Changes)
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.DropColumn:
			p.plan.losses = append(p.plan.losses, Loss{
				What: "drop column " + table + "." + c.C.Name, Why: "its values are lost", Name: table + "." + c.C.Name, Like: newColumns(changes),
			})
		case *schema.ModifyColumn:
			if why := narrows(c); why != "" {
				p.plan.losses = append(p.plan.losses, Loss{What: "change column " + table + "." + c.To.Name, Why: why})
			}
		}
	}
	p.modified[table] = true
	switch {
	case !inPlace(changes) || p.unseen(table, renamed):
		return p.rebuild(table, renamed), nil
	case len(changes) == 0:
		return steps, nil
	}
	in := &schema.ModifyTable{T: m.T, Changes: changes}
	made, err := p.driver.PlanChanges(ctx, "change", []schema.Change{in})
	if err != nil {
		return nil, fmt.Errorf("plan the change of %s: %w", table, err)
	}
	for _, c := range made.Changes {
		steps = append(steps, step{c.Cmd, c.Comment})
	}
	return steps, nil
}

// inPlace reports whether SQLite can make the changes without making the table anew.
func inPlace(changes []schema.Change) bool {
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddIndex, *schema.DropIndex:
		case *schema.AddColumn:
			_, constant := c.C.Default.(*schema.Literal)
			generated := slices.ContainsFunc(c.C.Attrs, func(a schema.Attr) bool { _, is := a.(*schema.GeneratedExpr); return is })
			if generated || c.C.Default != nil && !constant || c.C.Default == nil && !c.C.Type.Null {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// narrows says what a changed column may lose; empty if nothing.
func narrows(c *schema.ModifyColumn) string {
	from, _ := sqlite.FormatType(c.From.Type.Type)
	to, _ := sqlite.FormatType(c.To.Type.Type)
	switch {
	case !strings.EqualFold(from, to):
		return fmt.Sprintf("values of type %s are stored as %s; those that do not fit change or are refused", from, to)
	case c.From.Type.Null && !c.To.Type.Null && c.To.Default == nil:
		return "rows without a value are refused: give the column a default, or fill it first"
	default:
		return ""
	}
}

// rebuild makes a table anew by its own text, with the rows of the columns that both have.
func (p *planner) rebuild(table string, renamed map[string]string) []step {
	p.touched[table] = true
	aside := "new_" + table
	wanted := p.to.object("table", table)
	newT, _ := p.to.tables.Table(table)
	oldT, _ := p.from.tables.Table(table)
	var into, values []string
	for _, c := range newT.Columns {
		source := c.Name
		for old, name := range renamed {
			if strings.EqualFold(name, c.Name) {
				source = old
			}
		}
		old, ok := oldT.Column(source)
		if !ok || generated(c) {
			continue
		}
		value := quote(source)
		if d := defaultText(c); d != "" && old.Type.Null && !c.Type.Null {
			value = "coalesce(" + value + ", " + d + ")"
		}
		into, values = append(into, quote(c.Name)), append(values, value)
	}
	steps := []step{{renamedTable(wanted.SQL, table, aside), "make table " + table + " anew"}}
	if len(into) > 0 {
		steps = append(steps, step{
			"insert into " + quote(aside) + " (" + strings.Join(into, ", ") + ")\nselect " + strings.Join(values, ", ") + "\nfrom " + quote(table),
			"copy the rows of " + table,
		})
	}
	steps = append(steps,
		step{"drop table " + quote(table), "drop the old table " + table},
		step{"alter table " + quote(aside) + " rename to " + quote(table), "give the new table its name"})
	return append(steps, p.indexes(table)...)
}

func generated(c *schema.Column) bool {
	return slices.ContainsFunc(c.Attrs, func(a schema.Attr) bool { _, is := a.(*schema.GeneratedExpr); return is })
}

func defaultText(c *schema.Column) string {
	switch d := c.Default.(type) {
	case *schema.Literal:
		return d.V
	case *schema.RawExpr:
		return d.X
	default:
		return ""
	}
}

// renamedTable gives a create statement under another name.
func renamedTable(sql, from, to string) string {
	i := strings.Index(strings.ToLower(sql), "table") + len("table")
	at := strings.Index(strings.ToLower(sql[i:]), strings.ToLower(from))
	if at < 0 {
		return sql
	}
	start, end := i+at, i+at+len(from)
	if start > 0 && strings.ContainsRune("\"`[", rune(sql[start-1])) {
		start, end = start-1, end+1
	}
	return sql[:start] + quote(to) + sql[end:]
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// newTables and newColumns give the names that a dropped one may have now.
func (p *planner) newTables(changes []schema.Change) []string {
	var out []string
	for _, c := range changes {
		if a, ok := c.(*schema.AddTable); ok {
			out = append(out, a.T.Name)
		}
	}
	return out
}

func newColumns(changes []schema.Change) []string {
	var out []string
	for _, c := range changes {
		if a, ok := c.(*schema.AddColumn); ok {
			out = append(out, a.C.Name)
		}
	}
	return out
}
