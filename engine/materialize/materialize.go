// Package materialize makes a model or a seed persist: as a view, a table, rows added to a
// table, or whatever a project's own materialization does.
//
// A Strategy is pure: from the facts about a node and what exists it plans statements. The
// Stage gathers the facts and carries the plan out in one transaction, so that a reader sees
// the old relation or the new one, never none and never half of one. The package knows SQL only
// through adapter.Dialect and knows nothing of the graph.
package materialize

import (
	"atlas/engine/adapter"
	"atlas/engine/manifest"
	"atlas/engine/registry"
)

// Facts is all that a strategy may know.
type Facts struct {
	Node        *manifest.Node
	Target      manifest.Relation
	Query       string                // compiled select; "" for seeds
	Existing    *adapter.RelationInfo // what stands in the target's place; nil if nothing
	Held        []adapter.Column      // columns of Existing
	Offered     []adapter.Column      // columns that Query or the seed's file has; see NeedsColumns
	FullRefresh bool                  // the run or the node asks to rebuild
	Dialect     adapter.Dialect
	Caps        adapter.Caps
	// Custom gives the statement of a project's own incremental strategy, or false when the
	// project has none of that name.
	Custom func(strategy string, a StrategyArgs) (sql string, found bool, err error)
}

// StrategyArgs is what dbt hands to a get_incremental_<strategy>_sql macro.
type StrategyArgs struct {
	Target, Source manifest.Relation
	SourceTemp     bool
	UniqueKey      any
	Columns        []adapter.Column
	Predicates     []string
}

// Step is one statement of a plan.
type Step struct {
	SQL  string
	Why  string     // for people: "swap in the new table"
	Main bool       // its row count is the node's
	Load *SeedTable // rows of a seed's file to load into Into instead of running SQL
	Into manifest.Relation
}

// Plan is what a strategy wants done, inside one transaction.
type Plan struct {
	Type  adapter.RelationType // what the target will be
	Steps []Step
	Label string // for people: "table", "incremental, delete+insert"
}

// Strategy is one way to persist.
type Strategy interface {
	// Plan gives the statements, or a *diag.Diagnostic for a config that cannot work.
	Plan(f Facts) (Plan, error)
}

// ColumnReader is a strategy that may need Facts.Offered; the others are spared the planning
// of their query.
type ColumnReader interface {
	NeedsColumns(f Facts) bool
}

// Builtin gives the strategies that Atlas has, by materialization name.
func Builtin() *registry.Registry[Strategy] {
	r := registry.New[Strategy]("materialization")
	r.Add("view", View{})
	r.Add("table", Table{})
	r.Add("incremental", Incremental{})
	r.Add("seed", Seed{})
	return r
}

// asideSuffix marks a relation under construction. It is not dbt's, so that a dbt run and an
// Atlas run of one project never take each other's leftovers for their own.
const asideSuffix = "__atlas_new"

// aside is where the new relation is built, beside its target.
func aside(target manifest.Relation) manifest.Relation {
	return manifest.Relation{Database: target.Database, Schema: target.Schema, Name: target.Name + asideSuffix}
}

// swap gives the statements that put the table built aside in its target's place.
func swap(f Facts) []Step {
	var steps []Step
	if f.Existing != nil {
		steps = append(steps, Step{SQL: f.Dialect.Drop(*f.Existing), Why: "take the old " + string(f.Existing.Type) + " away"})
	}
	built := adapter.RelationInfo{Relation: aside(f.Target), Type: adapter.Table}
	return append(steps, Step{SQL: f.Dialect.Rename(built, f.Target.Name), Why: "swap in the new table"})
}

// clearAside removes what a warehouse without transactional DDL may have left of a broken run.
func clearAside(f Facts) []Step {
	if f.Caps.TxDDL {
		return nil
	}
	return []Step{{SQL: f.Dialect.Drop(adapter.RelationInfo{Relation: aside(f.Target), Type: adapter.Table}), Why: "remove leftovers"}}
}
