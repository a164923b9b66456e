package chart

import (
	"math"
	"strings"

	"atlas/engine/block"
)

// Shares of the room that side texts may take.
const (
	nameShare = 0.28 // names of series at the right
	overShare = 0.08 // what names below the plot take at its sides
	bandFill  = 0.66 // of a category's room that bars fill
	widestBar = 56.0
)

// margins settles labels, names and margins, and gives the legend if names cannot stand at the data.
func (fr *frame) margins() dict {
	fr.names = fr.canName()
	legend := fr.place()
	if fr.c.Labels == "all" && !fr.fits() && fr.shorten() {
		legend = fr.place()
	}
	for fr.thin = 1; fr.thin < 4 && fr.onlyLines() && !fr.fits(); fr.thin++ {
	}
	if fr.thin > 1 && fr.fits() {
		fr.scales()
		legend = fr.place()
	}
	if fr.c.Labels == "all" && !fr.fits() {
		fr.thin = 1
		fr.c.Labels = "last"
		if fr.horizontal {
			fr.c.Labels = "none"
		}
		fr.lengthen()
		fr.scales()
		legend = fr.place()
	}
	if fr.c.Labels == "all" && fr.settleSides() {
		fr.crowded = true
		fr.scales()
		legend = fr.place()
		fr.settleSides()
	}
	if fr.c.Labels == "last" && fr.bars() > 1 && !fr.fits() {
		fr.c.Labels = "none"
		fr.scales()
		legend = fr.place()
	}
	return legend
}

// onlyLines reports that only points of lines are labelled: some of them may go without.
func (fr *frame) onlyLines() bool {
	for _, s := range fr.series {
		if s.labels && s.kind == block.ColumnChart {
			return false
		}
	}
	return fr.c.Labels == "all"
}

// place computes the margins for what has been settled so far.
func (fr *frame) place() dict {
	fr.top, fr.bottom, fr.before, fr.after = 4, 4, 2, 2
	var legend dict
	if len(fr.series) > 1 && !fr.names {
		legend = fr.legend()
	}
	labels := fr.c.Labels == "all" || fr.c.Labels == "last"
	if fr.horizontal {
		fr.placeBars(labels)
		return legend
	}
	if fr.unit != "" {
		fr.unitTop = fr.top - 4
		fr.top += labelSize + 4
	}
	if labels {
		fr.top += fr.size + 6
		if fr.negative {
			fr.bottom += fr.size + 4
		}
	}
	if !fr.bare {
		fr.top = math.Max(fr.top, fr.top+2)
		fr.before += fr.widest(fr.left.texts, labelSize) + 8
		if fr.right != nil {
			fr.after += fr.widest(fr.right.texts, labelSize) + 8
		}
	}
	if fr.names {
		fr.after += fr.widest(fr.endTexts(), labelSize) + 10
	} else if fr.c.Labels == "last" && fr.edge() {
		fr.after = math.Max(fr.after, fr.widestLast()+10)
	} else if labels {
		over := fr.widestLast()/2 + 4
		if !fr.edge() {
			over -= fr.plotWidth() / float64(max(1, len(fr.categories))) / 2
		}
		if fr.push = math.Max(0, over); fr.right != nil && !fr.bare {
			fr.after += fr.push
		}
		fr.after = math.Max(fr.after, over)
	}
	fr.overhang()
	fr.bottom += fr.categoryHeight() + 6
	return legend
}

// placeBars computes the margins of bars that run to the right.
func (fr *frame) placeBars(labels bool) { //nolint:revive // labels is what was settled
	names, size, _ := fr.barNames()
	widest := 0.0
	for _, name := range names {
		widest = math.Max(widest, fr.widest(strings.Split(name, "\n"), size))
	}
	fr.before += widest + 8
	if labels && !fr.stacked {
		w := 0.0
		negative := 0.0
		for _, s := range fr.series {
			for i := range s.texts {
				if !s.labels || math.IsNaN(s.values[i]) {
					continue
				}
				t := s.label(i)
				if s.values[i] < 0 {
					negative = math.Max(negative, fr.width(t, fr.size)+6)
				} else {
					w = math.Max(w, fr.width(t, fr.size)+6)
				}
			}
		}
		fr.after += w
		fr.before += negative
	}
	if labels && fr.stacked {
		fr.after += fr.widest(fr.totals(), fr.size) + 6
	}
	if !fr.bare {
		fr.bottom += labelSize + 8
		fr.after = math.Max(fr.after, fr.width(fr.left.texts[len(fr.left.texts)-1], labelSize)/2+2)
	}
}

