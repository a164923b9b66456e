package chart_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/theme"
)

func formatter(t testing.TB, locale string) *block.Formatter {
	t.Helper()
	f, err := block.NewFormatter(locale, "Rp")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func drawn(t testing.TB, b *block.Block, f *block.Formatter, w, h float64) []byte {
	t.Helper()
	svg, err := chart.SVG(t.Context(), b, theme.Default(), false, f, w, h)
	if err != nil {
		t.Fatalf("%s: %v", b.ID, err)
	}
	return svg
}

func named(t testing.TB, f *block.Formatter, id string) *block.Block {
	t.Helper()
	for _, b := range (sample{f}).all() {
		if b.ID == id {
			return b
		}
	}
	t.Fatalf("no sample %s", id)
	return nil
}

func TestEveryTypeHasASample(t *testing.T) {
	have := map[block.ChartType]bool{}
	for _, b := range (sample{formatter(t, "en-US")}).all() {
		have[b.Chart.Type] = true
	}
	for _, c := range block.ChartTypes() {
		if !have[block.ChartType(c[0])] {
			t.Errorf("no sample of %s", c[0])
		}
	}
}

// TestGolden holds the drawings of some charts to the byte.
func TestGolden(t *testing.T) {
	for _, c := range [][2]string{{"en-US", "column"}, {"id-ID", "grouped"}, {"id-ID", "line"}, {"en-US", "waterfall"}, {"id-ID", "doughnut"}, {"en-US", "heatmap"}} {
		file := filepath.Join("testdata", c[1]+".svg")
		f := formatter(t, c[0])
		got := drawn(t, named(t, f, c[1]), f, 360, 200)
		if os.Getenv("ATLAS_UPDATE") != "" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s changed: draw it again with ATLAS_UPDATE=1 and look at the difference", file)
		}
	}
}

// TestSameBytes draws the samples again and again, in several runtimes at once.
func TestSameBytes(t *testing.T) {
	f := formatter(t, "en-US")
	blocks := sample{f}.all()
	first := map[string][]byte{}
	for _, b := range blocks {
		first[b.ID] = drawn(t, b, f, 400, 230)
	}
	var wait sync.WaitGroup
	for worker := range 3 {
		wait.Go(func() {
			for i := range blocks {
				b := blocks[(i*7+worker*5)%len(blocks)]
				svg, err := chart.SVG(t.Context(), b, theme.Default(), false, f, 400, 230)
				if err != nil || !bytes.Equal(svg, first[b.ID]) {
					t.Errorf("%s is drawn otherwise the second time (%v)", b.ID, err)
				}
			}
		})
	}
	wait.Wait()
}

// TestPointsAreTraced looks for every figure of every sample in its option.
func TestPointsAreTraced(t *testing.T) {
	f := formatter(t, "id-ID")
	for _, b := range (sample{f}).all() {
		option := string(chart.Option(b, theme.Default(), false, f))
		var parsed map[string]any
		if err := json.Unmarshal([]byte(option), &parsed); err != nil {
			t.Fatalf("%s: %v", b.ID, err)
		}
		b.EachFigure(func(fig *block.Figure) bool {
			if b.Chart.Type == block.ScatterChart {
				return true // a point is traced by its y
			}
			o := fig.Origin
			o.Block = b.ID
			origin, err := json.Marshal(map[string]any{"block": o.Block, "query": o.Query, "row": o.Row, "column": o.Column})
			if err != nil {
				t.Fatal(err)
			}
			var keys map[string]any
			_ = json.Unmarshal(origin, &keys)
			if !traced(parsed, keys) && fig.Value != nil {
				t.Errorf("%s: %+v is not in the option", b.ID, o)
			}
			return true
		})
	}
}

// traced looks for an origin anywhere in an option.
func traced(node any, origin map[string]any) bool {
	switch node := node.(type) {
	case map[string]any:
		if o, ok := node["origin"].(map[string]any); ok && o["row"] == origin["row"] && o["column"] == origin["column"] && o["block"] == origin["block"] && node["text"] != "" {
			return true
		}
		for _, v := range node {
			if traced(v, origin) {
				return true
			}
		}
	case []any:
		for _, v := range node {
			if traced(v, origin) {
				return true
			}
		}
	}
	return false
}

