package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"atlas/engine"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/run"
)

// runFlags are the flags of the commands that run the graph.
type runFlags struct {
	selectFlags
	fullRefresh, failFast, empty bool
	storeFailures                bool
	verbose                      bool
	eventStart, eventEnd         string
}

// verb is one command that runs nodes of some kinds.
type verb struct {
	name  string
	kinds []manifest.Kind
	each  bool                                                                         // a line for every test
	stage bool                                                                         // one stage of a chain: its title is in line with the others
	after func(ctx context.Context, w *engine.Workspace, nodes []*manifest.Node) error // when all nodes are done; may be nil
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [selector]",
		Short: "Build the models",
		Long:  "Build the models in the order of their references, several at a time. What hangs below a failed model is skipped.",
		Example: `  atlas run
  atlas run --select +orders        orders and all it is made from
  atlas run -s tag:daily --exclude staging
  atlas run -s events --full-refresh`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runVerb(cmd, verb{name: "run", kinds: []manifest.Kind{manifest.Model}}, f, args)
		},
	}
	f.add(cmd)
	f.addBuilding(cmd)
	return cmd
}

func (a *app) buildCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "build [selector]",
		Short: "Build seeds, models and snapshots, and test each as soon as it stands",
		Long: `Build seeds, models and snapshots and run their tests, in the order of the graph. A failing test skips
what hangs below the node that it tests.`,
		Example: `  atlas build
  atlas build --select +marts
  atlas build --fail-fast --threads 4`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runVerb(cmd, verb{name: "build", kinds: buildKinds()}, f, args)
		},
	}
	f.add(cmd)
	f.addTypes(cmd)
	f.addBuilding(cmd)
	f.addTesting(cmd)
	return cmd
}

func (a *app) testCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "test [selector]",
		Short: "Run the data tests",
		Example: `  atlas test
  atlas test --select orders          the tests of one model
  atlas test -s test_type:singular
  atlas test --store-failures         keep the failing rows in tables`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runVerb(cmd, verb{name: "test", kinds: []manifest.Kind{manifest.Test, manifest.UnitTest}}, f, args)
		},
	}
	f.add(cmd)
	f.addTesting(cmd)
	cmd.Flags().BoolVarP(&f.failFast, "fail-fast", "x", false, "stop at the first failure")
	return cmd
}

func (a *app) seedCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "seed [selector]",
		Short: "Load the project's CSV files as tables",
		Example: `  atlas seed
  atlas seed --select countries`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runVerb(cmd, verb{name: "seed", kinds: []manifest.Kind{manifest.Seed}, after: a.seedStore}, f, args)
		},
	}
	f.add(cmd)
	f.addBuilding(cmd)
	return cmd
}

func (a *app) snapshotCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "snapshot [selector]",
		Short: "Record what has changed in the tables that snapshots watch",
		Example: `  atlas snapshot
  atlas snapshot --select customers_history`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runVerb(cmd, verb{name: "snapshot", kinds: []manifest.Kind{manifest.Snapshot}}, f, args)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVarP(&f.failFast, "fail-fast", "x", false, "stop at the first failure")
	return cmd
}

// buildKinds are the kinds of node that a build works on.
func buildKinds() []manifest.Kind {
	return []manifest.Kind{manifest.Seed, manifest.Model, manifest.Snapshot, manifest.Test, manifest.UnitTest}
}

func (f *runFlags) addBuilding(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&f.fullRefresh, "full-refresh", "f", false, "build incremental models and seeds anew")
	if cmd.Flags().Lookup("fail-fast") == nil {
		cmd.Flags().BoolVarP(&f.failFast, "fail-fast", "x", false, "stop at the first failure")
	}
	if cmd.Name() != "seed" {
		cmd.Flags().StringVar(&f.eventStart, "event-time-start", "", "build microbatch models from this UTC time on, such as 2024-09-01")
		cmd.Flags().StringVar(&f.eventEnd, "event-time-end", "", "and up to this one")
	}
	cmd.Flags().BoolVar(&f.empty, "empty", false, "build everything without reading rows: refs and sources are empty")
}

func (f *runFlags) addTesting(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.storeFailures, "store-failures", false, "keep each test's failing rows in a table")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "a line for every test, those that pass too")
}

func (a *app) runVerb(cmd *cobra.Command, v verb, f runFlags, args []string) error {
	ctx := cmd.Context()
	w, err := a.load(ctx)
	if err != nil {
		return err
	}
	q, err := f.query(args, v.kinds...)
	if err != nil {
		return err
	}
	nodes, err := a.choose(w, q)
	if err != nil {
		return err
	}
	return a.runNodes(ctx, w, v, f, nodes, invocation(cmd))
}

