package project

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// loader gathers a project; diags are all its problems.
type loader struct {
	o       Options
	root    string
	env     func(string) (string, bool)
	diags   diag.List
	p       *Project
	cliVars *manifest.Map
}

// Load reads the project file, profile, packages, macro files and docs blocks. On mistakes of
// the user it gives all of them, sorted; the project is nil when no more can be read from it.
// The list may hold warnings alone.
func Load(ctx context.Context, o Options) (*Project, diag.List) {
	l := &loader{o: o, env: o.Env, cliVars: &manifest.Map{}}
	if l.env == nil {
		l.env = os.LookupEnv
	}
	if o.Vars != nil {
		l.cliVars = o.Vars.Clone()
	}
	if o.Dir == "" {
		if dir, ok := l.env("DBT_PROJECT_DIR"); ok {
			l.o.Dir = dir
		}
	}
	dir, name, err := findProject(l.o.Dir)
	if err != nil {
		l.diags.Add(err)
		return nil, l.diags
	}
	l.root = dir
	pf, ok := readProjectFile(dir, name, name, lenient, &l.diags)
	if !ok {
		l.diags.Sort()
		return nil, l.diags
	}
	l.load(ctx, pf)
	if err := ctx.Err(); err != nil {
		l.diags.Add(diag.Errorf(diag.Interrupted, diag.Pos{}, "interrupted").WithErr(err))
	}
	l.diags.Sort()
	return l.p, l.diags
}

func (l *loader) load(ctx context.Context, pf *projectFile) {
	p := &Project{Name: pf.root.get("name").str(), Root: l.root, File: pf.name, Env: l.env, Docs: map[manifest.ID]*manifest.Doc{}, files: &diskReader{}}
	l.p = p
	p.tree = pf.root
	if p.workers = l.o.Workers; p.workers <= 0 {
		p.workers = runtime.GOMAXPROCS(0)
	}
	p.Scope = pf.readScope()
	chosen := p.Scope.choose(l.o.Scope, l.o.Spare, l.cliVars, &l.diags)
	for _, k := range chosen.Keys() {
		v, _ := chosen.Get(k)
		l.cliVars.Set(k, v)
	}
	p.CLIVars = l.cliVars
	secret := &renderer{vars: settings{env: l.env, secrets: true, vars: l.cliVars, scope: p.Scope}.context(), diags: &l.diags}
	p.Target = l.target(pf, secret)
	target := l.targetMap(p.Target)
	p.targetMap = target
	p.database = optionText(target, "database")
	root := l.makePackage(pf, target, lenient)
	l.fill(pf, root.Config)
	p.Packages = append([]*Package{root}, l.loadPackages(l.packageDirs(p.PackagesPath), target)...)
	for _, pkg := range p.Packages {
		pkg.Vars = l.packageVars(root, pkg)
	}
	p.Vars = root.Vars
	p.Selectors = l.selectors(target)
	forEach(ctx, p.workers, len(p.Packages), func(i int) {
		p.Packages[i].Files = scanFiles(p.Packages[i], l.show)
	})
	l.loadMacros(ctx)
	l.loadDocs(ctx)
}

// fill takes the root project file's own settings.
func (l *loader) fill(pf *projectFile, cfg *manifest.Map) {
	p := l.p
	p.Version = pf.root.get("version").str()
	p.Flags, _ = lookup[*manifest.Map](cfg, "flags")
	p.Quoting, _ = lookup[*manifest.Map](cfg, "quoting")
	p.QueryComment, p.QueryCommentSet = cfg.Get("query-comment")
	p.Dispatch = pf.dispatch()
	p.Operational = pf.operational(cfg)
	p.TargetPath = orText(l.o.TargetPath, l.envText("DBT_TARGET_PATH"), optionText(cfg, "target-path"), "target")
	p.LogPath = orText(l.envText("DBT_LOG_PATH"), optionText(cfg, "log-path"), "logs")
	p.PackagesPath = orText(optionText(cfg, "packages-install-path"), optionText(cfg, "modules-path"), "dbt_packages")
	p.CleanTargets = []string{p.TargetPath}
	if n := pf.root.get("clean-targets"); n != nil {
		p.CleanTargets = n.strings()
	}
}

// makePackage makes a package of a project file; its files come later.
func (l *loader) makePackage(pf *projectFile, target *manifest.Map, s strictness) *Package {
	r := &renderer{vars: settings{env: l.env, vars: l.cliVars, target: target}.context(), diags: &l.diags}
	pkg := &Package{
		Name: pf.root.get("name").str(), Version: pf.root.get("version").str(), Root: pf.dir,
		Config: pf.render(r), Raw: pf.root.mapping(),
		OnRunStart: pf.runHooks("on-run-start"), OnRunEnd: pf.runHooks("on-run-end"),
	}
	if pf.dir != l.root {
		pkg.Prefix = l.show(pf.dir)
	}
	pkg.File = pf.shown
	pkg.Paths = pf.paths(pkg.Config, s, &l.diags)
	return pkg
}

// show names a path as diagnostics do: relative to the root project where it lies below it.
func (l *loader) show(path string) string {
	rel, err := filepath.Rel(l.root, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

func (l *loader) envText(name string) string {
	v, _ := l.env(name)
	return v
}

func orText(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func lookup[T any](m *manifest.Map, key string) (T, bool) {
	v, _ := m.Get(key)
	t, ok := v.(T)
	return t, ok
}

// packageVars gives what var() finds in a package: its own variables, those of the root project,
// those that the root project gives this package, and the command line's, the last one winning.
func (l *loader) packageVars(root, pkg *Package) *manifest.Map {
	out := &manifest.Map{}
	add := func(m *manifest.Map) {
		for _, k := range m.Keys() {
			v, _ := m.Get(k)
			out.Set(k, v)
		}
	}
	own := func(p *Package) {
		vars := l.fileVars(p)
		add(vars)
		if mine, ok := lookup[*manifest.Map](vars, pkg.Name); ok {
			add(mine)
		}
	}
	if pkg != root {
		own(pkg)
	}
	own(root)
	add(l.cliVars)
	return out
}

// fileVars gives a package's vars: section with those of its vars.yml on top.
func (l *loader) fileVars(pkg *Package) *manifest.Map {
	if pkg.ownVars != nil {
		return pkg.ownVars
	}
	vars, _ := lookup[*manifest.Map](pkg.Config, "vars")
	pkg.ownVars = vars.Clone()
	path := filepath.Join(pkg.Root, "vars.yml")
	src, err := os.ReadFile(path)
	if err != nil {
		return pkg.ownVars
	}
	root, found := parseYAML(l.show(path), src)
	l.diags.Add(found)
	more := root.get("vars")
	if more == nil {
		more = root
	}
	for _, k := range more.mapping().Keys() {
		if _, twice := vars.Get(k); twice {
			l.diags.Add(diag.Warnf(diag.DuplicateName, more.key(k).pos(l.show(path)), "the variable %q stands in %s and in vars.yml; vars.yml counts", k, pkg.File))
		}
		pkg.ownVars.Set(k, more.get(k).value())
	}
	return pkg.ownVars
}
