package project

import (
	"slices"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// Scope is the project's own dimensions, declared under scope: in the project file. Each is a
// command-line flag, a variable and a column of raw tables.
type Scope struct {
	Dimensions []Dimension
	Values     map[string]string // chosen values by dimension, defaults included
}

// Dimension is one axis of the scope: entity, year, month.
type Dimension struct {
	Name        string
	Label       string
	Description string
	Column      string       // column of raw tables that carries it; "" if none does
	Default     string       // "" if it must be given
	Values      []ScopeValue // allowed values; empty allows any
	Pos         diag.Pos
}

// ScopeValue is one allowed value of a dimension.
type ScopeValue struct {
	Name   string
	Value  any // as a variable: int64 or string
	Label  string
	Units  []string
	Groups map[string][]string // named sets of units
	Meta   *manifest.Map       // every key of the value, as declared
}

// Dimension finds a dimension by name; nil if there is none.
func (s *Scope) Dimension(name string) *Dimension {
	if s == nil {
		return nil
	}
	for i := range s.Dimensions {
		if s.Dimensions[i].Name == name {
			return &s.Dimensions[i]
		}
	}
	return nil
}

// Names gives the names of the dimensions in order.
func (s *Scope) Names() []string {
	if s == nil {
		return nil
	}
	out := make([]string, len(s.Dimensions))
	for i := range s.Dimensions {
		out[i] = s.Dimensions[i].Name
	}
	return out
}

// Value finds an allowed value by name, without regard to case; nil if the dimension declares no
// such value.
func (d *Dimension) Value(name string) *ScopeValue {
	for i := range d.Values {
		if d.Values[i].Name == name {
			return &d.Values[i]
		}
	}
	for i := range d.Values {
		if strings.EqualFold(d.Values[i].Name, name) {
			return &d.Values[i]
		}
	}
	return nil
}

// Names gives the names of the allowed values in order.
func (d *Dimension) Names() []string {
	out := make([]string, len(d.Values))
	for i := range d.Values {
		out[i] = d.Values[i].Name
	}
	return out
}

// Current gives the chosen value of a dimension with all that is declared of it; nil if none is
// chosen or the dimension takes any value.
func (s *Scope) Current(dimension string) *ScopeValue {
	d := s.Dimension(dimension)
	if d == nil {
		return nil
	}
	v, ok := s.Values[dimension]
	if !ok {
		return nil
	}
	return d.Value(v)
}

// readScope reads the scope: section; nil if there is none.
func (pf *projectFile) readScope() *Scope {
	n := pf.root.get("scope")
	if n == nil || n.kind != mapNode {
		return nil
	}
	s := &Scope{Values: map[string]string{}}
	for i, k := range n.keys {
		v := n.items[i]
		d := Dimension{
			Name: k.text, Label: v.get("label").str(), Description: v.get("description").str(),
			Column: v.get("column").str(), Default: v.get("default").str(), Pos: k.pos(pf.shown),
		}
		values := v.get("values")
		switch {
		case values == nil:
		case values.kind == mapNode:
			for j, name := range values.keys {
				d.Values = append(d.Values, readScopeValue(name, values.items[j]))
			}
		default:
			for _, name := range values.list() {
				d.Values = append(d.Values, readScopeValue(name, nil))
			}
		}
		s.Dimensions = append(s.Dimensions, d)
	}
	return s
}

func readScopeValue(name, body *node) ScopeValue {
	v := ScopeValue{Name: name.str(), Value: name.value(), Label: body.get("label").str(), Units: body.get("units").strings(), Meta: body.mapping()}
	if g := body.get("groups"); g != nil && g.kind == mapNode {
		v.Groups = map[string][]string{}
		for i, k := range g.keys {
			v.Groups[k.text] = g.items[i].strings()
		}
	}
	return v
}

// choose sets the scope's values from the command line and the defaults, and gives them as
// variables. Unknown values are diagnostics, and unknown dimensions that are not spare.
func (s *Scope) choose(given map[string]string, spare []string, vars *manifest.Map, diags *diag.List) *manifest.Map {
	out := &manifest.Map{}
	for _, name := range sortedKeys(given) {
		if s.Dimension(name) == nil && !slices.Contains(spare, name) {
			d := diag.Errorf(diag.BadScope, diag.Pos{}, "the project's scope has no dimension %q", name)
			if d.Hint = diag.DidYouMean(name, s.Names()); d.Hint == "" {
				d.Hint = "declare it in the project file: scope: {" + name + ": {}}"
			}
			diags.Add(d)
		}
	}
	if s == nil {
		return out
	}
	for i := range s.Dimensions {
		d := &s.Dimensions[i]
		want, explicit := given[d.Name]
		if v, ok := vars.Get(d.Name); ok && !explicit {
			want, explicit = jinja.Str(jinja.FromGo(v)), true
		}
		if !explicit {
			if d.Default == "" {
				continue
			}
			want = d.Default
		}
		s.chooseValue(d, want, explicit, out, diags)
	}
	return out
}

func (s *Scope) chooseValue(d *Dimension, want string, explicit bool, out *manifest.Map, diags *diag.List) {
	if len(d.Values) == 0 {
		s.Values[d.Name] = want
		out.Set(d.Name, resolveScalar(want))
		return
	}
	v := d.Value(want)
	if v == nil {
		pos, what := d.Pos, "the default of"
		if explicit {
			pos, what = diag.Pos{}, "--"+d.Name+":"
		}
		bad := diag.Errorf(diag.BadScope, pos, "%s %q is not a value that the project declares", what, want)
		if !explicit {
			bad.Msg = "the default of " + d.Name + ", " + want + ", is not among its values"
		}
		bad.Hint = "one of: " + strings.Join(d.Names(), ", ")
		if near := diag.DidYouMean(want, d.Names()); near != "" {
			bad.Hint = near + " (" + bad.Hint + ")"
		}
		diags.Add(bad)
		return
	}
	s.Values[d.Name] = v.Name
	out.Set(d.Name, v.Value)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func sortStrings(s []string) { sort.Strings(s) }

// Ask says how to give a dimension its value on the command line: "choose it with --entity: ACME or
// OTHER"; "" if the scope has no dimension of that name.
func (s *Scope) Ask(name string) string {
	d := s.Dimension(name)
	if d == nil {
		return ""
	}
	flag := "--scope " + name + "="
	switch name {
	case "entity", "year", "month":
		flag = "--" + name
	}
	values := make([]string, len(d.Values))
	for i, v := range d.Values {
		values[i] = v.Name
	}
	if len(values) == 0 {
		return "choose it with " + flag
	}
	return "choose it with " + flag + ": " + strings.Join(values, " or ")
}
