package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/deck"
	"atlas/engine/deck/pptx"
	"atlas/engine/deck/slides"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// fixedRows answers every query with the same rows; texts are as written.
type fixedRows struct{}

func (fixedRows) Rows(context.Context, manifest.ID, *manifest.Query, map[string]any) (*report.Rows, error) {
	at := func(m time.Month) time.Time { return time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC) }
	return &report.Rows{
		SQL:     "select 1",
		Columns: []report.Column{{Name: "month", Type: block.Date}, {Name: "name", Type: block.Text}, {Name: "net", Type: block.Decimal}, {Name: "n", Type: block.Integer}},
		Values: [][]block.Value{
			{at(1), "north", block.Number("12.50"), int64(1)}, {at(2), "south", block.Number("-3"), int64(2)}, {at(3), "west", nil, nil},
		},
	}, nil
}

func (fixedRows) Text(_ context.Context, _ manifest.ID, t manifest.Template, _ map[string]any) (string, error) {
	return t.Text, nil
}

// everyKind is a report.json with a block of every kind.
func everyKind(t *testing.T) []byte {
	t.Helper()
	words := manifest.Template{Text: "Some **words**"}
	net := manifest.Cell{Column: "net"}
	spec := &manifest.Report{
		Name: "sales", Node: "report.shop.sales", Locales: []string{"en-US"}, Title: words,
		Data: []manifest.ReportData{{Name: "d", Key: []string{"month"}, Query: &manifest.Query{SQL: "d"}, Sections: []string{"total", "unit"}}},
		Blocks: []manifest.ReportBlock{
			{Name: "head", Heading: &words},
			{Name: "story", Text: &words},
			{Name: "note", Callout: &manifest.ReportCallout{Style: "warning", Title: words, Text: words}},
			{Name: "kpi", Sections: []string{"total", "unit"}, Data: "d", KPI: []manifest.ReportKPI{{
				Value: net, Target: &net, Compare: []manifest.ReportCompare{{To: &manifest.Cell{Column: "n"}}}, Spark: &manifest.ReportSpark{Column: "net"},
			}}},
			{Name: "rows", Data: "d", Table: &manifest.ReportTable{Totals: "below", Columns: []manifest.ReportTableColumn{{Name: "name"}, {Name: "net", Total: "sum", Bar: true}}}},
			{Name: "done", Data: "d", Progress: &manifest.ReportProgress{Label: "name", Value: "net", Target: "n"}},
			{Name: "pair", Columns: []manifest.ReportColumnOf{{Blocks: []string{"rows"}}, {Blocks: []string{"kpi"}}}},
		},
	}
	for _, kind := range block.ChartTypes() {
		spec.Blocks = append(spec.Blocks, manifest.ReportBlock{Name: kind[0], Data: "d", Chart: &manifest.ReportChart{
			Type: kind[0], Category: "name", From: "name", To: "n", Path: []string{"name"}, Series: []manifest.ReportSeries{{Column: "net"}},
		}})
	}
	p, err := report.ParsePeriod("2026-02")
	if err != nil {
		t.Fatal(err)
	}
	r, problems, err := report.Assemble(context.Background(), report.Options{
		Spec: spec, Period: p, Scope: report.Scope{Entity: "ACME", Label: "Acme", Units: []report.Unit{{Code: "A"}, {Code: "B"}}},
	}, fixedRows{})
	if err != nil || problems.Err() != nil {
		t.Fatal(err, problems)
	}
	b, err := report.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A report.json may come from anywhere. However it is damaged, it is refused or shown, within bounds.
func TestDamagedReportsAreRefusedOrShown(t *testing.T) {
	seed := everyKind(t)
	rounds := 150
	if file, ok := os.LookupEnv("ATLAS_HOSTILE_REPORT"); ok { // a longer hunt, by hand
		var err error
		if seed, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		rounds = 3000
	}
	show(t, seed, true)
	random := rand.New(rand.NewPCG(5, 9))
	shown := 0
	for i := range rounds {
		var tree any
		if err := json.Unmarshal(seed, &tree); err != nil {
			t.Fatal(err)
		}
		var done []string
		for range 1 + random.IntN(3) {
			done = append(done, damage(random, tree))
		}
		b, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		if what := show(t, b, i%10 == 0); what == "" {
			shown++
		} else if strings.HasPrefix(what, "panic") {
			t.Errorf("round %d, %s: %s", i, strings.Join(done, ", "), what)
		}
	}
	t.Logf("%d of %d damaged reports could be shown", shown, rounds)
}

// show reads and draws a report; it gives why it cannot be shown, and "panic…" where that is a mistake.
func show(t *testing.T, b []byte, all bool) (why string) { //nolint:revive // charts as pictures too take most of the time
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			why = fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := report.Read(bytes.NewReader(b))
	if err != nil {
		return err.Error()
	}
	doc, problems := deck.Assemble(ctx, deck.Default(r, nil), r, deck.Options{Theme: theme.Default()})
	if doc == nil {
		return problems.Error()
	}
	o := pptx.Options{}
	if all {
		o.SVG = func(ctx context.Context, b *block.Block, w, h float64) ([]byte, error) {
			return chart.SVG(ctx, b, doc.Theme, false, doc.Format, w, h)
		}
	}
	if _, err := pptx.Render(ctx, io.Discard, doc, o); err != nil {
		return err.Error()
	}
	slides.Pages(ctx, doc, slides.Options{})
	if ctx.Err() != nil {
		t.Errorf("it takes more than a minute")
	}
	return ""
}

// damage changes one place of a JSON tree and says which.
func damage(random *rand.Rand, tree any) string {
	type place struct {
		path string
		set  func(any)
		drop func()
	}
	var places []place
	var values []any
	var walk func(path string, v any)
	walk = func(path string, v any) {
		values = append(values, v)
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				places = append(places, place{path + "." + k, func(x any) { v[k] = x }, func() { delete(v, k) }})
				walk(path+"."+k, v[k])
			}
		case []any:
			for i := range v {
				places = append(places, place{fmt.Sprint(path, "[", i, "]"), func(x any) { v[i] = x }, func() { v[i] = nil }})
				walk(fmt.Sprint(path, "[", i, "]"), v[i])
			}
		}
	}
	walk("", tree)
	p := places[random.IntN(len(places))]
	deep := any("deep")
	for range 200 {
		deep = []any{deep}
	}
	odd := []any{
		nil, "", "x", true, -1.0, 0.0, 1e308, json.Number("99999999999999999999999999"), json.Number("-9223372036854775808"), json.Number("1e-300"),
		[]any{},
		map[string]any{},
		deep,
		strings.Repeat("long ", 3000), "\ue0000\ue001fake\ue002", "</script>]]>\u0000\ufffe", "1e400", "NaN", "2026-02-30", "9999-12-31",
		[]any{nil, nil},
		json.Number("1e18"),
	}
	switch n := random.IntN(len(odd) + 8); {
	case n < len(odd):
		p.set(odd[n])
		return p.path + " = " + fmt.Sprintf("%.40v", odd[n])
	case n < len(odd)+2:
		p.drop()
		return p.path + " dropped"
	default:
		other := clone(values[random.IntN(len(values))])
		p.set(other)
		return p.path + " = " + fmt.Sprintf("%.60v", other)
	}
}

func clone(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}
