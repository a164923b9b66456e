package materialize

import (
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
)

// schemaChanges applies on_schema_change: the statements that alter the table, and the columns
// that the new rows are written to. Under "ignore" those are the table's, otherwise the query's.
func schemaChanges(f Facts) ([]Step, []adapter.Column, error) {
	policy := f.Node.Config.String("on_schema_change")
	added := missingFrom(f.Offered, f.Held)
	removed := missingFrom(f.Held, f.Offered)
	retyped := typeChanges(f.Held, f.Offered)
	switch policy {
	case "fail":
		if len(added)+len(removed)+len(retyped) > 0 {
			return nil, nil, schemaChanged(f, added, removed, retyped)
		}
		return nil, f.Held, nil
	case "append_new_columns":
		return addColumns(f, added), without(f.Offered, nil), nil
	case "sync_all_columns":
		steps := addColumns(f, added)
		for _, c := range removed {
			steps = append(steps, Step{SQL: f.Dialect.DropColumn(f.Target, c.Name), Why: "drop column " + c.Name})
		}
		for _, c := range retyped {
			steps = append(steps, Step{SQL: f.Dialect.AlterColumn(f.Target, c), Why: "change the type of " + c.Name})
		}
		return steps, f.Offered, nil
	case "", "ignore":
		return nil, f.Held, nil
	default:
		policies := []string{"ignore", "fail", "append_new_columns", "sync_all_columns"}
		return nil, nil, diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: on_schema_change %q is not one of %s",
			f.Node.Name, policy, strings.Join(policies, ", ")).WithHint("%s", nearOr(policy, policies))
	}
}

// nearOr proposes the name that was meant, or else the first.
func nearOr(name string, names []string) string {
	if near := diag.DidYouMean(name, names); near != "" {
		return near
	}
	return "for example " + names[0]
}

func addColumns(f Facts, added []adapter.Column) []Step {
	steps := make([]Step, 0, len(added))
	for _, c := range added {
		steps = append(steps, Step{SQL: f.Dialect.AddColumn(f.Target, c), Why: "add column " + c.Name})
	}
	return steps
}

// missingFrom gives the columns of a that b does not have, by exact name as dbt compares them.
func missingFrom(a, b []adapter.Column) []adapter.Column {
	return without(a, columnNames(b))
}

func without(columns []adapter.Column, names []string) []adapter.Column {
	drop := make(map[string]bool, len(names))
	for _, n := range names {
		drop[n] = true
	}
	var out []adapter.Column
	for _, c := range columns {
		if !drop[c.Name] {
			out = append(out, c)
		}
	}
	return out
}

// typeChanges gives the offered columns whose type is not the held one's.
func typeChanges(held, offered []adapter.Column) []adapter.Column {
	types := make(map[string]string, len(held))
	for _, c := range held {
		types[c.Name] = c.Type
	}
	var out []adapter.Column
	for _, c := range offered {
		if t, ok := types[c.Name]; ok && t != c.Type {
			out = append(out, c)
		}
	}
	return out
}

func schemaChanged(f Facts, added, removed, retyped []adapter.Column) error {
	var parts []string
	say := func(what string, columns []adapter.Column) {
		for _, c := range columns {
			parts = append(parts, fmt.Sprintf("%s %s (%s)", what, c.Name, c.Type))
		}
	}
	say("new column", added)
	say("missing column", removed)
	say("other type for", retyped)
	return diag.Errorf(diag.SchemaChanged, f.Node.Pos, "%s: the query's columns are not the table's: %s", f.Node.Name, strings.Join(parts, ", ")).
		WithHint("run with --full-refresh to rebuild it, or set on_schema_change to append_new_columns or sync_all_columns")
}
