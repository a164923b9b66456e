package project

import "atlas/engine/manifest"

// Scope is the project's own dimensions, declared under scope: in atlas_project.yml. Each is a
// command-line flag, a variable and a column of raw tables.
type Scope struct {
	Dimensions []Dimension
	Values     map[string]string // chosen values by dimension, defaults included
}

// Dimension is one axis of the scope: entity, year, month.
type Dimension struct {
	Name    string
	Column  string // column of raw tables that carries it
	Default string
	Values  []ScopeValue // allowed values; empty allows any
}

// ScopeValue is one allowed value of a dimension.
type ScopeValue struct {
	Name   string
	Label  string
	Units  []string
	Groups map[string][]string // named sets of units
	Meta   *manifest.Map       // every key of the value, as declared
}

// Dimension finds a dimension by name; nil if there is none.
func (s *Scope) Dimension(name string) *Dimension {
	if s == nil {
		return nil
	}
	for i := range s.Dimensions {
		if s.Dimensions[i].Name == name {
			return &s.Dimensions[i]
		}
	}
	return nil
}
