package project_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// TestProjects reads the projects of testdata/project, one an archive, and compares what they
// give with the archive's last file, want. The archive's comment may hold options, one a line:
// target, profile, vars, threads, scope NAME VALUE, env NAME VALUE, profiles-dir.
// ATLAS_UPDATE=1 rewrites want.
func TestProjects(t *testing.T) {
	files, err := filepath.Glob("testdata/project/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives in testdata/project")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			var want *txtar.File
			for i := range a.Files {
				f := &a.Files[i]
				if f.Name == "want" {
					want = f
					continue
				}
				path := filepath.Join(dir, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got := describeProject(t, dir, string(a.Comment))
			if os.Getenv("ATLAS_UPDATE") != "" {
				if want == nil {
					a.Files = append(a.Files, txtar.File{Name: "want"})
					want = &a.Files[len(a.Files)-1]
				}
				want.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want == nil || string(want.Data) != got {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// describeProject loads and parses a project and writes down what matters.
func describeProject(t *testing.T, dir, comment string) string {
	t.Helper()
	o := project.Options{Dir: dir, Threads: 1, Scope: map[string]string{}}
	env := map[string]string{"HOME": filepath.Join(dir, "home")}
	show := map[string]bool{}
	for line := range strings.Lines(comment) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), f[0]))
		switch f[0] {
		case "target":
			o.Target = f[1]
		case "profile":
			o.Profile = f[1]
		case "profiles-dir":
			o.ProfilesDir = filepath.Join(dir, f[1])
		case "vars":
			vars, err := project.ParseVars(rest)
			if err != nil {
				t.Fatal(err)
			}
			o.Vars = vars
		case "scope":
			o.Scope[f[1]] = f[2]
		case "env":
			env[f[1]] = f[2]
		case "show":
			for _, what := range f[1:] {
				show[what] = true
			}
		}
	}
	o.Env = func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}
	var b strings.Builder
	p, diags := project.Load(context.Background(), o)
	writeDiags(&b, dir, diags)
	if p == nil {
		return b.String()
	}
	if show["target"] {
		fmt.Fprintf(&b, "target %s.%s %s schema=%s threads=%d %s\n", p.Target.Profile, p.Target.Name, p.Target.Type, p.Target.Schema, p.Target.Threads, jsonText(p.Target.Options))
	}
	if show["vars"] {
		for _, pkg := range p.Packages {
			fmt.Fprintf(&b, "vars of %s %s\n", pkg.Name, jsonText(pkg.Vars))
		}
	}
	if show["scope"] {
		fmt.Fprintf(&b, "scope %v\n", p.Scope.Values)
	}
	r := &fakeRenderer{p: p}
	m, diags := project.Parse(context.Background(), p, r)
	writeDiags(&b, dir, diags)
	writeNodes(&b, m)
	if show["reports"] {
		dumpReports(&b, m)
	}
	sort.Strings(r.captured)
	if len(r.captured) > 0 {
		fmt.Fprintf(&b, "rendered %s\n", strings.Join(r.captured, " "))
	}
	return b.String()
}

func jsonText(m *manifest.Map) string {
	data, err := m.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func writeDiags(b *strings.Builder, dir string, diags diag.List) {
	for _, d := range diags {
		text := d.Severity.String() + " " + d.Error()
		if d.Hint != "" {
			text += "\n  help: " + d.Hint
		}
		for _, n := range d.Notes {
			text += "\n  note: " + n.Pos.String() + ": " + n.Msg
		}
		fmt.Fprintln(b, strings.ReplaceAll(text, dir, "$DIR"))
	}
}

func writeNodes(b *strings.Builder, m *manifest.Manifest) {
	var ids []string
	for id := range m.Nodes {
		ids = append(ids, string(id))
	}
	sort.Strings(ids)
	for _, id := range ids {
		writeNode(b, "", m.Nodes[manifest.ID(id)])
	}
	ids = nil
	for id := range m.Disabled {
		ids = append(ids, string(id))
	}
	sort.Strings(ids)
	for _, id := range ids {
		for _, n := range m.Disabled[manifest.ID(id)] {
			writeNode(b, "off ", n)
		}
	}
}

func writeNode(b *strings.Builder, prefix string, n *manifest.Node) {
	fmt.Fprintf(b, "%s%s %s %s", prefix, n.ID, n.Pos, n.Relation)
	if len(n.Refs) > 0 {
		var refs []string
		for _, r := range n.Refs {
			refs = append(refs, fmt.Sprintf("%s@%d:%d", strings.Trim(r.Package+"."+r.Name+"."+r.Version, "."), r.Pos.Line, r.Pos.Col))
		}
		fmt.Fprintf(b, " refs=%s", strings.Join(refs, ","))
	}
	if len(n.Sources) > 0 {
		var refs []string
		for _, r := range n.Sources {
			refs = append(refs, fmt.Sprintf("%s.%s@%d:%d", r.Source, r.Table, r.Pos.Line, r.Pos.Col))
		}
		fmt.Fprintf(b, " sources=%s", strings.Join(refs, ","))
	}
	if len(n.Uses) > 0 {
		fmt.Fprintf(b, " uses=%v", n.Uses)
	}
	if len(n.Macros) > 0 {
		fmt.Fprintf(b, " macros=%v", n.Macros)
	}
	if n.Test != nil && n.Test.Generic {
		fmt.Fprintf(b, " test=%s args=%s", n.Test.Type, jsonText(n.Test.Args))
	}
	fmt.Fprintf(b, " config=%s\n", jsonText(n.Config.Map()))
	if n.Source != nil {
		for _, t := range n.Source.Extract {
			fmt.Fprintf(b, "  extract %s %s %v %s %s columns=%d checks=%d options=%s\n", t.Pos, t.Driver, t.Scope, t.Snapshot, t.OnBadCell, len(t.Columns), len(t.Checks), jsonText(t.Options))
		}
	}
}