// barNames gives the names of bars, the size of their type, and every how many bars one stands.
func (fr *frame) barNames() (names []string, size float64, every int) {
	band := (fr.h - fr.top - fr.bottom) / math.Max(1, float64(len(fr.categories)))
	return Names{Names: fr.categories, Band: band, Width: fr.measured(labelSize)}.Beside(fr.w*BesideShare, labelSize)
}

// overhang gives the first and last names below the plot the room that they take beside it.
func (fr *frame) overhang() {
	if len(fr.categories) == 0 {
		return
	}
	names, half := fr.namesBelow(), fr.band()/2
	if fr.edge() {
		half = 0
	}
	over := func(name string) float64 {
		return math.Min(fr.widest(strings.Split(name, "\n"), labelSize)/2+2-half, fr.w*overShare)
	}
	fr.before = math.Max(fr.before, over(names[0]))
	if !fr.names {
		fr.after = math.Max(fr.after, over(names[len(names)-1]))
	}
}

func (fr *frame) plotWidth() float64  { return math.Max(10, fr.w-fr.before-fr.after) }
func (fr *frame) plotHeight() float64 { return math.Max(10, fr.h-fr.top-fr.bottom) }

// edge reports that the first and last points stand at the edges of the plot: there are no bars.
func (fr *frame) edge() bool {
	for _, s := range fr.series {
		if s.kind == block.ColumnChart {
			return false
		}
	}
	return len(fr.categories) > 1
}

// band is the room of one category.
func (fr *frame) band() float64 {
	n := float64(max(1, len(fr.categories)))
	if fr.edge() {
		n--
	}
	if fr.horizontal {
		return fr.plotHeight() / n
	}
	return fr.plotWidth() / n
}

// bars counts the bars beside one another in a category.
func (fr *frame) bars() int {
	n := 0
	for _, s := range fr.series {
		if s.kind == block.ColumnChart {
			n++
		}
	}
	if fr.stacked {
		return min(n, 1)
	}
	return n
}

// thickness is the width of one bar.
func (fr *frame) thickness() float64 {
	n := float64(max(1, fr.bars()))
	return math.Min(widestBar, fr.band()*bandFill/(n+0.1*(n-1)))
}

// widestLast is the width of the widest label of a last point.
func (fr *frame) widestLast() float64 {
	w := 0.0
	for _, s := range fr.series {
		if i := s.last(); i >= 0 && s.labels {
			w = math.Max(w, fr.width(s.label(i), fr.size))
		}
	}
	return w
}

// last is the index of a series' last value; -1 if it has none.
func (s series) last() int {
	for i := len(s.values) - 1; i >= 0; i-- {
		if !math.IsNaN(s.values[i]) {
			return i
		}
	}
	return -1
}

// categoryHeight is the height of the names below the plot.
func (fr *frame) categoryHeight() float64 {
	lines := 1
	for _, c := range fr.columnNames() {
		n := 1
		for _, r := range c {
			if r == '\n' {
				n++
			}
		}
		lines = max(lines, n)
	}
	return float64(lines) * (labelSize + 2)
}

// columnNames are the names below the plot, none longer than reaches from its point to the chart's edge.
func (fr *frame) columnNames() []string {
	names := append([]string(nil), fr.namesBelow()...)
	for i, name := range names {
		x := fr.before + fr.band()*float64(i)
		if !fr.edge() {
			x += fr.band() / 2
		}
		lines := strings.Split(name, "\n")
		for l := range lines {
			lines[l] = fr.cut(lines[l], 2*math.Max(0, math.Min(x, fr.w-x)), labelSize)
		}
		names[i] = join(lines)
	}
	return names
}

func (fr *frame) namesBelow() []string {
	return Names{Names: fr.categories, Time: fr.c.Time, Chart: fr.w, Band: fr.band(), Width: fr.measured(labelSize)}.Below()
}

// fits reports that value labels stand beside one another without touching, if need be in smaller type.
func (fr *frame) fits() bool {
	if fr.stacked {
		return fr.size < labelSize || fr.unit != "" || fr.segmentsFit()
	}
	for fr.size = labelSize; fr.size >= smallSize; fr.size-- {
		if fr.fitsAt(fr.size) {
			return true
		}
	}
	fr.size = labelSize
	return false
}

