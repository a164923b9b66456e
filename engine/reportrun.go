package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/compile"
	"atlas/engine/deck"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// ReportManifestFile says, in the folder of a report, what is in it and what it was made from.
const ReportManifestFile = "manifest.json"

// ReportOptions are the wishes of one `report`: all artifacts of a period, in one folder a report.
type ReportOptions struct {
	FormatOptions            // Output is a folder; Schema and Wrote are not looked at
	DocumentOptions          //
	Locales         []string // in place of Locale; empty is each report's first, "all" every one
	PDF             bool
	Maker           Maker
	Force           bool               // do not look whether anything is stale
	Args            *manifest.Map      // of the command line, for run_results.json
	Standing        func(diag.List)    // what is stale, before anything is written
	Made            func(ReportFile)   // after each file, while its folder is not in place yet
	Placed          func(ReportFolder) // after each folder is in place
}

// ReportFolder is a report with everything that was made of it, in its place.
type ReportFolder struct {
	Report   string
	Meta     report.Meta
	Path     string // relative to the project's root, or below --output
	Slides   int
	Files    []ReportFile
	Warnings diag.List
	NoPDF    *diag.Diagnostic
}

// reportManifest is the shape of manifest.json in the folder of a report.
type reportManifest struct {
	Format    int               `json:"format"` // of this file: 1
	Report    string            `json:"report"`
	Deck      string            `json:"deck,omitempty"`
	Meta      report.Meta       `json:"meta"`
	BuiltAt   time.Time         `json:"built_at"`
	Atlas     string            `json:"atlas"`
	LoadedAt  *time.Time        `json:"loaded_at,omitempty"`
	Files     []ReportFile      `json:"files"`
	Inputs    []InputVersion    `json:"inputs"`
	Relations []report.Relation `json:"relations"`
	Warnings  []string          `json:"warnings,omitempty"`
}

// Report makes report.json, PPTX, PDF and slides of reports for one period. A folder takes its place
// when everything in it is complete; what stood there before goes then.
func (w *Workspace) Report(ctx context.Context, o ReportOptions) ([]ReportFolder, error) {
	specs, err := w.FindReports(o.Reports, o.Period)
	if err != nil {
		return nil, err
	}
	r := &reporting{Workspace: w, o: o, began: w.engine.Clock(), invocation: compile.NewRun("report")}
	var made []*Assembled
	err = w.WithReader(ctx, o.Open, func(s adapter.Session) error {
		w.begin("report", o.Log, o.Args)
		if err := r.look(ctx, s, specs); err != nil {
			return err
		}
		for _, spec := range specs {
			for _, locale := range r.locales(spec) {
				started := w.engine.Clock()
				a, err := w.AssembleReport(ctx, s, AssembleOptions{Spec: spec, Period: o.Period, Units: o.Units, Locale: locale})
				if err != nil {
					r.result(spec.Node, started, err)
					return err
				}
				r.result(spec.Node, started, nil)
				a.File += w.DeckMark(a.Report, o.Deck)
				if once(made, a) {
					made = append(made, a)
				}
			}
		}
		return onePlace(made, true, func(a *Assembled) (string, error) {
			if o.Output == "" {
				return a.File, nil // as people at the project's root write it
			}
			return r.target(a), nil
		})
	})
	var out []ReportFolder
	for i := 0; err == nil && i < len(made); i++ { // the warehouse is free for others by now
		var f ReportFolder
		if f, err = r.folder(ctx, made[i]); err == nil {
			out = append(out, f)
			if o.Placed != nil {
				o.Placed(f)
			}
		}
	}
	if len(r.results) > 0 {
		results := artifact.RunResults{Metadata: w.metadata(r.invocation), Results: r.results, Elapsed: w.engine.Clock().Sub(r.began), Args: o.Args}
		if wrote := w.target().WriteRunResults(results); err == nil {
			err = wrote
		}
	}
	return out, err
}

