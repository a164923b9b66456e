package compile

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

func (t *table) like(names, types []string) *table { return &table{names: names, types: types} }

func (t *table) pick(c *jinja.Call, keep bool) (jinja.Value, error) {
	args, err := c.Bind("key")
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	var order []int
	for _, v := range items(args[0]) {
		i := t.index(jinja.Str(v))
		if i < 0 {
			d := diag.Errorf(diag.UndefinedName, c.Pos, "the result has no column %q", jinja.Str(v))
			d.Notes = c.State.Stack()
			return nil, d.WithHint("its columns are %s", strings.Join(t.names, ", "))
		}
		wanted[t.names[i]] = true
		order = append(order, i)
	}
	if !keep {
		order = order[:0]
		for i, name := range t.names {
			if !wanted[name] {
				order = append(order, i)
			}
		}
	}
	out := &table{}
	for _, i := range order {
		out.names = append(out.names, t.names[i])
		out.types = append(out.types, t.types[i])
	}
	for _, r := range t.rows {
		values := make(jinja.Tuple, len(order))
		for j, i := range order {
			values[j] = r.values[i]
		}
		out.add(values)
	}
	return out, nil
}

// items gives what a list, tuple or single value holds.
func items(v jinja.Value) []jinja.Value {
	switch v := v.(type) {
	case *jinja.List:
		return v.Items
	case jinja.Tuple:
		return v
	case jinja.Iterable:
		return v.Iter()
	default:
		return []jinja.Value{v}
	}
}

func (t *table) limit(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("start_or_stop?")
	if err != nil {
		return nil, err
	}
	out := t.like(t.names, t.types)
	n, ok := args[0].(int64)
	if !ok || n > int64(len(t.rows)) {
		n = int64(len(t.rows))
	}
	for _, r := range t.rows[:n] {
		out.add(r.values)
	}
	return out, nil
}

// rename takes new names as a list or a dict from old to new.
func (t *table) rename(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("column_names?", "row_names?", "slug_columns?", "slug_rows?")
	if err != nil {
		return nil, err
	}
	names := append([]string(nil), t.names...)
	switch v := args[0].(type) {
	case *jinja.Dict:
		for i, old := range names {
			if x, ok := v.GetStr(old); ok {
				names[i] = jinja.Str(x)
			}
		}
	case *jinja.List, jinja.Tuple:
		for i, x := range items(v) {
			if i < len(names) {
				names[i] = jinja.Str(x)
			}
		}
	}
	out := t.like(names, t.types)
	for _, r := range t.rows {
		out.add(r.values)
	}
	return out, nil
}

func (t *table) where(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("test")
	if err != nil {
		return nil, err
	}
	out := t.like(t.names, t.types)
	for _, r := range t.rows {
		v, err := jinja.Invoke(c.State, args[0], []jinja.Value{r}, nil, c.Pos)
		if err != nil {
			return nil, err
		}
		if jinja.Truth(v) {
			out.add(r.values)
		}
	}
	return out, nil
}

func (t *table) orderBy(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("key", "reverse?")
	if err != nil {
		return nil, err
	}
	out := t.like(t.names, t.types)
	rows := t.rowValues()
	sortValues(rows, func(v jinja.Value) jinja.Value {
		key := make(jinja.Tuple, 0, 1)
		for _, name := range items(args[0]) {
			x, _ := v.(*tableRow).Item(name)
			key = append(key, x)
		}
		return key
	})
	for i := range rows {
		if args[1] != jinja.Missing && jinja.Truth(args[1]) {
			i = len(rows) - 1 - i
		}
		out.add(rows[i].(*tableRow).values)
	}
	return out, nil
}

func (t *table) distinct() *table {
	out := t.like(t.names, t.types)
	seen := map[any]bool{}
	for _, r := range t.rows {
		if key := r.HashKey(); !seen[key] {
			seen[key] = true
			out.add(r.values)
		}
	}
	return out
}
