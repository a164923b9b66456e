package compile

import (
	"fmt"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// cteRelation is the type of an ephemeral parent's relation.
const cteRelation adapter.RelationType = "cte"

// policy says for each part of a relation's name whether something is done with it.
type policy struct{ database, schema, identifier bool }

// namePath holds the parts of a name; nil is None, which leaves the part out.
type namePath struct{ database, schema, identifier *string }

// relation is dbt's Relation: a name with a type, and rules by which it is written. It prints as
// the quoted name. It is immutable: its methods give changed copies.
type relation struct {
	path     namePath
	kind     adapter.RelationType // "" is None
	quote    policy
	include  policy
	limit    *int64
	filter   *timeFilter
	external string // text that stands for the name: a file, a table function
	info     bool   // an information schema
	view     string // of an information schema
	dialect  adapter.Dialect
}

// timeFilter restricts a relation to rows of a time slice.
type timeFilter struct {
	field      string
	start, end time.Time
}

// everyPart is the rule that dbt-duckdb begins with, for quoting as for including.
func everyPart() policy { return policy{true, true, true} }

func newRelation(d adapter.Dialect, r manifest.Relation, kind adapter.RelationType) *relation {
	return &relation{
		path:    namePath{namePart(r.Database), namePart(r.Schema), namePart(r.Name)},
		kind:    kind,
		quote:   everyPart(),
		include: everyPart(),
		dialect: d,
	}
}

func namePart(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// manifest gives the plain name.
func (r *relation) manifest() manifest.Relation {
	return manifest.Relation{Database: text(r.path.database), Schema: text(r.path.schema), Name: text(r.path.identifier)}
}

// render writes the name, without limit and filter.
func (r *relation) render() string {
	if r.external != "" {
		return r.external
	}
	var b strings.Builder
	add := func(include, quote bool, value *string) {
		if !include || value == nil {
			return
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if quote {
			b.WriteByte('"')
			b.WriteString(*value)
			b.WriteByte('"')
		} else {
			b.WriteString(*value)
		}
	}
	add(r.include.database, r.quote.database, r.path.database)
	add(r.include.schema, r.quote.schema, r.path.schema)
	add(r.include.identifier, r.quote.identifier, r.path.identifier)
	if r.info && r.view != "" {
		add(true, false, &r.view)
	}
	return b.String()
}

// String writes the relation as a template prints it.
func (r *relation) String() string {
	text := r.render()
	switch {
	case r.limit == nil:
	case *r.limit == 0:
		text = "(select * from " + text + " where false limit 0)"
	default:
		text = fmt.Sprintf("(select * from %s limit %d)", text, *r.limit)
	}
	if r.filter != nil {
		text = "(select * from " + text + " where " + r.filter.condition() + ")"
	}
	return text
}

func (f *timeFilter) condition() string {
	return fmt.Sprintf("%s >= '%s' and %s < '%s'", f.field, pythonTime(f.start), f.field, pythonTime(f.end))
}

// pythonTime is str() of an aware datetime in UTC.
func pythonTime(t time.Time) string {
	if t.Nanosecond() == 0 {
		return t.UTC().Format("2006-01-02 15:04:05+00:00")
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000+00:00")
}

// Repr is the relation inside a list.
func (r *relation) Repr() string { return "<DuckDBRelation " + r.render() + ">" }

// Truth is always true, as in dbt.
func (r *relation) Truth() bool { return true }

// IsMapping makes `is mapping` true: dbt_utils knows a relation by it.
func (r *relation) IsMapping() bool { return true }

// Equal compares names, types and rules.
func (r *relation) Equal(other jinja.Value) bool {
	o, ok := other.(*relation)
	return ok && r.key() == o.key()
}

type relationKey struct {
	database, schema, identifier string
	hasDB, hasSchema, hasName    bool
	kind                         adapter.RelationType
	quote, include               policy
	external, view               string
	limit                        int64
}

func (r *relation) key() relationKey {
	k := relationKey{
		database: text(r.path.database), schema: text(r.path.schema), identifier: text(r.path.identifier),
		hasDB: r.path.database != nil, hasSchema: r.path.schema != nil, hasName: r.path.identifier != nil,
		kind: r.kind, quote: r.quote, include: r.include, external: r.external, view: r.view, limit: -1,
	}
	if r.limit != nil {
		k.limit = *r.limit
	}
	return k
}

// HashKey makes a relation a dict key by what it prints as.
func (r *relation) HashKey() any { return "relation:" + r.render() }

// Attr gives dbt's attributes and methods.
func (r *relation) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "database":
		return optional(r.path.database), true
	case "schema":
		return optional(r.path.schema), true
	case "identifier", "name", "table":
		return optional(r.path.identifier), true
	case "type":
		return kindValue(r.kind), true
	case "is_table":
		return r.kind == adapter.Table, true
	case "is_view":
		return r.kind == adapter.View, true
	case "is_cte":
		return r.kind == cteRelation, true
	case "is_materialized_view":
		return r.kind == "materialized_view", true
	case "is_pointer", "is_function", "is_dynamic_table", "is_iceberg_format":
		return false, true
	case "can_be_renamed", "can_be_replaced", "dbt_created", "require_alias":
		return false, true
	case "quote_character":
		return `"`, true
	case "limit":
		if r.limit == nil {
			return nil, true
		}
		return *r.limit, true
	case "external":
		if r.external == "" {
			return nil, true
		}
		return r.external, true
	case "catalog", "event_time_filter":
		return nil, true
	case "path":
		return pathDict(r.path), true
	case "include_policy":
		return policyDict(r.include), true
	case "quote_policy":
		return policyDict(r.quote), true
	case "information_schema_view":
		return optional(namePart(r.view)), r.info
	}
	return r.method(name)
}

func (r *relation) method(name string) (jinja.Value, bool) {
	switch name {
	case "render":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return r.render(), nil }), true
	case "render_limited":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return r.String(), nil }), true
	case "quote", "include":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return r.withPolicy(c, name) }), true
	case "quoted":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("identifier")
			if err != nil {
				return nil, err
			}
			return `"` + jinja.Str(args[0]) + `"`, nil
		}), true
	case "incorporate", "replace":
		return jinja.Func(r.incorporate), true
	case "replace_path":
		return jinja.Func(r.replacePath), true
	case "without_identifier":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			out := *r
			out.include.identifier = false
			out.path.identifier = nil
			return &out, nil
		}), true
	case "information_schema", "information_schema_only":
		return jinja.Func(r.informationSchema), true
	case "matches":
		return jinja.Func(r.matches), true
	case "get":
		return jinja.Func(r.get), true
	case "to_dict":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return r.Dict(), nil }), true
	}
	return relationClassAttr(r.dialect, name)
}

