package project

import (
	"regexp"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// pythonCall finds dbt.ref("x"), dbt.ref("pkg", "x") and dbt.source("s", "t").
//
//nolint:gochecknoglobals // a constant
var pythonCall = regexp.MustCompile(`dbt\.(ref|source)\(\s*["']([^"']+)["'](?:\s*,\s*["']([^"']+)["'])?\s*\)`)

// pythonModel keeps a Python model in the graph, so that the rest of the project loads and its
// children resolve. Running it is an error of compile.
func pythonModel(d *draft, diags *diag.List) {
	n := d.node
	d.static = true
	d.found.Config = manifest.NewConfig(manifest.NewMap("materialized", "table", "language", "python"))
	for _, m := range pythonCall.FindAllStringSubmatch(n.Raw, -1) {
		switch {
		case m[1] == "source":
			d.found.Sources = append(d.found.Sources, manifest.SourceRef{Source: m[2], Table: m[3], Pos: n.Pos})
		case m[3] != "":
			d.found.Refs = append(d.found.Refs, manifest.Ref{Package: m[2], Name: m[3], Pos: n.Pos})
		default:
			d.found.Refs = append(d.found.Refs, manifest.Ref{Name: m[2], Pos: n.Pos})
		}
	}
	diags.Add(diag.Warnf(diag.BadConfig, n.Pos, "python models are not supported; %s cannot be run", n.Name).
		WithHint("write the model in SQL, or exclude it: --exclude %s", n.Name))
}
