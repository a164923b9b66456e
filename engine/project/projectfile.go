package project

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// The names of the project file, the first one preferred.
const (
	atlasFile = "atlas_project.yml"
	dbtFile   = "dbt_project.yml"
)

// findProject gives the folder and name of the project file: in dir, or, when dir is empty, in
// the working folder or the nearest folder above it.
func findProject(dir string) (string, string, error) {
	if dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", "", err
		}
		if name, ok := projectFileIn(abs); ok {
			return abs, name, nil
		}
		return "", "", diag.Errorf(diag.NoProject, diag.Pos{}, "no %s or %s in %s", atlasFile, dbtFile, dir).
			WithHint("give the project's folder with --project-dir, or make a project with: atlas init")
	}
	start, err := os.Getwd()
	if err != nil {
		return "", "", err
	}
	for at := start; ; at = filepath.Dir(at) {
		if name, ok := projectFileIn(at); ok {
			return at, name, nil
		}
		if filepath.Dir(at) == at {
			break
		}
	}
	return "", "", diag.Errorf(diag.NoProject, diag.Pos{}, "no %s or %s in this folder or above it", atlasFile, dbtFile).
		WithHint("go to a project's folder, give it with --project-dir, or make one with: atlas init")
}

func projectFileIn(dir string) (string, bool) {
	for _, name := range []string{atlasFile, dbtFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return name, true
		}
	}
	return "", false
}

// projectFile is a project file as read.
type projectFile struct {
	dir   string // absolute
	name  string // "atlas_project.yml"
	shown string // as diagnostics name it
	root  *node  // never nil
	atlas bool
}

// readProjectFile reads and validates one project file.
func readProjectFile(dir, name, shown string, s strictness, diags *diag.List) (*projectFile, bool) {
	pf := &projectFile{dir: dir, name: name, shown: shown, atlas: name == atlasFile}
	src, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		diags.Add(diag.Errorf(diag.BadFile, diag.Pos{File: shown}, "cannot read %s: %v", shown, err).WithErr(err))
		return nil, false
	}
	root, found := parseYAML(shown, src)
	diags.Add(found)
	if found.Err() != nil {
		return nil, false
	}
	if root == nil {
		diags.Add(diag.Errorf(diag.MissingKey, diag.Pos{File: shown, Line: 1, Col: 1}, "the project file is empty").
			WithHint("it needs at least: name: my_project"))
		return nil, false
	}
	if pf.atlas && s == lenient {
		s = strict
	}
	judged := validate(shown, root, ruleOf("project"), s)
	diags.Add(judged)
	pf.root = root
	if scope := root.get("scope"); s != strict && scope != nil {
		diags.Add(validate(shown, scope, ruleOf("project").props["scope"], strict))
	}
	return pf, root.kind == mapNode && root.get("name").str() != ""
}

func (pf *projectFile) pos(key string) diag.Pos {
	if k := pf.root.key(key); k != nil {
		return k.pos(pf.shown)
	}
	return diag.Pos{File: pf.shown}
}

// lateKeys are not rendered when the project file is read.
func lateKey(key string) bool {
	switch key {
	case "on-run-start", "on-run-end", "query-comment", "vars", "scope":
		return true
	}
	return false
}

// treeKeys hold config by folder, in which hooks are rendered late.
func treeKey(key string) bool {
	switch key {
	case "models", "seeds", "snapshots", "tests", "data_tests":
		return true
	}
	return false
}

// render gives the project file's values with templates rendered where dbt renders them.
func (pf *projectFile) render(r *renderer) *manifest.Map {
	out := &manifest.Map{}
	for i, k := range pf.root.keys {
		v := pf.root.items[i]
		switch {
		case lateKey(k.text):
			out.Set(k.text, v.value())
		case treeKey(k.text):
			out.Set(k.text, pf.renderTree(r, v))
		default:
			out.Set(k.text, r.value(pf.shown, v))
		}
	}
	if _, ok := out.Get("data_tests"); !ok {
		if v, ok := out.Get("tests"); ok {
			out.Set("data_tests", v)
		}
	}
	return out
}

func (pf *projectFile) renderTree(r *renderer, n *node) any {
	if n == nil || n.kind != mapNode {
		return r.value(pf.shown, n)
	}
	m := &manifest.Map{}
	for i, k := range n.keys {
		switch manifest.CanonicalKey(strings.TrimLeft(k.text, "+ ")) {
		case "pre-hook", "post-hook":
			m.Set(k.text, n.items[i].value())
		default:
			m.Set(k.text, pf.renderTree(r, n.items[i]))
		}
	}
	return m
}

