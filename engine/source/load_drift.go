package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
)

// ensureTable makes the raw table, or brings it and the columns of the snapshot together by the
// rule that stands at Load.
func (l *loading) ensureTable(ctx context.Context) error {
	r := l.result
	have, info, err := l.raw.open(ctx)
	if err != nil {
		return err
	}
	if info == nil {
		r.Created = true
		return nil
	}
	if info.Type != adapter.Table {
		return diag.Errorf(diag.BadConfig, l.t.Pos, "%s.%s is a %s, where load keeps a table", l.t.Source, l.t.Table, info.Type).
			WithHint("rename the %s, or the table of this declaration", info.Type)
	}
	r.Relation = l.raw.rel
	l.raw.exclude(have, l.o.Unscoped)
	d := l.compare(have)
	l.raw.adaptScope()
	kept, err := l.kept(ctx, have, d)
	if err != nil {
		return err
	}
	if l.t.Drift == Freeze {
		if list := d.frozen(l, kept); len(list) > 0 {
			return list
		}
	}
	for _, c := range d.discard {
		l.raw.drop(c.name)
		l.warn(diag.SchemaChanged, c.pos, "column %s of %s is new and not declared: it is left out of %s; declare it, or set schema_drift: evolve",
			c.name, l.t.Snapshot, l.named())
	}
	for _, name := range kept {
		l.warn(diag.SchemaChanged, l.t.Pos, "column %s of %s is not among those of this load: it stays, and is empty in these rows", name, l.named())
	}
	if len(d.differ)+len(d.narrower) > 0 {
		if done, err := l.rebuild(ctx, d, have); done || err != nil {
			return err
		}
	}
	for _, c := range d.narrower {
		if t, err := parseType(c.old); err == nil && t.base == "text" && c.origin != own {
			l.warn(diag.SchemaChanged, c.pos, "column %s is %s here, but stays %s in %s, which has other rows", c.name, c.typ, c.old, l.named())
		}
	}
	if err := l.widen(ctx, d.widen); err != nil {
		return err
	}
	for _, c := range d.missing {
		if err := l.raw.addColumn(ctx, c); err != nil {
			return err
		}
		if c.origin != own {
			r.Added = append(r.Added, c.name)
		}
	}
	return nil
}

func (l *loading) named() string { return l.t.Source + "." + l.t.Table }

// drift is how a raw table differs from the columns of a snapshot.
type drift struct {
	missing, discard []rawColumn // the table lacks them: to be added, or left out
	widen            []change    // the table's type becomes the wider one
	narrower         []change    // the table's type is the wider one, and stays
	differ           []change
}

// change is a column and the type that the table has it in.
type change struct {
	rawColumn
	old string
}

func columnsOf(changes []change) []rawColumn {
	out := make([]rawColumn, len(changes))
	for i, c := range changes {
		out[i] = c.rawColumn
	}
	return out
}

// compare finds the drift, and notes where the table's own type is the wider one.
func (l *loading) compare(have []adapter.Column) drift {
	var d drift
	for i := range l.raw.columns {
		c := &l.raw.columns[i]
		old := lookupColumn(have, c.name)
		switch {
		case old == nil && c.origin == found && l.t.Drift != Evolve:
			d.discard = append(d.discard, *c)
		case old == nil:
			d.missing = append(d.missing, *c)
		case sameType(old.Type, l.raw.physical(*c).Type):
		case l.fits(old.Type, c.typ) && (c.origin != found || l.t.Drift == Evolve):
			d.widen = append(d.widen, change{*c, old.Type})
		case l.takes(old.Type, c.typ):
			c.stored = old.Type
			d.narrower = append(d.narrower, change{*c, old.Type})
		default:
			d.differ = append(d.differ, change{*c, old.Type})
		}
	}
	return d
}

// fits reports whether every value of a column of the table has its place in the wanted type.
func (l *loading) fits(old string, want colType) bool {
	t, err := parseType(old)
	return err == nil && (widens(t, want) || t.base == want.base && t.base != "decimal") // INTEGER is a narrow BIGINT
}

// takes reports whether the table's type has a place for every value of the wanted one.
func (l *loading) takes(old string, want colType) bool {
	t, err := parseType(old)
	return err == nil && sameType(old, l.raw.d.Type(t.String())) && widens(want, t)
}

// widens reports whether b keeps every value of a as it is. Of integers the decimal's digits
// decide, which the warehouse checks.
func widens(a, b colType) bool {
	switch {
	case a == b:
		return false
	case b.base == "text":
		return true
	case a.base == "integer":
		return b.base == "decimal" || b.base == "float"
	case a.base == "decimal":
		return b.base == "decimal" && b.scale >= a.scale && b.precision-b.scale >= a.precision-a.scale
	default:
		return a.base == "date" && b.base == "timestamp"
	}
}