// reporting is one Report under way.
type reporting struct {
	*Workspace
	o          ReportOptions
	began      time.Time
	invocation *compile.Run
	standing   *Standing
	results    []artifact.RunResult
}

// locales gives the languages that a report is made in.
func (r *reporting) locales(spec *manifest.Report) []string {
	switch {
	case len(r.o.Locales) == 0:
		return []string{r.o.Locale}
	case slices.Contains(r.o.Locales, "all") && len(spec.Locales) > 0:
		return spec.Locales
	case slices.Contains(r.o.Locales, "all"):
		return []string{""}
	default:
		return r.o.Locales
	}
}

// look notes what the reports are made from, and says what of it is stale.
func (r *reporting) look(ctx context.Context, s adapter.Session, specs []*manifest.Report) error {
	var nodes []*manifest.Node
	for _, spec := range specs {
		nodes = append(nodes, r.reportNodes(spec)...)
	}
	if err := r.built(ctx, s, nodes); err != nil {
		return err
	}
	var err error
	if r.standing, err = r.Workspace.Standing(ctx, s, nodes); err != nil {
		return err
	}
	if r.o.Force {
		r.standing.Warnings = nil
	}
	if r.o.Standing != nil && len(r.standing.Warnings) > 0 {
		r.o.Standing(r.standing.Warnings)
	}
	return nil
}

// result notes what became of a node.
func (r *reporting) result(id manifest.ID, started time.Time, err error) {
	now := r.engine.Clock()
	res := artifact.RunResult{
		NodeID: id, Status: artifact.Success, ExecutionTime: now.Sub(started), Thread: "Thread-1",
		Timing: []artifact.Timing{{Name: "execute", Started: started, Completed: now}},
	}
	if err != nil {
		res.Status, res.Message = artifact.Error, err.Error()
	}
	r.results = append(r.results, res)
}

// target gives the folder that a report is written to.
func (r *reporting) target(a *Assembled) string {
	if r.o.Output != "" {
		return filepath.Join(r.o.Output, filepath.Base(a.File))
	}
	return filepath.Join(r.Project.Root, filepath.FromSlash(a.File))
}

// folder makes the folder of one report.
func (r *reporting) folder(ctx context.Context, a *Assembled) (ReportFolder, error) {
	m := a.Report.Meta
	out := ReportFolder{Report: m.Report, Meta: m, Path: a.File, Warnings: a.Warnings}
	if r.o.Force {
		out.Warnings = slices.DeleteFunc(out.Warnings, func(d *diag.Diagnostic) bool { return d.Code == diag.StaleData })
	}
	target := r.target(a)
	if r.o.Output != "" {
		out.Path = filepath.ToSlash(target)
	}
	started := r.engine.Clock()
	doc, problems := r.Document(ctx, a.Report, r.o.DocumentOptions)
	if problems.Err() != nil {
		return out, problems
	}
	out.Warnings = append(slices.Clone(out.Warnings), problems...)
	kind := artifact.FolderKind{Marker: ".atlas-report", Text: "written by atlas report; replaced as a whole", What: "report of Atlas"}
	err := artifact.ReplaceFolder(target, kind, func(f *artifact.Folder) error {
		return r.fill(ctx, f, a, doc, filepath.Base(target), &out)
	})
	r.slideResults(doc, started, err)
	out.Slides = len(doc.Slides)
	return out, unwrapDiagnostics(err)
}

