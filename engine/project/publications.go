package project

import (
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// Operational is what the project file says of the operational store.
type Operational struct {
	Pos    diag.Pos
	URL    string            // "file:atlas-ops.db"
	Scope  map[string]string // dimension of the scope → column of the store's tables
	Shared []string          // tables whose rows belong to everybody
}

// operational reads operational: of the project file.
func (pf *projectFile) operational(cfg *manifest.Map) *Operational {
	o := &Operational{Pos: pf.pos("operational"), URL: "file:atlas-ops.db", Scope: map[string]string{}}
	v, _ := cfg.Get("operational")
	m, ok := v.(*manifest.Map)
	if !ok {
		return o
	}
	c := manifest.NewConfig(m)
	if url := c.String("url"); url != "" {
		o.URL = url
	}
	o.Shared = c.Strings("shared")
	if x, ok := m.Get("scope"); ok {
		if s, ok := x.(*manifest.Map); ok {
			for _, k := range s.Keys() {
				o.Scope[k] = manifest.NewConfig(s).String(k)
			}
		}
	}
	return o
}

// readPublications reads and validates one file of publications. Each is a node, an exposure.
func (ps *parsing) readPublications(f *File) fileResult {
	var res fileResult
	text, err := ps.p.files.read(f)
	if err != nil {
		res.diags.Add(err)
		return res
	}
	root, found := parseYAML(f.Shown, []byte(text))
	res.diags.Add(found)
	if found.Err() != nil || root == nil {
		return res
	}
	judged := validate(f.Shown, root, ruleOf("publications"), strict)
	res.diags.Add(judged)
	if judged.Err() != nil {
		return res
	}
	r := ps.reportReader(f, text, &res)
	for _, n := range root.get("publications").elements() {
		p, d := r.publication(n)
		res.publications = append(res.publications, p)
		res.drafts = append(res.drafts, d)
	}
	return res
}

func (r *reportReader) publication(n *node) (*manifest.Publication, *draft) {
	p := &manifest.Publication{
		Pos: r.pos(n.get("name")), Name: n.get("name").str(), Description: n.get("description").str(), Query: r.query(n.get("query")),
		Where: r.template(n.get("where")), Table: n.get("to").str(), Key: n.get("key").strings(), Mode: orText(n.get("mode").str(), "upsert"),
	}
	if from := n.get("from"); !from.isNull() {
		t := r.template(from)
		if !jinja.HasTags(t.Text) {
			t.Text = "{{ " + t.Text + " }}"
		}
		p.From = &t
	}
	if (p.From == nil) == (p.Query == nil) {
		r.diags.Add(diag.Errorf(diag.MissingKey, p.Pos, "the publication %q has from or query, one of them", p.Name).
			WithHint("from: ref('orders') takes a relation as it is, query: any SQL"))
	}
	columns := n.get("columns")
	if columns != nil && columns.kind == mapNode {
		for i, k := range columns.keys {
			p.Columns = append(p.Columns, manifest.PublishedColumn{Name: k.text, From: columns.items[i].str(), Pos: r.pos(k)})
		}
	} else {
		for _, c := range columns.list() {
			p.Columns = append(p.Columns, manifest.PublishedColumn{Name: c.str(), Pos: r.pos(c)})
		}
	}
	if scope := n.get("scope"); scope != nil {
		p.Scope = map[string]manifest.Template{}
		for i, k := range scope.keys {
			p.Scope[k.text] = r.template(scope.items[i])
		}
	}
	if period := n.get("period"); period != nil {
		p.Period = &manifest.PublishedPeriod{
			Pos: r.pos(period), Column: period.get("column").str(), Year: period.get("year").str(), Month: period.get("month").str(),
		}
		if (p.Period.Column == "") == (p.Period.Year == "" || p.Period.Month == "") {
			r.diags.Add(diag.Errorf(diag.BadValue, p.Period.Pos, "a period is one date column, or a year and a month").
				WithHint("{column: placed_on} or {year: year, month: month}"))
		}
	}
	if p.Mode == "replace_month" && p.Period == nil {
		r.diags.Add(diag.Errorf(diag.MissingKey, p.Pos, "the publication %q replaces a month, and no period says which column tells it", p.Name).
			WithHint("add period: {column: placed_on}"))
	}
	d := r.draft(n, "Publication of "+p.Table, func(yield func(manifest.Template)) {
		if p.From != nil {
			yield(*p.From)
		}
		if p.Query != nil {
			yield(manifest.Template{Text: p.Query.SQL, Pos: p.Query.Pos})
		}
		yield(p.Where)
	})
	d.node.Exposure.Type = "application"
	p.Node = d.node.ID
	return p, d
}
