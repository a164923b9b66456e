// Package report turns a report's declaration and the rows of its queries into a Report: data
// first, for every medium. It reads and writes report.json, makes its JSON Schema, and tells what
// changed between two of them. It runs no SQL itself: rows are asked of a Source.
package report

import "atlas/engine/block"

// Report is a report of one scope, period and language, as report.json holds it.
type Report struct {
	Meta    Meta                `json:"meta"`
	Queries map[string]Query    `json:"queries"` // by name; of a section "name@section"
	Total   Section             `json:"total"`   // all units of the scope together
	Units   map[string]*Section `json:"units"`   // by code; groups among them
}

// Meta says what a report is about.
type Meta struct {
	Report      string            `json:"report"`
	Node        string            `json:"node"`
	Title       string            `json:"title"`
	Entity      string            `json:"entity"` // the scope's first dimension that has units
	EntityLabel string            `json:"entity_label"`
	ScopeValues map[string]string `json:"scope_values,omitempty"` // further dimensions that were asked for
	Period      string            `json:"period"`                 // "2026-02", "2026-Q1", "2026", "2026-01..2026-03"
	PeriodLabel string            `json:"period_label"`
	Type        string            `json:"type"`         // "monthly", "quarterly", "yearly", "range"
	Start       string            `json:"start"`        // first day
	End         string            `json:"end"`          // last day
	GeneratedAt string            `json:"generated_at"` // when the newest of its rows was loaded: the same data gives the same bytes
	Locale      string            `json:"locale"`
	Currency    string            `json:"currency,omitempty"`
	Brand       string            `json:"brand,omitempty"`
	Scope       []string          `json:"scope"`       // codes of the units in it, in the project's order
	Periods     []NamedPeriod     `json:"comparisons"` // previous, previous_year
}

// NamedPeriod is a period that this one is compared to.
type NamedPeriod struct {
	Name  string `json:"name"` // "previous", "previous_year"
	Code  string `json:"code"`
	Label string `json:"label"`
	Start string `json:"start"`
	End   string `json:"end"`
}

// Section is the part of a report about one unit, a group of units, or all of them.
type Section struct {
	Code    string                  `json:"code"`
	Label   string                  `json:"label"`
	Members []string                `json:"members,omitempty"` // units of a group
	Group   bool                    `json:"group,omitempty"`
	Data    map[string]*block.Data  `json:"data"`
	Blocks  map[string]*block.Block `json:"blocks"`
}

// Query is one query that was asked: what "where from" shows.
type Query struct {
	Node      string     `json:"node"` // of the first block that shows it
	SQL       string     `json:"sql"`
	Relations []Relation `json:"relations"`
	Rows      int        `json:"rows"`
}

// Relation is one relation that a query reads.
type Relation struct {
	Node     string `json:"node"`
	Name     string `json:"name"`
	LoadedAt string `json:"loaded_at,omitempty"` // when the newest rows above it were loaded
	Stale    bool   `json:"stale,omitempty"`     // built before its sources were loaded last
}
