package layout_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/site/layout"
)

// TestGolden keeps whole drawings as text; ATLAS_UPDATE=1 rewrites them.
func TestGolden(t *testing.T) {
	box := func(pin layout.Pin) layout.Node { return layout.Node{Width: 100, Height: 40, Pin: pin} }
	pinned := []layout.Node{
		box(layout.First), box(layout.First), box(layout.First), box(layout.Free), box(layout.Free), box(layout.Free), box(layout.Free),
		box(layout.Free), box(layout.Free), box(layout.Free), box(layout.Last), box(layout.Last), box(layout.Free),
	}
	graphs := map[string]struct {
		nodes []layout.Node
		edges []layout.Edge
	}{
		"project": {pinned, []layout.Edge{{0, 3}, {1, 4}, {2, 5}, {3, 6}, {4, 6}, {5, 7}, {6, 7}, {6, 8}, {7, 8}, {4, 9}, {9, 8}, {8, 10}, {7, 10}, {3, 11}}},
	}
	nodes, edges := random(60, 90, 9)
	graphs["random"] = struct {
		nodes []layout.Node
		edges []layout.Edge
	}{nodes, edges}
	for name, g := range graphs {
		got := describe(draw(t, g.nodes, g.edges))
		golden := filepath.Join("testdata", name+".txt")
		if os.Getenv("ATLAS_UPDATE") == "1" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is drawn otherwise than %s says; ATLAS_UPDATE=1 rewrites it\n%s", name, golden, got)
		}
	}
}

func describe(d *layout.Drawing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%g × %g, %d layers, %d crossings\n", d.Width, d.Height, len(d.Columns), d.Crossings)
	for i, x := range d.Boxes {
		fmt.Fprintf(&b, "box %d: layer %d, place %d, at %g,%g\n", i, x.Layer, x.Order, x.X, x.Y)
	}
	for _, r := range d.Routes {
		fmt.Fprintf(&b, "edge %d → %d: %s\n", r.From, r.To, d.Path(r))
	}
	return b.String()
}