func optional(s *string) jinja.Value {
	if s == nil {
		return nil
	}
	return *s
}

func kindValue(k adapter.RelationType) jinja.Value {
	if k == "" {
		return nil
	}
	return string(k)
}

func pathDict(p namePath) *jinja.Dict {
	d := jinja.NewDict()
	d.Set("database", optional(p.database))
	d.Set("schema", optional(p.schema))
	d.Set("identifier", optional(p.identifier))
	return d
}

func policyDict(p policy) *jinja.Dict {
	d := jinja.NewDict()
	d.Set("database", p.database)
	d.Set("schema", p.schema)
	d.Set("identifier", p.identifier)
	return d
}

// Dict gives the relation as dbt writes it to a dict.
func (r *relation) Dict() *jinja.Dict {
	d := jinja.NewDict()
	d.Set("path", pathDict(r.path))
	d.Set("type", kindValue(r.kind))
	d.Set("quote_character", `"`)
	d.Set("include_policy", policyDict(r.include))
	d.Set("quote_policy", policyDict(r.quote))
	return d
}

// withPolicy is quote(database=, schema=, identifier=) and include().
func (r *relation) withPolicy(c *jinja.Call, name string) (jinja.Value, error) {
	args, err := c.Bind("database?", "schema?", "identifier?")
	if err != nil {
		return nil, err
	}
	out := *r
	p := &out.include
	if name == "quote" {
		p = &out.quote
	}
	for i, flag := range []*bool{&p.database, &p.schema, &p.identifier} {
		if args[i] != jinja.Missing && args[i] != nil {
			*flag = jinja.Truth(args[i])
		}
	}
	return &out, nil
}

