package project

import (
	"sort"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// exposure makes the node of one entry under exposures:.
func (a *assembly) exposure(r *reader, n *node) {
	name := r.str(n.get("name"))
	d := a.newDraft(r.file, manifest.Exposure, name)
	d.static = true
	d.node.Pos = r.pos(n.get("name"))
	d.node.PatchPos = d.node.Pos
	a.later(r.file, func(r *reader) []*draft {
		r.readExposure(d, n)
		return []*draft{d}
	})
}

func (r *reader) readExposure(d *draft, n *node) {
	e := d.node
	e.Description, e.DocBlocks = r.description(n.get("description"))
	owner := n.get("owner")
	e.Exposure = &manifest.ExposureSpec{
		Type: r.str(n.get("type")), Label: r.str(n.get("label")), Maturity: r.str(n.get("maturity")), URL: r.str(n.get("url")),
		OwnerName: r.str(owner.get("name")), OwnerEmail: r.str(owner.get("email")),
	}
	rendered, _ := r.entryConfig(n)
	tags := appendNew(r.texts(n.get("tags")), rendered.Strings("tags")...)
	if len(tags) > 0 {
		sort.Strings(tags)
		list := make([]any, len(tags))
		for i := range tags {
			list[i] = tags[i]
		}
		m := rendered.Map().Clone()
		m.Set("tags", list)
		rendered = manifest.NewConfig(m)
	}
	d.yaml = rendered
	for _, dep := range n.get("depends_on").list() {
		text := dep.str()
		c, err := parseCalls(text, textPos(dep, r.file.Shown))
		if err == nil && jinja.HasTags(text) {
			c, err = templateCalls(text, r.pos(dep))
		}
		switch {
		case err != nil:
			r.diags.Add(err)
		case len(c.Refs)+len(c.Sources) == 0 && !isMetric(text):
			r.diags.Add(diag.Errorf(diag.BadValue, r.pos(dep), "depends_on must hold ref('…') or source('…', '…'), not %q", text))
		}
		d.found.Refs = append(d.found.Refs, c.Refs...)
		d.found.Sources = append(d.found.Sources, c.Sources...)
	}
}

func isMetric(text string) bool {
	metric := false
	scanNames(text, func(name string, called bool) { metric = metric || called && name == "metric" })
	return metric
}
