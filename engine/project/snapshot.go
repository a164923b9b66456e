package project

import (
	"path"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// readSnapshots makes the nodes of a file's {% snapshot %} blocks.
func (ps *parsing) readSnapshots(f *File) fileResult {
	var res fileResult
	text, err := ps.p.files.read(f)
	if err != nil {
		res.diags.Add(err)
		return res
	}
	t, err := jinja.Parse(f.Shown, text, jinja.Options{})
	if err != nil {
		res.diags.Add(err)
		return res
	}
	for _, b := range t.Blocks() {
		if b.Kind != "snapshot" {
			continue
		}
		d := ps.newDraft(f, manifest.Snapshot, b.Name)
		n := d.node
		// On snapshots the fqn holds the file's name.
		n.FQN = fqn(n.Package, strings.TrimSuffix(n.SubPath, path.Ext(n.SubPath))+"/x", b.Name)
		n.Pos = b.Pos
		n.Raw, n.RawPos = b.Body, b.BodyPos
		n.Checksum = checksum(text)
		d.tmpl = b.Template
		ps.analyse(d, nil, &res.diags)
		checkName(n, &res.diags)
		res.drafts = append(res.drafts, d)
	}
	return res
}

// yamlSnapshot makes the node of a snapshot that YAML alone declares, by `relation:`.
func (r *reader) yamlSnapshot(n *node) *draft {
	rel := n.get("relation")
	if rel.isNull() {
		return nil
	}
	name := r.str(n.get("name"))
	d := r.newDraft(r.file, manifest.Snapshot, name)
	s := d.node
	s.Pos = r.pos(n.get("name"))
	s.SubPath = path.Join(s.SubPath, name+".sql")
	expr := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(rel.str()), "{{"), "}}"))
	s.Raw = "select * from {{ " + expr + " }}"
	s.RawPos = r.pos(rel)
	s.Checksum = checksum(s.Raw)
	d.static = true
	c, err := parseCalls(expr, textPos(rel, r.file.Shown))
	switch {
	case err != nil:
		r.diags.Add(err)
	case len(c.Refs)+len(c.Sources) != 1:
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(rel), "relation must be ref('…') or source('…', '…'), not %q", rel.str()))
	default:
		d.found = c
	}
	return d
}

// textPos is where a scalar's text begins: after its quotation mark.
func textPos(n *node, file string) diag.Pos {
	p := n.pos(file)
	if n != nil && n.quoted {
		p.Col++
	}
	return p
}
