package project

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// mute is a Renderer that knows nothing.
type mute struct{}

func (mute) Capture(context.Context, *manifest.Node, *jinja.Template) (Captured, error) {
	return Captured{}, nil
}

func (mute) Relation(n *manifest.Node) (manifest.Relation, error) {
	return manifest.Relation{Schema: "main", Name: n.Name}, nil
}

// TestBrokenYAMLNeverPanics changes the properties of projects at random. Whatever stands in them,
// parsing ends with diagnostics.
func TestBrokenYAMLNeverPanics(t *testing.T) {
	ctx := context.Background()
	for _, dir := range []string{"testdata/dbt/shop", "testdata/dbt/corners"} {
		p, diags := Load(ctx, Options{Dir: dir, ProfilesDir: dir, Workers: 1})
		if diags.Err() != nil {
			t.Fatal(diags)
		}
		ps := newParsing(p, mute{})
		var results []fileResult
		for _, f := range p.Packages[0].Files {
			switch f.kind {
			case modelFile, seedFile, snapshotFile, analysisFile, testFile, propertiesFile:
				results = append(results, ps.readFile(f))
			}
		}
		rng := rand.New(rand.NewPCG(5, 6))
		for round := range 400 {
			changed := make([]fileResult, len(results))
			for i, r := range results {
				c := fileResult{}
				for _, d := range r.drafts {
					n := *d.node
					n.Refs, n.Sources, n.Macros, n.Tags = nil, nil, nil, nil
					e := *d
					e.node = &n
					c.drafts = append(c.drafts, &e)
				}
				if r.props != nil {
					tree := copyTree(r.props.root)
					for range rng.IntN(4) {
						mutate(rng, tree)
					}
					validate(r.props.file.Shown, tree, ruleOf("properties"), lenient)
					c.props = &propsFile{file: r.props.file, root: tree}
				}
				changed[i] = c
			}
			func() {
				defer func() {
					if r := recover(); r != nil {
						panic(fmt.Sprintf("%s, round %d: %v", dir, round, r))
					}
				}()
				a := newAssembly(ps)
				a.collect(changed)
				a.match()
				a.finish(ctx)
				a.manifest()
			}()
		}
	}
}

// TestBrokenReportsNeverPanic does the same with reports and decks.
func TestBrokenReportsNeverPanic(t *testing.T) {
	ctx := context.Background()
	a, err := txtar.ParseFile("testdata/project/reports.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, diags := Load(ctx, Options{Dir: dir, Workers: 1})
	if diags.Err() != nil {
		t.Fatal(diags)
	}
	ps := newParsing(p, mute{})
	rng := rand.New(rand.NewPCG(7, 8))
	changes := map[fileKind]int{}
	for round := range 600 {
		var results []fileResult
		for _, f := range p.Packages[0].Files {
			text, err := p.files.read(f)
			if err != nil {
				t.Fatal(err)
			}
			var res fileResult
			switch f.kind {
			case reportFile:
				root, _ := parseYAML(f.Shown, []byte(text))
				tree := copyTree(root)
				for range rng.IntN(4) {
					mutate(rng, tree)
				}
				ps.declared(f, text, tree, &res)
			case deckFile:
				text = mutateText(rng, text)
				if parts, found, ok := splitDeck(f.Shown, text); ok && parts != nil {
					res.diags.Add(found)
					r := ps.reportReader(f, text, &res)
					res.drafts = r.deck(parts, text)
				}
			default:
				continue
			}
			changes[f.kind] += len(res.diags)
			results = append(results, res)
		}
		func() {
			defer func() {
				if r := recover(); r != nil {
					panic(fmt.Sprintf("round %d: %v", round, r))
				}
			}()
			a := newAssembly(ps)
			a.collect(results)
			a.match()
			a.finish(ctx)
			a.manifest()
		}()
	}
	if changes[reportFile] < 100 || changes[deckFile] < 100 {
		t.Errorf("too few mistakes were made: %v", changes)
	}
}

// mutateText drops, doubles, swaps and cuts lines.
func mutateText(rng *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	for range rng.IntN(5) {
		i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
		switch rng.IntN(4) {
		case 0:
			lines = append(lines[:i:i], lines[i+1:]...)
		case 1:
			lines = append(lines[:i:i], append([]string{lines[j]}, lines[i:]...)...)
		case 2:
			lines[i], lines[j] = lines[j], lines[i]
		default:
			lines[i] = lines[i][:rng.IntN(len(lines[i])+1)]
		}
		if len(lines) == 0 {
			return ""
		}
	}
	return strings.Join(lines, "\n")
}
