package materialize

import (
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Table persists a model as a table, rebuilt on every run.
type Table struct{}

// Plan builds the table aside and swaps it in.
func (Table) Plan(f Facts) (Plan, error) { return buildTable(f, "table") }

func buildTable(f Facts, label string) (Plan, error) {
	p := Plan{Type: adapter.Table, Label: label}
	p.Steps = append(p.Steps, clearAside(f)...)
	p.Steps = append(p.Steps, Step{
		SQL: f.Dialect.CreateTableAs(aside(f.Target), f.Query, adapter.TableOptions{}), Why: "build the table aside", Main: true,
	})
	p.Steps = append(p.Steps, swap(f)...)
	indexes, err := createIndexes(f)
	p.Steps = append(p.Steps, indexes...)
	return p, err
}

// createIndexes makes the indexes that the config lists: [{columns: [a], unique: true}].
func createIndexes(f Facts) ([]Step, error) {
	raw, _ := f.Node.Config.Get("indexes")
	list, _ := raw.([]any)
	var steps []Step
	for i, x := range list {
		m, ok := x.(*manifest.Map)
		columns := manifest.NewConfig(m).Strings("columns")
		if !ok || len(columns) == 0 {
			return nil, diag.Errorf(diag.BadConfig, f.Node.Pos, "indexes: entry %d has no columns", i+1).
				WithHint("write it as {columns: [order_id], unique: true}")
		}
		unique := ""
		if manifest.NewConfig(m).Bool("unique", false) {
			unique = "unique "
		}
		name := f.Target.Name + "_" + strings.Join(columns, "_") + "_idx"
		steps = append(steps, Step{
			SQL: fmt.Sprintf("create %sindex %s on %s (%s)", unique, f.Dialect.Quote(name), f.Dialect.Relation(f.Target), quoteAll(f.Dialect, columns)),
			Why: "index " + strings.Join(columns, ", "),
		})
	}
	return steps, nil
}

func quoteAll(d adapter.Dialect, names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = d.Quote(n)
	}
	return strings.Join(quoted, ", ")
}
