package duckdb_test

import (
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/adaptertest"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/manifest"
)

// fileTarget means a file in a folder of the test's own.
func fileTarget(t *testing.T, options ...any) adapter.Target {
	t.Helper()
	o := manifest.NewMap("type", "duckdb", "path", "ware house.duckdb")
	for i := 0; i < len(options); i += 2 {
		o.Set(options[i].(string), options[i+1])
	}
	return adapter.Target{Name: "dev", Type: duckdb.Name, Schema: "analytics", Root: t.TempDir(), Options: o}
}

func TestConformance(t *testing.T) {
	adaptertest.Run(t, duckdb.New(), func(t *testing.T) adapter.Target { return fileTarget(t) })
}