// paths reads the resource folders. Old names of dbt count with a warning; in dbt_project.yml
// source-paths is the old name of model-paths, in atlas_project.yml it is Atlas's own.
func (pf *projectFile) paths(cfg *manifest.Map, s strictness, diags *diag.List) Paths {
	get := func(key string, def ...string) []string {
		v, ok := cfg.Get(key)
		if !ok || v == nil {
			return def
		}
		var out []string
		switch v := v.(type) {
		case string:
			out = []string{cleanFolder(v)}
		case []any:
			for _, x := range toStrings(v) {
				out = append(out, cleanFolder(x))
			}
		}
		return out
	}
	old := func(key, name string) {
		if s != silent {
			diags.Add(diag.Warnf(diag.UnknownKey, pf.pos(key), "%q is an old name of %q", key, name).
				WithHint("rename it to %s", name).WithLen(len(key)))
		}
	}
	p := Paths{
		Models: get("model-paths", "models"), Seeds: get("seed-paths", "seeds"), Tests: get("test-paths", "tests"),
		Analyses: get("analysis-paths", "analyses"), Macros: get("macro-paths", "macros"),
		Snapshots: get("snapshot-paths", "snapshots"), Functions: get("function-paths", "functions"),
		Assets: get("asset-paths"),
	}
	_, hasSources := cfg.Get("source-paths")
	_, hasModels := cfg.Get("model-paths")
	switch {
	case hasSources && (pf.atlas || hasModels):
		p.Sources = get("source-paths")
	case hasSources:
		p.Models = get("source-paths")
		old("source-paths", "model-paths")
	case pf.atlas:
		p.Sources = []string{"sources"}
	}
	p.Reports = get("report-paths")
	if _, set := cfg.Get("report-paths"); !set {
		p.unsaidReports(pf, s)
	}
	p.Operational = get("operational-paths")
	if _, set := cfg.Get("operational-paths"); !set && pf.atlas {
		p.Operational = []string{"operational"}
	}
	if _, ok := cfg.Get("data-paths"); ok {
		if _, both := cfg.Get("seed-paths"); !both {
			p.Seeds = get("data-paths")
		}
	}
	p.Docs = get("docs-paths")
	if len(p.Docs) == 0 {
		for _, folders := range [][]string{p.Models, p.Seeds, p.Snapshots, p.Analyses, p.Macros, p.Tests, p.Functions} {
			p.Docs = append(p.Docs, folders...)
		}
	}
	return p
}

// reportsFolder is read for reports where the project file names no report-paths.
const reportsFolder = "reports"

// unsaidReports takes the folder reports where the project file does not name report-paths. dbt refuses
// that key in its own file, so a project that both run cannot name it: there the folder may be another
// tool's, or hold models, and a package's is not looked at.
func (p *Paths) unsaidReports(pf *projectFile, s strictness) {
	if pf.atlas {
		p.Reports = []string{reportsFolder}
		return
	}
	for _, folders := range [][]string{p.Models, p.Seeds, p.Tests, p.Analyses, p.Macros, p.Snapshots, p.Functions, p.Assets, p.Sources} {
		for _, f := range folders {
			if f == reportsFolder || strings.HasPrefix(f, reportsFolder+"/") {
				return
			}
		}
	}
	if s != silent {
		p.Reports, p.ReportsUnsaid = []string{reportsFolder}, true
	}
}

func cleanFolder(s string) string {
	return strings.TrimSuffix(path.Clean(filepath.ToSlash(s)), "/")
}

// runHooks reads on-run-start or on-run-end.
func (pf *projectFile) runHooks(key string) []RunHook {
	var hooks []RunHook
	for _, n := range pf.root.get(key).list() {
		sql := n
		if n.kind == mapNode {
			sql = n.get("sql")
		}
		if sql.isNull() {
			continue
		}
		hooks = append(hooks, RunHook{SQL: sql.str(), Pos: sql.pos(pf.shown)})
	}
	return hooks
}

func (pf *projectFile) dispatch() []Dispatch {
	var out []Dispatch
	for _, n := range pf.root.get("dispatch").elements() {
		out = append(out, Dispatch{Namespace: n.get("macro_namespace").str(), SearchOrder: n.get("search_order").strings()})
	}
	return out
}
