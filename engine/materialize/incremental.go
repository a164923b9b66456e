package materialize

import (
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Incremental persists a model as a table to which each run adds. The rules are dbt's: a
// missing table, a view in its place or a full refresh builds it anew.
type Incremental struct{}

// NeedsColumns is true for runs that add to a table: what the query has is compared with what
// the table holds.
func (Incremental) NeedsColumns(f Facts) bool { return !rebuilds(f) }

// rebuilds reports whether the run builds the table anew.
func rebuilds(f Facts) bool {
	return f.Existing == nil || f.FullRefresh || f.Existing.Type == adapter.View
}

// Plan builds the table anew or adds to it.
func (Incremental) Plan(f Facts) (Plan, error) {
	if rebuilds(f) {
		return buildTable(f, "incremental, full build")
	}
	changes, columns, err := schemaChanges(f)
	if err != nil {
		return Plan{}, err
	}
	source := manifest.Relation{Name: f.Target.Name + "__atlas_rows"}
	strategy := f.Node.Config.String("incremental_strategy")
	if strategy == "" {
		strategy = "default"
	}
	args := StrategyArgs{
		Target: f.Target, Source: source, SourceTemp: true, UniqueKey: uniqueKey(f.Node.Config), Columns: columns, Predicates: predicates(f.Node.Config),
	}
	steps, err := addRows(f, strategy, args)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Type: adapter.Table, Label: "incremental, " + strategyLabel(strategy, args)}
	p.Steps = append(p.Steps, Step{
		SQL: f.Dialect.CreateTableAs(source, f.Query, adapter.TableOptions{Temporary: true, Replace: true}), Why: "collect the new rows",
	})
	p.Steps = append(p.Steps, changes...)
	p.Steps = append(p.Steps, steps...)
	p.Steps = append(p.Steps, Step{SQL: "drop table " + f.Dialect.Relation(source), Why: "let the collected rows go"})
	return p, nil
}

// strategies are the built-in ways to add rows.
//
//nolint:gochecknoglobals // a constant table
var strategies = map[string]func(Facts, StrategyArgs) ([]Step, error){
	"append":        appendRows,
	"delete+insert": deleteInsert,
	"merge":         merge,
	"default":       deleteInsert, // without a unique key it appends
}

func strategyLabel(strategy string, a StrategyArgs) string {
	switch {
	case strategy == "default" && a.UniqueKey == nil:
		return "append"
	case strategy == "default":
		return "delete+insert"
	default:
		return strategy
	}
}

func addRows(f Facts, strategy string, a StrategyArgs) ([]Step, error) {
	if f.Custom != nil {
		sql, found, err := f.Custom(strategy, a)
		if err != nil {
			return nil, err
		}
		if found {
			return []Step{{SQL: sql, Why: "add the rows by the project's own " + strategy, Main: true}}, nil
		}
	}
	add, ok := strategies[strategy]
	if !ok {
		names := []string{"append", "delete+insert", "merge"}
		d := diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: incremental_strategy %q is not one of %s", f.Node.Name, strategy, strings.Join(names, ", "))
		if near := diag.DidYouMean(strategy, names); near != "" {
			return nil, d.WithHint("%s", near)
		}
		return nil, d.WithHint("a project can define its own as a macro get_incremental_%s_sql", strings.ReplaceAll(strategy, "+", "_"))
	}
	return add(f, a)
}

func columnNames(columns []adapter.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

func appendRows(f Facts, a StrategyArgs) ([]Step, error) {
	columns := quoteAll(f.Dialect, columnNames(a.Columns))
	return []Step{{
		SQL: fmt.Sprintf("insert into %s (%s)\nselect %s\nfrom %s", f.Dialect.Relation(a.Target), columns, columns, f.Dialect.Relation(a.Source)),
		Why: "add the new rows", Main: true,
	}}, nil
}

// deleteInsert removes the rows whose key comes again and adds the new ones. A key that is one
// text may be an expression, as in dbt; a list compares column by column.
func deleteInsert(f Facts, a StrategyArgs) ([]Step, error) {
	insert, err := appendRows(f, a)
	if a.UniqueKey == nil || err != nil {
		return insert, err
	}
	target, source := f.Dialect.Relation(a.Target), f.Dialect.Relation(a.Source)
	var b strings.Builder
	switch key := a.UniqueKey.(type) {
	case []string:
		fmt.Fprintf(&b, "delete from %s as DBT_INCREMENTAL_TARGET\nusing %s as DBT_INCREMENTAL_SOURCE\nwhere ", target, source)
		for i, k := range key {
			if i > 0 {
				b.WriteString("\n  and ")
			}
			fmt.Fprintf(&b, "DBT_INCREMENTAL_SOURCE.%s = DBT_INCREMENTAL_TARGET.%s", k, k)
		}
	default:
		fmt.Fprintf(&b, "delete from %s\nwhere (%v) in (\n  select (%v)\n  from %s\n)", target, key, key, source)
	}
	for _, p := range a.Predicates {
		fmt.Fprintf(&b, "\n  and %s", p)
	}
	return append([]Step{{SQL: b.String(), Why: "remove the rows that come again"}}, insert...), nil
}

// uniqueKey gives nil, a string or a []string.
func uniqueKey(c manifest.Config) any {
	v, _ := c.Get("unique_key")
	switch v := v.(type) {
	case string:
		if v != "" {
			return v
		}
	case []any:
		if len(v) > 0 {
			return c.Strings("unique_key")
		}
	}
	return nil
}

func predicates(c manifest.Config) []string {
	if p := c.Strings("predicates"); len(p) > 0 {
		return p
	}
	return c.Strings("incremental_predicates")
}
