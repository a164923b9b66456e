package chart_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"atlas/engine/chart"
	"atlas/engine/theme"
)

var (
	unseen   = regexp.MustCompile(`<path [^>]*fill="none"[^>]*></path>`)
	clear    = regexp.MustCompile(`<path [^>]*fill-opacity="0"[^>]*stroke-width="0"[^>]*></path>`)
	geometry = regexp.MustCompile(` d="([^"]+)"|translate\(([^)]+)\)|>([^<>\n]+)</text>`)
)

// TestBesideNode compares what is drawn here with what the whole ECharts draws in Node of the same
// options: the same shapes at the same places, the same texts.
func TestBesideNode(t *testing.T) {
	folder := os.Getenv("ATLAS_NODE_ECHARTS")
	if folder == "" {
		if os.Getenv("ATLAS_CI") != "" {
			t.Fatal("ATLAS_NODE_ECHARTS is not set: a folder with node_modules/echarts 6.1.0")
		}
		t.Skip("set ATLAS_NODE_ECHARTS to a folder with node_modules/echarts 6.1.0")
	}
	f := formatter(t, "id-ID")
	var input []map[string]any
	var ids []string
	var own []string
	for _, b := range (sample{f}).all() {
		if slices.Contains([]string{"grouped", "combo", "stacked-percent"}, b.ID) {
			continue // legends are as wide as Node thinks that texts are
		}
		ids = append(ids, b.ID)
		input = append(input, map[string]any{"option": chart.OptionFor(b, theme.Default(), false, f, 480, 300), "width": 480, "height": 300})
		own = append(own, string(drawn(t, b, f, 480, 300)))
	}
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/beside.cjs", folder)
	cmd.Stdin = bytes.NewReader(data)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	var theirs []string
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		a, b := shapes(own[i]), shapes(theirs[i])
		if !slices.Equal(a, b) {
			t.Errorf("%s: %d and %d shapes, first difference: %s", id, len(a), len(b), difference(a, b))
		}
	}
}

func shapes(svg string) []string {
	svg = unseen.ReplaceAllStringFunc(clear.ReplaceAllString(svg, ""), func(path string) string {
		if strings.Contains(path, "stroke=") {
			return path
		}
		return ""
	})
	var out []string
	for _, m := range geometry.FindAllStringSubmatch(svg, -1) {
		if m[0] != "></text>" {
			out = append(out, m[1]+m[2]+m[3])
		}
	}
	return out
}

func difference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%q here, %q there", a[i], b[i])
		}
	}
	return "one has more"
}