func (fr *frame) fitsAt(size float64) bool {
	labelled := 0
	widest := 0.0
	for _, s := range fr.series {
		if !s.labels {
			continue
		}
		labelled++
		for i := range s.texts {
			if !math.IsNaN(s.values[i]) {
				widest = math.Max(widest, fr.width(s.label(i), size))
			}
		}
	}
	if fr.horizontal {
		return fr.thickness()*1.1 >= size
	}
	room := fr.band()*float64(max(1, fr.thin)) - 3
	if fr.bars() > 1 && labelled > 1 {
		room = fr.thickness() * 1.1
	}
	return widest <= room
}

// segmentsFit reports that the labels of stacked columns are no wider than these.
func (fr *frame) segmentsFit() bool {
	if fr.horizontal {
		return true
	}
	for _, s := range fr.series {
		for i := range s.texts {
			if s.labels && !math.IsNaN(s.values[i]) && fr.width(fr.labelText(s, i), fr.size) > fr.thickness()-4 {
				return false
			}
		}
	}
	return fr.widest(fr.totals(), fr.size) <= fr.band()-3
}

// shorten writes the labels as bare numbers of one unit, which then stands once above the plot; false
// if the format has no shorter form.
func (fr *frame) shorten() bool {
	if fr.c.Percent && fr.stacked || fr.right != nil {
		return false
	}
	largest := 0.0
	format := ""
	for _, s := range fr.series {
		own := strings.TrimPrefix(fr.formatOf(s.Series), "+")
		if s.As == block.Variance {
			return fr.withoutArrows()
		}
		if format != "" && own != format {
			return false
		}
		format = own
		for _, v := range s.values {
			if !math.IsNaN(v) {
				largest = math.Max(largest, math.Abs(v))
			}
		}
	}
	unit, code, ok := fr.shortForm(format, largest)
	if !ok {
		return false
	}
	fr.unit, fr.short = unit, code
	for k := range fr.series {
		s := &fr.series[k]
		s.tags = nil
		for i := range s.values {
			s.tags = append(s.tags, fr.f.Format(s.Values[i].Value, code))
		}
	}
	return true
}

// withoutArrows leaves the arrows of changes out: their signs stay.
func (fr *frame) withoutArrows() bool {
	for k := range fr.series {
		s := &fr.series[k]
		s.tags = nil
		for _, text := range s.texts {
			s.tags = append(s.tags, strings.TrimLeft(text, "▲▼\u00a0"))
		}
	}
	return true
}

// lengthen takes shortening back.
func (fr *frame) lengthen() {
	fr.unit, fr.short, fr.size = "", "", labelSize
	for k := range fr.series {
		fr.series[k].tags = nil
	}
}

// shortForm gives the unit that leaves two to four digits before the point, in words and as a format code.
func (p *plot) shortForm(format string, largest float64) (unit, code string, ok bool) {
	money := strings.HasPrefix(format, "money")
	if !money && format != "compact" && format != "integer" && format != "number" && format != "millions" || largest < 10000 {
		return "", "", false
	}
	power := 3 * int(math.Floor((math.Log10(largest)-1)/3))
	got, word := p.f.Unit("compact", math.Pow10(power))
	if got != power { // the language has no word for this power
		power -= 3
		if got, word = p.f.Unit("compact", math.Pow10(power)); got != power {
			return "", "", false
		}
	}
	code = "#,##0"
	if largest/math.Pow10(power) < 100 {
		code = "#,##0.0"
	}
	code += strings.Repeat(",", power/3)
	if money {
		word = strings.TrimSpace(p.f.Currency + " " + word)
	}
	return word, code, true
}

// legend lists the series above the plot, in as many rows as it takes.
func (fr *frame) legend() dict {
	var data []any
	rows, x := 1.0, 0.0
	for _, s := range fr.series {
		w := fr.width(s.Label, labelSize) + 36
		if x > 0 && x+w > fr.w {
			rows, x = rows+1, 0
		}
		x += w
		entry := dict{"name": s.Label}
		if s.kind != block.LineChart {
			entry["icon"] = "rect"
		}
		data = append(data, entry)
	}
	fr.top += rows*(lineStep+4) + 6
	return dict{
		"data": data, "left": 0, "top": 0, "padding": 0, "itemGap": 16, "itemWidth": 14, "itemHeight": 9, "selectedMode": false,
		"textStyle": fr.text(labelSize, "text"), "inactiveColor": fr.color("muted"),
	}
}
