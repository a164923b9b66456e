package layout

import "context"

// firstWeight is how much more an edge from the first layer counts: what reads it stands beside
// it, even where moving towards its own readers would save more length.
const firstWeight = 16

// rank gives every node its layer so that edges point right and their total length is least.
func rank(ctx context.Context, nodes []Node, edges []Edge) ([]int, error) {
	in, out := make([]int, len(nodes)), make([]int, len(nodes))
	for _, e := range edges {
		if e.From != e.To {
			out[e.From]++
			in[e.To]++
		}
	}
	// All First nodes are one vertex, all Last nodes another: what is pinned together stays so.
	first, last := len(nodes), len(nodes)+1
	vertex := make([]int, len(nodes))
	anyLast := false
	for i, n := range nodes {
		vertex[i] = i
		switch {
		case n.Pin == First && in[i] == 0:
			vertex[i] = first
		case n.Pin == Last && out[i] == 0 && in[i] > 0:
			vertex[i] = last
			anyLast = true
		}
	}
	s := newSimplex(len(nodes) + 2)
	for _, e := range edges {
		if e.From == e.To {
			continue
		}
		weight := 1
		if vertex[e.From] == first {
			weight = firstWeight
		}
		s.add(vertex[e.From], vertex[e.To], 1, weight)
	}
	for i := range nodes {
		if vertex[i] != i || (in[i] == 0 && out[i] == 0) {
			continue
		}
		if in[i] == 0 {
			s.add(first, i, 0, 0)
		}
		if out[i] == 0 && anyLast {
			s.add(i, last, 1, 0)
		}
	}
	ranks, err := s.solve(ctx)
	if err != nil {
		return nil, err
	}
	result := make([]int, len(nodes))
	low := ranks[first]
	for i := range nodes {
		if in[i] > 0 || out[i] > 0 {
			low = min(low, ranks[vertex[i]])
		}
	}
	for i := range nodes {
		if in[i] > 0 || out[i] > 0 {
			result[i] = ranks[vertex[i]] - low
		}
	}
	closeGaps(result, in, out)
	return result, nil
}

// closeGaps renumbers layers so that none is empty.
func closeGaps(ranks, in, out []int) {
	top := 0
	for _, r := range ranks {
		top = max(top, r)
	}
	used := make([]bool, top+1)
	for i, r := range ranks {
		if in[i] > 0 || out[i] > 0 {
			used[r] = true
		}
	}
	number := make([]int, top+1)
	n := 0
	for r, u := range used {
		number[r] = n
		if u {
			n++
		}
	}
	for i, r := range ranks {
		ranks[i] = number[r]
	}
}

// arc is an edge of the ranking problem: to stands at least length layers right of from.
type arc struct{ from, to, length, weight int }

// simplex minimises the weighted length of arcs over integer ranks.
type simplex struct {
	n       int
	arcs    []arc
	seen    map[[2]int]int
	at      [][]int // arcs at a vertex
	rank    []int
	inTree  []bool
	cut     []int
	parent  []int // arc to the parent in the tree; -1 at a root
	low     []int // least number in the subtree of a vertex
	lim     []int // number of a vertex in postorder
	post    []int // vertices in postorder
	treeAdj [][]int
	surplus []int   // weight of arcs that leave a vertex less that of those that enter
	sum     []int   // scratch of cutValues
	stack   []frame // scratch of numberFrom
	roots   []int   // one a connected part
}

func newSimplex(n int) *simplex {
	return &simplex{n: n, seen: map[[2]int]int{}, at: make([][]int, n)}
}

// add adds an arc; parallel arcs become one that is heavier.
func (s *simplex) add(from, to, length, weight int) {
	if from == to {
		return
	}
	if i, ok := s.seen[[2]int{from, to}]; ok {
		s.arcs[i].weight += weight
		s.arcs[i].length = max(s.arcs[i].length, length)
		return
	}
	i := len(s.arcs)
	s.seen[[2]int{from, to}] = i
	s.arcs = append(s.arcs, arc{from, to, length, weight})
	s.at[from] = append(s.at[from], i)
	s.at[to] = append(s.at[to], i)
}

