package layout

import "slices"

// frame is a vertex on the way down the tree and how many of its arcs are done.
type frame struct{ v, arcs int }

// prepare makes room for what each step computes anew.
func (s *simplex) prepare() {
	s.treeAdj = make([][]int, s.n)
	s.surplus = make([]int, s.n)
	for i, a := range s.arcs {
		s.surplus[a.from] += a.weight
		s.surplus[a.to] -= a.weight
		if s.inTree[i] {
			s.treeAdj[a.from] = append(s.treeAdj[a.from], i)
			s.treeAdj[a.to] = append(s.treeAdj[a.to], i)
		}
	}
	s.cut = make([]int, len(s.arcs))
	s.parent = make([]int, s.n)
	s.low = make([]int, s.n)
	s.lim = make([]int, s.n)
	s.sum = make([]int, s.n)
}

// number walks the tree in postorder, so that "v hangs below w" is a comparison of numbers.
func (s *simplex) number() {
	for i := range s.parent {
		s.parent[i] = -1
	}
	s.post = s.post[:0]
	next := 1
	for _, r := range s.roots {
		next = s.numberFrom(r, -1, next)
	}
}

// numberFrom numbers the subtree of v, whose parent arc is given, from next on.
func (s *simplex) numberFrom(v, parentArc, next int) int {
	s.parent[v], s.low[v] = parentArc, next
	stack := append(s.stack[:0], frame{v, 0})
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		adj := s.treeAdj[f.v]
		if f.arcs == len(adj) {
			s.lim[f.v] = next
			next++
			s.post = append(s.post, f.v)
			stack = stack[:len(stack)-1]
			continue
		}
		i := adj[f.arcs]
		f.arcs++
		if i == s.parent[f.v] {
			continue
		}
		w := s.arcs[i].from + s.arcs[i].to - f.v
		s.parent[w], s.low[w] = i, next
		stack = append(stack, frame{w, 0})
	}
	s.stack = stack
	return next
}

// below reports whether v stands in the subtree of w.
func (s *simplex) below(v, w int) bool { return s.low[w] <= s.lim[v] && s.lim[v] <= s.lim[w] }

// child gives the end of a tree arc that is farther from the root.
func (s *simplex) child(i int) int {
	a := s.arcs[i]
	if s.parent[a.from] == i {
		return a.from
	}
	return a.to
}

// cutValues computes every tree arc's cut value: the weight of arcs from its tail's side to its
// head's side, less those back. Within one side arcs cancel, so it is the sum over the vertices
// below the arc of what leaves them less what enters.
func (s *simplex) cutValues() {
	sum := s.sum
	copy(sum, s.surplus)
	for _, v := range s.post {
		i := s.parent[v]
		if i < 0 {
			continue
		}
		a := s.arcs[i]
		if a.from == v {
			s.cut[i] = sum[v]
		} else {
			s.cut[i] = -sum[v]
		}
		sum[a.from+a.to-v] += sum[v]
	}
}

// leaving gives a tree arc whose removal shortens the whole, looking from *next on, or -1.
func (s *simplex) leaving(next *int) int {
	best, found := -1, 0
	for k := range s.arcs {
		i := (*next + k) % len(s.arcs)
		if s.inTree[i] && s.cut[i] < 0 {
			if best < 0 || s.cut[i] < s.cut[best] {
				best = i
			}
			if found++; found == 30 {
				*next = (i + 1) % len(s.arcs)
				return best
			}
		}
	}
	return best
}

// entering gives the arc with least slack that can replace the leaving one.
func (s *simplex) entering(leave int) int {
	v := s.child(leave)
	// The subtree of v moves; arcs that cross in the direction opposite to leave can stop it.
	intoSub := s.arcs[leave].from == v
	best, bestSlack := -1, 0
	for i, a := range s.arcs {
		if s.inTree[i] {
			continue
		}
		from, to := s.below(a.from, v), s.below(a.to, v)
		if from == to || to != intoSub {
			continue
		}
		if sl := s.slack(i); best < 0 || sl < bestSlack {
			best, bestSlack = i, sl
		}
	}
	return best
}

// exchange swaps two arcs in the tree and moves the ranks of one side.
func (s *simplex) exchange(leave, enter int) {
	delta := s.slack(enter)
	v := s.child(leave)
	if delta != 0 {
		if !s.below(s.arcs[enter].from, v) {
			delta = -delta // the arc enters the subtree, which moves left to make it tight
		}
		for w := range s.n {
			if s.below(w, v) {
				s.rank[w] += delta
			}
		}
	}
	s.inTree[leave], s.inTree[enter] = false, true
	for _, end := range []int{s.arcs[leave].from, s.arcs[leave].to} {
		adj := s.treeAdj[end]
		k := slices.Index(adj, leave)
		s.treeAdj[end] = append(adj[:k], adj[k+1:]...)
	}
	s.treeAdj[s.arcs[enter].from] = append(s.treeAdj[s.arcs[enter].from], enter)
	s.treeAdj[s.arcs[enter].to] = append(s.treeAdj[s.arcs[enter].to], enter)
	s.number()
	s.cutValues()
}

// balance moves vertices that may stand in several layers at no cost to the emptiest of them.
func (s *simplex) balance() {
	low, high := s.rank[0], s.rank[0]
	for _, r := range s.rank {
		low, high = min(low, r), max(high, r)
	}
	count := make([]int, high-low+1)
	for _, r := range s.rank {
		count[r-low]++
	}
	for v := range s.n {
		left, right, weight := low, high, 0
		hasIn, hasOut := false, false
		for _, i := range s.at[v] {
			a := s.arcs[i]
			if a.to == v {
				left = max(left, s.rank[a.from]+a.length)
				weight += a.weight
				hasIn = true
			} else {
				right = min(right, s.rank[a.to]-a.length)
				weight -= a.weight
				hasOut = true
			}
		}
		if weight != 0 || !hasIn || !hasOut {
			continue
		}
		best := s.rank[v]
		for r := left; r <= right; r++ {
			if count[r-low] < count[best-low]-1 || (r < best && count[r-low] < count[best-low]) {
				best = r
			}
		}
		count[s.rank[v]-low]--
		count[best-low]++
		s.rank[v] = best
	}
}
