package project

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// description renders a description: {{ doc('x') }} gives a docs block's text. It also gives the
// blocks that were used.
func (r *reader) description(n *node) (string, []manifest.ID) {
	text := n.str()
	if !jinja.HasTags(text) {
		return text, nil
	}
	pos := n.pos(r.file.Shown)
	t, err := jinja.Parse(pos.File, text, jinja.Options{Start: pos})
	if err != nil {
		r.diags.Add(err)
		return text, nil
	}
	var used []manifest.ID
	doc := jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
		d, err := r.findDoc(r.file.Package, c)
		if err != nil {
			return nil, err
		}
		used = append(used, d.ID)
		return d.Contents, nil
	})
	out, err := t.Render(&jinja.State{Vars: docScope{base: r.vars, doc: doc}})
	if err != nil {
		r.diags.Add(err)
		return text, nil
	}
	return out, used
}

// docScope is what a description may see: what other YAML sees, and doc.
type docScope struct {
	base jinja.Vars
	doc  jinja.Func
}

// Lookup gives the value of a name.
func (s docScope) Lookup(name string) (jinja.Value, bool) {
	if name == "doc" {
		return s.doc, true
	}
	return s.base.Lookup(name)
}

// findDoc answers doc('name') and doc('package', 'name'). As in dbt the root project's block counts
// before the package's own, then any.
func (ps *parsing) findDoc(pkg *Package, c *jinja.Call) (*manifest.Doc, error) {
	var names []string
	for _, a := range c.Args {
		names = append(names, jinja.Str(a))
	}
	if len(names) == 0 || len(names) > 2 {
		return nil, c.Errorf(diag.BadCall, "doc() takes a name, or a package and a name")
	}
	name := names[len(names)-1]
	if len(names) == 2 {
		if d, ok := ps.p.Docs[manifest.ID("doc."+names[0]+"."+name)]; ok {
			return d, nil
		}
		return nil, withHint(c.Errorf(diag.UndefinedName, "no docs block %q in package %q", name, names[0]), ps.docHint(name))
	}
	for _, other := range append([]*Package{ps.p.RootPackage(), pkg}, ps.p.Packages...) {
		if d, ok := ps.p.Docs[manifest.ID("doc."+other.Name+"."+name)]; ok {
			return d, nil
		}
	}
	return nil, withHint(c.Errorf(diag.UndefinedName, "no docs block named %q", name), ps.docHint(name))
}

func (ps *parsing) docHint(name string) string {
	var names []string
	for id := range ps.p.Docs {
		names = append(names, string(id[strings.LastIndexByte(string(id), '.')+1:]))
	}
	if hint := diag.DidYouMean(name, names); hint != "" {
		return hint
	}
	return "write it in a .md file: {% docs " + name + " %} … {% enddocs %}"
}
