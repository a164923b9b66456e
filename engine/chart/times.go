package chart

import "strings"

// nameGap is the least distance of names that stand side by side, in pixels.
const nameGap = 4.0

// timeNames are the names of points in time that stand below the plot, when not all of them fit on one
// line: the year moves to a second line, then every other name is left out, every third and so on. The
// last one always stands, and a year is not lost with the name that it stood at.
func (fr *frame) timeNames(band float64) []string {
	room := fr.w / 3
	// Names nearer than a gap never fit; of thousands of points not every step is tried.
	for step := max(1, min(int(nameGap/band), len(fr.categories))); ; step += max(1, step/32) {
		names := thinned(fr.categories, step)
		one, two := make([]string, len(names)), make([]string, len(names))
		for i, name := range names {
			if name == "" {
				continue
			}
			one[i] = fr.cut(name, room, labelSize)
			two[i] = one[i]
			if short, year, ok := yearOf(name); ok {
				two[i] = fr.cut(short, room, labelSize) + "\n" + year
			}
		}
		if fr.apart(one, band) || step >= len(names) {
			return one
		}
		if fr.apart(two, band) {
			return two
		}
	}
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
func (fr *frame) apart(names []string, band float64) bool {
	var ends [3]float64
	for i := range ends {
		ends[i] = -1e9
	}
	for i, name := range names {
		for l, line := range strings.Split(name, "\n") {
			if line == "" || l >= len(ends) {
				continue
			}
			middle, half := band*float64(i), fr.width(line, labelSize)/2
			if middle-half < ends[l]+nameGap {
				return false
			}
			ends[l] = middle + half
		}
	}
	return true
}
