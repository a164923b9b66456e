package engine_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atlas/engine"
	"atlas/engine/manifest"
	"atlas/engine/project"
	"atlas/engine/source"
)

// TestSketchReference sketches every workbook of the reference project without its declarations and
// holds the guesses against what a person declared.
func TestSketchReference(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	w, problems := engine.New().Load(ctx, project.Options{Dir: root, Env: func(string) (string, bool) { return "", false }})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	var rate struct{ tables, header, columns, found, types, locale int }
	for _, x := range w.Manifest.Extracts {
		for _, d := range x.Tables {
			v, _ := d.Options.Get("workbook")
			var files []string
			for _, f := range source.Texts(v) {
				files = append(files, filepath.Join(root, f))
			}
			s, err := w.Sketch(ctx, source.SketchOptions{Files: files, Like: source.LikeNone}, nil)
			if err != nil {
				t.Errorf("%v %s: %v", x.Scope, d.Table, err)
				continue
			}
			got := most(s.Tables)
			rate.tables++
			if strings.Contains(s.YAML, "locale: "+d.Locale+"\n") {
				rate.locale++
			} else {
				t.Logf("%v %s: another locale", x.Scope, d.Table)
			}
			p, err := source.NewPreview(ctx, d, 1, source.ExtractOptions{Root: root, Drivers: engine.New().Sources})
			if err != nil {
				t.Fatal(err)
			}
			if want := p.Sections[0].Layout; got.Layout == want {
				rate.header++
			} else {
				t.Logf("%v %s: layout %v, declared %v", x.Scope, d.Table, got.Layout, want)
			}
			if p.Written+p.Rejected != got.Rows {
				t.Logf("%v %s: %d rows, declared %d", x.Scope, d.Table, got.Rows, p.Written+p.Rejected)
			}
			for i, h := range p.Sections[0].Headers {
				if h == "" {
					continue
				}
				rate.columns++
				at := slices.IndexFunc(got.Columns, func(c manifest.ExtractColumn) bool { return source.Fold(c.Headers[0]) == source.Fold(h) })
				switch {
				case at < 0:
					t.Logf("%v %s: %q is not found", x.Scope, d.Table, h)
				case strings.Replace(got.Columns[at].Type, "(18,", "(9,", 1) == strings.Replace(d.Columns[i].Type, "(18,", "(9,", 1):
					rate.found++
					rate.types++
				default:
					rate.found++
					t.Logf("%v %s: %q is %s, declared %s", x.Scope, d.Table, h, got.Columns[at].Type, d.Columns[i].Type)
				}
			}
		}
	}
	t.Logf("%+v", rate)
	if rate.tables == 0 || rate.header < rate.tables || rate.found < rate.columns || rate.types*100 < rate.columns*95 || rate.locale < rate.tables {
		t.Errorf("too few guesses are right: %+v", rate)
	}
}

// most gives the table with most rows.
func most(tables []source.SketchTable) source.SketchTable {
	best := tables[0]
	for _, t := range tables {
		if t.Rows > best.Rows {
			best = t
		}
	}
	return best
}
