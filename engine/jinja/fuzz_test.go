package jinja_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// FuzzParse feeds the parser anything; it must give a template or a diagnostic with a place, and
// what it accepts must render or fail in order.
func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		f.Fatal(err)
	}
	var cases []oracleCase
	if err := json.Unmarshal(data, &cases); err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		f.Add(c.Src, c.Opt.TrimBlocks, c.Opt.LstripBlocks)
	}
	f.Add("{% materialization x, adapter='y' %}{% endmaterialization %}{% docs d %}{{{% enddocs %}{% snapshot s %}{{ 1 }}{% endsnapshot %}", false, false)
	f.Add("{% test t(a, b=1) %}{{ return(a) }}{% endtest %}{{ a[1:2, 3] }}{{ f(*a, **b) }}", true, true)
	f.Fuzz(func(t *testing.T, src string, trim, lstrip bool) {
		tmpl, err := jinja.Parse("fuzz", src, jinja.Options{TrimBlocks: trim, LstripBlocks: lstrip})
		if err != nil {
			var d *diag.Diagnostic
			if !errors.As(err, &d) || d.Pos.Line < 1 || d.Pos.Col < 1 || d.Msg == "" {
				t.Fatalf("an error without a place: %#v", err)
			}
			return
		}
		tmpl.Calls()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		st := &jinja.State{Ctx: ctx, Vars: jinja.Builtins(nil)}
		out, m, err := tmpl.RenderMapped(st)
		if err != nil {
			return
		}
		for i := range len(out) {
			m.Pos(i)
		}
	})
}