// incorporate gives a copy with other parts: path={…}, type=, quote_policy=, include_policy=.
func (r *relation) incorporate(c *jinja.Call) (jinja.Value, error) {
	out := *r
	if len(c.Args) > 0 {
		return nil, c.Errorf(diag.BadCall, "incorporate() takes keyword arguments only")
	}
	for _, kw := range c.Kwargs {
		if err := out.set(c, kw.Name, kw.Value); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (r *relation) set(c *jinja.Call, name string, v jinja.Value) error {
	switch name {
	case "path":
		return r.setPath(c, v)
	case "database", "schema", "identifier":
		d := jinja.NewDict()
		d.Set(name, v)
		return r.setPath(c, d)
	case "type":
		r.kind = relationKind(v)
	case "quote_policy":
		setPolicy(&r.quote, v)
	case "include_policy":
		setPolicy(&r.include, v)
	case "limit":
		if n, ok := v.(int64); ok {
			r.limit = &n
		} else {
			r.limit = nil
		}
	case "external":
		r.external = ""
		if s, ok := stringOf(v); ok {
			r.external = s
		}
	case "information_schema_view":
		r.view, _ = stringOf(v)
	}
	return nil // other keys are of adapters that this one is not
}

func (r *relation) setPath(c *jinja.Call, v jinja.Value) error {
	var get func(name string) (jinja.Value, bool)
	switch v := v.(type) {
	case *jinja.Dict:
		get = v.GetStr
	case jinja.Object:
		get = v.Attr
	default:
		return c.Errorf(diag.BadCall, "path must be a dict with database, schema or identifier")
	}
	for _, p := range []struct {
		name string
		to   **string
	}{{"database", &r.path.database}, {"schema", &r.path.schema}, {"identifier", &r.path.identifier}} {
		value, ok := get(p.name)
		if !ok {
			continue
		}
		if value == nil {
			*p.to = nil
			continue
		}
		s, isText := stringOf(value)
		if !isText {
			return c.Errorf(diag.BadCall, "the relation's %s must be text, not %s", p.name, jinja.Repr(value))
		}
		*p.to = &s
	}
	return nil
}

func relationKind(v jinja.Value) adapter.RelationType {
	s, _ := stringOf(v)
	return adapter.RelationType(s)
}

func setPolicy(p *policy, v jinja.Value) {
	d, ok := v.(*jinja.Dict)
	if !ok {
		return
	}
	for name, flag := range map[string]*bool{"database": &p.database, "schema": &p.schema, "identifier": &p.identifier} {
		if x, ok := d.GetStr(name); ok && x != nil {
			*flag = jinja.Truth(x)
		}
	}
}

func (r *relation) replacePath(c *jinja.Call) (jinja.Value, error) {
	out := *r
	for _, kw := range c.Kwargs {
		d := jinja.NewDict()
		d.Set(kw.Name, kw.Value)
		if err := out.setPath(c, d); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

func (r *relation) informationSchema(c *jinja.Call) (jinja.Value, error) {
	out := *r
	out.info = true
	if v, ok := c.Arg(0, "view_name"); ok {
		out.view, _ = stringOf(v)
	}
	name := "INFORMATION_SCHEMA"
	out.path = namePath{database: r.path.database, identifier: &name}
	out.include = policy{database: r.path.database != nil, identifier: true}
	out.quote.identifier = false
	out.kind = adapter.View
	return &out, nil
}

// matches compares the given parts without regard to case.
func (r *relation) matches(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("database?", "schema?", "identifier?")
	if err != nil {
		return nil, err
	}
	for i, have := range []*string{r.path.database, r.path.schema, r.path.identifier} {
		if args[i] == jinja.Missing || args[i] == nil {
			continue
		}
		want, _ := stringOf(args[i])
		if have == nil || !strings.EqualFold(strings.Trim(*have, `"`), strings.Trim(want, `"`)) {
			return false, nil
		}
	}
	return true, nil
}

func (r *relation) get(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("key", "default?")
	if err != nil {
		return nil, err
	}
	key, _ := stringOf(args[0])
	if key == "metadata" {
		d := jinja.NewDict()
		d.Set("type", "DuckDBRelation")
		return d, nil
	}
	if v, ok := r.Attr(key); ok {
		return v, nil
	}
	if args[1] == jinja.Missing {
		return nil, nil
	}
	return args[1], nil
}
