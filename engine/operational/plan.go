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
	implied       bool // taken from a migration: it need not match anything
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
	made     map[string]bool   // tables that are new or made anew: all of their indexes come after them
	names    map[string]string // words that the renames change in the text of tables and indexes
}

// planChanges gives the statements that bring from to to. Renames that match nothing are an error.
func planChanges(ctx context.Context, q querier, from, to *schemaState, renames []Rename) (*plan, error) {
	drv, err := sqlite.Open(q)
	if err != nil {
		return nil, err
	}
	p := &planner{from: from, to: to, driver: drv, renames: renames, touched: map[string]bool{}, modified: map[string]bool{}, made: map[string]bool{}, names: map[string]string{}}
	sameCase(from.tables, to.tables)
	changes, err := drv.SchemaDiff(bare(from.tables), bare(to.tables))
	if err != nil {
		return nil, fmt.Errorf("compare schemas: %w", err)
	}
	if changes, err = p.renameTables(changes); err != nil {
		return nil, err
	}
	var creates, modifies, drops []step
	for _, c := range changes {
		switch c := c.(type) {
		case *schema.AddTable:
			p.made[c.T.Name] = true
			creates = append(creates, step{p.to.object("table", c.T.Name).SQL, "create table " + c.T.Name})
		case *schema.DropTable:
			p.touched[c.T.Name] = true
			p.plan.losses = append(p.plan.losses, Loss{
				What: "drop table " + c.T.Name, Why: "all of its rows are lost", Name: c.T.Name, Like: p.newTables(changes),
			})
			drops = append(drops, step{"drop table " + quote(c.T.Name), "drop table " + c.T.Name})
		case *schema.ModifyTable:
			modifies = append(modifies, p.modify(c)...)
		default:
			return nil, fmt.Errorf("a change of the schema is not known: %T", c)
		}
	}
	for _, t := range to.tables.Tables { // what the differ does not see
		if !p.modified[t.Name] && p.from.object("table", t.Name) != nil {
			modifies = append(modifies, p.modify(&schema.ModifyTable{T: t})...)
		}
	}
	unindex, index := p.indexes()
	p.plan.steps = p.around(slices.Concat(unindex, p.plan.steps, creates, modifies, drops, index))
	return &p.plan, errors.Join(p.unused()...)
}

// bare gives tables with their columns only: what else a table says is compared by its text.
func bare(s *schema.Schema) *schema.Schema {
	out := schema.New(s.Name)
	for _, t := range s.Tables {
		out.AddTables(bareTable(t, t.Name).SetSchema(out))
	}
	return out
}

func bareTable(t *schema.Table, name string) *schema.Table {
	return schema.NewTable(name).AddColumns(t.Columns...)
}

// sameCase gives tables and columns the names they have already where only the case is another:
// to SQLite these are the same.
func sameCase(from, to *schema.Schema) {
	for _, t := range to.Tables {
		i := slices.IndexFunc(from.Tables, func(o *schema.Table) bool { return strings.EqualFold(o.Name, t.Name) })
		if i < 0 {
			continue
		}
		t.Name = from.Tables[i].Name
		for _, c := range t.Columns {
			for _, o := range from.Tables[i].Columns {
				if strings.EqualFold(o.Name, c.Name) {
					c.Name = o.Name
				}
			}
		}
	}
}

