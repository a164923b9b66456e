package project

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// macroIndex knows which macros may, directly or through others, call ref, source or config. A
// template that names none of them can be read without rendering it.
type macroIndex struct {
	byID   map[manifest.ID]*Macro
	hot    map[string]bool // names of macros that may touch the graph
	root   string
	names  map[string]bool     // every macro name
	owners map[string][]string // packages that have a macro of a name
}

// newMacroIndex walks all macros of the project.
func newMacroIndex(p *Project) *macroIndex {
	x := &macroIndex{byID: map[manifest.ID]*Macro{}, hot: map[string]bool{}, names: map[string]bool{}, owners: map[string][]string{}, root: p.Name}
	byName := map[string][]*Macro{}
	for _, pkg := range p.Packages {
		for _, m := range pkg.Macros {
			x.byID[m.ID] = m
			x.names[m.Name] = true
			x.owners[m.Name] = append(x.owners[m.Name], pkg.Name)
			byName[m.Name] = append(byName[m.Name], m)
			if _, after, ok := strings.Cut(m.Name, "__"); ok { // default__star, duckdb__star answer for star
				byName[after] = append(byName[after], m)
			}
		}
	}
	varsHide := x.varsHide(p)
	callers := map[string][]string{}
	var queue []string
	mark := func(name string) {
		if !x.hot[name] {
			x.hot[name] = true
			queue = append(queue, name)
		}
	}
	if varsHide {
		x.hot["var"] = true
	}
	for _, pkg := range p.Packages {
		for _, m := range pkg.Macros {
			touches := graphNames[m.Name]
			scanNames(m.Source, func(name string, called bool) {
				if called && graphNames[name] || name == "builtins" || varsHide && name == "var" {
					touches = true
				}
				if len(byName[name]) > 0 && name != m.Name {
					callers[name] = append(callers[name], m.Name)
				}
			})
			if touches {
				mark(m.Name)
			}
		}
	}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		for _, c := range callers[name] {
			mark(c)
		}
		if _, after, ok := strings.Cut(name, "__"); ok {
			mark(after)
		}
	}
	return x
}

// varsHide reports a variable whose value is a template that calls ref, source, config or a macro:
// var renders it where it is asked for.
func (x *macroIndex) varsHide(p *Project) bool {
	maps := []*manifest.Map{p.CLIVars, p.Vars}
	for _, pkg := range p.Packages {
		maps = append(maps, pkg.Vars)
	}
	hides := false
	for _, m := range maps {
		for _, k := range m.Keys() {
			v, _ := m.Get(k)
			if s, ok := v.(string); ok && jinja.HasTags(s) {
				scanNames(s, func(name string, called bool) { hides = hides || called && (graphNames[name] || x.names[name]) })
			}
		}
	}
	return hides
}

// graphNames are the functions through which a template touches the graph.
//
//nolint:gochecknoglobals // a constant table
var graphNames = map[string]bool{"ref": true, "source": true, "config": true}

