package pptx_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// reader prints what python-pptx reads of a file, as JSON.
const reader = `
import json, sys
from pptx import Presentation
from pptx.util import Emu
def texts(tf): return "\n".join("".join(r.text for r in p.runs) for p in tf.paragraphs)
def shape(s):
    x = {"id": s.shape_id, "name": s.name, "kind": str(s.shape_type), "alt": s._element._nvXxPr.cNvPr.get("descr") or "",
         "left": s.left, "top": s.top, "width": s.width, "height": s.height, "holder": s.is_placeholder}
    if getattr(s, "shapes", None) is not None: x["shapes"] = [shape(k) for k in s.shapes]
    if s.has_text_frame: x["text"] = texts(s.text_frame)
    if getattr(s, "has_table", False) and s.has_table: x["table"] = [[c.text for c in r.cells] for r in s.table.rows]
    if getattr(s, "has_chart", False) and s.has_chart:
        c = s.chart
        x["chart"] = {"type": str(c.chart_type), "categories": [str(v) for p in c.plots for v in p.categories][:len(list(c.plots[0].categories))],
                      "series": [{"name": k.name, "values": list(k.values)} for p in c.plots for k in p.series]}
        wb = c.part.chart_workbook.xlsx_part.blob
        x["chart"]["workbook"] = len(wb)
    return x
p = Presentation(sys.argv[1])
out = {"width": p.slide_width, "height": p.slide_height, "title": p.core_properties.title, "author": p.core_properties.author, "created": str(p.core_properties.created),
       "layouts": [{"name": l.name, "holders": [h.name for h in l.placeholders]} for l in p.slide_layouts], "slides": []}
for s in p.slides:
    out["slides"].append({"name": s.name, "layout": s.slide_layout.name, "title": s.shapes.title.text if s.shapes.title is not None else None,
        "notes": s.notes_slide.notes_text_frame.text if s.has_notes_slide else "", "shapes": [shape(x) for x in s.shapes],
        "links": [r.target_ref for r in s.part.rels.values() if r.is_external]})
json.dump(out, sys.stdout)
`

type readShape struct {
	ID                       int
	Name, Kind, Alt, Text    string
	Left, Top, Width, Height int64
	Holder                   bool
	Shapes                   []readShape
	Table                    [][]string
	Chart                    *struct {
		Type       string
		Categories []string
		Series     []struct {
			Name   string
			Values []*float64
		}
		Workbook int
	}
}

type readSlide struct {
	Name, Layout, Title, Notes string
	Shapes                     []readShape
	Links                      []string
}

type readDeck struct {
	Width, Height          int64
	Title, Author, Created string
	Layouts                []struct {
		Name    string
		Holders []string
	}
	Slides []readSlide
}

// tool gives the path of a program that a test needs: without it the test is skipped, in CI it fails.
func tool(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		if os.Getenv("ATLAS_CI") == "1" {
			t.Fatalf("%s is not set", variable)
		}
		t.Skipf("%s is not set", variable)
	}
	return path
}

