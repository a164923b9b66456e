package compile

import (
	"path/filepath"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// resolver is ref or source as a value: it can be called, and packages reach the project's
// configuration through it (builtins.ref.config).
type resolver struct {
	jinja.Func
	f *frame
}

// Attr gives config, model, current_project and Relation.
func (r resolver) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "config":
		return runtimeConfig{r.f.c, r.f.c.project.RootPackage(), r.f}, true
	case "model":
		return r.f.model(), true
	case "current_project":
		return r.f.c.project.Name, true
	case "Relation":
		return relationClass{r.f.c.dialect}, true
	}
	return nil, false
}

// runtimeConfig is dbt's RuntimeConfig: the project file of the root or of a package, and the
// invocation.
type runtimeConfig struct {
	c   *Compiler
	pkg *project.Package
	f   *frame
}

// Attr gives the attributes that packages read.
func (r runtimeConfig) Attr(name string) (jinja.Value, bool) {
	p := r.c.project
	switch name {
	case "project_name":
		return r.pkg.Name, true
	case "version":
		return optional(namePart(r.pkg.Version)), true
	case "project_root":
		return r.pkg.Root, true
	case "packages_install_path":
		return p.PackagesPath, true
	case "target_path", "project_target_path":
		return p.TargetPath, true
	case "target_name":
		return p.Target.Name, true
	case "profile_name":
		return p.Target.Profile, true
	case "threads":
		return int64(max(1, p.Target.Threads)), true
	case "credentials":
		return r.c.target.Copy(), true
	case "cli_vars":
		return toValue(orMap(p.CLIVars)), true
	case "vars":
		return newDict().set("vars", toValue(orMap(r.pkg.Vars))).set("to_dict", jinja.Func(func(*jinja.Call) (jinja.Value, error) {
			return toValue(orMap(r.pkg.Vars)), nil
		})).Dict, true
	case "args":
		return r.arguments(), true
	case "dependencies":
		d := jinja.NewDict()
		for _, pkg := range p.Packages {
			d.Set(pkg.Name, runtimeConfig{r.c, pkg, r.f})
		}
		return d, true
	case "quoting":
		quoted := everyPart()
		applyQuoting(&quoted, p.Quoting)
		return newDict().set("database", quoted.database).set("schema", quoted.schema).set("identifier", quoted.identifier).Dict, true
	case "load_dependencies":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) {
			v, _ := r.Attr("dependencies")
			return v, nil
		}), true
	case "model_paths", "seed_paths", "test_paths", "macro_paths", "snapshot_paths", "analysis_paths":
		return stringList(r.paths(name)), true
	case "models", "seeds", "snapshots", "tests", "sources", "on-run-start", "on-run-end":
		v, _ := r.pkg.Config.Get(name)
		return toValue(v), true
	case "packages_path":
		return filepath.ToSlash(filepath.Join(p.Root, p.PackagesPath)), true
	}
	return nil, false
}

func (r runtimeConfig) paths(name string) []string {
	paths := r.pkg.Paths
	switch name {
	case "model_paths":
		return paths.Models
	case "seed_paths":
		return paths.Seeds
	case "test_paths":
		return paths.Tests
	case "macro_paths":
		return paths.Macros
	case "snapshot_paths":
		return paths.Snapshots
	default:
		return paths.Analyses
	}
}

// arguments are the command's, as attributes.
func (r runtimeConfig) arguments() *jinja.Dict {
	d := jinja.NewDict()
	for _, m := range []*manifest.Map{r.f.run.Flags, r.f.run.Args} {
		for _, k := range m.Keys() {
			v, _ := m.Get(k)
			d.Set(k, toValue(v))
		}
	}
	d.Set("which", r.f.run.Which)
	d.Set("full_refresh", r.f.run.FullRefresh)
	return d
}