func TestNotation(t *testing.T) {
	f := formatter(t, "en-US")
	colors := theme.Default().Light
	svg := string(drawn(t, named(t, f, "grouped"), f, 640, 360))
	for what, want := range map[string]string{
		"actual is solid dark":    `fill="#` + colors["scenario-actual"] + `"`,
		"previous is solid light": `fill="#` + colors["scenario-previous"] + `"`,
		"target is outlined":      `fill="none" stroke="#` + colors["scenario-target"] + `"`,
		"forecast is hatched":     "<pattern ",
	} {
		if !strings.Contains(strings.ToUpper(svg), strings.ToUpper(want)) {
			t.Errorf("%s: no %s in\n%s", what, want, svg)
		}
	}
	svg = string(drawn(t, named(t, f, "variance-bars"), f, 640, 360))
	if !strings.Contains(svg, ">▲\u00a0+520.0\u00a0K<") || !strings.Contains(svg, `fill="#`+colors["bad"]+`"`) || !strings.Contains(svg, ">▼\u00a0−80.0\u00a0K<") {
		t.Errorf("variances of costs are not drawn as such:\n%s", svg)
	}
}

// TestCategoriesAreCounted colours categories in their order, whatever scenarios stand between them.
func TestCategoriesAreCounted(t *testing.T) {
	f := formatter(t, "en-US")
	colors := theme.Default().Light
	c := block.Chart{Type: block.GroupedChart, Labels: "none", Categories: labels("a"), Series: []block.Series{ser("before", block.Previous, block.ColumnChart, "", 5)}}
	for range 8 {
		c.Series = append(c.Series, ser("x", "", block.ColumnChart, "", 5))
	}
	var option struct {
		Series []struct{ ItemStyle struct{ Color string } }
	}
	if err := json.Unmarshal(chart.Option(chartBlock("counted", c), theme.Default(), false, f), &option); err != nil {
		t.Fatal(err)
	}
	for i, token := range map[int]string{0: "scenario-previous", 1: "category-1", 7: "category-7", 8: "scenario-previous"} {
		if got := option.Series[i].ItemStyle.Color; got != "#"+colors[token] {
			t.Errorf("series %d is %s, not %s", i, got, token)
		}
	}
}

var nonsense = regexp.MustCompile(`NaN|undefined|Infinity|\[object|null`)

func TestEmptySaysWhy(t *testing.T) {
	f := formatter(t, "en-US")
	b := chartBlock("empty", block.Chart{Type: block.ColumnChart})
	b.Empty = "No orders in March <2026> & before {c} @tag"
	if svg := string(drawn(t, b, f, 640, 360)); !strings.Contains(svg, "No orders in March &lt;2026&gt; &amp; before {c} @tag") {
		t.Errorf("got %s", svg)
	}
}

