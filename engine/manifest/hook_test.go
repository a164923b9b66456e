package manifest_test

import (
	"slices"
	"testing"

	"atlas/engine/manifest"
)

func TestHooksGivenAsText(t *testing.T) {
	c := manifest.NewConfig(manifest.NewMap("post-hook", []any{
		"select 1",
		`{"sql": "vacuum", "transaction": false}`,
		`{"sql": "analyze"}`,
		`{"a": 1}`,
		"{{ mark(this) }}",
	}))
	want := []manifest.Hook{
		{SQL: "select 1", Transaction: true},
		{SQL: "vacuum"},
		{SQL: "analyze", Transaction: true},
		{SQL: `{"a": 1}`, Transaction: true},
		{SQL: "{{ mark(this) }}", Transaction: true},
	}
	if got := c.Hooks("post-hook"); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
