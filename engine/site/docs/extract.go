package docs

import (
	"slices"
	"sort"
	"strings"

	"atlas/engine/manifest"
)

// extractView shows how one workbook or file becomes rows of a source.
type extractView struct {
	Title    string // "NORTH 2026"
	Files    string
	Declared string
	Facts    []setting
	Columns  []extractColumn
	Checks   []manifest.Check
	Open     bool // unfolded
	covered  bool // by the site's scope
}

type extractColumn struct {
	Headers  []string
	Name     string
	Type     string
	Required bool
	Default  string
}

// fileKeys are the option keys that name where rows are read from.
func fileKeys() []string { return []string{"workbook", "file", "files", "csv", "path"} }

func extractViews(n *node, scope string) []extractView {
	if n.Source == nil {
		return nil
	}
	var out []extractView
	for _, e := range n.Source.Extract {
		v := extractView{Title: scopeTitle(e.Scope), Declared: e.Pos.String(), Checks: e.Checks, covered: covers(scope, e.Scope)}
		if v.Title == "" {
			v.Title = e.Source + "." + e.Table
		}
		for _, k := range fileKeys() {
			if f, ok := e.Options.Get(k); ok {
				v.Files = plainValue(f)
				break
			}
		}
		v.Facts = append(v.Facts, setting{"driver", e.Driver})
		v.Facts = append(v.Facts, settings(e.Options, append(fileKeys(), "columns", "checks")...)...)
		for _, f := range []setting{{"locale", e.Locale}, {"bad cells", badCells(e.OnBadCell)}, {"snapshot", e.Snapshot}} {
			if f.Value != "" {
				v.Facts = append(v.Facts, f)
			}
		}
		for _, c := range e.Columns {
			col := extractColumn{Headers: c.Headers, Name: c.Name, Type: c.Type, Required: c.Required}
			if c.Default != nil {
				col.Default = plainValue(c.Default)
			}
			v.Columns = append(v.Columns, col)
		}
		out = append(out, v)
	}
	// What the site covers comes first, and its latest is unfolded.
	sort.SliceStable(out, func(i, j int) bool { return out[i].covered && !out[j].covered })
	open := -1
	for i, v := range out {
		if v.covered || i == len(out)-1 && open < 0 {
			open = i
		}
	}
	if open >= 0 {
		out[open].Open = true
	}
	return out
}

// covers reports whether the extraction is of the site's scope: one of the two names nothing
// that the other lacks.
func covers(scope string, of map[string]string) bool {
	chosen := strings.Fields(scope)
	shared := 0
	for _, v := range of {
		if slices.Contains(chosen, v) {
			shared++
		}
	}
	return shared > 0 && (shared == len(of) || shared == len(chosen))
}

func badCells(policy string) string {
	switch policy {
	case "null":
		return "left empty and reported"
	case "reject":
		return "the row is kept out and listed"
	default:
		return policy
	}
}

// scopeTitle writes the scope's values in the order of their names: "NORTH 2026".
func scopeTitle(scope map[string]string) string {
	keys := make([]string, 0, len(scope))
	for k := range scope {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = scope[k]
	}
	return strings.Join(parts, " ")
}