// fill writes everything of a report into its folder.
func (r *reporting) fill(ctx context.Context, f *artifact.Folder, a *Assembled, doc *deck.Document, name string, out *ReportFolder) error {
	p := &presenting{
		Workspace: r.Workspace, doc: doc, out: &Presented{Document: doc},
		o: PresentOptions{DocumentOptions: r.o.DocumentOptions, PPTX: true, PDF: r.o.PDF, Maker: r.o.Maker, Stem: filepath.Join(f.Root, name)},
	}
	p.o.Wrote = func(x ReportFile) {
		x.Path = filepath.Base(x.Path)
		r.made(out, x)
	}
	start := r.engine.Clock()
	if err := p.file("json", p.o.Stem+".json", start, "", func(to io.Writer) error { return report.Write(to, a.Report) }); err != nil {
		return err
	}
	if err := r.slides(ctx, f, doc, out); err != nil {
		return err
	}
	if err := p.do(ctx); err != nil {
		return err
	}
	out.NoPDF = p.out.NoPDF
	for _, d := range p.out.Warnings { // the same pages are printed that were written
		if !slices.ContainsFunc(out.Warnings, func(o *diag.Diagnostic) bool { return o.Pos == d.Pos && o.Msg == d.Msg }) {
			out.Warnings = append(out.Warnings, d)
		}
	}
	return f.File(ReportManifestFile, r.manifest(a, doc, out))
}

func (r *reporting) made(out *ReportFolder, f ReportFile) {
	out.Files = append(out.Files, f)
	if r.o.Made != nil {
		r.o.Made(f)
	}
}

// slides writes the web deck into the folder slides.
func (r *reporting) slides(ctx context.Context, f *artifact.Folder, doc *deck.Document, out *ReportFolder) error {
	start := r.engine.Clock()
	o, problems := r.slidesOptions()
	if problems.Err() != nil {
		return problems
	}
	pages, found := slides.Pages(ctx, doc, o)
	if found.Err() != nil {
		return found
	}
	out.Warnings = append(append(out.Warnings, problems...), found...)
	x := ReportFile{Kind: "slides", Path: "slides/", Files: len(pages)}
	all := &digest{hash: sha256.New()}
	for _, page := range pages {
		if err := f.File("slides/"+page.Name, page.Data); err != nil {
			return err
		}
		if _, err := io.Copy(all, bytes.NewReader(page.Data)); err != nil {
			return err
		}
	}
	x.Bytes, x.SHA256, x.Elapsed = all.bytes, all.sum(), r.engine.Clock().Sub(start)
	r.made(out, x)
	return ctx.Err()
}

// manifest gives the report's manifest.json.
func (r *reporting) manifest(a *Assembled, doc *deck.Document, out *ReportFolder) []byte {
	m := reportManifest{
		Format: 1, Report: a.Report.Meta.Node, Deck: doc.Node, Meta: a.Report.Meta, BuiltAt: r.engine.Clock().UTC().Truncate(time.Second),
		Atlas: r.engine.Version, Files: out.Files, Inputs: r.standing.Inputs, Relations: relationsOf(a.Report),
	}
	if !r.standing.LoadedAt.IsZero() {
		at := r.standing.LoadedAt.UTC().Truncate(time.Second)
		m.LoadedAt = &at
	}
	for _, d := range append(slices.Clone(r.standing.Warnings), out.Warnings...) {
		if text := strings.TrimSpace(d.Msg); !slices.Contains(m.Warnings, text) {
			m.Warnings = append(m.Warnings, text)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		panic(fmt.Sprintf("a report's manifest has no JSON: %v", err)) // its types all have
	}
	return b.Bytes()
}

// relationsOf gives what a report's queries read, each once, in the order of names.
func relationsOf(rep *report.Report) []report.Relation {
	byNode := map[string]report.Relation{}
	for _, q := range rep.Queries {
		for _, rel := range q.Relations {
			byNode[rel.Node] = rel
		}
	}
	out := make([]report.Relation, 0, len(byNode))
	for _, rel := range byNode {
		out = append(out, rel)
	}
	slices.SortFunc(out, func(a, b report.Relation) int { return strings.Compare(a.Node, b.Node) })
	return out
}

// slideResults notes what became of a deck and its slides.
func (r *reporting) slideResults(doc *deck.Document, started time.Time, err error) {
	seen := map[string]bool{}
	for _, s := range doc.Slides {
		if s.Node != "" && !seen[s.Node] {
			seen[s.Node] = true
			r.result(manifest.ID(s.Node), started, err)
		}
	}
	if doc.Node != "" {
		r.result(manifest.ID(doc.Node), started, err)
	}
}