// readBack reads a presentation with another program.
func readBack(t *testing.T, file []byte) readDeck {
	t.Helper()
	python := tool(t, "ATLAS_PYTHON_PPTX")
	dir := t.TempDir()
	path := filepath.Join(dir, "deck.pptx")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", reader, path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var d readDeck
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// findings are what another validator says of a file.
type findings []struct {
	Errors []struct {
		Description, Path string
		Part              string `json:"part_uri"`
	}
}

// TestAnotherValidatorAgrees asks a validator that has the schemas of the Open XML SDK.
func TestAnotherValidatorAgrees(t *testing.T) {
	python := tool(t, "ATLAS_PYTHON_PPTX")
	path := filepath.Join(t.TempDir(), "deck.pptx")
	if err := os.WriteFile(path, render(t, newSample(t, "id-ID").document(true)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, "-m", "openxml_audit", "-m", "0", "-o", "json", path).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var found findings
	if err := json.Unmarshal(out, &found); err != nil || len(found) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, x := range found[0].Errors {
		// it wants one element in the extension of a label that shows a cell; PowerPoint writes two
		if !strings.Contains(x.Path, "/dLbl[") || !strings.HasSuffix(x.Path, "/extLst[1]/ext[1]") {
			t.Errorf("%s %s: %s", x.Part, x.Path, x.Description)
		}
	}
}

// flatten gives shapes with those in groups.
func flatten(list []readShape) []readShape {
	var out []readShape
	for _, s := range list {
		out = append(append(out, s), flatten(s.Shapes)...)
	}
	return out
}

func TestAnotherProgramReadsIt(t *testing.T) {
	for _, locale := range []string{"en-US", "id-ID"} {
		s := newSample(t, locale)
		d := s.document(locale == "id-ID")
		got := readBack(t, render(t, d))
		if got.Title != d.Title || got.Author != "Acme" || !strings.HasPrefix(got.Created, "2026-03-01 07:00:00") || got.Width != 12192000 || got.Height != 6858000 {
			t.Errorf("properties are %+v", got)
		}
		for _, l := range got.Layouts {
			for _, r := range d.Layouts[l.Name].Regions {
				if !strings.Contains(strings.Join(l.Holders, "\n"), r.Name) {
					t.Errorf("layout %s has no placeholder %s: %v", l.Name, r.Name, l.Holders)
				}
			}
		}
		bySlide := map[string][]readSlide{}
		for _, x := range got.Slides {
			id, _, _ := strings.Cut(x.Name, "-")
			bySlide[id] = append(bySlide[id], x)
			for _, shape := range flatten(x.Shapes) {
				if shape.Left < 0 || shape.Left+shape.Width > got.Width || shape.Top+shape.Height > got.Height {
					t.Errorf("slide %s: %s stands outside", x.Name, shape.Name)
				}
			}
		}
		for i := range d.Slides {
			compareSlide(t, s, &d.Slides[i], bySlide[d.Slides[i].ID])
		}
	}
}

func compareSlide(t *testing.T, s sample, want *deck.Slide, got []readSlide) {
	t.Helper()
	if len(got) == 0 {
		t.Errorf("slide %s is missing", want.ID)
		return
	}
	var shapes []readShape
	for _, g := range got {
		shapes = append(shapes, flatten(g.Shapes)...)
		if !strings.HasPrefix(g.Title, want.Title.Text) {
			t.Errorf("slide %s is titled %q", want.ID, g.Title)
		}
	}
	if !strings.Contains(got[0].Notes, want.Notes.Text) {
		t.Errorf("slide %s: notes are %q", want.ID, got[0].Notes)
	}
	for _, c := range want.Regions {
		for _, item := range c.Items {
			if item.Block != nil {
				compareBlock(t, s, want, item.Block, shapes, got[0].Notes)
			}
			if item.Text != nil {
				for _, p := range item.Text.Paragraphs {
					for _, r := range p.Runs {
						if !holdsText(shapes, r.Text) {
							t.Errorf("slide %s lacks the text %q", want.ID, r.Text)
						}
						if strings.HasPrefix(r.Link, "http") && !strings.Contains(strings.Join(got[0].Links, " "), r.Link) {
							t.Errorf("slide %s lacks the link %q", want.ID, r.Link)
						}
					}
				}
			}
		}
	}
}

func holdsText(shapes []readShape, text string) bool {
	for _, s := range shapes {
		if strings.Contains(s.Text, text) {
			return true
		}
		for _, row := range s.Table {
			if strings.Contains(strings.Join(row, "\n"), text) {
				return true
			}
		}
	}
	return false
}

// compareBlock looks for every value of a block, and for where it is from.
func compareBlock(t *testing.T, s sample, slide *deck.Slide, b *block.Block, shapes []readShape, notes string) {
	t.Helper()
	missing := func(what string) { t.Errorf("slide %s, block %s lacks %s", slide.ID, b.ID, what) }
	for _, col := range b.Columns {
		for _, inner := range col.Of {
			compareBlock(t, s, slide, inner, shapes, notes)
		}
	}
	marked := len(b.Columns) > 0
	for _, shape := range shapes {
		marked = marked || strings.Contains(shape.Alt, "[block "+b.ID+" · query revenue]")
	}
	if !marked {
		missing("its mark in alternative texts")
	}
	if b.Data != nil && len(b.Columns) == 0 && !strings.Contains(notes, "block "+b.ID+" · query revenue") {
		missing("its source in the notes")
	}
	for _, k := range b.KPI {
		for _, text := range []string{k.Label, s.f.Format(k.Value, k.Format)} {
			if !holdsText(shapes, text) {
				missing(text)
			}
		}
	}
	if b.Table != nil {
		compareTable(t, s, b, shapes)
	}
	if b.Chart != nil && b.Empty == "" {
		compareChart(t, b, shapes)
	}
}

func compareTable(t *testing.T, s sample, b *block.Block, shapes []readShape) {
	t.Helper()
	var rows [][]string
	for _, shape := range shapes {
		if shape.Name == b.Name && len(shape.Table) > 0 {
			rows = append(rows, shape.Table[1:]...)
		}
	}
	if len(rows) != len(b.Table.Lines) {
		t.Errorf("table %s has %d rows, want %d", b.ID, len(rows), len(b.Table.Lines))
		return
	}
	for i, line := range b.Table.Lines {
		for j, cell := range line.Cells {
			want := s.f.Format(cell.Value, b.Table.Columns[j].Format)
			if cell.Value == nil && line.Kind != block.RowLine {
				want = ""
			}
			if rows[i][j] != want {
				t.Errorf("table %s row %d column %d is %q, want %q", b.ID, i, j, rows[i][j], want)
			}
		}
	}
}

func compareChart(t *testing.T, b *block.Block, shapes []readShape) {
	t.Helper()
	for _, shape := range shapes {
		if shape.Name != b.Name || shape.Chart == nil {
			continue
		}
		if shape.Chart.Workbook == 0 {
			t.Errorf("chart %s has no workbook", b.ID)
		}
		if b.Chart.Type == block.WaterfallChart || b.Chart.Type == block.ScatterChart {
			return // their series are made: the validator compares them to their workbook
		}
		for _, want := range b.Chart.Series {
			found := false
			for _, got := range shape.Chart.Series {
				found = found || got.Name == want.Label && sameValues(got.Values, want.Values)
			}
			if !found {
				t.Errorf("chart %s lacks the series %s %v, it has %+v", b.ID, want.Label, want.Values, shape.Chart.Series)
			}
		}
		return
	}
	switch b.Chart.Type {
	case block.FunnelChart, block.SankeyChart, block.HeatmapChart, block.TreemapChart, block.GaugeChart: // drawn
	default:
		t.Errorf("chart %s is missing", b.ID)
	}
}

func sameValues(got []*float64, want []block.Figure) bool {
	if len(got) != len(want) {
		return false
	}
	for i, f := range want {
		v, ok := block.ToFloat(f.Value)
		if ok != (got[i] != nil) || ok && *got[i] != v {
			return false
		}
	}
	return true
}
