package main

import (
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/artifact"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// selectFlags are the flags by which a command is told which nodes to work on.
type selectFlags struct {
	selects, excludes   []string
	selector, indirect  string
	types, excludeTypes []string
	models              []string
	state               string
}

func (f *selectFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.selects, "select", "s", nil, "nodes to work on, in the `selector` language (atlas help selectors)")
	flags.StringArrayVar(&f.excludes, "exclude", nil, "nodes to leave out, as a `selector`")
	flags.StringVar(&f.selector, "selector", "", "a `name` of selectors.yml")
	flags.StringVar(&f.indirect, "indirect-selection", "", "how tests come along: eager, cautious, buildable or empty")
	flags.StringVar(&f.state, "state", "", "`folder` with the artifacts of an earlier run, for state: and result:")
	flags.StringArrayVarP(&f.models, "models", "m", nil, "the old name of --select")
	_ = flags.MarkHidden("models")
}

// addTypes adds the flags that narrow down by kind.
func (f *selectFlags) addTypes(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.types, "resource-type", nil, "keep only this `kind`: model, seed, test, source, snapshot, exposure, analysis, report, block, deck, slide")
	cmd.Flags().StringArrayVar(&f.excludeTypes, "exclude-resource-type", nil, "leave out this `kind`")
}

// query gives the query over the kinds that a command can work on. Arguments that a shell
// split off a --select are selectors too, as in dbt.
func (f *selectFlags) query(args []string, kinds ...manifest.Kind) (graph.Query, error) {
	q := graph.Query{
		Select: append(append(append([]string(nil), f.selects...), f.models...), args...), Exclude: f.excludes, Selector: f.selector,
		Indirect: graph.Indirect(f.indirect), ResourceTypes: kinds, SkipEmpty: true,
	}
	if f.state != "" {
		previous, err := artifact.ReadState(f.state, "")
		if err != nil {
			return q, &usageError{msg: "--state: " + err.Error(), hint: "give a folder with manifest.json or run_results.json, for example a copy of target/"}
		}
		q.Previous = previous
	}
	wanted, err := parseKinds(f.types)
	if err != nil {
		return q, err
	}
	if len(wanted) > 0 {
		q.ResourceTypes = wanted
	}
	q.ExcludeResourceTypes, err = parseKinds(f.excludeTypes)
	return q, err
}

func parseKinds(names []string) ([]manifest.Kind, error) {
	var known []string
	for _, k := range graph.Kinds() {
		known = append(known, string(k))
	}
	var kinds []manifest.Kind
	for _, list := range names {
		for _, name := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' }) {
			if name == "all" {
				return nil, nil
			}
			if name == "data_test" {
				name = string(manifest.Test)
			}
			found := false
			for _, k := range known {
				found = found || k == name
			}
			if !found {
				hint := diag.DidYouMean(name, known)
				if hint == "" {
					hint = "there are " + strings.Join(known, ", ")
				}
				return nil, &usageError{msg: "no kind of node is called " + name, hint: hint}
			}
			kinds = append(kinds, manifest.Kind(name))
		}
	}
	return kinds, nil
}

// choose selects nodes and says what a selector did not find. Nothing chosen is not an error,
// as in dbt, unless a name was given that exists nowhere.
func (a *app) choose(w *engine.Workspace, q graph.Query) ([]*manifest.Node, error) {
	nodes, problems := w.Select(q)
	if problems.Err() != nil {
		return nil, problems
	}
	if len(problems) > 0 {
		a.term.diagnostics(problems, a.source)
	}
	return nodes, nil
}
