package project

import (
	"path"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// draft is a node while it is being put together.
type draft struct {
	node   *manifest.Node
	file   *File
	tmpl   *jinja.Template // nil if the template does not parse or there is none
	found  Captured        // what the static walk found
	static bool            // the static walk told all
	patch  *patch          // the YAML that describes it; nil if none
	yaml   manifest.Config // config that the node's own YAML entry carries
	broken bool            // its template does not parse
}

// readTemplate makes the node of a model, analysis or singular test.
func (ps *parsing) readTemplate(f *File) fileResult {
	var res fileResult
	text, err := ps.p.files.read(f)
	if err != nil {
		res.diags.Add(err)
		return res
	}
	kind := manifest.Model
	switch f.kind {
	case analysisFile:
		kind = manifest.Analysis
	case testFile:
		kind = manifest.Test
	default:
	}
	d := ps.newDraft(f, kind, fileName(f.Path))
	n := d.node
	n.Raw, n.RawPos = trimmed(text, f.Shown)
	n.Checksum = checksum(text)
	switch {
	case kind == manifest.Test:
		n.Test = &manifest.TestSpec{}
		n.SubPath = path.Join(path.Dir(n.SubPath), n.Name+".sql")
	case kind == manifest.Analysis:
		n.SubPath = "analysis/" + n.SubPath
		n.FQN = fqn(f.Package.Name, n.SubPath, n.Name)
	case strings.EqualFold(path.Ext(f.Path), ".py"):
		pythonModel(d, &res.diags)
		res.drafts = []*draft{d}
		return res
	}
	d.tmpl, err = jinja.Parse(f.Shown, n.Raw, jinja.Options{Start: n.RawPos})
	ps.analyse(d, err, &res.diags)
	checkName(n, &res.diags)
	res.drafts = []*draft{d}
	return res
}

// analyse walks a draft's template.
func (ps *parsing) analyse(d *draft, err error, diags *diag.List) {
	if err != nil {
		diags.Add(err)
		d.broken, d.static = true, true
		return
	}
	if d.found, d.static = ps.macros.walk(d.node.Package, d.node.Raw, d.tmpl); d.static {
		d.tmpl = nil // not needed any more, and there are many
	}
}

// newDraft begins a node that a file holds.
func (ps *parsing) newDraft(f *File, kind manifest.Kind, name string) *draft {
	n := &manifest.Node{
		Kind: kind, Package: f.Package.Name, Name: name, Path: f.Path, SubPath: subPath(f.Folder, f.Path),
		Root: f.Package.Root, Pos: diag.Pos{File: f.Shown, Line: 1, Col: 1},
	}
	n.FQN = fqn(n.Package, n.SubPath, name)
	n.ID = nodeID(kind, n.Package, name)
	return &draft{node: n, file: f}
}

func nodeID(kind manifest.Kind, pkg, name string) manifest.ID {
	return manifest.ID(string(kind) + "." + pkg + "." + name)
}

// fqn is the package, the folders below the resource folder, and the name.
func fqn(pkg, sub, name string) []string {
	parts := strings.Split(sub, "/")
	out := make([]string, 0, len(parts)+1)
	out = append(out, pkg)
	out = append(out, parts[:len(parts)-1]...)
	return append(out, name)
}

// fileName is a file's name without its ending.
func fileName(p string) string {
	b := path.Base(p)
	return strings.TrimSuffix(b, path.Ext(b))
}

// trimmed drops white space around a template, as dbt does, and says where the rest begins.
func trimmed(text, shown string) (string, diag.Pos) {
	pos := diag.Pos{File: shown, Line: 1, Col: 1}
	body := strings.TrimLeft(text, " \t\r\n\f\v")
	for _, r := range text[:len(text)-len(body)] {
		pos.Col++
		if r == '\n' {
			pos.Line, pos.Col = pos.Line+1, 1
		}
	}
	return strings.TrimRight(body, " \t\r\n\f\v"), pos
}

func checkName(n *manifest.Node, diags *diag.List) {
	if strings.Contains(n.Name, " ") {
		diags.Add(diag.Warnf(diag.BadFile, n.Pos, "the name of %s %q has spaces in it", n.Kind, n.Name).
			WithHint("use underscores: %s", strings.ReplaceAll(n.Name, " ", "_")))
	}
}
