// Package builtin lists the adapters that the engine carries.
package builtin

import (
	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/registry"
)

// Adapters gives a fresh registry of every built-in adapter, by the name that profiles use.
func Adapters() *registry.Registry[adapter.Adapter] {
	r := registry.New[adapter.Adapter]("adapter")
	r.Add(duckdb.Name, duckdb.New())
	return r
}
