// Package project reads a project from disk: its project file, profile, packages, macro files,
// properties YAML, extraction declarations and templates, and makes the nodes of the graph.
//
// It is the only package that knows the on-disk format and the only importer of a YAML library.
// It does not link nodes with one another (graph does), does not render SQL (compile does, through
// Renderer) and opens no database.
//
// Load reads what is needed to set up a template context; Parse reads the rest and makes nodes.
package project

import (
	"context"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// Options say which project to read, and how.
type Options struct {
	Dir         string                           // project folder; "" searches upward from the working folder
	ProfilesDir string                           // --profiles-dir; "" looks where dbt looks
	Profile     string                           // --profile; "" takes the project's
	Target      string                           // --target; "" takes the profile's
	TargetPath  string                           // --target-path; "" takes the project's
	Vars        *manifest.Map                    // --vars
	Scope       map[string]string                // --entity ACME and so on, by dimension
	Spare       []string                         // dimensions of Scope that the project need not have
	Env         func(name string) (string, bool) // environment; nil is the process's own
	Threads     int                              // --threads; 0 takes the target's
	Workers     int                              // files read at a time; 0 is one a core

	// Database names the database that a target means, for templates in YAML; nil leaves
	// target.database to what the profile says. It is the adapter's method of that name.
	Database func(adapter.Target) string
}

// Project is a project as loaded: everything that templates may see before nodes exist.
type Project struct {
	Name    string
	Version string
	Root    string // absolute folder of the project file
	File    string // name of the project file: "atlas_project.yml" or "dbt_project.yml"

	Vars    *manifest.Map // what var() finds in the root package: project file, vars.yml, scope, --vars
	CLIVars *manifest.Map // --vars and scope values alone
	Scope   *Scope        // nil if the project declares none
	Target  adapter.Target
	Flags   *manifest.Map // flags: of the project file

	Packages []*Package // the root first, then by name
	Dispatch []Dispatch

	QueryComment    any  // string, *manifest.Map or nil, unrendered
	QueryCommentSet bool // the project file has the key: nil then means "no comment"
	Quoting         *manifest.Map

	TargetPath   string // relative to Root: "target"
	LogPath      string
	PackagesPath string // "dbt_packages"
	CleanTargets []string

	Operational *Operational // of the root project

	Selectors []Selector // selectors.yml, as data
	Env       func(name string) (string, bool)

	Docs map[manifest.ID]*manifest.Doc // docs blocks of all packages

	workers   int
	files     *diskReader
	targetMap *manifest.Map // target, as templates in YAML see it
	database  string        // of the target; "" if unknown
	missing   bool          // a declared package is not installed
	tree      *node         // the project file
}

// RootPackage is the project itself.
func (p *Project) RootPackage() *Package { return p.Packages[0] }

// Package finds a package by its project name; nil if there is none.
func (p *Project) Package(name string) *Package {
	for _, pkg := range p.Packages {
		if pkg.Name == name {
			return pkg
		}
	}
	return nil
}

// Package is the root project or one of its dependencies.
type Package struct {
	Name    string
	Version string
	Root    string        // absolute folder
	Prefix  string        // folder relative to the running project's root, slash-separated; "" for the root package
	Config  *manifest.Map // the project file, rendered where dbt renders it
	Raw     *manifest.Map // the project file as written
	Vars    *manifest.Map // what var() finds in templates of this package
	Files   []*File       // every file of its resource folders, sorted by path
	Macros  []*Macro      // in order of file and position
	Paths   Paths

	File string // the project file, as diagnostics name it

	OnRunStart, OnRunEnd []RunHook

	ownVars *manifest.Map // vars: of its own files
}

// Paths are a package's resource folders, slash-separated and relative to its root.
type Paths struct {
	Models, Seeds, Tests, Analyses, Macros, Snapshots, Docs, Assets, Functions []string
	Sources                                                                    []string // Atlas's own: extraction declarations
	Reports                                                                    []string // Atlas's own: reports, decks, brands, workbooks and comparisons
	ReportsUnsaid                                                              bool     // dbt's project file cannot name Reports: what there is not Atlas's is left alone
	Operational                                                                []string // Atlas's own: schema, migrations and publications of the operational store
}

// RunHook is one statement of on-run-start or on-run-end.
type RunHook struct {
	SQL string
	Pos diag.Pos
}

// Dispatch is one entry of the project file's dispatch: list.
type Dispatch struct {
	Namespace   string
	SearchOrder []string
}

// Selector is one entry of selectors.yml; Definition is a string, a *manifest.Map or a []any.
type Selector struct {
	Name        string
	Description string
	Default     any // true, false or nil
	Definition  any
	Pos         diag.Pos
}

// File is one file of a package.
type File struct {
	Package *Package
	Path    string // relative to the package's root: "models/marts/orders.sql"
	Folder  string // the resource folder it was found under: "models"
	Shown   string // relative to the running project's root, for diagnostics
	Abs     string

	kind fileKind
}

// Macro is a macro, generic test or materialization of a package.
type Macro struct {
	*jinja.MacroDef
	ID      manifest.ID
	Package string
	File    *File // nil for macros that are built in
}

// Renderer is what Parse needs from the template context; compile implements it.
type Renderer interface {
	// Capture renders n.Raw in parse mode and gives what it called. n.Config holds what the
	// project files and YAML say.
	Capture(ctx context.Context, n *manifest.Node, t *jinja.Template) (Captured, error)
	// Relation gives database, schema and name of a node from its merged config, by the
	// project's generate_database_name, generate_schema_name and generate_alias_name.
	Relation(n *manifest.Node) (manifest.Relation, error)
}

// Captured is what a template called while it was rendered in parse mode.
type Captured struct {
	Config  manifest.Config // arguments of config(), merged over all calls
	Refs    []manifest.Ref
	Sources []manifest.SourceRef
	Macros  []manifest.ID
}
