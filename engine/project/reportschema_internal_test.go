package project

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

// TestReportSchemasAreDocumented: the schemas are what editors and `atlas help schemas` show.
func TestReportSchemasAreDocumented(t *testing.T) {
	for _, name := range []string{"reports", "deck", "slide"} {
		var doc map[string]any
		if err := json.Unmarshal(Schema(name), &doc); err != nil {
			t.Fatal(err)
		}
		defs, _ := doc["$defs"].(map[string]any)
		described := func(v any) bool {
			s, _ := v.(map[string]any)
			if ref, ok := s["$ref"].(string); ok {
				s, _ = defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
			}
			return s["description"] != nil
		}
		var walk func(where string, v any)
		walk = func(where string, v any) {
			switch v := v.(type) {
			case map[string]any:
				props, _ := v["properties"].(map[string]any)
				for key, sub := range props {
					if !described(sub) {
						t.Errorf("%s.json: %s.%s has no description", name, where, key)
					}
				}
				for key, sub := range v {
					walk(where+"."+key, sub)
				}
			case []any:
				for _, sub := range v {
					walk(where, sub)
				}
			}
		}
		walk("", doc)
	}
}

// TestReportSchemaKnowsWhatBlocksKnow holds the words of the schema to those of the packages that
// own them.
func TestReportSchemaKnowsWhatBlocksKnow(t *testing.T) {
	firsts := func(pairs [][2]string) []string {
		var out []string
		for _, p := range pairs {
			out = append(out, p[0])
		}
		return out
	}
	enum := func(r *rule) []string {
		var out []string
		for _, v := range r.enum {
			out = append(out, v.(string))
		}
		return out
	}
	same := func(what string, got, want []string) {
		t.Helper()
		got, want = slices.Clone(got), slices.Clone(want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, not %v", what, got, want)
		}
	}
	top := ruleOf("reports").props
	chart := top["reports"].items.props["blocks"].items.props["chart"]
	same("chart types", enum(chart.props["type"]), firsts(block.ChartTypes()))
	same("tokens", top["brands"].items.props["colors"].names, firsts(theme.Tokens()))
	same("surfaces", enum(top["layouts"].items.props["surface"]), firsts(theme.Tokens()))
	scenarios := []string{string(block.Actual), string(block.Previous), string(block.Target), string(block.Forecast), string(block.Variance)}
	same("series", enum(chart.props["series"].anyOf[0].items.anyOf[1].props["as"]), append(scenarios, firsts(theme.Tokens())...))
	blocks := top["reports"].items.props["blocks"].items.names
	for _, kind := range blockKinds {
		if !slices.Contains(blocks, kind) {
			t.Errorf("the schema has no block %q", kind)
		}
	}
	deck, slide := ruleOf("deck").names, ruleOf("slide").names
	same("slides", slide, slideKeys)
	both := slices.Concat(deckKeys, slideKeys)
	slices.Sort(both)
	same("decks", deck, slices.Compact(both))
}

// TestBuiltinLayouts: the layouts that every project has keep to the rules that its own must keep.
func TestBuiltinLayouts(t *testing.T) {
	var names, want []string
	for _, l := range manifest.BuiltinLayouts() {
		names = append(names, l.Name)
		var wrong fileResult
		r := &reportReader{reader: &reader{diags: &wrong.diags}}
		seen := manifest.Layout{Name: l.Name}
		for _, g := range l.Regions {
			r.checkRegion(&seen, g, l.Pos)
			seen.Regions = append(seen.Regions, g)
		}
		if len(wrong.diags) > 0 {
			t.Errorf("%s: %v", l.Name, wrong.diags)
		}
	}
	want = strings.Fields("chart-and-notes cover default end full-image kpis quote section table three-columns two-columns")
	if !slices.Equal(names, want) {
		t.Errorf("the layouts are %v, not %v", names, want)
	}
}
