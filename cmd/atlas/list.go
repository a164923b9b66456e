package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine/manifest"
)

func (a *app) listCommand() *cobra.Command {
	var f selectFlags
	var output string
	var keys []string
	cmd := &cobra.Command{
		Use:     "list [selector]",
		Aliases: []string{"ls"},
		Short:   "List the nodes that a selector means",
		Example: `  atlas list
  atlas list -s +orders --output path
  atlas list --resource-type source --output json --output-keys name,description`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.term.events && !cmd.Flags().Changed("output") {
				output = "json"
			}
			print, ok := listPrinters[output]
			if !ok {
				return &usageError{msg: "--output " + output + " is not one of selector, name, path, json"}
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			q, err := f.query(args)
			if err != nil {
				return err
			}
			q.SkipEmpty = false
			nodes, err := a.choose(w, q)
			if err != nil {
				return err
			}
			lines := make([]string, 0, len(nodes))
			for _, n := range nodes {
				if n.Kind == manifest.Operation {
					continue
				}
				line, err := print(n, keys)
				if err != nil {
					return err
				}
				lines = append(lines, line)
			}
			slices.Sort(lines)
			for _, l := range lines {
				fmt.Fprintln(a.term.out, l)
			}
			return nil
		},
	}
	f.add(cmd)
	f.addTypes(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "selector", "selector, name, path or json (one object a line)")
	cmd.Flags().StringSliceVar(&keys, "output-keys", nil, "with json: only these `keys`")
	return cmd
}

// listPrinters write one node in each of the output forms, which are dbt's.
//
//nolint:gochecknoglobals // a constant table
var listPrinters = map[string]func(n *manifest.Node, keys []string) (string, error){
	"selector": func(n *manifest.Node, _ []string) (string, error) { return selectorOf(n), nil },
	"name":     func(n *manifest.Node, _ []string) (string, error) { return n.Name, nil },
	"path":     func(n *manifest.Node, _ []string) (string, error) { return n.Path, nil },
	"json":     listJSON,
}

// selectorOf gives the selector that means just this node.
func selectorOf(n *manifest.Node) string {
	switch n.Kind {
	case manifest.Source:
		return "source:" + strings.Join([]string{n.Package, n.Source.SourceName, n.Name}, ".")
	case manifest.Exposure:
		return "exposure:" + n.Package + "." + n.Name
	case manifest.UnitTest:
		return "unit_test:" + n.Package + "." + n.Name
	case manifest.ReportKind, manifest.DeckKind:
		return string(n.Kind) + ":" + n.Package + "." + n.Name
	case manifest.BlockKind, manifest.SlideKind:
		return string(n.Kind) + ":" + n.Package + "." + strings.Join(n.FQN[len(n.FQN)-2:], ".")
	default:
		return strings.Join(n.FQN, ".")
	}
}

// listKeys are the keys of the JSON form, in order.
//
//nolint:gochecknoglobals // a constant table
var listKeys = []string{"name", "resource_type", "package_name", "original_file_path", "unique_id", "alias", "description", "tags", "config", "depends_on"}

func listJSON(n *manifest.Node, keys []string) (string, error) {
	if len(keys) == 0 {
		keys = []string{"name", "resource_type", "package_name", "original_file_path", "unique_id", "alias", "tags", "config", "depends_on"}
	}
	values := map[string]any{
		"name": n.Name, "resource_type": n.Kind, "package_name": n.Package, "original_file_path": n.Path, "unique_id": n.ID,
		"alias": n.Alias, "description": n.Description, "tags": orEmpty(n.Tags), "config": n.Config.Map(),
		"depends_on": map[string]any{"nodes": orEmpty(n.DependsOn), "macros": orEmpty(n.Macros)},
	}
	out := &manifest.Map{}
	for _, k := range keys {
		v, ok := values[k]
		if !ok {
			return "", &usageError{msg: "--output-keys: there is no key " + k, hint: "there are " + strings.Join(listKeys, ", ")}
		}
		out.Set(k, v)
	}
	b, err := json.Marshal(out)
	return string(b), err
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