// runNodes runs nodes and prints how it went; args are the flags as artifacts record them.
func (a *app) runNodes(ctx context.Context, w *engine.Workspace, v verb, f runFlags, nodes []*manifest.Node, args *manifest.Map) error {
	nodes = engine.Runnable(v.name, nodes)
	if len(nodes) == 0 {
		a.term.say("nothing to do")
		return nil
	}
	title := strings.Join(kindCounts(nodes), " · ")
	if v.stage {
		a.term.say("%s %s", a.term.paint("bold", pad(v.name, 9)), title)
	} else {
		a.term.say("%s · target %s · %s · %s", a.term.paint("bold", w.Project.Name), w.Project.Target.Name, a.database(w), title)
	}
	report, err := a.executeNodes(ctx, w, v, f, nodes, args)
	if report != nil && len(report.Results) > 0 {
		a.summary(w, v, report)
	}
	if err != nil {
		return err
	}
	if report.Failed() {
		return failed{}
	}
	if v.after != nil {
		return v.after(ctx, w, nodes)
	}
	return nil
}

// eventTimes reads --event-time-start and --event-time-end, which go together.
func (f *runFlags) eventTimes() (start, end *time.Time, err error) {
	if (f.eventStart == "") != (f.eventEnd == "") {
		return nil, nil, &usageError{msg: "--event-time-start and --event-time-end go together: give both or neither"}
	}
	if f.eventStart == "" {
		return nil, nil, nil
	}
	if start, err = eventTime("--event-time-start", f.eventStart); err != nil {
		return nil, nil, err
	}
	if end, err = eventTime("--event-time-end", f.eventEnd); err != nil {
		return nil, nil, err
	}
	if !start.Before(*end) {
		return nil, nil, &usageError{msg: fmt.Sprintf("--event-time-start %s is not before --event-time-end %s", f.eventStart, f.eventEnd)}
	}
	return start, end, nil
}

func eventTime(flag, text string) (*time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.DateTime, "2006-01-02T15:04:05", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			t = t.UTC()
			return &t, nil
		}
	}
	return nil, &usageError{msg: fmt.Sprintf("%s %q is not a time: write 2024-09-01 or 2024-09-01T12:00:00", flag, text)}
}

func (a *app) executeNodes(ctx context.Context, w *engine.Workspace, v verb, f runFlags, nodes []*manifest.Node, args *manifest.Map) (*engine.Report, error) {
	o := engine.RunOptions{
		Command: v.name, Nodes: nodes, FullRefresh: f.fullRefresh, FailFast: f.failFast, Empty: f.empty, Args: args,
		Open: a.openOptions(false), Log: a.log,
	}
	if f.storeFailures {
		o.StoreFailures = &f.storeFailures
	}
	var err error
	if o.EventStart, o.EventEnd, err = f.eventTimes(); err != nil {
		return nil, err
	}
	p := newProgress(a.term, nodes, v.each || f.verbose, a.source)
	o.Observe = p.observe
	p.start()
	report, err := w.Run(ctx, o)
	p.end()
	if report != nil {
		p.failures(w.Manifest, report.Results)
	}
	return report, err
}

// kindCounts gives "23 models", "118 tests", "4 seeds".
func kindCounts(nodes []*manifest.Node) []string {
	counts := map[manifest.Kind]int64{}
	for _, n := range nodes {
		counts[n.Kind]++
	}
	var parts []string
	for _, k := range []struct {
		kind      manifest.Kind
		one, many string
	}{
		{manifest.Model, "model", "models"},
		{manifest.Test, "test", "tests"},
		{manifest.Seed, "seed", "seeds"},
		{manifest.UnitTest, "unit test", "unit tests"},
		{manifest.Snapshot, "snapshot", "snapshots"},
		{manifest.Analysis, "analysis", "analyses"},
	} {
		if counts[k.kind] > 0 {
			parts = append(parts, count(counts[k.kind], k.one, k.many))
		}
	}
	return parts
}

