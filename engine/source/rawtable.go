package source

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
)

// ensureTable makes the raw table, or brings it to the declared columns. A column of another
// type makes the table anew if only this scope is in it, and is a mistake otherwise.
func (l *loading) ensureTable(ctx context.Context) error {
	r, d := l.result, l.o.Dialect
	found, err := l.s.Relation(ctx, r.Relation)
	if err != nil {
		return err
	}
	switch {
	case found == nil:
		if _, err := l.s.Exec(ctx, d.CreateSchema(r.Relation.Database, r.Relation.Schema)); err != nil {
			return err
		}
		r.Created = true
		return l.create(ctx)
	case found.Type != adapter.Table:
		return diag.Errorf(diag.BadConfig, l.t.Pos, "%s.%s is a %s, where load keeps a table", l.t.Source, l.t.Table, found.Type).
			WithHint("rename the %s, or the table of this declaration", found.Type)
	}
	r.Relation = found.Relation
	have, err := l.s.Columns(ctx, r.Relation)
	if err != nil {
		return err
	}
	var missing []adapter.Column
	var differ diag.List
	for _, c := range l.columns {
		want := adapter.Column{Name: c.name, Type: d.Type(c.typ.String())}
		switch old := lookupColumn(have, c.name); {
		case old == nil:
			missing = append(missing, want)
		case !sameType(old.Type, want.Type):
			differ = append(differ, l.typeDiffers(c, old.Type))
		}
	}
	if len(differ) > 0 {
		return l.rebuild(ctx, differ)
	}
	for _, c := range missing {
		if _, err := l.s.Exec(ctx, d.AddColumn(r.Relation, c)); err != nil {
			return err
		}
		r.Added = append(r.Added, c.Name)
	}
	return nil
}

func (l *loading) create(ctx context.Context) error {
	columns := make([]adapter.Column, len(l.columns))
	for i, c := range l.columns {
		columns[i] = adapter.Column{Name: c.name, Type: l.o.Dialect.Type(c.typ.String())}
	}
	_, err := l.s.Exec(ctx, l.o.Dialect.CreateTable(l.result.Relation, columns))
	return err
}

func (l *loading) typeDiffers(c rawColumn, old string) *diag.Diagnostic {
	pos := l.t.Pos
	if col := findColumn(l.t, c.name); col != nil {
		pos = col.Pos
	}
	return diag.Errorf(diag.SchemaChanged, pos, "column %s is declared as %s, but %s.%s has it as %s", c.name, c.typ, l.t.Source, l.t.Table, old).
		WithHint("drop %s and load every scope anew, or declare the type that it has", l.t.Source+"."+l.t.Table)
}

// rebuild makes the table anew if it holds no other scope's rows.
func (l *loading) rebuild(ctx context.Context, differ diag.List) error {
	r, d := l.result, l.o.Dialect
	var others int64
	if len(l.o.Scope) > 0 {
		var parts []string
		for _, c := range l.o.Scope {
			parts = append(parts, d.Quote(c.Name)+" is distinct from ?")
		}
		var err error
		others, err = l.count(ctx, "("+strings.Join(parts, " or ")+")")
		if err != nil {
			return errors.Join(differ, err)
		}
	}
	if others > 0 || l.o.Month > 0 || l.o.Mode == Append {
		return differ
	}
	if _, err := l.s.Exec(ctx, d.Drop(adapter.RelationInfo{Relation: r.Relation, Type: adapter.Table})); err != nil {
		return err
	}
	r.Rebuilt = true
	for _, w := range asWarnings(differ) {
		w.Hint = "the table held no other scope and was made anew"
		r.Warnings = append(r.Warnings, w)
	}
	return l.create(ctx)
}

func lookupColumn(columns []adapter.Column, name string) *adapter.Column {
	for i := range columns {
		if strings.EqualFold(columns[i].Name, name) {
			return &columns[i]
		}
	}
	return nil
}

func sameType(a, b string) bool {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToUpper(s), " ", "") }
	return plain(a) == plain(b)
}

// rowKey is where a row comes from.
type rowKey struct {
	file, sheet string
	row         int64
}

// knownRows gives where the rows of the scope come from.
func (l *loading) knownRows(ctx context.Context) (map[rowKey]bool, error) {
	d := l.o.Dialect
	sql := "select " + d.Quote(fileColumn) + ", " + d.Quote(sheetColumn) + ", " + d.Quote(rowColumn) +
		"\nfrom " + d.Relation(l.result.Relation) + "\nwhere " + l.scopeSQL()
	rows, err := l.s.Query(ctx, sql, l.scopeValues()...)
	if err != nil {
		return nil, err
	}
	known := map[rowKey]bool{}
	for rows.Next() {
		v := rows.Values()
		file, _ := v[0].(string)
		sheet, _ := v[1].(string)
		row, _ := v[2].(int64)
		known[rowKey{file, sheet, row}] = true
	}
	return known, errors.Join(rows.Err(), rows.Close())
}

// values fills a row of the raw table from a line of the snapshot; keep is false if the row is of
// another month or is there already.
func (l *loading) values(rec []string, row []any, known map[rowKey]bool) (keep bool, err error) {
	for i, c := range l.columns {
		row[i] = c.value
		if c.file < 0 {
			continue
		}
		if c.file >= len(rec) {
			return false, fmt.Errorf("the line has %d fields only", len(rec))
		}
		if row[i], err = canonicalValue(rec[c.file], c.typ); err != nil {
			return false, fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	if l.o.Month > 0 && monthOf(row[l.month]) != l.o.Month {
		return false, nil
	}
	if len(known) > 0 {
		n := len(row)
		key := rowKey{}
		key.file, _ = row[n-4].(string)
		key.sheet, _ = row[n-3].(string)
		key.row, _ = row[n-2].(int64)
		return !known[key], nil
	}
	return true, nil
}

func monthOf(v any) int {
	switch v := v.(type) {
	case int64:
		return int(v)
	case time.Time:
		return int(v.Month())
	default:
		return 0
	}
}

// canonicalValue reads a field of a snapshot: nil, string, int64, adapter.Decimal, float64, bool
// or time.Time.
func canonicalValue(s string, t colType) (any, error) {
	if s == "" {
		return nil, nil
	}
	var v any
	var err error
	switch t.base {
	case "text":
		return s, nil
	case "integer":
		v, err = strconv.ParseInt(s, 10, 64)
	case "float":
		v, err = strconv.ParseFloat(s, 64)
	case "boolean":
		v, err = strconv.ParseBool(s)
	case "date":
		v, err = time.Parse(dateLayout, s)
	case "timestamp":
		v, err = time.Parse(timestampLayout, s)
	default:
		if _, ok := parsePlain(s); !ok {
			return nil, fmt.Errorf("%q is not %s", s, t)
		}
		return adapter.Decimal(s), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%q is not of type %s", s, t)
	}
	return v, nil
}
