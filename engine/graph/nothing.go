package graph

import (
	"fmt"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// maxShown is how many close names a hint lists.
const maxShown = 5

// nothingMatches says that a term selects nothing and what comes close.
func (s *selection) nothingMatches(sp *spec) *diag.Diagnostic {
	if sp.named != nil {
		return diag.Warnf(diag.NothingMatches, sp.named.Pos, "selector %q matches no node", sp.named.Name)
	}
	leaves := criteria(sp)
	if len(leaves) == 0 {
		return diag.Warnf(diag.NothingMatches, diag.Pos{}, "the selector is empty and selects nothing").
			WithHint("leave --select out to select everything")
	}
	first := leaves[0]
	d := diag.Warnf(diag.NothingMatches, diag.Pos{File: first.flag, Line: 1, Col: first.at + 1}, "%q matches no node", sp.raw)
	d.Text = first.text
	d = d.WithLen(len([]rune(sp.raw)))
	if len(leaves) == 1 {
		return s.hintFor(d, first)
	}
	counts := make([]string, len(leaves))
	for i, c := range leaves {
		got := s.evalCriterion(c).direct
		if got.empty() {
			return s.hintFor(d, c)
		}
		counts[i] = fmt.Sprintf("%s matches %d", c.raw, count(got))
	}
	return d.WithHint("no node is in all of them: %s", strings.Join(counts, ", "))
}

func count(b bits) int {
	n := 0
	b.all(func(int32) { n++ })
	return n
}

// criteria gives the terms of one word.
func criteria(sp *spec) []*criterion {
	if sp.ref != nil {
		return criteria(sp.ref)
	}
	if sp.op == leaf && sp.leaf != nil {
		return []*criterion{sp.leaf}
	}
	var out []*criterion
	for _, p := range sp.parts {
		out = append(out, criteria(p)...)
	}
	return out
}

// hintFor names what the term may have meant: a near value of its method, the same value under
// another method, or values that contain it.
func (s *selection) hintFor(d *diag.Diagnostic, c *criterion) *diag.Diagnostic {
	values := s.values(c.method)
	near, _ := diag.Nearest(c.value, values)
	word := strings.ToLower(strings.Trim(c.value, "*?./"))
	var contain []string
	for _, v := range values {
		if word != "" && v != near && strings.Contains(strings.ToLower(v), word) {
			contain = append(contain, v)
		}
	}
	other := s.otherMethod(c)
	switch {
	case near != "" && len(contain) > 0:
		return d.WithHint("did you mean %q? %d more %s %q", c.with(near), len(contain), plural(len(contain), "contains", "contain"), word)
	case near != "":
		return d.WithHint("did you mean %q?", c.with(near))
	case other != "":
		return d.WithHint("did you mean %q?", other)
	case len(contain) > maxShown:
		return d.WithHint("%d names contain %q, such as %s", len(contain), word, strings.Join(contain[:maxShown], ", "))
	case len(contain) > 0:
		return d.WithHint("%d %s %q: %s", len(contain), plural(len(contain), "name contains", "names contain"), word, strings.Join(contain, ", "))
	}
	return d.WithHint("`atlas list` shows what there is")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// with writes the term with another value.
func (c *criterion) with(value string) string {
	return strings.Replace(c.raw, c.value, value, 1)
}

// otherMethod finds a method under which the value of a plain name would match, or that of one kind of
// what is shown: dbt knows reports and decks as exposures.
func (s *selection) otherMethod(c *criterion) string {
	shown := []string{"exposure", "report", "deck", "block", "slide"}
	methodNames := []string{"tag", "source", "package", "exposure", "report", "deck", "block", "slide", "test_name", "group", "unit_test"}
	if c.named {
		if !slices.Contains(shown, c.method) {
			return ""
		}
		methodNames = shown
	}
	for _, m := range methodNames {
		try := &criterion{raw: c.raw, text: c.text, method: m, value: c.value}
		match, d := methods()[m].match(s, try)
		if d == nil && slices.ContainsFunc(s.index.nodes, match) {
			if c.named {
				return strings.Replace(c.raw, c.method+":", m+":", 1)
			}
			return m + ":" + c.value
		}
	}
	return ""
}

// values gives what the nodes have under a method, for did-you-mean.
func (s *selection) values(method string) []string {
	seen := map[string]bool{}
	add := func(v string) {
		if v != "" {
			seen[v] = true
		}
	}
	for _, n := range s.index.nodes {
		switch method {
		case "fqn":
			if n.Kind != manifest.Source && !n.Kind.OfReports() {
				add(n.Name)
			}
		case "tag":
			for _, t := range n.Tags {
				add(t)
			}
		case "path":
			add(n.Path)
			for dir := parentDir(n.Path); dir != ""; dir = parentDir(dir) {
				add(dir)
			}
		case "file":
			add(n.Path[strings.LastIndex(n.Path, "/")+1:])
		case "source":
			if n.Kind == manifest.Source && n.Source != nil {
				add(n.Source.SourceName)
				add(n.Source.SourceName + "." + n.Name)
			}
		case "package":
			add(n.Package)
		case "group":
			add(n.GroupName())
		case "test_name":
			if n.Test != nil && n.Test.Generic {
				add(n.Test.Type)
			}
		case "exposure", "unit_test", "report", "block", "deck", "slide":
			if string(n.Kind) == method {
				add(n.Name)
			}
		}
	}
	out := make([]string, 0, len(seen))
	for v := range seen {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

func parentDir(p string) string {
	i := strings.LastIndex(p, "/")
	if i < 0 {
		return ""
	}
	return p[:i]
}

// wrongKinds says that everything selected, or the whole project, is of kinds which the command
// does not work on.
func (s *selection) wrongKinds(b bits) *diag.Diagnostic {
	wanted := make([]string, 0, len(s.query.ResourceTypes))
	for _, k := range s.query.ResourceTypes {
		wanted = append(wanted, kindName(k))
	}
	if !s.query.Selects() {
		if len(wanted) == 0 {
			return diag.Warnf(diag.NothingMatches, diag.Pos{}, "nothing to do: the project has no nodes")
		}
		return diag.Warnf(diag.NothingMatches, diag.Pos{}, "nothing to do: the project has no %s", strings.Join(wanted, ", "))
	}
	kinds := map[manifest.Kind]int{}
	b.all(func(i int32) { kinds[s.index.nodes[i].Kind]++ })
	var found []string
	for k, n := range kinds {
		found = append(found, fmt.Sprintf("%d %s", n, plural(n, kindName(k), kindNames(k))))
	}
	slices.Sort(found)
	if len(found) == 0 {
		return diag.Warnf(diag.NothingMatches, diag.Pos{}, "nothing to do: the exclusions leave no node")
	}
	d := diag.Warnf(diag.NothingMatches, diag.Pos{}, "nothing to do: the selector matches %s", strings.Join(found, ", "))
	if len(wanted) == 0 {
		return d
	}
	return d.WithHint("this command works on: %s", strings.Join(wanted, ", "))
}

func kindName(k manifest.Kind) string {
	return strings.ReplaceAll(string(k), "_", " ")
}

func kindNames(k manifest.Kind) string {
	if k == manifest.Analysis {
		return "analyses"
	}
	return kindName(k) + "s"
}
