package chart

import (
	"math"
	"slices"
	"strings"
)

// Sizes that names of categories keep in every medium, in points.
const (
	nameGap   = 4.0 // the least distance of names that stand side by side
	wrapped   = 34  // the least room of a name that is broken into lines
	mostLines = 3
	leastName = 7.0 // type of the names of many bars
	inkHeight = 0.9 // of a line of type that ink covers
	shortName = 120 // what is left of a long name tells it from others
)

// BesideShare is how much of a chart's width the names of bars take at most, in every medium.
const BesideShare = 0.4

// Names lays out the names of a chart's categories, so that none is turned and none touches another:
// for every medium alike. Lengths are in one unit, such as points.
type Names struct {
	Names []string
	Time  bool    // points in time, whose year may stand on a line of its own
	Chart float64 // width of the chart
	Band  float64 // from one category to the next
	Width func(text string) float64
}

// Below gives the names that stand below their points: broken into lines if they are long, and thinned
// out if they are many, then "" where none stands. The last one always does.
func (n Names) Below() []string {
	room := n.Band - nameGap
	if n.widest(n.Names) <= room {
		return n.Names
	}
	if !n.Time && n.Band >= wrapped {
		if out := n.Wrap(room, mostLines); !slices.ContainsFunc(out, func(s string) bool { return strings.Contains(s, "…\n") }) {
			return out
		} // a word that is cut in the midst of a name says less than fewer names
	}
	return n.thinned()
}

func (n Names) widest(texts []string) float64 {
	w := 0.0
	for _, t := range texts {
		w = math.Max(w, n.Width(t))
	}
	return w
}

// thinned writes names on one line, the years of points in time on a second, then every other name,
// every third and so on. A year is not lost with the name that it stood at.
func (n Names) thinned() []string {
	room := n.Chart / 3
	if !n.Time {
		room = math.Min(room, math.Max(n.Chart/6, shortName)) // rather more names than long ones
	}
	// Names nearer than a gap never fit; of thousands of points not every step is tried.
	for step := max(1, min(int(nameGap/n.Band), len(n.Names))); ; step += max(1, step/32) {
		names := thinned(n.Names, step)
		one, two := make([]string, len(names)), make([]string, len(names))
		for i, name := range names {
			if name == "" {
				continue
			}
			one[i] = cut(name, room, n.Width)
			two[i] = one[i]
			if short, year, ok := yearOf(name); ok {
				two[i] = cut(short, room, n.Width) + "\n" + year
			}
		}
		if n.apart(one) || step >= len(names) {
			return one
		}
		if n.apart(two) {
			return two
		}
	}
}

// Beside gives the names of bars that run to the right, broken into lines if there is room for two, cut
// where they are longer than room, with the size of their type, at most size; every how many bars one
// stands.
func (n Names) Beside(room, size float64) (names []string, small float64, every int) {
	small = math.Max(leastName, math.Min(size, math.Floor(n.Band)))
	every = max(1, int(math.Ceil(leastName*inkHeight/math.Max(n.Band, 0.01))))
	lines := max(1, min(2, int(n.Band/(labelSize+1))))
	return n.Wrap(room*size/small, lines), small, every
}

// Wrap gives the names on at most so many lines, cut where they are longer than room.
func (n Names) Wrap(room float64, lines int) []string {
	out := make([]string, len(n.Names))
	for i, name := range n.Names {
		out[i] = join(wrap(name, room, lines, n.Width))
	}
	return out
}

// thinned leaves out all names but every so manieth, counted from the last; what is left out is "".
func thinned(names []string, step int) []string {
	out := make([]string, len(names))
	lost := ""
	for i, name := range names {
		_, year, ok := yearOf(name)
		if (len(names)-1-i)%step != 0 {
			if ok {
				lost = year
			}
			continue
		}
		if lost != "" && !ok && name != "" {
			name += " " + lost
		}
		out[i], lost = name, ""
	}
	return out
}

// yearOf splits "Jan 2026" into name and year.
func yearOf(name string) (short, year string, ok bool) {
	at := len(name) - 4
	if at < 2 || strings.Trim(name[at:], "0123456789") != "" {
		return "", "", false
	}
	for _, space := range []string{" ", "\u00a0"} {
		if short, ok := strings.CutSuffix(name[:at], space); ok && short != "" {
			return short, name[at:], true
		}
	}
	return "", "", false
}

// apart reports that names below their points do not touch on any of their lines.
func (n Names) apart(names []string) bool {
	var ends [mostLines]float64
	for i := range ends {
		ends[i] = -1e9
	}
	for i, name := range names {
		for l, line := range strings.Split(name, "\n") {
			if line == "" || l >= len(ends) {
				continue
			}
			middle, half := n.Band*float64(i), n.Width(line)/2
			if middle-half < ends[l]+nameGap {
				return false
			}
			ends[l] = middle + half
		}
	}
	return true
}
