package operational

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/schema"

	"atlas/engine/diag"
)

// Lint reads the migrations folder and reports what may go wrong when they run where rows are:
// data that is lost, columns that rows cannot fill, keys that rows may break, tables without a
// scope column. The checksum file and every statement are checked as well. It gives warnings; what
// cannot run at all is an error.
func Lint(ctx context.Context, f Folder, rules Rules) (diag.List, error) {
	list, err := f.Migrations()
	if err != nil {
		return nil, err
	}
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var l diag.List
	for _, m := range list {
		before, err := inspect(ctx, db)
		if err != nil {
			return l, err
		}
		if err := replay(ctx, db, []*Migration{m}); err != nil {
			return l, err
		}
		after, err := inspect(ctx, db)
		if err != nil {
			return l, err
		}
		found, err := lint(ctx, db, m, before, after)
		if err != nil {
			return l, err
		}
		l = append(l, found...)
	}
	last, err := inspect(ctx, db)
	if err != nil {
		return l, err
	}
	for _, d := range rules.check(last, nil) {
		d.Severity = diag.Warning
		l = append(l, d)
	}
	return l, nil
}

// lint compares the states before and after a migration.
func lint(ctx context.Context, q querier, m *Migration, before, after *schemaState) (diag.List, error) {
	p, err := planChanges(ctx, q, before, after, nil)
	if err != nil {
		return nil, err
	}
	var l diag.List
	warn := func(hint, format string, args ...any) {
		l = append(l, diag.Warnf(diag.Destructive, diag.Pos{File: m.Path}, format, args...).WithHint("%s", hint))
	}
	renames := renamesIn(m)
	for _, x := range p.losses {
		if !slices.Contains(renames, x.Name) {
			warn("back the store up first: atlas backup", "%s: %s", x.What, x.Why)
		}
	}
	for _, t := range after.tables.Tables {
		old, ok := before.tables.Table(t.Name)
		if !ok {
			continue
		}
		for _, c := range t.Columns {
			if _, had := old.Column(c.Name); !had && !c.Type.Null && c.Default == nil && !generated(c) && !slices.Contains(renames, t.Name+"."+c.Name) {
				warn("give it a default, or add it empty and fill it first", "add column %s.%s: rows that are there have no value for it", t.Name, c.Name)
			}
		}
		for _, i := range t.Indexes {
			if _, had := old.Index(i.Name); i.Unique && !had {
				warn("look for rows that break it first", "unique index %s: rows of %s that are there may break it", i.Name, t.Name)
			}
		}
		for _, u := range after.uniques[t.Name] {
			if !slices.Contains(before.uniques[t.Name], u) {
				warn("look for rows that break it first", "unique (%s): rows of %s that are there may break it", u, t.Name)
			}
		}
		l = append(l, keysAdded(m, old, t)...)
	}
	return l, nil
}

func keysAdded(m *Migration, old, now *schema.Table) diag.List {
	var l diag.List
	for _, k := range now.ForeignKeys {
		same := func(o *schema.ForeignKey) bool {
			return o.RefTable.Name == k.RefTable.Name && fmt.Sprint(columnNames(o.Columns)) == fmt.Sprint(columnNames(k.Columns))
		}
		if !slices.ContainsFunc(old.ForeignKeys, same) {
			l = append(l, diag.Warnf(diag.Destructive, diag.Pos{File: m.Path}, "foreign key from %s to %s: rows that are there may refer to nothing", now.Name, k.RefTable.Name).
				WithHint("the migration is rolled back if one does"))
		}
	}
	return l
}

func columnNames(list []*schema.Column) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Name
	}
	return out
}

// renamesIn gives the tables and columns, "orders" and "orders.note", that a migration renames,
// under their old and new names.
func renamesIn(m *Migration) []string {
	var out []string
	for _, r := range renamesOf(m) {
		if r.Column == "" {
			out = append(out, r.Table, r.To)
		} else {
			out = append(out, r.Table+"."+r.Column, r.Table+"."+r.To)
		}
	}
	return out
}

// renamesOf gives what a migration renames, in its order.
func renamesOf(m *Migration) []Rename {
	stmts, err := m.statements()
	if err != nil {
		return nil
	}
	var out []Rename
	for _, s := range stmts {
		w := tokens(s.text)
		at := slices.Index(w, "rename")
		if len(w) < 6 || w[0] != "alter" || at < 0 {
			continue
		}
		switch rest := w[at+1:]; {
		case rest[0] == "to":
			out = append(out, Rename{Table: w[2], To: rest[1]})
		case len(rest) == 4: // column a to b
			out = append(out, Rename{Table: w[2], Column: rest[1], To: rest[3]})
		case len(rest) == 3:
			out = append(out, Rename{Table: w[2], Column: rest[0], To: rest[2]})
		}
	}
	return out
}
