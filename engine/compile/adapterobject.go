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
		return behaviorObject{o.f}, true
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
	if len(e.Candidates) > 0 {
		return "candidates: " + strings.Join(e.Candidates, ", ")
	}
	return e.Hint
}

// relationArg takes a relation, or what can stand for one.
func (o adapterObject) relationArg(c *jinja.Call, v jinja.Value) (*relation, error) {
	if r, ok := v.(*relation); ok {
		return r, nil
	}
	if u, ok := v.(*jinja.Undefined); ok {
		return nil, o.f.errorf(c, diag.UndefinedName, "'%s' is undefined; a relation is needed", u.Name)
	}
	return nil, hint(o.f.errorf(c, diag.BadCall, "a relation is needed, not %s", jinja.Repr(v)),
		"pass ref('…'), source('…', '…'), this or api.Relation.create(…)")
}

func (o adapterObject) find(rel manifest.Relation) (jinja.Value, error) {
	if rel.Database == "" {
		rel.Database = o.f.c.database()
	}
	info, err := o.f.session.Relation(o.f.ctx, rel)
	if err != nil || info == nil {
		return nil, err
	}
	return o.f.relationInfo(info), nil
}

func (o adapterObject) getRelation(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("database", "schema", "identifier")
	if err != nil {
		return nil, err
	}
	var rel manifest.Relation
	for i, to := range []*string{&rel.Database, &rel.Schema, &rel.Name} {
		*to, _ = stringOf(args[i])
	}
	if rel.Name == "" {
		return nil, nil
	}
	return o.find(rel)
}

func (o adapterObject) loadRelation(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("relation")
	if err != nil {
		return nil, err
	}
	rel, err := o.relationArg(c, args[0])
	if err != nil {
		return nil, err
	}
	return o.find(rel.manifest())
}

func (o adapterObject) alreadyExists(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("schema", "name")
	if err != nil {
		return nil, err
	}
	v, err := o.find(manifest.Relation{Schema: jinja.Str(args[0]), Name: jinja.Str(args[1])})
	return v != nil, err
}

func (o adapterObject) checkSchema(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("database", "schema")
	if err != nil {
		return nil, err
	}
	sql := fmt.Sprintf("select count(*) from information_schema.schemata where lower(catalog_name) = lower(%s) and lower(schema_name) = lower(%s)",
		o.f.c.dialect.Literal(jinja.Str(args[0])), o.f.c.dialect.Literal(jinja.Str(args[1])))
	t, _, err := o.f.execSQL(c, sql, true, 0)
	if err != nil || len(t.rows) == 0 {
		return false, err
	}
	return jinja.Truth(t.rows[0].values[0]), nil
}

// columns is get_columns_in_relation. It goes by the macro where the project overrides it.
func (o adapterObject) columns(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("relation")
	if err != nil {
		return nil, err
	}
	rel, err := o.relationArg(c, args[0])
	if err != nil {
		return nil, err
	}
	return o.columnsOf(c, rel)
}

func (o adapterObject) columnsOf(c *jinja.Call, rel *relation) (jinja.Value, error) {
	if o.f.c.Overridden("get_columns_in_relation") {
		return o.invoke(c, "get_columns_in_relation", rel)
	}
	var columns []adapter.Column
	var err error
	if rel.external != "" {
		columns, err = o.f.session.Describe(o.f.ctx, "select * from "+rel.external)
	} else {
		columns, err = o.f.session.Columns(o.f.ctx, rel.manifest())
	}
	if err != nil {
		return nil, o.f.refused(c, rel.String(), err)
	}
	return columnList(columns), nil
}

func columnList(columns []adapter.Column) *jinja.List {
	out := &jinja.List{}
	for _, col := range columns {
		out.Items = append(out.Items, &column{name: col.Name, dtype: col.Type})
	}
	return out
}