// summary prints what a run came to, and what to do next.
func (a *app) summary(w *engine.Workspace, v verb, r *engine.Report) {
	a.term.event("run_finished", map[string]any{"seconds": r.Elapsed.Seconds(), "failed": r.Failed(), "target": w.Project.TargetPath})
	a.term.say("")
	a.term.say("done in %s · %s", seconds(r.Elapsed), strings.Join(a.tally(r), " · "))
	if len(r.Critical) > 1 {
		names := make([]string, len(r.Critical))
		for i, id := range r.Critical {
			names[i] = w.Manifest.Nodes[id].Name
		}
		a.term.say("%s", a.term.paint("dim", fmt.Sprintf("critical path %s %s", strings.Join(names, " → "), seconds(r.Path))))
	}
	kept := 0
	for _, res := range r.Results {
		if res.Kept {
			kept++
		}
	}
	if kept > 0 {
		a.term.say("%s still in place as before this run", count(int64(kept), "relation is", "relations are"))
	}
	if where := places(r.Results); where != "" && v.name != "compile" {
		a.term.say("results in %s: %s", a.database(w), where)
	}
	if next := a.next(w, v, r); next != "" {
		a.term.say("%s %s", a.term.paint("hint", "next:"), next)
	}
}

// tally counts results in words: 23 built, 117 pass, 1 warn.
func (a *app) tally(r *engine.Report) []string {
	var parts []string
	add := func(s run.Status, word, colour string) {
		if n := r.Count(s); n > 0 {
			parts = append(parts, a.term.paint(colour, fmt.Sprintf("%s %s", thousands(int64(n)), word)))
		}
	}
	built := "built"
	if len(r.Results) > 0 && r.Results[0].Message == "compiled" {
		built = "compiled"
	}
	add(run.Success, built, "good")
	add(run.Pass, "pass", "good")
	add(run.Warn, "warn", "warning")
	add(run.Fail, "fail", "error")
	add(run.Error, "error", "error")
	add(run.Skipped, "skipped", "dim")
	return parts
}

// next proposes a command that makes sense after this run.
func (a *app) next(w *engine.Workspace, v verb, r *engine.Report) string {
	scope := a.scopeArgs(w, false)
	if interrupted(r) {
		return "what was built is kept; atlas " + v.name + scope + " runs it again"
	}
	for _, res := range r.Results {
		switch res.Status {
		case run.Fail:
			if res.Node.Kind == manifest.UnitTest {
				return "mend the model or the test, then atlas test -s " + res.Node.Name + scope
			}
			return "atlas show --failures " + res.Node.Name + scope
		case run.Error:
			return "mend the error above, then atlas retry" + scope
		default:
		}
	}
	best := mostTested(w.Manifest, r.Results)
	if v.name == "compile" || best == nil {
		return ""
	}
	return "atlas show " + best.Name + scope + "   ·   atlas docs generate" + scope
}

// interrupted reports whether Ctrl-C or --fail-fast cut the run short.
func interrupted(r *engine.Report) bool {
	for _, res := range r.Results {
		var d *diag.Diagnostic
		if errors.As(res.Err, &d) && d.Code == diag.Interrupted {
			return true
		}
	}
	return false
}

// mostTested gives the built model that people most likely wait for: one that no other model
// is made from, with the most tests.
func mostTested(m *manifest.Manifest, results []run.Result) *manifest.Node {
	var best *manifest.Node
	most := -1
	for _, res := range results {
		n := res.Node
		if n.Kind != manifest.Model || res.Status != run.Success {
			continue
		}
		tests, inner := 0, false
		for _, id := range m.Children[n.ID] {
			child := m.Nodes[id]
			inner = inner || child.Kind == manifest.Model
			if child.Kind == manifest.Test {
				tests++
			}
		}
		if inner {
			continue
		}
		if tests > most || tests == most && n.Name < best.Name {
			best, most = n, tests
		}
	}
	return best
}

// places says where the built relations are: "marts (4), staging (3)".
func places(results []run.Result) string {
	counts := map[string]int{}
	for _, res := range results {
		if res.Status == run.Success && res.Node.Kind != manifest.Test && res.Relation.Schema != "" {
			counts[res.Relation.Schema]++
		}
	}
	var parts []string
	for _, schema := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s (%d)", schema, counts[schema]))
	}
	return strings.Join(parts, ", ")
}

// log prints what a template logs.
func (a *app) log(level, msg string) {
	a.term.event("log", map[string]any{"level": level, "msg": msg})
	if level == "warn" {
		a.term.say("  %s %s", a.term.paint("warning", "! warn"), msg)
		return
	}
	if level == "info" {
		a.term.say("  %s", msg)
	}
}

// invocation gives the command's flags as artifacts record them.
func invocation(cmd *cobra.Command) *manifest.Map {
	m := manifest.NewMap("which", cmd.Name())
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			m.Set(strings.ReplaceAll(f.Name, "-", "_"), f.Value.String())
		}
	})
	return m
}
