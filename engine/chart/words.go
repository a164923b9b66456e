package chart

import (
	"sort"
	"strings"
)

func join(lines []string) string { return strings.Join(lines, "\n") }

// wrap breaks a text into at most so many lines of a width; what does not fit ends in an ellipsis.
func (p *plot) wrap(text string, width, size float64, lines int) []string {
	return wrap(text, width, lines, p.measured(size))
}

// cut shortens a text to a width with an ellipsis.
func (p *plot) cut(text string, width, size float64) string {
	return cut(text, width, p.measured(size))
}

func (p *plot) measured(size float64) func(string) float64 {
	return func(text string) float64 { return p.width(text, size) }
}

func wrap(text string, width float64, lines int, measure func(string) float64) []string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	if lines <= 1 || measure(text) <= width {
		return []string{cut(text, width, measure)}
	}
	var out []string
	line := ""
	words := strings.Split(text, " ")
	for i, word := range words {
		next := word
		if line != "" {
			next = line + " " + word
		}
		if line == "" || measure(next) <= width {
			line = next
			continue
		}
		out = append(out, cut(line, width, measure))
		line = word
		if len(out) == lines-1 {
			line = strings.Join(words[i:], " ")
			break
		}
	}
	return append(out, cut(line, width, measure))
}

func cut(text string, width float64, measure func(string) float64) string {
	runes := []rune(text)
	if len(runes) <= longest && measure(text) <= width {
		return text
	}
	runes = runes[:min(len(runes), longest)]
	short := func(n int) string { return strings.TrimRight(string(runes[:n]), " ,.-·") + "…" }
	n := sort.Search(len(runes), func(n int) bool { return measure(short(n+1)) > width }) // one more is too wide
	return short(min(n, len(runes)))
}

// longest is how many letters of a text are looked at: more are not seen in any chart.
const longest = 300

// spread moves places apart until neighbours have the gap, within lo and hi; the order stays.
func spread(places []float64, gap, lo, hi float64) []float64 {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return places[order[a]] < places[order[b]] })
	out := append([]float64(nil), places...)
	last := lo - gap
	for _, i := range order {
		out[i] = max(out[i], last+gap)
		last = out[i]
	}
	next := hi + gap
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		out[i] = min(out[i], next-gap)
		next = out[i]
	}
	return out
}
