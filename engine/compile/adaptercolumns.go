package compile

import (
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

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
