package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// origin says who wants a column.
type origin uint8

const (
	own      origin = iota // load itself, for every table
	declared               // the declaration
	found                  // the source, or schema_drift
)

// rawTable is a table that load keeps, with the columns that it is to have.
type rawTable struct {
	s       adapter.Session
	d       adapter.Dialect
	rel     manifest.Relation
	scope   []ScopeColumn
	columns []rawColumn
}

// rawColumn is a column of a raw table and where its value comes from.
type rawColumn struct {
	name   string
	typ    colType // as it is declared
	stored string  // type in the raw table, in the warehouse's spelling, if it is wider
	file   int     // column of the snapshot, -1 if it has none
	value  any     // otherwise
	origin origin
	pos    diag.Pos
}

func (r *rawTable) add(c rawColumn) { r.columns = append(r.columns, c) }

// column finds a column without case, as the warehouse does.
func (r *rawTable) column(name string) *rawColumn {
	for i := range r.columns {
		if strings.EqualFold(r.columns[i].name, name) {
			return &r.columns[i]
		}
	}
	return nil
}

func (r *rawTable) isScope(name string) bool {
	return slices.ContainsFunc(r.scope, func(c ScopeColumn) bool { return c.Name == name })
}

func (r *rawTable) drop(name string) {
	for i := range r.columns {
		if r.columns[i].name == name {
			r.columns = append(r.columns[:i], r.columns[i+1:]...)
			return
		}
	}
}

// name gives the table's name in SQL.
func (r *rawTable) name() string { return r.d.Relation(r.rel) }

// physical gives a column as the warehouse has it.
func (r *rawTable) physical(c rawColumn) adapter.Column {
	if c.stored != "" {
		return adapter.Column{Name: c.name, Type: c.stored}
	}
	return adapter.Column{Name: c.name, Type: r.d.Type(c.typ.String())}
}

func (r *rawTable) physicals() []adapter.Column {
	out := make([]adapter.Column, len(r.columns))
	for i, c := range r.columns {
		out[i] = r.physical(c)
	}
	return out
}

func (r *rawTable) create(ctx context.Context, columns []adapter.Column) error {
	_, err := r.s.Exec(ctx, r.d.CreateTable(r.rel, columns))
	return err
}

// open makes the table if it is not there, and gives the columns that it has otherwise.
func (r *rawTable) open(ctx context.Context) (have []adapter.Column, info *adapter.RelationInfo, err error) {
	info, err = r.s.Relation(ctx, r.rel)
	if err != nil {
		return nil, nil, err
	}
	if info == nil {
		if _, err := r.s.Exec(ctx, r.d.CreateSchema(r.rel.Database, r.rel.Schema)); err != nil {
			return nil, nil, err
		}
		return nil, nil, r.create(ctx, r.physicals())
	}
	r.rel = info.Relation
	have, err = r.s.Columns(ctx, r.rel)
	return have, info, err
}

func (r *rawTable) addColumn(ctx context.Context, c rawColumn) error {
	_, err := r.s.Exec(ctx, r.d.AddColumn(r.rel, r.physical(c)))
	return err
}

// scopeSQL is the condition of the scope's rows; scopeValues are its parameters. A column without
// a value must be null.
func (r *rawTable) scopeSQL() string { return scopeSQL(r.d, r.scope) }

func (r *rawTable) scopeValues() []any { return scopeValues(r.scope) }

// exclude keeps rows out of the scope that have a value in the table's columns of other scopes.
func (r *rawTable) exclude(have []adapter.Column, unscoped []string) {
	for _, name := range unscoped {
		if lookupColumn(have, name) != nil && r.column(name) == nil {
			r.scope = append(r.scope, ScopeColumn{Name: name})
		}
	}
}

func scopeSQL(d adapter.Dialect, scope []ScopeColumn) string {
	if len(scope) == 0 {
		return "1 = 1"
	}
	parts := make([]string, len(scope))
	for i, c := range scope {
		parts[i] = d.Quote(c.Name) + " = ?"
		if c.Value == nil {
			parts[i] = d.Quote(c.Name) + " is null"
		}
	}
	return strings.Join(parts, " and ")
}

func scopeValues(scope []ScopeColumn) []any {
	var out []any
	for _, c := range scope {
		if c.Value != nil {
			out = append(out, c.Value)
		}
	}
	return out
}

// adaptScope brings the scope's values into the types that the table has their columns in: one
// scope's value may be a number where another's is a word.
func (r *rawTable) adaptScope() {
	for i := range r.scope {
		c := r.column(r.scope[i].Name)
		if c == nil {
			continue
		}
		if t, err := parseType(c.stored); c.stored == "" || err != nil || t.base != "text" {
			continue
		}
		r.scope[i].Value = fmt.Sprint(r.scope[i].Value)
		c.value, c.typ, c.stored = r.scope[i].Value, colType{base: "text"}, ""
	}
}

// others counts the rows of other scopes.
func (r *rawTable) others(ctx context.Context) (int64, error) {
	if len(r.scope) == 0 {
		return 0, nil
	}
	var parts []string
	for _, c := range r.scope {
		if c.Value == nil {
			parts = append(parts, r.d.Quote(c.Name)+" is not null")
			continue
		}
		parts = append(parts, r.d.Quote(c.Name)+" is distinct from ?")
	}
	return r.count(ctx, "("+strings.Join(parts, " or ")+")", r.scopeValues()...)
}

func (r *rawTable) count(ctx context.Context, where string, args ...any) (int64, error) {
	return queryCount(ctx, r.s, "select count(*)\nfrom "+r.name()+"\nwhere "+where, args...)
}

func queryCount(ctx context.Context, s adapter.Session, sql string, args ...any) (n int64, err error) {
	rows, err := s.Query(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		n, _ = rows.Values()[0].(int64)
	}
	return n, errors.Join(rows.Err(), rows.Close())
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
