package docs

import "fmt"

// listLimit is how many rows a page of a list holds.
const listLimit = 500

// listBody is one page of a list of nodes, macros or tests.
type listBody struct {
	Group  *group
	Nodes  []*node
	Tests  []*test
	Macros []*macro
	Total  int
	Tally  tally
	Pages  []listPage
	Tags   []string
}

type listPage struct {
	Number  int
	Href    string
	Current bool
}

// lists writes the list of every group, of tests and of macros.
func (r *renderer) lists() error {
	for _, g := range r.groups {
		err := r.list("list/"+g.Key, "list", g.Name, g.Key, len(g.Nodes), func(b *listBody, from, to int) {
			b.Group, b.Nodes = g, g.Nodes[from:to]
		})
		if err != nil {
			return err
		}
	}
	if len(r.tests) > 0 {
		t := tallyOf(r.tests)
		err := r.list("list/tests", "testlist", "Tests", "tests", len(r.tests), func(b *listBody, from, to int) {
			b.Tests, b.Tally = r.tests[from:to], t
		})
		if err != nil {
			return err
		}
	}
	if len(r.macros) == 0 {
		return nil
	}
	return r.list("list/macros", "macrolist", "Macros", "macros", len(r.macros), func(b *listBody, from, to int) {
		b.Macros = r.macros[from:to]
	})
}

func (r *renderer) list(name, tmpl, title, key string, n int, fill func(b *listBody, from, to int)) error {
	address := func(k int) string {
		if k == 1 {
			return name + ".html"
		}
		return fmt.Sprintf("%s.%d.html", name, k)
	}
	count := (n + listLimit - 1) / listLimit
	for k := 1; k <= count; k++ {
		b := &listBody{Total: n}
		fill(b, (k-1)*listLimit, min(n, k*listLimit))
		for i := 1; i <= count && count > 1; i++ {
			b.Pages = append(b.Pages, listPage{i, address(i), i == k})
		}
		if err := r.page(address(k), tmpl, &page{Title: title, Active: key, Body: b}); err != nil {
			return err
		}
	}
	return nil
}
