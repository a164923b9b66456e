package graph_test

import (
	"path"
	"strings"
	"testing"

	"atlas/engine/graph"
)

// FuzzSelect: any text is a selector or a problem with a place in it, never a crash.
func FuzzSelect(f *testing.F) {
	for _, s := range []string{
		"+sales+", "2+tag:x,path:a/b/**/c", "@sales", "st[!a-c]*", "a,,b", "config.a.b:c", "[", "[]", "[!", "**/x", "é+", "a:b:c", "++", "\t \n", "1+2+x+3", "version:latest", "[]]*", "*[",
	} {
		f.Add(s)
	}
	m := recorded(f)
	f.Fuzz(func(t *testing.T, s string) {
		set, problems := graph.Select(m, graph.Query{Select: []string{s}})
		if problems.Err() == nil && set == nil {
			t.Error("neither a set nor a problem")
		}
		for _, d := range problems {
			if d.Pos.Col > len([]rune(d.Text))+1 {
				t.Errorf("%s points behind the text %q", d, d.Text)
			}
		}
		printed(problems)
	})
}

// FuzzFile compares the file method's wildcards with path.Match where both mean the same.
func FuzzFile(f *testing.F) {
	f.Add("s*s.sql")
	f.Add("stg_?ales.sql")
	f.Add("[st]*")
	m := recorded(f)
	f.Fuzz(func(t *testing.T, pattern string) {
		if strings.ContainsAny(pattern, "\\^/+@, \t\n:") || !strings.HasSuffix(pattern, ".sql") || strings.Contains(pattern, "[") {
			t.Skip()
		}
		set, problems := graph.Select(m, graph.Query{Select: []string{"file:" + pattern}, Indirect: graph.Empty})
		if problems.Err() != nil {
			t.Skip()
		}
		for id, n := range m.Nodes {
			want, err := path.Match(pattern, path.Base(n.Path))
			if err != nil {
				t.Skip()
			}
			stem, _ := path.Match(pattern, strings.TrimSuffix(path.Base(n.Path), path.Ext(n.Path)))
			if (want || stem) != set.Has(id) {
				t.Errorf("%q on %s: %v", pattern, n.Path, set.Has(id))
			}
		}
	})
}