func (s *simplex) slack(i int) int {
	a := s.arcs[i]
	return s.rank[a.to] - s.rank[a.from] - a.length
}

func (s *simplex) solve(ctx context.Context) ([]int, error) {
	if err := s.longestPath(); err != nil {
		return nil, err
	}
	s.tightTree()
	s.prepare()
	s.number()
	s.cutValues()
	limit := 20*s.n + 200
	if s.n > 4000 {
		limit = 2000 + s.n/4 // close to the optimum; each step costs time in proportion to the graph
	}
	next := 0
	for range limit {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		leave := s.leaving(&next)
		if leave < 0 {
			break
		}
		enter := s.entering(leave)
		if enter < 0 {
			break
		}
		s.exchange(leave, enter)
	}
	s.balance()
	return s.rank, nil
}

// longestPath starts with every vertex as far left as its arcs allow.
func (s *simplex) longestPath() error {
	s.rank = make([]int, s.n)
	wait := make([]int, s.n)
	for _, a := range s.arcs {
		wait[a.to]++
	}
	var queue []int
	for v := range s.n {
		if wait[v] == 0 {
			queue = append(queue, v)
		}
	}
	for k := 0; k < len(queue); k++ {
		v := queue[k]
		for _, i := range s.at[v] {
			a := s.arcs[i]
			if a.from != v {
				continue
			}
			s.rank[a.to] = max(s.rank[a.to], s.rank[v]+a.length)
			if wait[a.to]--; wait[a.to] == 0 {
				queue = append(queue, a.to)
			}
		}
	}
	if len(queue) < s.n {
		return ErrCycle
	}
	return nil
}

// tightTree spans every connected part by arcs without slack, moving vertices where needed.
func (s *simplex) tightTree() {
	s.inTree = make([]bool, len(s.arcs))
	part := s.parts()
	done := make([]bool, s.n)
	for _, vertices := range part {
		s.roots = append(s.roots, vertices[0])
		tree := []int{vertices[0]}
		done[vertices[0]] = true
		tree = s.growTight(tree, 0, done)
		for len(tree) < len(vertices) {
			best, bestSlack := -1, 0
			for _, v := range tree {
				for _, i := range s.at[v] {
					a := s.arcs[i]
					if done[a.from] == done[a.to] {
						continue
					}
					if sl := s.slack(i); best < 0 || sl < bestSlack {
						best, bestSlack = i, sl
					}
				}
			}
			delta := bestSlack
			if done[s.arcs[best].to] {
				delta = -bestSlack
			}
			for _, v := range tree {
				s.rank[v] += delta
			}
			tree = s.growTight(tree, 0, done)
		}
	}
}

// growTight adds to the tree every vertex that it reaches by tight arcs.
func (s *simplex) growTight(tree []int, from int, done []bool) []int {
	for k := from; k < len(tree); k++ {
		for _, i := range s.at[tree[k]] {
			a := s.arcs[i]
			other := a.from + a.to - tree[k]
			if done[other] || s.slack(i) != 0 {
				continue
			}
			done[other] = true
			s.inTree[i] = true
			tree = append(tree, other)
		}
	}
	return tree
}

func (s *simplex) parts() [][]int {
	seen := make([]bool, s.n)
	var parts [][]int
	for v := range s.n {
		if seen[v] {
			continue
		}
		seen[v] = true
		p := []int{v}
		for k := 0; k < len(p); k++ {
			for _, i := range s.at[p[k]] {
				other := s.arcs[i].from + s.arcs[i].to - p[k]
				if !seen[other] {
					seen[other] = true
					p = append(p, other)
				}
			}
		}
		parts = append(parts, p)
	}
	return parts
}
