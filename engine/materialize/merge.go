package materialize

import (
	"fmt"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// The names by which conditions in a project refer to the two sides, as in dbt.
const (
	mergeSource = "DBT_INTERNAL_SOURCE"
	mergeTarget = "DBT_INTERNAL_DEST"
)

// merge updates the rows whose key comes again and adds the others. The merge_* configs are
// those of dbt-duckdb.
func merge(f Facts, a StrategyArgs) ([]Step, error) {
	if !f.Caps.Merge {
		return nil, diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: this warehouse has no merge", f.Node.Name).
			WithHint("set incremental_strategy to delete+insert")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "merge into %s as %s\nusing %s as %s\n%s", f.Dialect.Relation(a.Target), mergeTarget,
		f.Dialect.Relation(a.Source), mergeSource, mergeCondition(f.Node.Config, a))
	matched, unmatched, err := mergeClauses(f)
	if err != nil {
		return nil, err
	}
	for _, c := range matched {
		text, err := c.text(f, a, "when matched")
		if err != nil {
			return nil, err
		}
		b.WriteString("\n" + text)
	}
	for _, c := range unmatched {
		text, err := c.text(f, a, "when not matched")
		if err != nil {
			return nil, err
		}
		b.WriteString("\n" + text)
	}
	return []Step{{SQL: b.String(), Why: "merge the new rows", Main: true}}, nil
}

func mergeCondition(c manifest.Config, a StrategyArgs) string {
	if using := c.Strings("merge_on_using_columns"); len(using) > 0 {
		return "using (" + strings.Join(using, ", ") + ")"
	}
	var on []string
	switch key := a.UniqueKey.(type) {
	case nil:
		on = append(on, "false")
	case []string:
		for _, k := range key {
			on = append(on, fmt.Sprintf("%s.%s = %s.%s", mergeSource, k, mergeTarget, k))
		}
	default:
		on = append(on, fmt.Sprintf("%s.%v = %s.%v", mergeSource, key, mergeTarget, key))
	}
	return "on (" + strings.Join(append(on, a.Predicates...), ") and (") + ")"
}

// mergeClause is one "when …" of a merge.
type mergeClause struct{ c manifest.Config }

// mergeClauses gives the clauses that the config writes out, or the usual two.
func mergeClauses(f Facts) (matched, unmatched []mergeClause, err error) {
	c := f.Node.Config
	update := manifest.NewMap("action", "update", "mode", "by_name")
	if cond, ok := c.Get("merge_update_condition"); ok {
		update.Set("condition", cond)
	}
	include, exclude := c.Strings("merge_update_columns"), c.Strings("merge_exclude_columns")
	set, _ := c.Get("merge_update_set_expressions")
	if len(include) > 0 || len(exclude) > 0 || set != nil {
		explicit := manifest.NewMap("include", anyStrings(include), "exclude", anyStrings(exclude), "set_expressions", set)
		update.Set("mode", "explicit")
		update.Set("update", explicit)
	}
	insert := manifest.NewMap("action", "insert", "mode", "by_name")
	if cond, ok := c.Get("merge_insert_condition"); ok {
		insert.Set("condition", cond)
	}
	matched, unmatched = []mergeClause{{manifest.NewConfig(update)}}, []mergeClause{{manifest.NewConfig(insert)}}
	raw, ok := c.Get("merge_clauses")
	if !ok || raw == nil {
		return matched, unmatched, nil
	}
	m, isMap := raw.(*manifest.Map)
	if !isMap || m.Len() == 0 {
		return nil, nil, diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: merge_clauses must be a mapping with when_matched or when_not_matched", f.Node.Name).
			WithHint("for example {when_matched: [{action: update, mode: by_name}]}")
	}
	if matched, err = clauseList(f, m, "when_matched", matched); err != nil {
		return nil, nil, err
	}
	unmatched, err = clauseList(f, m, "when_not_matched", unmatched)
	return matched, unmatched, err
}

func clauseList(f Facts, m *manifest.Map, key string, usual []mergeClause) ([]mergeClause, error) {
	raw, ok := m.Get(key)
	if !ok {
		return usual, nil
	}
	list, _ := raw.([]any)
	var out []mergeClause
	for _, x := range list {
		clause, ok := x.(*manifest.Map)
		if !ok {
			list = nil
			break
		}
		out = append(out, mergeClause{manifest.NewConfig(clause)})
	}
	if len(list) == 0 {
		return nil, diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: merge_clauses.%s must be a list of mappings", f.Node.Name, key).
			WithHint("for example [{action: update, mode: by_name}]")
	}
	return out, nil
}

func anyStrings(s []string) []any {
	out := make([]any, len(s))
	for i := range s {
		out[i] = s[i]
	}
	return out
}

func (m mergeClause) text(f Facts, a StrategyArgs, when string) (string, error) {
	if by := m.c.String("by"); by != "" {
		when += " by " + by
	}
	if cond := m.c.Strings("condition"); len(cond) > 0 {
		when += " and (" + strings.Join(cond, ") and (") + ")"
	}
	action := m.c.String("action")
	switch action {
	case "update":
		set, err := m.update(f, a)
		return when + " then " + set, err
	case "insert":
		return when + " then " + m.insert(f, a), nil
	case "delete":
		return when + " then delete", nil
	case "do_nothing":
		return when + " then do nothing", nil
	case "error":
		return when + " then error " + f.Dialect.Literal(m.c.String("error_message")), nil
	default:
		actions := []string{"update", "insert", "delete", "do_nothing", "error"}
		return "", diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: merge action %q is not one of %s", f.Node.Name, action, strings.Join(actions, ", ")).
			WithHint("%s", nearOr(action, actions))
	}
}

// update writes out the columns that both sides have, so that a column that only one has
// follows on_schema_change and not the warehouse's idea of it.
func (m mergeClause) update(f Facts, a StrategyArgs) (string, error) {
	switch m.c.String("mode") {
	case "by_position":
		return "update by position", nil
	case "star":
		return "update set *", nil
	}
	spec, _ := m.c.Get("update")
	over, _ := spec.(*manifest.Map)
	include, exclude := manifest.NewConfig(over).Strings("include"), manifest.NewConfig(over).Strings("exclude")
	rawSet, _ := manifest.NewConfig(over).Get("set_expressions")
	if rawSet == nil {
		rawSet, _ = m.c.Get("set_expressions")
	}
	set, _ := rawSet.(*manifest.Map)
	if len(include) > 0 && len(exclude) > 0 {
		return "", diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: merge_update_columns and merge_exclude_columns exclude one another", f.Node.Name).
			WithHint("keep one of the two")
	}
	var parts []string
	for _, name := range set.Keys() {
		expr, _ := set.Get(name)
		parts = append(parts, fmt.Sprintf("%s = %v", name, expr))
	}
	for _, c := range sharedColumns(f, a) {
		if containsFold(set.Keys(), c) || len(include) > 0 && !containsFold(include, c) || containsFold(exclude, c) {
			continue
		}
		q := f.Dialect.Quote(c)
		parts = append(parts, fmt.Sprintf("%s = %s.%s", q, mergeSource, q))
	}
	if len(parts) == 0 {
		return "", diag.Errorf(diag.BadConfig, f.Node.Pos, "%s: its merge would update no column", f.Node.Name).
			WithHint("name columns that the model has, or write merge_clauses: {when_matched: [{action: do_nothing}]}")
	}
	return "update set\n  " + strings.Join(parts, ",\n  "), nil
}

func (m mergeClause) insert(f Facts, a StrategyArgs) string {
	switch m.c.String("mode") {
	case "by_position":
		return "insert by position"
	case "star":
		return "insert *"
	case "explicit":
		spec, _ := m.c.Get("insert")
		over, _ := spec.(*manifest.Map)
		c := manifest.NewConfig(over)
		return fmt.Sprintf("insert (%s)\nvalues (%s)", strings.Join(c.Strings("columns"), ", "), strings.Join(c.Strings("values"), ", "))
	}
	columns := sharedColumns(f, a)
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = mergeSource + "." + f.Dialect.Quote(c)
	}
	return fmt.Sprintf("insert (%s)\nvalues (%s)", quoteAll(f.Dialect, columns), strings.Join(values, ", "))
}

func sharedColumns(f Facts, a StrategyArgs) []string {
	offered := columnNames(f.Offered)
	var out []string
	for _, c := range columnNames(a.Columns) {
		if containsFold(offered, c) {
			out = append(out, c)
		}
	}
	return out
}

// containsFold compares without case and without the quotes that a config may write.
func containsFold(list []string, name string) bool {
	name = strings.Trim(name, `"`)
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(strings.Trim(s, `"`), name) })
}
