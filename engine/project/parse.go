package project

import (
	"context"
	"time"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// parsing is one run of Parse: what all its goroutines share, read-only once set up.
type parsing struct {
	p        *Project
	r        Renderer
	macros   *macroIndex
	trees    *configTrees
	contexts map[*Package]jinja.Vars
	builtin  map[string]bool // generic tests that need no macro of the project
}

// GenericTests is an optional ability of a Renderer: the generic tests that are built in, by name,
// so that an unknown one is reported while parsing.
type GenericTests interface {
	GenericTests() []string
}

// fileResult is what one file gave.
type fileResult struct {
	drafts       []*draft
	props        *propsFile
	extract      *manifest.Extract
	reports      *reportsFile
	publications []*manifest.Publication
	diags        diag.List
}

// Parse reads templates and YAML and makes the manifest's nodes, not yet linked. The manifest
// holds what could be read even when the list has errors; the list is sorted and may hold
// warnings alone.
func Parse(ctx context.Context, p *Project, r Renderer) (*manifest.Manifest, diag.List) {
	ps := newParsing(p, r)
	var files []*File
	for _, pkg := range p.Packages {
		for _, f := range pkg.Files {
			switch f.kind {
			case macroFile, genericFile, docsFile, fixtureFile:
			default:
				files = append(files, f)
			}
		}
	}
	results := make([]fileResult, len(files))
	forEach(ctx, p.workers, len(files), func(i int) { results[i] = ps.readFile(files[i]) })
	a := newAssembly(ps)
	a.collect(results)
	a.operations()
	a.match()
	a.finish(ctx)
	m := a.manifest()
	m.Parsed = time.Now()
	if err := ctx.Err(); err != nil {
		a.diags.Add(diag.Errorf(diag.Interrupted, diag.Pos{}, "interrupted").WithErr(err))
	}
	a.diags.Sort()
	return m, a.diags
}

// newParsing sets up what the goroutines share.
func newParsing(p *Project, r Renderer) *parsing {
	ps := &parsing{p: p, r: r, macros: newMacroIndex(p), trees: &configTrees{root: p.RootPackage()}, contexts: map[*Package]jinja.Vars{}}
	for _, pkg := range p.Packages {
		ps.contexts[pkg] = settings{
			env: p.Env, vars: pkg.Vars, target: p.targetMap, more: map[string]any{"project_name": p.Name},
		}.context()
	}
	ps.builtin = map[string]bool{
		"not_null": true, "unique": true, "accepted_values": true, "relationships": true, "expression_is_true": true,
	}
	if g, ok := r.(GenericTests); ok {
		for _, name := range g.GenericTests() {
			ps.builtin[name] = true
		}
	}
	return ps
}

// readFile reads one file into what its kind says.
func (ps *parsing) readFile(f *File) fileResult {
	switch f.kind {
	case propertiesFile:
		return ps.readProperties(f)
	case extractFile:
		return ps.readExtract(f)
	case reportFile:
		return ps.readReports(f)
	case deckFile:
		return ps.readDeck(f)
	case publicationFile:
		return ps.readPublications(f)
	case seedFile:
		return ps.readSeed(f)
	case snapshotFile:
		return ps.readSnapshots(f)
	default:
		return ps.readTemplate(f)
	}
}

// reader reads one YAML file's values.
type reader struct {
	*parsing
	file  *File
	vars  jinja.Vars
	diags *diag.List
}

func (ps *parsing) reader(f *File, diags *diag.List) *reader {
	return &reader{parsing: ps, file: f, vars: ps.contexts[f.Package], diags: diags}
}

func (r *reader) renderer() *renderer { return &renderer{vars: r.vars, diags: r.diags} }

func (r *reader) value(n *node) any      { return r.renderer().value(r.file.Shown, n) }
func (r *reader) str(n *node) string     { return r.renderer().str(r.file.Shown, n) }
func (r *reader) texts(n *node) []string { return r.renderer().strings(r.file.Shown, n) }
func (r *reader) pos(n *node) diag.Pos   { return n.pos(r.file.Shown) }
func (r *reader) truth(n *node) bool {
	return manifest.NewConfig(manifest.NewMap("v", r.value(n))).Bool("v", false)
}

func (r *reader) mapOf(n *node) *manifest.Map {
	m, _ := r.value(n).(*manifest.Map)
	return m
}