func (o adapterObject) columnsInTable(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("schema", "identifier")
	if err != nil {
		return nil, err
	}
	return o.columnsOf(c, newRelation(o.f.c.dialect, manifest.Relation{Schema: jinja.Str(args[0]), Name: jinja.Str(args[1])}, ""))
}

// missingColumns are the columns of the first relation that the second lacks.
func (o adapterObject) missingColumns(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("from_relation", "to_relation")
	if err != nil {
		return nil, err
	}
	var lists [2]jinja.Value
	for i := range lists {
		rel, err := o.relationArg(c, args[i])
		if err != nil {
			return nil, err
		}
		if lists[i], err = o.columnsOf(c, rel); err != nil {
			return nil, err
		}
	}
	have := map[string]bool{}
	for _, v := range items(lists[1]) {
		if col, ok := v.(*column); ok {
			have[col.name] = true
		}
	}
	out := &jinja.List{}
	for _, v := range items(lists[0]) {
		if col, ok := v.(*column); ok && !have[col.name] {
			out.Items = append(out.Items, col)
		}
	}
	return out, nil
}

// validSnapshot checks that an existing table has a snapshot's own columns.
func (o adapterObject) validSnapshot(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("relation", "column_names?", "strategy?")
	if err != nil {
		return nil, err
	}
	rel, err := o.relationArg(c, args[0])
	if err != nil {
		return nil, err
	}
	list, err := o.columnsOf(c, rel)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, v := range items(list) {
		if col, ok := v.(*column); ok {
			have[strings.ToLower(col.name)] = true
		}
	}
	wanted := []string{"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"}
	if d, ok := args[2].(*jinja.Dict); ok {
		if v, _ := d.GetStr("hard_deletes"); v == "new_record" {
			wanted = append(wanted, "dbt_is_deleted")
		}
	}
	names, _ := args[1].(*jinja.Dict)
	var missing []string
	for _, name := range wanted {
		if names != nil {
			if v, ok := names.GetStr(name); ok {
				name = jinja.Str(v)
			}
		}
		if !have[strings.ToLower(name)] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, hint(o.f.errorf(c, diag.BadConfig, "%s is no snapshot: it has no column %s", rel, strings.Join(missing, ", ")),
			"drop or rename it, or give the snapshot another name")
	}
	return nil, nil
}

func (o adapterObject) schemaOfQuery(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("sql")
	if err != nil {
		return nil, err
	}
	sql := jinja.Str(args[0])
	columns, err := o.f.session.Describe(o.f.ctx, sql)
	if err != nil {
		return nil, o.f.refused(c, sql, err)
	}
	out := &jinja.List{}
	for _, col := range columns {
		for _, leaf := range (&column{name: col.Name, dtype: col.Type}).flatten() {
			out.Items = append(out.Items, leaf)
		}
	}
	return out, nil
}

func (o adapterObject) listRelations(c *jinja.Call) (jinja.Value, error) {
	var database, schema string
	if len(c.Args) == 1 {
		rel, err := o.relationArg(c, c.Args[0])
		if err != nil {
			return nil, err
		}
		database, schema = text(rel.path.database), text(rel.path.schema)
	} else {
		args, err := c.Bind("database?", "schema?")
		if err != nil {
			return nil, err
		}
		database, _ = stringOf(args[0])
		schema, _ = stringOf(args[1])
	}
	found, err := o.f.session.Relations(o.f.ctx, database, schema)
	if err != nil {
		return nil, err
	}
	out := &jinja.List{}
	for i := range found {
		out.Items = append(out.Items, o.f.relationInfo(&found[i]))
	}
	return out, nil
}

func (o adapterObject) listSchemas(c *jinja.Call) (jinja.Value, error) {
	v, err := o.invoke(c, "list_schemas", c.Args...)
	t, ok := v.(*table)
	if err != nil || !ok {
		return v, err
	}
	out := &jinja.List{}
	for _, r := range t.rows {
		out.Items = append(out.Items, r.values[0])
	}
	return out, nil
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
