package main

import (
	"hash/fnv"
	"math/rand/v2"
)

// seed is the one number that all sample data comes from.
const seed = 20260203

// dice is a source of chance of its own for one purpose, so that a change in one place of the
// generator moves nothing in another.
type dice struct{ *rand.Rand }

// newDice gives the dice of a purpose, such as "IONS/2026/dates".
func newDice(purpose string) dice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // a hash never fails to write
	return dice{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// weighted picks an index by weight.
func (d dice) weighted(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := d.Float64() * sum
	for i, w := range weights {
		if x < w {
			return i
		}
		x -= w
	}
	return len(weights) - 1
}

// pick takes one of a list.
func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }
