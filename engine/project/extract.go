package project

import (
	"path"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// readExtract reads and validates one extraction declaration.
func (ps *parsing) readExtract(f *File) fileResult {
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
	judged := validate(f.Shown, root, ruleOf("extract"), strict)
	res.diags.Add(judged)
	if judged.Err() != nil {
		return res
	}
	r := ps.reader(f, &res.diags)
	res.extract = r.extract(root.get("extract"))
	return res
}

// extract reads what stands under extract:. Templates in it may use the file's own scope as
// variables, whatever scope the run has.
func (r *reader) extract(n *node) *manifest.Extract {
	e := &manifest.Extract{Path: r.file.Shown, Pos: r.pos(n), Scope: map[string]string{}}
	vars := r.file.Package.Vars.Clone()
	scope := n.get("scope")
	if scope != nil {
		for i, k := range scope.keys {
			v := r.scopeValue(k, scope.items[i])
			e.Scope[k.text] = v
			vars.Set(k.text, resolveScalar(v))
		}
	}
	r.vars = settings{env: r.p.Env, vars: vars, target: r.p.targetMap}.context()
	for _, t := range n.get("tables").elements() {
		e.Tables = append(e.Tables, r.extractTable(n, t, e))
	}
	return e
}

// scopeValue checks one value of an extract's scope against the project's.
func (r *reader) scopeValue(key, v *node) string {
	text := r.str(v)
	d := r.p.Scope.Dimension(key.text)
	if d == nil {
		bad := diag.Errorf(diag.BadScope, r.pos(key), "the project's scope has no dimension %q", key.text).WithLen(len(key.text))
		if bad.Hint = diag.DidYouMean(key.text, r.p.Scope.Names()); bad.Hint == "" {
			bad.Hint = "declare it in " + r.p.File + ": scope: {" + key.text + ": {}}"
		}
		r.diags.Add(bad)
		return text
	}
	if len(d.Values) == 0 {
		return text
	}
	got := d.Value(text)
	if got == nil {
		bad := diag.Errorf(diag.BadScope, r.pos(v), "%q is not a value of %s", text, key.text).WithLen(len(text))
		bad.Hint = "one of: " + strings.Join(d.Names(), ", ")
		if near := diag.DidYouMean(text, d.Names()); near != "" {
			bad.Hint = near + " (" + bad.Hint + ")"
		}
		r.diags.Add(bad)
		return text
	}
	return got.Name
}

// tableFields are the keys of a table that have fields of their own; the rest are options of the driver.
//
//nolint:gochecknoglobals // a constant table
var tableFields = map[string]bool{
	"source": true, "table": true, "driver": true, "locale": true, "columns": true, "checks": true,
	"snapshot": true, "on_bad_cell": true, "on_fail": true, "description": true, "key": true, "schema_drift": true,
}

func (r *reader) extractTable(ext, n *node, e *manifest.Extract) *manifest.ExtractTable {
	t := &manifest.ExtractTable{
		Pos: r.pos(n), Scope: e.Scope, Source: r.str(n.get("source")), Table: r.str(n.get("table")),
		Driver: r.str(n.get("driver")), Locale: orText(r.str(n.get("locale")), r.str(ext.get("locale"))),
		OnBadCell: orText(badCell(n), badCell(ext), "reject"), Options: &manifest.Map{}, OptionPos: map[string]diag.Pos{},
	}
	t.OnFail = orText(r.str(n.get("on_fail")), r.str(ext.get("on_fail")), "continue")
	t.Key = r.texts(n.get("key"))
	t.Drift = orText(r.str(n.get("schema_drift")), r.str(ext.get("schema_drift")), "discard")
	if l := ext.get("locale"); l != nil {
		t.OptionPos["locale"] = r.pos(l)
	}
	for i, k := range n.keys {
		t.OptionPos[k.text] = r.pos(n.items[i])
		if !tableFields[k.text] {
			t.Options.Set(k.text, r.secretive(n.items[i]))
		}
	}
	if defaults := ext.get("defaults"); defaults != nil {
		for i, k := range defaults.keys {
			if _, own := t.OptionPos[k.text]; !own && !tableFields[k.text] {
				t.OptionPos[k.text] = r.pos(defaults.items[i])
				t.Options.Set(k.text, r.secretive(defaults.items[i]))
			}
		}
	}
	t.Snapshot = r.snapshotPath(ext, n, t)
	checks := map[string]diag.Pos{}
	seen := map[string]diag.Pos{}
	for _, c := range n.get("columns").elements() {
		col := r.extractColumn(c)
		if first, dup := seen[col.Name]; dup {
			r.diags.Add(diag.Errorf(diag.DuplicateName, col.Pos, "the column %q stands here twice", col.Name).WithNote(first, "the other one"))
			continue
		}
		seen[col.Name] = col.Pos
		t.Columns = append(t.Columns, col)
		for _, check := range r.shortChecks(c, col.Name) {
			checks[check.Name] = check.Pos
			t.Checks = append(t.Checks, check)
		}
	}
	for _, c := range n.get("checks").elements() {
		name, at := r.str(c.get("name")), r.pos(c.get("name"))
		if first, dup := checks[name]; dup {
			r.diags.Add(diag.Errorf(diag.DuplicateName, at, "the check %q stands here twice", name).WithLen(len(name)).WithNote(first, "the other one"))
			continue
		}
		checks[name] = at
		t.Checks = append(t.Checks, r.check(c))
	}
	return t
}

// checkFields are the keys of a check that every kind has; tolerance belongs to some.
//
//nolint:gochecknoglobals // a constant table
var checkFields = map[string]bool{
	"name": true, "severity": true, "message": true, "warn_if": true, "error_if": true, "description": true,
	"column": true, "columns": true, "tolerance": true,
}

// check reads one check: what is left beside the common keys is its kind.
func (r *reader) check(n *node) manifest.Check {
	c := manifest.Check{
		Pos: r.pos(n.get("name")), Name: r.str(n.get("name")), Severity: orText(r.str(n.get("severity")), "error"), Message: r.str(n.get("message")),
		WarnIf: r.str(n.get("warn_if")), ErrorIf: r.str(n.get("error_if")), Columns: append(r.texts(n.get("column")), r.texts(n.get("columns"))...),
	}
	var kinds []string
	for i, k := range n.keys {
		switch {
		case k.text == "tolerance":
			c.Options = manifest.NewMap(k.text, r.value(n.items[i]))
		case !checkFields[k.text]:
			kinds = append(kinds, k.text)
			c.Kind, c.SQLPos = k.text, r.pos(n.items[i])
			if k.text == "sql" {
				c.SQL = r.str(n.items[i])
			} else {
				c.Rule = r.value(n.items[i])
			}
		}
	}
	if len(kinds) != 1 {
		what := "nothing"
		if len(kinds) > 1 {
			what = strings.Join(kinds, " and ")
		}
		r.diags.Add(diag.Errorf(diag.MissingKey, c.Pos, "the check %q says %s to check", c.Name, what).
			WithHint("give it one of sql, not_null, unique, range, pattern, length, type, lookup, equals, period, reconcile"))
	}
	return c
}

// shortChecks are the checks that a column's own keys ask for: range: {min: 0} in the column total
// is the check range_total.
func (r *reader) shortChecks(n *node, column string) []manifest.Check {
	var out []manifest.Check
	for _, kind := range []string{"range", "pattern", "length"} {
		if v := n.get(kind); v != nil {
			out = append(out, manifest.Check{
				Pos: r.pos(n.get("name")), SQLPos: r.pos(v), Name: kind + "_" + column, Kind: kind, Rule: r.value(v), Columns: []string{column}, Severity: "error",
			})
		}
	}
	return out
}

// secretive gives a value in which texts that read the environment stay templates: whoever needs
// one renders it then, and no hash, file or message has it.
func (r *reader) secretive(n *node) any {
	switch {
	case n == nil:
		return nil
	case n.kind == mapNode:
		m := &manifest.Map{}
		for i, k := range n.keys {
			m.Set(k.text, r.secretive(n.items[i]))
		}
		return m
	case n.kind == listNode:
		out := make([]any, len(n.items))
		for i, x := range n.items {
			out[i] = r.secretive(x)
		}
		return out
	case !jinja.HasTags(n.text) || !strings.Contains(n.text, "env_var"):
		return r.value(n)
	}
	text, pos, vars := n.text, r.pos(n), r.vars
	return &manifest.Secret{Text: text, Pos: pos, Value: func() (string, error) {
		v, err := renderNative(text, pos, vars)
		if err != nil || v == nil {
			return "", err
		}
		return jinja.Str(jinja.FromGo(v)), nil
	}}
}

// badCell reads on_bad_cell, in which null may stand without quotes.
func badCell(n *node) string {
	v := n.get("on_bad_cell")
	if v == nil {
		return ""
	}
	if v.isNull() {
		return "null"
	}
	return v.str()
}

func (r *reader) extractColumn(n *node) manifest.ExtractColumn {
	c := manifest.ExtractColumn{
		Pos: r.pos(n.get("name")), Name: r.str(n.get("name")), Headers: r.texts(n.get("headers")), Type: r.str(n.get("type")),
		Required: r.truth(n.get("required")), Default: r.value(n.get("default")), NotNull: r.truth(n.get("not_null")),
		Unique: r.truth(n.get("unique")), From: r.str(n.get("from")), Description: r.str(n.get("description")),
	}
	for _, v := range n.get("values").list() {
		c.Values = append(c.Values, r.value(v))
	}
	if m := n.get("map"); m != nil && m.kind == mapNode {
		c.Map = make(map[string]string, len(m.keys))
		for i, k := range m.keys {
			c.Map[k.text] = r.str(m.items[i])
		}
	}
	if m := n.get("units"); m != nil && m.kind == mapNode {
		c.Units = make(map[string]string, len(m.keys))
		for i, k := range m.keys {
			c.Units[k.text] = r.str(m.items[i])
		}
	}
	c.Scale = r.str(n.get("scale"))
	return c
}

// snapshotPath is snapshot:, or the table's file in the folder snapshots: names:
// {entity}-{year}-{table}.csv in lower case, the scope's values in the project's order.
func (r *reader) snapshotPath(ext, n *node, t *manifest.ExtractTable) string {
	if s := r.str(n.get("snapshot")); s != "" {
		return path.Clean(s)
	}
	folder := orText(r.str(ext.get("snapshots")), "data/clean")
	var parts []string
	for _, name := range r.p.Scope.Names() {
		if v, ok := t.Scope[name]; ok {
			parts = append(parts, v)
		}
	}
	parts = append(parts, t.Table)
	return path.Join(folder, strings.ToLower(strings.Join(parts, "-"))+".csv")
}

// attachExtracts gives every declared table to its source node, and reports those that have none
// and those that would overwrite each other's files.
func (a *assembly) attachExtracts() {
	seen := map[string]diag.Pos{}
	files := map[string]*manifest.ExtractTable{}
	for _, e := range a.m.Extracts {
		for _, t := range e.Tables {
			key := t.Source + "\x00" + t.Table + "\x00" + scopeKey(a.p.Scope, t.Scope)
			if first, dup := seen[key]; dup {
				a.diags.Add(diag.Errorf(diag.DuplicateName, t.Pos, "%s.%s of this scope is declared twice", t.Source, t.Table).WithNote(first, "the other one"))
				continue
			}
			seen[key] = t.Pos
			// The rejects are named after the snapshot and stand beside its folder.
			file := path.Join(path.Dir(path.Dir(t.Snapshot)), strings.ToLower(path.Base(t.Snapshot)))
			if first := files[file]; first != nil {
				a.diags.Add(diag.Errorf(diag.DuplicateName, t.OptionAt("snapshot"), "%s.%s has the same files as %s.%s: %s",
					t.Source, t.Table, first.Source, first.Table, t.Snapshot).
					WithNote(first.OptionAt("snapshot"), "the other one").
					WithHint("give one of them its own, such as snapshot: %s",
						path.Join(path.Dir(t.Snapshot), t.Source+"-"+path.Base(t.Snapshot))))
				continue
			}
			files[file] = t
			a.attach(t)
		}
	}
}

func (a *assembly) attach(t *manifest.ExtractTable) {
	id := manifest.ID("source." + a.p.Name + "." + t.Source + "." + t.Table)
	if n, ok := a.m.Nodes[id]; ok {
		n.Source.Extract = append(n.Source.Extract, t)
		return
	}
	if len(a.m.Disabled[id]) > 0 {
		return
	}
	var names []string
	for id, n := range a.m.Nodes {
		if n.Kind == manifest.Source && n.Package == a.p.Name {
			names = append(names, strings.TrimPrefix(string(id), "source."+a.p.Name+"."))
		}
	}
	d := diag.Errorf(diag.OrphanPatch, t.OptionAt("table"), "no source declares the table %s.%s", t.Source, t.Table)
	if d.Hint = diag.DidYouMean(t.Source+"."+t.Table, names); d.Hint == "" {
		d.Hint = "declare it under sources: in a properties file, so that models can read it"
	}
	a.diags.Add(d)
}

func scopeKey(s *Scope, values map[string]string) string {
	var b strings.Builder
	for _, name := range s.Names() {
		b.WriteString(name + "=" + values[name] + "\x00")
	}
	return b.String()
}
