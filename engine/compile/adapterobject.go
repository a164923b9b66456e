package compile

import (
	"crypto/md5" //nolint:gosec // dbt's index names
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// adapterObject is `adapter`: questions and orders to the warehouse. In parse mode it asks nothing
// and gives what dbt gives there: None, an empty list, false.
type adapterObject struct{ f *frame }

// Attr gives dbt's methods, and those of dbt-duckdb.
func (o adapterObject) Attr(name string) (jinja.Value, bool) {
	if fn := o.pure(name); fn != nil {
		return fn, true
	}
	switch name {
	case "behavior":
		return behaviorObject(o), true
	case "config":
		return runtimeConfig{o.f.c, o.f.c.project.RootPackage(), o.f}, true
	case "Relation":
		return relationClass{o.f.c.dialect}, true
	case "Column":
		return columnClass{}, true
	}
	fn, parsed := o.asking(name)
	if fn == nil {
		return nil, false
	}
	if !o.f.execute {
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return parsed(), nil }), true
	}
	return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
		if o.f.session == nil && (name == "get_relation" || name == "load_relation") {
			return nil, nil // nothing is known to exist
		}
		if o.f.session == nil {
			return nil, hint(o.f.errorf(c, diag.BadCall, "adapter.%s() asks the warehouse, which is not connected", name),
				"run without --no-introspect")
		}
		return fn(c)
	}), true
}

func none() jinja.Value      { return nil }
func emptyList() jinja.Value { return jinja.NewList() }
func no() jinja.Value        { return false }

// asking gives the methods that ask the warehouse, with what they are in parse mode.
func (o adapterObject) asking(name string) (fn jinja.Func, parsed func() jinja.Value) {
	switch name {
	case "execute":
		return o.execute, func() jinja.Value { return jinja.Tuple{response{rows: -1}, newTable(nil)} }
	case "get_relation":
		return o.getRelation, none
	case "load_relation":
		return o.loadRelation, none
	case "already_exists":
		return o.alreadyExists, no
	case "check_schema_exists":
		return o.checkSchema, no
	case "get_columns_in_relation":
		return o.columns, emptyList
	case "get_columns_in_table":
		return o.columnsInTable, emptyList
	case "get_missing_columns":
		return o.missingColumns, emptyList
	case "get_column_schema_from_query":
		return o.schemaOfQuery, emptyList
	case "valid_snapshot_target", "assert_valid_snapshot_target_given_strategy":
		return o.validSnapshot, none
	case "list_relations_without_caching", "list_relations":
		return o.listRelations, emptyList
	case "list_schemas":
		return o.listSchemas, emptyList
	case "create_schema", "drop_schema", "drop_relation", "truncate_relation", "rename_relation":
		return func(c *jinja.Call) (jinja.Value, error) { return o.byMacro(c, name) }, none
	case "location_exists":
		return o.locationExists, no
	case "commit":
		return func(*jinja.Call) (jinja.Value, error) { return "", o.f.commit() }, func() jinja.Value { return "" }
	case "ensure_transaction":
		return func(*jinja.Call) (jinja.Value, error) { return "", o.f.begin() }, func() jinja.Value { return "" }
	}
	return nil, nil
}

// execute is adapter.execute(sql, auto_begin, fetch, limit): (response, table).
func (o adapterObject) execute(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("sql", "auto_begin?", "fetch?", "limit?")
	if err != nil {
		return nil, err
	}
	if args[1] != jinja.Missing && jinja.Truth(args[1]) {
		if err := o.f.begin(); err != nil {
			return nil, err
		}
	}
	fetch := args[2] != jinja.Missing && jinja.Truth(args[2])
	limit, _ := args[3].(int64)
	t, rows, err := o.f.execSQL(c, jinja.Str(args[0]), fetch, limit)
	if err != nil {
		return nil, err
	}
	return jinja.Tuple{response{message: "OK", rows: rows}, t}, nil
}

// execSQL runs a statement for a template; a refused one is blamed on the call.
func (f *frame) execSQL(c *jinja.Call, sql string, fetch bool, limit int64) (*table, int64, error) {
	if strings.TrimSpace(sql) == "" {
		return newTable(nil), -1, nil
	}
	if !fetch {
		n, err := f.session.Exec(f.ctx, sql)
		f.rows = n
		return newTable(nil), n, f.refused(c, sql, err)
	}
	t, err := readTable(f.ctx, f.session, sql, limit)
	if err != nil {
		return nil, -1, f.refused(c, sql, err)
	}
	return t, int64(len(t.rows)), nil
}

