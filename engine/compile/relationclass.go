package compile

import (
	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// relationClass is api.Relation.
type relationClass struct{ dialect adapter.Dialect }

// Attr gives the class's attributes.
func (k relationClass) Attr(name string) (jinja.Value, bool) {
	return relationClassAttr(k.dialect, name)
}

// Call makes a relation, as api.Relation(path=…) does.
func (k relationClass) Call(c *jinja.Call) (jinja.Value, error) { return createRelation(k.dialect, c) }

func relationClassAttr(d adapter.Dialect, name string) (jinja.Value, bool) {
	switch name {
	case "create":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return createRelation(d, c) }), true
	case "Table":
		return "table", true
	case "View":
		return "view", true
	case "CTE":
		return "cte", true
	case "External":
		return "external", true
	case "MaterializedView":
		return "materialized_view", true
	case "scd_args":
		return jinja.Func(scdArgs), true
	case "get_default_quote_policy", "get_default_include_policy":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return policyDict(everyPart()), nil }), true
	case "add_ephemeral_prefix":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("name")
			if err != nil {
				return nil, err
			}
			return ctePrefix + jinja.Str(args[0]), nil
		}), true
	}
	return nil, false
}

// ctePrefix begins the names of ephemeral parents' CTEs.
const ctePrefix = "__dbt__cte__"

func createRelation(d adapter.Dialect, c *jinja.Call) (jinja.Value, error) {
	r := &relation{quote: everyPart(), include: everyPart(), dialect: d}
	positional := []string{"database", "schema", "identifier", "type"}
	if len(c.Args) > len(positional) {
		return nil, c.Errorf(diag.BadCall, "Relation.create() takes database, schema, identifier and type")
	}
	for i, v := range c.Args {
		if err := r.setCreated(c, positional[i], v); err != nil {
			return nil, err
		}
	}
	for _, kw := range c.Kwargs {
		if err := r.setCreated(c, kw.Name, kw.Value); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// setCreated ignores undefined parts, which parse mode is full of.
func (r *relation) setCreated(c *jinja.Call, name string, v jinja.Value) error {
	if u, ok := v.(*jinja.Undefined); ok {
		if c.State != nil && c.State.Undefined == jinja.UndefinedLenient {
			return nil
		}
		return c.Errorf(diag.UndefinedName, "'%s' is undefined", u.Name)
	}
	return r.set(c, name, v)
}

func scdArgs(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("primary_key", "updated_at")
	if err != nil {
		return nil, err
	}
	out := &jinja.List{}
	if l, ok := args[0].(*jinja.List); ok {
		out.Items = append(out.Items, l.Items...)
	} else {
		out.Items = append(out.Items, args[0])
	}
	out.Items = append(out.Items, args[1])
	return out, nil
}

// stringOf gives the text of a string or safe string.
func stringOf(v jinja.Value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case jinja.Markup:
		return string(v), true
	}
	return "", false
}
