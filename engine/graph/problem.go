package graph

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// maxCompared bounds the search for near names, in names looked at: it is enough for every
// mistake of an ordinary project, and keeps a large one with thousands of them from waiting.
const maxCompared = 150_000

// names finds the name that a mistyped one probably meant, and remembers the answer.
type names struct {
	refs, sources []string
	guesses       map[string]string
	compared      int
}

func (l *lookup) nearest(kind, name string, candidates func() []string) string {
	if l.names.guesses == nil {
		l.names.guesses = map[string]string{}
	}
	key := kind + "\x00" + name
	if g, ok := l.names.guesses[key]; ok {
		return g
	}
	list := candidates()
	if l.names.compared += len(list); l.names.compared > maxCompared && len(l.names.guesses) > 0 {
		return ""
	}
	g, _ := diag.Nearest(name, list)
	l.names.guesses[key] = g
	return g
}

func (l *lookup) refNames() []string {
	if l.names.refs == nil {
		for _, list := range l.refs {
			l.names.refs = append(l.names.refs, list[0].Name)
		}
	}
	return l.names.refs
}

func (l *lookup) sourceNames() []string {
	if l.names.sources == nil {
		for _, list := range l.sources {
			l.names.sources = append(l.names.sources, list[0].Source.SourceName+"."+list[0].Name)
		}
	}
	return l.names.sources
}

// badRef says what is wrong with a ref that leads to no single enabled node.
func (r *resolver) badRef(n *manifest.Node, ref manifest.Ref, f found) *diag.Diagnostic {
	text := refText(ref)
	pos := orPos(ref.Pos, n)
	switch {
	case len(f.ambiguous) > 0:
		return ambiguousRef(n, ref, f.ambiguous)
	case f.disabled != nil:
		d := diag.Errorf(diag.DisabledRef, pos, "%s refers to %s, which is disabled", label(n), text)
		d = d.WithLen(utf8.RuneCountInString(ref.Name)).WithNote(f.disabled.Pos, "%s is switched off by its configuration", label(f.disabled))
		return d.WithHint("set `enabled: true` for it, or remove the reference")
	}
	d := diag.Errorf(diag.UnknownRef, pos, "%s refers to %s, which does not exist", label(n), text)
	d = d.WithLen(utf8.RuneCountInString(ref.Name))
	if versions := r.lookup.versions[ref.Name]; ref.Version != "" && len(versions) > 0 {
		return d.WithHint("%s has these versions: %s", ref.Name, strings.Join(versions, ", "))
	}
	if ref.Package != "" {
		if other := r.lookup.refs[refKey(ref)]; len(other) > 0 {
			return d.WithHint("package %q has no %s, but %q has: ref('%s', '%s')",
				ref.Package, ref.Name, other[0].Package, other[0].Package, ref.Name)
		}
	}
	if near := r.lookup.nearest("ref", ref.Name, r.lookup.refNames); near != "" {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint("a ref names a model, seed or snapshot by its file name, without folder and ending")
}

func ambiguousRef(n *manifest.Node, ref manifest.Ref, nodes []*manifest.Node) *diag.Diagnostic {
	d := diag.Errorf(diag.AmbiguousRef, orPos(ref.Pos, n), "%s refers to %s, which %d packages have", label(n), refText(ref), len(nodes))
	d = d.WithLen(utf8.RuneCountInString(ref.Name))
	for _, x := range nodes {
		d = d.WithNote(x.Pos, "%s of package %q", label(x), x.Package)
	}
	return d.WithHint("name the package too: ref('%s', '%s')", nodes[0].Package, ref.Name)
}

// badSource says what is wrong with a source that is not declared or disabled.
func (r *resolver) badSource(n *manifest.Node, s manifest.SourceRef, f found) *diag.Diagnostic {
	pos := orPos(s.Pos, n)
	text := fmt.Sprintf("source('%s', '%s')", s.Source, s.Table)
	if f.disabled != nil {
		d := diag.Errorf(diag.DisabledRef, pos, "%s refers to %s, which is disabled", label(n), text)
		return d.WithNote(f.disabled.Pos, "%s is switched off by its configuration", label(f.disabled)).
			WithHint("set `enabled: true` for it, or remove the reference")
	}
	d := diag.Errorf(diag.UnknownSource, pos, "%s refers to %s, which is not declared", label(n), text)
	d = d.WithLen(utf8.RuneCountInString(s.Source))
	if near := r.lookup.nearest("source", s.Source+"."+s.Table, r.lookup.sourceNames); near != "" {
		source, table, _ := strings.Cut(near, ".")
		return d.WithHint("did you mean source('%s', '%s')?", source, table)
	}
	return d.WithHint("declare it under `sources:` in a YAML file of the model folder")
}

func badAccess(n *manifest.Node, ref manifest.Ref, target *manifest.Node) *diag.Diagnostic {
	d := diag.Errorf(diag.PrivateRef, orPos(ref.Pos, n), "%s refers to %s, which is private to group %q", label(n), refText(ref), target.GroupName())
	d = d.WithLen(utf8.RuneCountInString(ref.Name)).WithNote(target.Pos, "%s has `access: private`", label(target))
	if g := n.GroupName(); g != "" {
		return d.WithHint("%s belongs to group %q; move it to %q, or set `access: protected` on %s", n.Name, g, target.GroupName(), target.Name)
	}
	return d.WithHint("add `group: %s` to %s, or set `access: protected` on %s", target.GroupName(), n.Name, target.Name)
}

func refText(r manifest.Ref) string {
	switch {
	case r.Package != "" && r.Version != "":
		return fmt.Sprintf("ref('%s', '%s', v=%s)", r.Package, r.Name, r.Version)
	case r.Package != "":
		return fmt.Sprintf("ref('%s', '%s')", r.Package, r.Name)
	case r.Version != "":
		return fmt.Sprintf("ref('%s', v=%s)", r.Name, r.Version)
	default:
		return fmt.Sprintf("ref('%s')", r.Name)
	}
}

// label names a node for people: "model orders".
func label(n *manifest.Node) string {
	return strings.ReplaceAll(string(n.Kind), "_", " ") + " " + displayName(n)
}

func displayName(n *manifest.Node) string {
	switch {
	case n.Kind == manifest.Source && n.Source != nil:
		return n.Source.SourceName + "." + n.Name
	case n.Version != "":
		return n.Name + ".v" + n.Version
	default:
		return n.Name
	}
}

func orPos(p diag.Pos, n *manifest.Node) diag.Pos {
	if p.IsZero() {
		return n.Pos
	}
	return p
}