// refused makes a diagnostic of a statement that the warehouse refused. It stands where the
// template asked for it, and its notes show the statement's own line.
func (f *frame) refused(c *jinja.Call, sql string, err error) error {
	var e *adapter.Error
	if err == nil || !errors.As(err, &e) || e.Kind == adapter.InterruptError {
		return err
	}
	if f.compiled != nil && f.compiled.SQL != "" && strings.Contains(sql, f.compiled.SQL) {
		return f.c.Locate(f.node, f.compiled, e, sql)
	}
	d := f.errorf(c, codeOf(e), "%s", e.Msg).WithErr(err)
	if h := proposal(e); h != "" {
		d.Hint = h
	}
	if e.Line > 0 {
		lines := strings.Split(sql, "\n")
		if e.Line <= len(lines) {
			d.Notes = append(d.Notes, diag.Note{Msg: fmt.Sprintf("in line %d of the statement: %s", e.Line, cut(strings.TrimSpace(lines[e.Line-1]), noteWidth))})
		}
	}
	return d
}

func codeOf(e *adapter.Error) diag.Code {
	switch e.Kind {
	case adapter.BinderError:
		if e.Name != "" && strings.Contains(strings.ToLower(e.Msg), "column") {
			return diag.UnknownColumn
		}
	case adapter.CatalogError:
		lower := strings.ToLower(e.Msg)
		if e.Name != "" && (strings.Contains(lower, "table") || strings.Contains(lower, "view")) && strings.Contains(lower, "not exist") {
			return diag.UnknownRelation
		}
	}
	return diag.WarehouseError
}

// proposal is the hint in what the warehouse offers instead of an unknown name.
func proposal(e *adapter.Error) string {
	if near := diag.DidYouMean(e.Name, e.Candidates); e.Name != "" && near != "" {
		return near
	}
	var own []string
	for _, c := range e.Candidates {
		if !systemName(c) {
			own = append(own, c)
		}
	}
	if len(own) > 0 {
		return "candidates: " + strings.Join(own, ", ")
	}
	return e.Hint
}

// systemName reports a name of the warehouse's own catalog, which nobody misses.
func systemName(name string) bool {
	lower := strings.ToLower(name)
	return strings.Contains(lower, "information_schema.") || strings.Contains(lower, "pg_catalog.") || strings.Contains(lower, "pragma_") ||
		strings.HasPrefix(lower, "duckdb_") || strings.HasPrefix(lower, "sqlite_")
}

// byMacro runs the macro of the same name, so that a project's own is honoured.
func (o adapterObject) byMacro(c *jinja.Call, name string) (jinja.Value, error) {
	args := append([]jinja.Value(nil), c.Args...)
	for _, kw := range c.Kwargs {
		args = append(args, kw.Value)
	}
	if len(args) > 0 && args[0] == nil && name == "drop_relation" {
		return "", nil
	}
	if _, err := o.relationArg(c, firstOf(args)); err != nil {
		return nil, err
	}
	if _, err := o.invoke(c, name, args...); err != nil {
		return nil, err
	}
	return "", nil
}

func firstOf(args []jinja.Value) jinja.Value {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

func (o adapterObject) invoke(c *jinja.Call, name string, args ...jinja.Value) (jinja.Value, error) {
	m, err := o.f.macro(name)
	if err != nil {
		return nil, err
	}
	return jinja.Invoke(c.State, o.f.space.bind(m), args, nil, c.Pos)
}

func (o adapterObject) locationExists(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("location")
	if err != nil {
		return nil, err
	}
	_, err = o.f.session.Describe(o.f.ctx, "select 1 from '"+strings.ReplaceAll(jinja.Str(args[0]), "'", "''")+"' where 1 = 0")
	return err == nil, nil
}

// indexConfig is a parsed entry of the config `indexes`.
type indexConfig struct {
	columns []string
	unique  bool
	stamp   string
}

// Attr gives the entry's fields and its name for a relation.
func (x indexConfig) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "columns":
		return stringList(x.columns), true
	case "unique":
		return x.unique, true
	case "render":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("relation")
			if err != nil {
				return nil, err
			}
			text := strings.Join(append(append([]string{}, x.columns...), jinja.Str(args[0]), fmt.Sprint(x.unique), x.stamp), "_")
			sum := md5.Sum([]byte(text)) //nolint:gosec // a name, not a secret
			return hex.EncodeToString(sum[:]), nil
		}), true
	}
	return nil, false
}

// behaviorObject is adapter.behavior: flags that change behaviour, false unless the project sets them.
type behaviorObject struct{ f *frame }

// Attr gives a flag, which is its truth and has no_warn.
func (b behaviorObject) Attr(name string) (jinja.Value, bool) {
	return behaviorFlag{manifest.NewConfig(b.f.c.project.Flags).Bool(name, false)}, true
}

type behaviorFlag struct{ on bool }

// Attr gives no_warn and setting.
func (b behaviorFlag) Attr(name string) (jinja.Value, bool) {
	return b.on, name == "no_warn" || name == "setting"
}

// Truth is the flag's setting.
func (b behaviorFlag) Truth() bool { return b.on }