// TestOddCharts draws what nobody would ask for: it has to be drawn all the same.
func TestOddCharts(t *testing.T) {
	f := formatter(t, "id-ID")
	odd := `A <b>&"'{a|b} {c}` + "\n\x00\u202e漢字 " + strings.Repeat("very long ", 30)
	huge := []any{1e300, -1e300, 1e-300, nil, int64(1) << 62, block.Number("123456789012345678901234567890.123"), block.Number("no number"), "text", true, time.Now()}
	nan := figures("x", "", 0.0)[0]
	for _, c := range block.ChartTypes() {
		kind := block.ChartType(c[0])
		many := make([]any, 40)
		for i := range many {
			many[i] = i*37%91 - 20
		}
		var names []string
		for range 40 {
			names = append(names, odd)
		}
		cases := map[string]block.Chart{
			"nothing":      {Type: kind},
			"no values":    {Type: kind, Series: []block.Series{{Label: "x"}}, Categories: labels("a", "b"), Labels: "all"},
			"all gaps":     {Type: kind, Series: []block.Series{ser("x", "", kind, "", nil, nil)}, Categories: labels("a", "b"), Labels: "all"},
			"one zero":     {Type: kind, Series: []block.Series{ser("x", "", kind, "percent", 0)}, Categories: labels("a"), Labels: "last", Points: []block.Point{{X: nan, Y: nan}}},
			"huge":         {Type: kind, Series: []block.Series{ser(odd, "no-token", kind, "money_compact", huge...)}, Categories: labels("a"), Labels: "all", Totals: []bool{true}, Format: "%nonsense%"},
			"many":         {Type: kind, Series: []block.Series{ser(odd, "", kind, "money", many...), ser(odd, block.Previous, kind, "", many...)}, Categories: labels(names...), Labels: "all", Time: true},
			"negative":     {Type: kind, Series: []block.Series{ser("x", block.Target, kind, "integer", -5, -3, 4), ser("y", block.Forecast, kind, "integer", 5, nil, -4)}, Categories: labels("a", odd, ""), Labels: "all", Horizontal: true},
			"percent":      {Type: kind, Series: []block.Series{ser("x", "", kind, "integer", 0, 0, 4), ser("y", "", kind, "integer", 0, -2, 4)}, Categories: labels("a", "b", "c"), Labels: "all", Percent: true, Min: ptr(5), Max: ptr(-5)},
			"crossing":     {Type: kind, Series: []block.Series{ser("x", "", kind, "integer", 5, -9, 2, -4, 10, 4)}, Categories: labels("a", "b", "c", "d", "e", "f"), Totals: []bool{true, false, false, false, false, true}, Labels: "all"},
			"circle":       {Type: kind, Links: []block.Link{link("a", "b", 3), link("b", "a", 2), link("b", "b", 1), link("c", "d", -1), link(odd, "a", 4)}},
			"zero links":   {Type: kind, Links: []block.Link{link("a", "b", 0)}},
			"odd branches": {Type: kind, Tree: []block.Branch{branch(odd, 3), branch("empty", 0), branch("x", -1), {Name: "sum is wrong", Value: figures("x", "", 1)[0], Children: []block.Branch{branch("y", 5)}}}},
			"same point":   {Type: kind, Points: []block.Point{{Name: odd, X: figures("x", "", 5)[0], Y: figures("y", "", 5)[0]}, {Name: "b", X: figures("x", "", 5)[0], Y: figures("y", "", 5)[0], Size: &figures("s", "", -1)[0]}, {X: figures("x", "", nil)[0]}}},
			"two axes":     {Type: kind, Series: []block.Series{ser("x", "", block.ColumnChart, "", 1, 2), {Label: "y", Type: block.LineChart, Right: true, Values: figures("y", "", -1, 5000)}}, Categories: labels("a", "b"), Labels: "all"},
			"only right":   {Type: kind, Series: []block.Series{{Label: "y", Type: block.LineChart, Right: true, Labels: true, Values: figures("y", "", 7, 7)}}, Categories: labels("a", "b"), Labels: "all"},
		}
		for name, c := range cases {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				for i, size := range [][2]float64{{400, 230}, {30, 20}} {
					if i > 0 && name != "negative" && name != "one zero" && name != "odd branches" {
						continue // tiny ones are as odd as they are with these
					}
					b := chartBlock("odd", c)
					svg := drawn(t, b, f, size[0], size[1])
					if d := theme.CheckSVG("odd.svg", svg); d != nil {
						t.Fatalf("%v in\n%s", d, svg)
					}
					if m := nonsense.Find(svg); m != nil {
						t.Fatalf("%s in\n%s", m, svg)
					}
					if name == "many" {
						continue // slow to paint, and nothing new
					}
					if _, err := chart.PNG(svg, 0.5); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}

func TestStopsWithItsContext(t *testing.T) {
	f := formatter(t, "en-US")
	var values []any
	for i := range 20000 {
		values = append(values, i)
	}
	b := chartBlock("slow", block.Chart{Type: block.LineChart, Labels: "all", Series: []block.Series{ser("x", "", block.LineChart, "", values...)}})
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer stop()
	start := time.Now()
	if _, err := chart.SVG(ctx, b, theme.Default(), false, f, 400, 230); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	t.Log("stopped after", time.Since(start))
	drawn(t, named(t, f, "bar"), f, 400, 230) // the next chart is not harmed
}

func TestPNG(t *testing.T) {
	f := formatter(t, "en-US")
	data, err := chart.PNG(drawn(t, named(t, f, "bar"), f, 400, 230), 2)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != 800 || s.Y != 460 {
		t.Errorf("size %v", s)
	}
}

func BenchmarkSVG(b *testing.B) {
	f := formatter(b, "en-US")
	for _, block := range (sample{f}).all() {
		b.Run(block.ID, func(b *testing.B) {
			for b.Loop() {
				drawn(b, block, f, 400, 230)
			}
		})
	}
}

func BenchmarkPNG(b *testing.B) {
	f := formatter(b, "en-US")
	svg := drawn(b, named(b, f, "grouped"), f, 400, 230)
	for b.Loop() {
		if _, err := chart.PNG(svg, 2); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad is what the first chart of a process waits for: parsing the program and starting it.
func BenchmarkLoad(b *testing.B) {
	script := string(chart.Script())
	for b.Loop() {
		p, err := goja.Compile("echarts.js", script, false)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := goja.New().RunProgram(p); err != nil && !strings.Contains(err.Error(), "setTimeout") {
			b.Fatal(err)
		}
	}
}