// scanNames gives every identifier in a text, and whether an opening bracket follows it.
func scanNames(src string, yield func(name string, called bool)) {
	for i := 0; i < len(src); {
		c := src[i]
		if !isNameByte(c) {
			i++
			continue
		}
		start := i
		for i < len(src) && isNameByte(src[i]) {
			i++
		}
		if c >= '0' && c <= '9' {
			continue
		}
		j := i
		for j < len(src) && (src[j] == ' ' || src[j] == '\n' || src[j] == '\t') {
			j++
		}
		yield(src[start:i], j < len(src) && src[j] == '(')
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// mayHide reports a text that names a macro which may touch the graph.
func (x *macroIndex) mayHide(src string) bool {
	hidden := false
	hot := len(x.hot) > 0
	scanNames(src, func(name string, _ bool) {
		if hot && x.hot[name] || name == "builtins" || name == "context" {
			hidden = true
		}
	})
	return hidden
}

// walk reads what a template calls without rendering it. False means that it has to be rendered:
// a call of ref, source or config may not run, is computed, or may stand inside a macro.
func (x *macroIndex) walk(pkg, src string, t *jinja.Template) (Captured, bool) {
	var c Captured
	plain := t.Plain()
	if x.hot["ref"] || x.hot["source"] || x.hot["config"] || (!plain || len(x.hot) > 0) && x.mayHide(src) {
		return c, false
	}
	for _, call := range t.Calls() {
		if graphNames[call.Name] {
			if call.Conditional || !call.Literal || !c.record(call) {
				return c, false
			}
			continue
		}
		if id, ok := x.resolve(pkg, call.Name); ok {
			c.addMacro(id)
		}
		if call.Name == "adapter.dispatch" {
			x.dispatched(&c, call)
		}
	}
	return c, true
}

// literal gives the refs and sources that stand in a template in full, whether or not they run.
// False means that there may be others.
func (x *macroIndex) literal(pkg, src string, t *jinja.Template) (c Captured, complete bool) {
	complete = !x.hot["ref"] && !x.hot["source"] && !x.mayHide(src)
	for _, call := range t.Calls() {
		if call.Name == "ref" || call.Name == "source" {
			var one Captured
			if call.Literal && one.record(call) {
				c.add(one)
			} else {
				complete = false
			}
		} else if id, ok := x.resolve(pkg, call.Name); ok {
			c.addMacro(id)
		}
	}
	return c, complete
}

// resolve finds the macro that a dotted name calls from a package.
func (x *macroIndex) resolve(pkg, name string) (manifest.ID, bool) {
	if before, after, ok := strings.Cut(name, "."); ok {
		id := manifest.ID("macro." + before + "." + after)
		return id, x.byID[id] != nil
	}
	if !x.names[name] {
		return "", false
	}
	for _, p := range []string{pkg, x.root} {
		id := manifest.ID("macro." + p + "." + name)
		if x.byID[id] != nil {
			return id, true
		}
	}
	return "", false
}

// dispatched notes the implementations that adapter.dispatch('name', 'package') may choose.
func (x *macroIndex) dispatched(c *Captured, call jinja.StaticCall) {
	if len(call.Args) == 0 || !call.Literal {
		return
	}
	name, _ := call.Args[0].Value.(string)
	var ns string
	if len(call.Args) > 1 {
		ns, _ = call.Args[1].Value.(string)
	}
	for _, kw := range call.Kwargs {
		if kw.Name == "macro_namespace" {
			ns, _ = kw.Value.(string)
		}
	}
	for _, p := range []string{x.root, ns} {
		id := manifest.ID("macro." + p + ".default__" + name)
		if x.byID[id] != nil {
			c.addMacro(id)
		}
	}
}

func (c *Captured) addMacro(id manifest.ID) {
	for _, m := range c.Macros {
		if m == id {
			return
		}
	}
	c.Macros = append(c.Macros, id)
}

// record takes one literal call of ref, source or config. False means that its arguments are not
// of a form that can be read here.
func (c *Captured) record(call jinja.StaticCall) bool {
	switch call.Name {
	case "ref":
		ref, ok := staticRef(call)
		c.Refs = append(c.Refs, ref)
		return ok
	case "source":
		s, ok := staticSource(call)
		c.Sources = append(c.Sources, s)
		return ok
	default:
		m := &manifest.Map{}
		for _, a := range call.Args {
			d, ok := goValue(a.Value).(*manifest.Map)
			if !ok {
				return false
			}
			for _, k := range d.Keys() {
				v, _ := d.Get(k)
				m.Set(manifest.CanonicalKey(k), v)
			}
		}
		for _, kw := range call.Kwargs {
			m.Set(manifest.CanonicalKey(kw.Name), goValue(kw.Value))
		}
		c.Config = c.Config.Merge(manifest.NewConfig(m))
		return true
	}
}

// staticRef reads ref('name'), ref('package', 'name') and their version argument.
func staticRef(call jinja.StaticCall) (manifest.Ref, bool) {
	r := manifest.Ref{Pos: call.Pos}
	var names []string
	for _, a := range call.Args {
		s, ok := a.Value.(string)
		if !ok {
			return r, false
		}
		names = append(names, s)
		r.Pos = a.Pos
	}
	switch len(names) {
	case 1:
		r.Name = names[0]
	case 2:
		r.Package, r.Name = names[0], names[1]
	default:
		return r, false
	}
	for _, kw := range call.Kwargs {
		if kw.Name != "v" && kw.Name != "version" {
			return r, false
		}
		if kw.Value != nil {
			r.Version = jinja.Str(kw.Value)
		}
	}
	return r, true
}

// staticSource reads source('source', 'table').
func staticSource(call jinja.StaticCall) (manifest.SourceRef, bool) {
	s := manifest.SourceRef{Pos: call.Pos}
	if len(call.Args) != 2 || len(call.Kwargs) > 0 {
		return s, false
	}
	var ok1, ok2 bool
	s.Source, ok1 = call.Args[0].Value.(string)
	s.Table, ok2 = call.Args[1].Value.(string)
	s.Pos = call.Args[0].Pos
	return s, ok1 && ok2
}

// parseCalls reads the ref and source calls of an expression that stands in YAML without its
// braces, such as ref('orders'). Pos is where its text begins.
func parseCalls(expr string, pos diag.Pos) (Captured, error) {
	var c Captured
	start := pos
	start.Col = max(1, pos.Col-2)
	t, err := jinja.Parse(pos.File, "{{"+expr+"}}", jinja.Options{Start: start})
	if err != nil {
		return c, err
	}
	for _, call := range t.Calls() {
		if (call.Name == "ref" || call.Name == "source") && call.Literal {
			c.record(call)
		}
	}
	return c, nil
}
