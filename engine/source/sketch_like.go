package source

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// pattern is what all declarations of one table say together: the words of every year.
type pattern struct {
	*manifest.ExtractTable        // the declaration that fits best
	matched                int    // headers of the sketch that it takes
	name                   string // source.table
	columns                []manifest.ExtractColumn
}

// LikeNone is the value of SketchOptions.Like that follows no declared table.
const LikeNone = "none"

// kin are the declared tables of the same scope but for its years and other numbers; all if there
// are none.
func (s *sketching) kin() []*manifest.ExtractTable {
	var near []*manifest.ExtractTable
	for _, t := range s.o.Known {
		far := false
		for name, v := range s.o.Scope {
			other, ok := t.Scope[name]
			far = far || ok && !strings.EqualFold(other, v) && !allDigits(v)
		}
		if !far {
			near = append(near, t)
		}
	}
	if len(near) == 0 || s.o.Like != "" && !slices.ContainsFunc(near, func(t *manifest.ExtractTable) bool {
		return s.o.Like == t.Table || s.o.Like == t.Source+"."+t.Table
	}) {
		return s.o.Known
	}
	return near
}

// follow finds the declared table whose columns the headers name best; nil if none is near.
func (s *sketching) follow(texts []string) (*pattern, error) {
	if s.o.Like == LikeNone {
		return nil, nil
	}
	n := len(named(texts))
	byName := map[string][]*manifest.ExtractTable{}
	var names []string
	for _, t := range s.kin() {
		name := t.Source + "." + t.Table
		if s.o.Like != "" && s.o.Like != name && s.o.Like != t.Table {
			continue
		}
		if byName[name] == nil {
			names = append(names, name)
		}
		byName[name] = append(byName[name], t)
	}
	if s.o.Like != "" && len(names) == 0 {
		var all []string
		for _, t := range s.o.Known {
			all = addText(all, t.Source+"."+t.Table)
		}
		d := diag.Errorf(diag.NothingMatches, diag.Pos{}, "no extraction makes a table %s", s.o.Like)
		if d.Hint = diag.DidYouMean(s.o.Like, all); d.Hint == "" && len(all) > 0 {
			d.Hint = "there are " + strings.Join(all, ", ")
		}
		return nil, d
	}
	var best *pattern
	for _, name := range names {
		p := union(name, byName[name], texts)
		if p != nil && (best == nil || p.matched > best.matched) {
			best = p
		}
	}
	if best == nil || s.o.Like == "" && (best.matched < 3 && best.matched < n || best.matched*5 < n*2) {
		return nil, nil
	}
	return best, nil
}

// union lays the declarations of one table over each other, the best fitting first.
func union(name string, tables []*manifest.ExtractTable, texts []string) *pattern {
	p := &pattern{name: name}
	most := -1
	for _, t := range tables {
		if n := matches(t, texts); n >= most { // of equals the later: the newer year
			most, p.ExtractTable = n, t
		}
	}
	if p.ExtractTable == nil {
		return nil
	}
	for _, c := range p.ExtractTable.Columns {
		c.Headers, c.Map = slices.Clone(c.Headers), maps.Clone(c.Map)
		p.columns = append(p.columns, c)
	}
	for _, t := range tables {
		for _, c := range t.Columns {
			i := slices.IndexFunc(p.columns, func(h manifest.ExtractColumn) bool { return h.Name == c.Name })
			if i < 0 {
				c.Headers, c.Map = slices.Clone(c.Headers), maps.Clone(c.Map)
				p.columns = append(p.columns, c)
				continue
			}
			have := &p.columns[i]
			for _, h := range c.Headers {
				if !slices.ContainsFunc(have.Headers, func(x string) bool { return Fold(x) == Fold(h) }) {
					have.Headers = append(have.Headers, h)
				}
			}
			for from, to := range c.Map {
				if have.Map == nil {
					have.Map = map[string]string{}
				}
				if _, ok := have.Map[from]; !ok {
					have.Map[from] = to
				}
			}
		}
	}
	full := *p.ExtractTable
	full.Columns = p.columns
	p.matched = matches(&full, texts)
	return p
}

// adopt gives the sketched columns the names, types and words of the declared ones; the declared
// columns that the sheets lack are returned.
func (p *pattern) adopt(columns []*sketched) (lacking []string) {
	texts := make([]string, len(columns))
	hidden := map[int]bool{}
	for i, c := range columns {
		texts[i], hidden[i+1] = c.Headers[0], c.hidden
	}
	full := *p.ExtractTable
	full.Columns = p.columns
	b := bind(&full, texts, hidden)
	taken := map[int]bool{}
	for _, j := range b.at {
		taken[j] = true
	}
	for i, j := range b.at {
		k := p.columns[i]
		if j < 0 && k.From == "" {
			if j = nearly(k, columns, taken); j >= 0 {
				taken[j] = true
				columns[j].remarks = append(columns[j].remarks, "taken for "+k.Name+" because the header is like "+quoteList(p.columns[i].Headers[:1]))
			}
		}
		if j < 0 {
			if k.From == "" {
				lacking = append(lacking, k.Name)
			}
			continue
		}
		c := columns[j]
		k.Headers = slices.DeleteFunc(k.Headers, func(h string) bool { return Fold(h) == Fold(c.Headers[0]) })
		k.Headers = append([]string{c.Headers[0]}, k.Headers...)
		c.ExtractColumn, c.hidden = k, false
	}
	return lacking
}

// nearly finds the one free column whose header ends with the words of a declared header, or that
// ends with its words: "Customer Name" and "Name" under a group. -1 if there is none, or several.
func nearly(k manifest.ExtractColumn, columns []*sketched, taken map[int]bool) int {
	found := -1
	for j, c := range columns {
		if taken[j] {
			continue
		}
		text := Fold(c.Headers[0])
		like := slices.ContainsFunc(k.Headers, func(h string) bool {
			h = Fold(h)
			return len(h) > 3 && strings.HasSuffix(text, " "+h) || len(text) > 3 && strings.HasSuffix(h, " "+text)
		})
		if !like {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = j
	}
	return found
}

// words remarks on the texts of an adopted column that its map does not know.
func (c *sketched) words() {
	if len(c.Map) == 0 {
		return
	}
	known := map[string]bool{}
	for from, to := range c.Map {
		known[Fold(from)], known[Fold(to)] = true, true
	}
	var strange []string
	for t, s := range c.texts {
		if s.like == Text && !known[Fold(t)] && !nothing(t) && Fold(t) != "" {
			strange = append(strange, t)
		}
	}
	slices.Sort(strange)
	if n := len(strange); n > 0 {
		shown := strange[:min(n, 4)]
		for i, t := range shown {
			shown[i] = clip(t, 30)
		}
		c.remarks = append(c.remarks, fmt.Sprintf("its map does not know %s: %s", plural(int64(n), "text"), quoteList(shown)))
	}
}
