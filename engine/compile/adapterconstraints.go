package compile

import (
	"strings"

	"atlas/engine/jinja"
)

// columnConstraints spells columns with types and constraints, for create table.
func (o adapterObject) columnConstraints(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("raw_columns")
	if err != nil {
		return nil, err
	}
	columns, ok := args[0].(*jinja.Dict)
	out := &jinja.List{}
	if !ok {
		return out, nil
	}
	for _, v := range columns.All() {
		d, ok := v.(*jinja.Dict)
		if !ok {
			continue
		}
		name, _ := d.GetStr("name")
		dtype, _ := d.GetStr("data_type")
		quoted, _ := d.GetStr("quote")
		spelled := jinja.Str(name)
		if truthy(quoted) {
			spelled = `"` + spelled + `"`
		}
		parts := []string{spelled, jinja.Str(dtype)}
		constraints, _ := d.GetStr("constraints")
		for _, k := range items(constraints) {
			if s := o.constraint(k, ""); s != "" {
				parts = append(parts, s)
			}
		}
		out.Items = append(out.Items, strings.Join(parts, " "))
	}
	return out, nil
}

func (o adapterObject) modelConstraints(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("raw_constraints")
	if err != nil {
		return nil, err
	}
	out := &jinja.List{}
	if args[0] == nil {
		return out, nil
	}
	for _, k := range items(args[0]) {
		d, ok := k.(*jinja.Dict)
		if !ok {
			continue
		}
		columns, _ := d.GetStr("columns")
		if s := o.constraint(d, joinValues(columns)); s != "" {
			out.Items = append(out.Items, s)
		}
	}
	return out, nil
}

// constraint spells one constraint; columns is the list of a model's, "" for a column's own.
func (o adapterObject) constraint(v jinja.Value, columns string) string {
	d, ok := v.(*jinja.Dict)
	if !ok {
		return ""
	}
	get := func(key string) string {
		x, _ := d.GetStr(key)
		if x == nil {
			return ""
		}
		return jinja.Str(x)
	}
	prefix, list := "", ""
	if columns != "" {
		list = " (" + columns + ")"
		if name := get("name"); name != "" {
			prefix = "constraint " + name + " "
		}
	}
	expression := get("expression")
	join := func(words ...string) string { return strings.TrimSpace(prefix + strings.Join(words, " ")) }
	switch get("type") {
	case "not_null":
		return strings.TrimSpace("not null " + expression)
	case "check":
		if columns == "" && get("name") != "" && get("columns") != "" {
			prefix = "constraint " + get("name") + " "
		}
		return join("check (" + expression + ")")
	case "unique":
		return join("unique"+list, expression)
	case "primary_key":
		return join("primary key"+list, expression)
	case "foreign_key":
		target := withoutDatabase(o.constraintTarget(get("to")))
		to, _ := d.GetStr("to_columns")
		switch {
		case target != "" && len(items(to)) > 0 && to != nil && columns != "":
			return join("foreign key" + list + " references " + target + " (" + joinValues(to) + ")")
		case target != "" && to != nil && len(items(to)) > 0:
			return "references " + target + " (" + joinValues(to) + ")"
		case columns != "":
			return join("foreign key"+list+" references", expression)
		default:
			return "references " + expression
		}
	case "custom":
		return join(expression)
	}
	return ""
}

// constraintTarget renders `to: ref('parent')`, which YAML holds as text.
func (o adapterObject) constraintTarget(to string) string {
	if !strings.Contains(to, "(") {
		return to
	}
	e, err := jinja.ParseExpr("to", to, jinja.Options{})
	if err != nil {
		return to
	}
	v, err := e.Eval(&jinja.State{Ctx: o.f.ctx, Vars: o.f})
	if err != nil {
		return to
	}
	return jinja.Str(v)
}

// withoutDatabase takes the database off a name: DuckDB's foreign keys have none.
func withoutDatabase(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) > 2 {
		parts = parts[1:]
	}
	return strings.Join(parts, ".")
}