// around drops views and triggers before the steps and makes the wanted ones after them: those
// that changed, and all of them where a table is made anew under their feet.
func (p *planner) around(steps []step) []step {
	var before, after []step
	anew := len(p.touched) > 0
	for _, o := range p.from.of("view") { // a view takes its triggers with it
		w := p.to.object("view", o.Name)
		anew = anew || w == nil || !sameSQL(w.SQL, o.SQL)
	}
	for _, kind := range []string{"trigger", "view"} {
		old, wanted := p.from.of(kind), p.to.of(kind)
		slices.Reverse(old)
		for _, o := range old {
			w := p.to.object(kind, o.Name)
			if w != nil && sameSQL(w.SQL, o.SQL) && !anew {
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
			if o != nil && sameSQL(w.SQL, o.SQL) && !anew {
				continue
			}
			made = append(made, step{w.SQL, "create " + kind + " " + w.Name})
		}
		after = append(made, after...) // views come before triggers
	}
	return slices.Concat(before, steps, after)
}

// indexes gives the statements that drop the indexes which go or change, and make those that are
// new, changed, or of a table that is made anew. They go by their own text: the differ does not see
// all that an index can say.
func (p *planner) indexes() (drops, creates []step) {
	for _, o := range p.from.of("index") {
		if w := p.to.object("index", o.Name); o.SQL != "" && (w == nil || !p.sameIndex(&o, w)) {
			drops = append(drops, step{"drop index " + quote(o.Name), "drop index " + o.Name})
		}
	}
	made := map[string]bool{}
	for t := range p.made {
		made[strings.ToLower(t)] = true
	}
	for _, w := range p.to.of("index") {
		o := p.from.object("index", w.Name)
		if w.SQL != "" && (o == nil || made[strings.ToLower(w.Table)] || !p.sameIndex(o, &w)) {
			creates = append(creates, step{w.SQL, "create index " + w.Name})
		}
	}
	return drops, creates
}

func (p *planner) sameIndex(o, w *object) bool {
	return slices.Equal(p.renamed(tokens(o.SQL)), tokens(w.SQL))
}

// renamed gives the words of a text as the renames leave them.
func (p *planner) renamed(words []string) []string {
	for i, w := range words {
		if to, ok := p.names[w]; ok {
			words[i] = to
		}
	}
	return words
}

// nameToken spells a name as tokens gives it.
func nameToken(name string) string { return tokens(quote(name))[0] }

// modify changes a table in place where SQLite can, and makes it anew where it cannot. The differ
// says what is lost; whether something has changed at all is told by the text of the definitions,
// of which the differ does not know all.
func (p *planner) modify(m *schema.ModifyTable) []step {
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
	added, ok := p.added(table)
	if !ok {
		return p.rebuild(table, renamed)
	}
	for _, d := range added {
		steps = append(steps, step{"alter table " + quote(table) + " add column " + d.text, "add column " + table + "." + d.name()})
	}
	return steps
}

// added gives the columns that a table has more than before; ok is false if there is any other
// difference, or a column that SQLite cannot add in place.
func (p *planner) added(table string) (out []definition, ok bool) {
	before, tail := definitions(p.from.object("table", table).SQL)
	after, wanted := definitions(p.to.object("table", table).SQL)
	if !slices.Equal(p.renamed(tail), wanted) {
		return nil, false
	}
	for i := range before {
		before[i].words = p.renamed(before[i].words)
	}
	for _, d := range after {
		at := slices.IndexFunc(before, func(b definition) bool { return slices.Equal(b.words, d.words) })
		switch {
		case at >= 0:
			before = slices.Delete(before, at, at+1)
		case d.addable():
			out = append(out, d)
		default:
			return nil, false
		}
	}
	return out, len(before) == 0
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
	p.touched[table], p.made[table] = true, true
	aside := "new_" + table
	for p.from.object("table", aside) != nil || p.to.object("table", aside) != nil || p.from.object("view", aside) != nil || p.from.object("index", aside) != nil {
		aside = "new_" + aside
	}
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
	steps := []step{{renamedTable(wanted.SQL, aside), "make table " + table + " anew"}}
	if len(into) > 0 {
		steps = append(steps, step{
			"insert or abort into " + quote(aside) + " (" + strings.Join(into, ", ") + ")\nselect " + strings.Join(values, ", ") + "\nfrom " + quote(table),
			"copy the rows of " + table,
		})
	}
	if autoincrement(wanted.SQL) && autoincrement(p.from.object("table", table).SQL) { // numbers of rows that are gone are not given again
		steps = append(steps,
			step{"delete from sqlite_sequence where name = " + literal(aside), "forget the last number of " + aside},
			step{"insert into sqlite_sequence (name, seq)\nselect " + literal(aside) + ", seq\nfrom sqlite_sequence\nwhere name = " + literal(table), "keep the last number of " + table})
	}
	return append(steps,
		step{"drop table " + quote(table), "drop the old table " + table},
		step{"alter table " + quote(aside) + " rename to " + quote(table), "give the new table its name"})
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

func autoincrement(sql string) bool { return slices.Contains(tokens(sql), "autoincrement") }

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

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
