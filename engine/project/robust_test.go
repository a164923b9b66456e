package project

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

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
