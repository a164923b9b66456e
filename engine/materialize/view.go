package materialize

import "atlas/engine/adapter"

// View persists a model as a view.
type View struct{}

// Plan replaces the view; a table in its place is dropped in the same transaction.
func (View) Plan(f Facts) (Plan, error) {
	p := Plan{Type: adapter.View, Label: "view"}
	if f.Existing != nil && f.Existing.Type != adapter.View {
		p.Steps = append(p.Steps, Step{SQL: f.Dialect.Drop(*f.Existing), Why: "take the old " + string(f.Existing.Type) + " away"})
	}
	p.Steps = append(p.Steps, Step{SQL: f.Dialect.CreateView(f.Target, f.Query), Why: "create the view"})
	return p, nil
}
