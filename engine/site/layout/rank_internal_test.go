package layout

import (
	"math/rand/v2"
	"testing"
)

// TestSimplexFindsTheLeastLength compares with every assignment of ranks on small graphs.
func TestSimplexFindsTheLeastLength(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		n := 3 + r.IntN(3)
		s := newSimplex(n)
		for range n + r.IntN(n) {
			a, b := r.IntN(n), r.IntN(n)
			if a != b {
				s.add(min(a, b), max(a, b), 1+r.IntN(2), r.IntN(3))
			}
		}
		arcs := append([]arc(nil), s.arcs...)
		got, err := s.solve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		length, ok := total(arcs, got)
		if !ok {
			t.Fatalf("ranks %v break an arc of %v", got, arcs)
		}
		if want := least(arcs, n); length != want {
			t.Errorf("length %d, the least is %d: %v %v", length, want, arcs, got)
		}
	}
}

func total(arcs []arc, ranks []int) (int, bool) {
	sum := 0
	for _, a := range arcs {
		d := ranks[a.to] - ranks[a.from]
		if d < a.length {
			return 0, false
		}
		sum += d * a.weight
	}
	return sum, true
}

// least tries all ranks from 0 to a bound that no optimum needs to pass.
func least(arcs []arc, n int) int {
	best := -1
	ranks := make([]int, n)
	var try func(v int)
	try = func(v int) {
		if v == n {
			if sum, ok := total(arcs, ranks); ok && (best < 0 || sum < best) {
				best = sum
			}
			return
		}
		for r := range 9 {
			ranks[v] = r
			try(v + 1)
		}
	}
	try(0)
	return best
}
