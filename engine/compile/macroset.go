package compile

import (
	"embed"
	"io/fs"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// builtinFiles are the built-in macros: a folder for every internal package.
//
//go:embed macros/*/*.sql
var builtinFiles embed.FS

// internalPackage is the name by which templates reach the built-in macros: dbt.star.
const internalPackage = "dbt"

// builtinPrefix begins the file names of built-in macros in positions.
const builtinPrefix = "builtin:"

// macroSet is every macro by package and name. It is immutable.
type macroSet struct {
	root     string
	adapter  string
	internal map[string]*project.Macro            // the adapter's own over dbt's
	packages map[string]map[string]*project.Macro // the project's packages, without the internal ones
	all      map[manifest.ID]*project.Macro
}

func newMacroSet(p *project.Project, dialect string) (*macroSet, error) {
	m := &macroSet{
		root: p.Name, adapter: dialect,
		internal: map[string]*project.Macro{},
		packages: map[string]map[string]*project.Macro{},
		all:      map[manifest.ID]*project.Macro{},
	}
	var problems diag.List
	for _, folder := range []string{"dbt", dialect} {
		problems = append(problems, m.addBuiltin(folder)...)
	}
	for _, pkg := range p.Packages {
		named := make(map[string]*project.Macro, len(pkg.Macros))
		m.packages[pkg.Name] = named
		for _, macro := range pkg.Macros {
			if first, ok := named[macro.Name]; ok {
				problems.Add(diag.Errorf(diag.DuplicateName, macro.Pos, "package %s has two macros named %q", pkg.Name, macro.Name).
					WithNote(first.Pos, "the first one").WithHint("rename or remove one of them"))
				continue
			}
			named[macro.Name] = macro
			m.all[macro.ID] = macro
		}
	}
	return m, problems.Err()
}

// addBuiltin reads one folder of built-in macros; a dialect without a folder has none.
func (m *macroSet) addBuiltin(folder string) diag.List {
	files, err := fs.Glob(builtinFiles, "macros/"+folder+"/*.sql")
	if err != nil || len(files) == 0 {
		return nil
	}
	pkg := internalPackage
	if folder != internalPackage {
		pkg = internalPackage + "_" + folder
	}
	var problems diag.List
	for _, file := range files {
		text, err := builtinFiles.ReadFile(file)
		if err != nil {
			problems.Add(err)
			continue
		}
		name := builtinPrefix + strings.TrimPrefix(file, "macros/")
		t, err := jinja.Parse(name, string(text), jinja.Options{})
		if err != nil {
			problems.Add(err)
			continue
		}
		for _, def := range t.Macros() {
			macro := &project.Macro{MacroDef: def, ID: manifest.ID("macro." + pkg + "." + def.Name), Package: pkg}
			m.internal[def.Name] = macro
			m.all[macro.ID] = macro
		}
	}
	return problems
}

// isInternal reports a package of the engine's own.
func (m *macroSet) isInternal(pkg string) bool {
	return pkg == internalPackage || strings.HasPrefix(pkg, internalPackage+"_") && m.packages[pkg] == nil
}

// resolve finds a macro as dbt does in a template of package pkg: its own, the root project's,
// the built-in ones.
func (m *macroSet) resolve(pkg, name string) *project.Macro {
	if found := m.packages[pkg][name]; found != nil {
		return found
	}
	if found := m.packages[m.root][name]; found != nil {
		return found
	}
	return m.internal[name]
}

// inPackage finds a macro of one package; known is false if there is no such package.
func (m *macroSet) inPackage(pkg, name string) (found *project.Macro, known bool) {
	if pkg == internalPackage {
		return m.internal[name], true
	}
	named, ok := m.packages[pkg]
	return named[name], ok
}

// nearNames lists macro names that a template of package pkg could have meant.
func (m *macroSet) nearNames(pkg string) []string {
	var names []string
	for _, set := range []map[string]*project.Macro{m.packages[pkg], m.packages[m.root], m.internal} {
		for name := range set {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
