package project

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// declared is one entry of packages.yml or dependencies.yml.
type declared struct {
	name  string // how the entry names it: "dbt-labs/dbt_utils", a git address, a folder
	local string // folder of a local package, as written
	pos   diag.Pos
}

// declaredPackages reads packages.yml and dependencies.yml of one package.
func (l *loader) declaredPackages(dir string, s strictness) []declared {
	var out []declared
	r := &renderer{vars: settings{env: l.env, secrets: true, vars: l.cliVars}.context(), diags: &l.diags}
	for _, name := range []string{"packages.yml", "dependencies.yml"} {
		path := filepath.Join(dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		shown := l.show(path)
		root, found := parseYAML(shown, src)
		l.diags.Add(found)
		if found.Err() != nil || root == nil {
			continue
		}
		l.diags.Add(validate(shown, root, ruleOf("packages"), s))
		for _, n := range root.get("packages").elements() {
			d := declared{pos: n.pos(shown)}
			for _, key := range []string{"package", "git", "tarball", "private", "local"} {
				if v := n.get(key); v != nil {
					d.name, d.pos = r.str(shown, v), v.pos(shown)
					if key == "local" {
						d.local = d.name
					}
					break
				}
			}
			out = append(out, d)
		}
	}
	return out
}

// found is a package's folder before its project file is read.
type found struct {
	dir string
	pos diag.Pos // where a local package was asked for; zero for what is installed
}

// packageDirs gives the folders of all dependencies: those installed, and local packages of the
// root and of one another that are not installed.
func (l *loader) packageDirs(packagesPath string) []found {
	install := filepath.Join(l.root, filepath.FromSlash(packagesPath))
	if filepath.IsAbs(packagesPath) {
		install = packagesPath
	}
	var dirs []found
	installed := map[string]bool{}
	entries, _ := os.ReadDir(install)
	for _, e := range entries {
		dir := filepath.Join(install, e.Name())
		if info, err := os.Stat(dir); err != nil || !info.IsDir() || strings.HasPrefix(e.Name(), "__") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if _, ok := projectFileIn(dir); !ok {
			l.diags.Add(diag.Warnf(diag.BadPackage, diag.Pos{File: l.show(dir)}, "%s holds no dbt_project.yml and is not a package", l.show(dir)))
			continue
		}
		dirs = append(dirs, found{dir: dir})
		installed[realPath(dir)] = true
	}
	asked := l.declaredPackages(l.root, lenient)
	l.missingPackages(asked, len(dirs), packagesPath)
	return append(dirs, l.localPackages(l.root, asked, installed)...)
}

// localPackages follows local: entries, those of local packages too.
func (l *loader) localPackages(base string, asked []declared, seen map[string]bool) []found {
	var dirs []found
	for _, d := range asked {
		if d.local == "" {
			continue
		}
		dir := filepath.FromSlash(d.local)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(base, dir)
		}
		if _, ok := projectFileIn(dir); !ok {
			l.diags.Add(diag.Errorf(diag.BadPackage, d.pos, "the local package %s has no project file", d.local).
				WithHint("local: names a folder with %s, relative to %s", dbtFile, l.show(base)))
			continue
		}
		if real := realPath(dir); !seen[real] && real != realPath(l.root) {
			seen[real] = true
			dirs = append(dirs, found{dir: dir, pos: d.pos})
			dirs = append(dirs, l.localPackages(dir, l.declaredPackages(dir, silent), seen)...)
		}
	}
	return dirs
}

// missingPackages reports packages that were declared but not installed. Like dbt it counts: the
// names of folders are those of projects, not those that packages.yml uses.
func (l *loader) missingPackages(asked []declared, installed int, packagesPath string) {
	remote := asked[:0:0]
	for _, d := range asked {
		if d.local == "" {
			remote = append(remote, d)
		}
	}
	if len(remote) <= installed {
		return
	}
	have := map[string]bool{}
	entries, _ := os.ReadDir(filepath.Join(l.root, filepath.FromSlash(packagesPath)))
	for _, e := range entries {
		have[e.Name()] = true
	}
	for _, d := range remote {
		base := strings.TrimSuffix(d.name[strings.LastIndexByte(d.name, '/')+1:], ".git")
		if have[base] || have[strings.ReplaceAll(base, "-", "_")] {
			continue
		}
		l.p.missing = true
		l.diags.Add(diag.Errorf(diag.BadPackage, d.pos, "the package %s is not installed in %s", d.name, packagesPath).
			WithHint("install it with `dbt deps`, or copy its folder into %s", packagesPath).WithLen(len(d.name)))
	}
}

func realPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// loadPackages reads the project files of all dependencies.
func (l *loader) loadPackages(dirs []found, target *manifest.Map) []*Package {
	var out []*Package
	seen := map[string]string{l.p.Name: l.p.File}
	installed := map[string]bool{}
	for _, f := range dirs {
		name, _ := projectFileIn(f.dir)
		shown := l.show(filepath.Join(f.dir, name))
		pf, ok := readProjectFile(f.dir, name, shown, silent, &l.diags)
		if !ok {
			continue
		}
		pkg := l.makePackage(pf, target, silent)
		if installed[pkg.Name] && f.pos.File != "" {
			continue // dbt deps copies local packages where it cannot link them: its copy counts
		}
		installed[pkg.Name] = f.pos.File == ""
		if first, dup := seen[pkg.Name]; dup {
			l.diags.Add(diag.Errorf(diag.DuplicateName, pf.root.get("name").pos(shown), "two packages are named %q", pkg.Name).
				WithNote(diag.Pos{File: first}, "the other one"))
			continue
		}
		seen[pkg.Name] = shown
		out = append(out, pkg)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}
