package engine

import (
	"path/filepath"
	"sync"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/compile"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/run"
)

// target is the folder of artifacts of this workspace.
func (w *Workspace) target() artifact.Target { return artifact.Target{Dir: w.targetDir()} }

func (w *Workspace) metadata(invocation *compile.Run) artifact.Metadata {
	m := artifact.Metadata{Generated: w.engine.Clock().UTC(), Version: w.engine.Version}
	if invocation != nil {
		m.InvocationID, m.Started, m.Env = invocation.Invocation, invocation.Started, invocation.Metadata
	}
	return m
}

// WriteManifest writes target/manifest.json and gives its path.
func (w *Workspace) WriteManifest() (string, error) {
	t := w.target()
	return t.Path(artifact.ManifestFile), t.WriteManifest(w.Manifest, w.manifestOptions(compile.NewRun("parse"), nil))
}

// LastRun reads what the last run left in the target folder.
func (w *Workspace) LastRun() (*artifact.RunResults, error) {
	return artifact.ReadRunResults(w.target().Path(artifact.RunResultsFile))
}

func (w *Workspace) manifestOptions(invocation *compile.Run, compiled *compiledSet) artifact.ManifestOptions {
	o := artifact.ManifestOptions{Metadata: w.metadata(invocation), Quote: w.Adapter.Dialect().Relation}
	if compiled != nil {
		o.Compiled = compiled.get
	}
	o.Database = w.Adapter.Database(w.Project.Target)
	o.Selectors = graph.SelectorMap(w.selectors())
	return o
}

// compiledSet collects what a run compiled; workers add to it at the same time.
type compiledSet struct {
	mu    sync.Mutex
	nodes map[manifest.ID]artifact.Compiled
}

func (c *compiledSet) add(id manifest.ID, x artifact.Compiled) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.nodes == nil {
		c.nodes = map[manifest.ID]artifact.Compiled{}
	}
	c.nodes[id] = x
}

func (c *compiledSet) get(id manifest.ID) (artifact.Compiled, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, ok := c.nodes[id]
	return x, ok
}

// writeArtifacts writes manifest.json and run_results.json.
func (r *running) writeArtifacts() error {
	t := r.target()
	if err := t.WriteManifest(r.Manifest, r.manifestOptions(r.invocation, &r.compiled)); err != nil {
		return err
	}
	out := artifact.RunResults{Metadata: r.metadata(r.invocation), Elapsed: r.report.Elapsed, Args: r.o.Args}
	for _, res := range r.report.Results {
		out.Results = append(out.Results, runResult(r.Adapter.Dialect(), res))
	}
	return t.WriteRunResults(out)
}

// runResult puts a result into dbt's shape.
func runResult(d adapter.Dialect, res run.Result) artifact.RunResult {
	out := artifact.RunResult{
		NodeID: res.Node.ID, Status: res.Status, Thread: res.Thread, ExecutionTime: res.Duration(), Message: res.Message,
		AdapterResponse: res.Response, Compiled: !res.Outcome.Compiled.IsZero(), CompiledCode: res.SQL,
	}
	if res.Err != nil {
		out.Message = res.Err.Error()
	}
	if out.AdapterResponse == nil {
		out.AdapterResponse = &manifest.Map{}
		if res.Status == run.Success && res.Rows >= 0 {
			out.AdapterResponse.Set("rows_affected", res.Rows)
		}
	}
	if !res.Relation.IsZero() {
		out.RelationName = d.Relation(res.Relation)
	}
	if isTest(res.Node) && res.Status != run.Skipped && res.Status != run.Error { // no rows were counted
		failures := res.Failures
		out.Failures = &failures
	}
	if res.Status == run.Skipped {
		return out
	}
	compiled := res.Outcome.Compiled
	if compiled.IsZero() {
		compiled = res.Started
	}
	out.Timing = []artifact.Timing{
		{Name: "compile", Started: res.Started, Completed: compiled},
		{Name: "execute", Started: compiled, Completed: res.Finished},
	}
	return out
}

// wrote keeps a node's SQL under target/ and for the manifest.
func (r *running) wrote(n *manifest.Node, compiled *compile.Compiled, ran string) error {
	t := r.target()
	entry := artifact.Compiled{}
	if compiled != nil && compiled.SQL != "" {
		path, err := t.WriteCompiled(n, compiled.SQL)
		if err != nil {
			return err
		}
		entry.Path, entry.Code = r.fromRoot(path), compiled.SQL
		for _, cte := range compiled.CTEs {
			entry.Ephemeral = append(entry.Ephemeral, artifact.EphemeralCTE{ID: cte.ID, SQL: cte.SQL})
		}
	}
	if ran != "" {
		path, err := t.WriteRun(n, ran)
		if err != nil {
			return err
		}
		entry.BuildPath = r.fromRoot(path)
	}
	if entry.Path != "" || entry.BuildPath != "" {
		r.compiled.add(n.ID, entry)
	}
	return nil
}

// fromRoot gives a path of the target folder relative to the project.
func (r *running) fromRoot(path string) string {
	rel, err := filepath.Rel(r.Project.Root, r.target().Path(filepath.FromSlash(path)))
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}