// kept gives the columns of the table that are not declared any more and have values in the rows
// of this scope. Other scopes may have columns of their own.
func (l *loading) kept(ctx context.Context, have []adapter.Column, d drift) ([]string, error) {
	for _, c := range slices.Concat(d.missing, columnsOf(d.widen), columnsOf(d.differ)) {
		if l.raw.isScope(c.name) {
			return nil, nil // no row is of a scope that the table cannot name
		}
	}
	var names, counts []string
	for _, c := range have {
		if l.raw.column(c.Name) == nil && !reserved(strings.ToLower(c.Name)) {
			names = append(names, c.Name)
			counts = append(counts, "count("+l.raw.d.Quote(c.Name)+")")
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	rows, err := l.raw.s.Query(ctx, "select "+strings.Join(counts, ", ")+"\nfrom "+l.raw.name()+"\nwhere "+l.raw.scopeSQL(), l.raw.scopeValues()...)
	if err != nil {
		return nil, err
	}
	var kept []string
	if rows.Next() {
		for i, v := range rows.Values() {
			if n, _ := v.(int64); n > 0 {
				kept = append(kept, names[i])
			}
		}
	}
	return kept, errors.Join(rows.Err(), rows.Close())
}

// frozen lists every difference, each a mistake.
func (d drift) frozen(l *loading, kept []string) diag.List {
	var list diag.List
	refuse := func(pos diag.Pos, format string, args ...any) {
		list = append(list, diag.Errorf(diag.SchemaChanged, pos, format, args...).
			WithHint("schema_drift: freeze lets nothing change: set evolve for one load, or drop %s and load every scope anew", l.named()))
	}
	for _, c := range append(d.missing, d.discard...) {
		if c.origin != own {
			refuse(c.pos, "column %s is not in %s", c.name, l.named())
		}
	}
	for _, changes := range [][]change{d.widen, d.narrower, d.differ} {
		for _, c := range changes {
			if c.origin != own {
				refuse(c.pos, "column %s is %s here, but %s has it as %s", c.name, c.typ, l.named(), c.old)
			}
		}
	}
	for _, name := range kept {
		refuse(l.t.Pos, "column %s of %s, which has values in this scope, is not declared", name, l.named())
	}
	return list
}

// widen gives columns of the table wider types, with all rows that it has.
func (l *loading) widen(ctx context.Context, changes []change) error {
	var list diag.List
	for _, c := range changes {
		want := l.raw.physical(c.rawColumn)
		if err := l.exact(ctx, c); err != nil {
			return err
		}
		_, err := l.raw.s.Exec(ctx, l.raw.d.AlterColumn(l.raw.rel, want))
		var refused *adapter.Error
		switch {
		case errors.As(err, &refused) && refused.Kind == adapter.ConversionError:
			return append(list, l.typeDiffers(c).WithErr(err).WithHint("a value that the table has does not fit: %s", refused.Msg))
		case err != nil:
			return err
		}
		l.result.Widened = append(l.result.Widened, fmt.Sprintf("%s: %s → %s", c.name, c.old, want.Type))
	}
	return nil
}

// exactInFloat is up to where a float has every whole number.
const exactInFloat = 1 << 53

// exact refuses to turn whole numbers into floats that cannot hold all their digits.
func (l *loading) exact(ctx context.Context, c change) error {
	if old, err := parseType(c.old); err != nil || old.base != "integer" || c.typ.base != "float" {
		return nil
	}
	n, err := l.raw.count(ctx, fmt.Sprintf("abs(%s) > %d", l.raw.d.Quote(c.name), int64(exactInFloat)))
	if err == nil && n > 0 {
		return l.typeDiffers(c).WithHint("%s of the table would lose digits in a float: declare a decimal", plural(n, "value"))
	}
	return err
}

func (l *loading) typeDiffers(c change) *diag.Diagnostic {
	hint := fmt.Sprintf("drop %s and load every scope anew, or declare the type that it has", l.named())
	if old, err := parseType(c.old); err == nil && old.base == "decimal" && c.typ.base == "decimal" {
		scale := max(old.scale, c.typ.scale)
		hint = fmt.Sprintf("decimal(%d,%d) holds both", min(38, max(old.precision-old.scale, c.typ.precision-c.typ.scale)+scale), scale)
	}
	return diag.Errorf(diag.SchemaChanged, c.pos, "column %s is %s here, but %s has it as %s", c.name, c.typ, l.named(), c.old).WithHint("%s", hint)
}

// others counts the rows that are not this scope's, which are all while the table cannot name it.
func (l *loading) others(ctx context.Context, d drift) (int64, error) {
	if slices.ContainsFunc(d.missing, func(c rawColumn) bool { return l.raw.isScope(c.name) }) {
		return l.raw.count(ctx, "1 = 1")
	}
	return l.raw.others(ctx)
}

// rebuild makes the table anew with other or narrower types, if it holds no other scope's rows and
// all of them are replaced. Where it cannot, types that differ are a mistake.
func (l *loading) rebuild(ctx context.Context, d drift, have []adapter.Column) (done bool, err error) {
	var differ diag.List
	for _, c := range d.differ {
		differ = append(differ, l.typeDiffers(c))
	}
	if l.o.Month > 0 || l.o.Mode != Replace || l.t.Drift == Freeze {
		return false, differ.Err()
	}
	others, err := l.others(ctx, d)
	if err != nil || others > 0 {
		return false, errors.Join(differ.Err(), err)
	}
	for i := range l.raw.columns {
		l.raw.columns[i].stored = ""
	}
	columns := l.raw.physicals()
	for _, c := range have {
		if l.raw.column(c.Name) == nil {
			columns = append(columns, c)
		}
	}
	if _, err := l.raw.s.Exec(ctx, l.raw.d.Drop(adapter.RelationInfo{Relation: l.raw.rel, Type: adapter.Table})); err != nil {
		return false, err
	}
	l.result.Rebuilt = true
	for _, c := range d.narrower {
		differ = append(differ, l.typeDiffers(c))
	}
	for _, w := range asWarnings(differ) {
		w.Hint = "the table held no other scope and was made anew"
		l.result.Warnings = append(l.result.Warnings, w)
	}
	return true, l.raw.create(ctx, columns)
}
