package chart

import (
	"math"
	"sort"

	"atlas/engine/block"
)

// settleSides gives each label of several lines the side of its point where it touches no other label
// and no other point; where there is none it is left out, which true tells.
func (fr *frame) settleSides() (crowded bool) {
	if fr.horizontal || fr.stacked {
		return false
	}
	lines := 0
	for _, s := range fr.series {
		if s.kind != block.ColumnChart && s.labels {
			lines++
		}
	}
	if lines < 2 {
		return false
	}
	fr.sides = map[[2]int]string{}
	var taken []room
	for i := range fr.categories {
		order := fr.at(i)
		for _, k := range order {
			x, y := fr.spot(k, i)
			taken = append(taken, room{x - 2, y - 2, x + 2, y + 2})
		}
		for n, k := range order {
			s := fr.series[k]
			if !s.labels || (s.last()-i)%max(1, fr.thin) != 0 {
				continue
			}
			if !fr.side(k, i, n, &taken) {
				crowded = true
			}
		}
	}
	return crowded
}

// at lists the lines that have a value at a point, the highest first.
func (fr *frame) at(i int) []int {
	var out []int
	for k, s := range fr.series {
		if s.kind != block.ColumnChart && i < len(s.values) && !math.IsNaN(s.values[i]) {
			out = append(out, k)
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return fr.series[out[a]].values[i] > fr.series[out[b]].values[i] })
	return out
}

// spot is where a point stands.
func (fr *frame) spot(k, i int) (x, y float64) {
	s, axis := fr.series[k], fr.left
	if s.Right && fr.right != nil {
		axis = *fr.right
	}
	x = fr.before + fr.band()*float64(i)
	if !fr.edge() {
		x += fr.band() / 2
	}
	return x, fr.top + (axis.max-s.values[i])/(axis.max-axis.min)*fr.plotHeight()
}

// side finds room above or below a point, above first for the higher half of the lines.
func (fr *frame) side(k, i, rank int, taken *[]room) bool {
	x, y := fr.spot(k, i)
	w := fr.width(fr.series[k].label(i), fr.size)
	above := room{x - w/2, y - 5 - fr.size, x + w/2, y - 4}
	below := room{x - w/2, y + 4, x + w/2, y + 5 + fr.size}
	names, rooms := []string{"top", "bottom"}, []room{above, below}
	if rank > 0 {
		names, rooms = []string{"bottom", "top"}, []room{below, above}
	}
	for n, r := range rooms {
		free := r.top >= 0 && r.bottom <= fr.top+fr.plotHeight()
		for _, t := range *taken {
			free = free && !r.meets(t)
		}
		if free {
			*taken = append(*taken, r)
			fr.sides[[2]int{k, i}] = names[n]
			return true
		}
	}
	return false
}
