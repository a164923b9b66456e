package report

import (
	"strings"

	"atlas/engine/block"
)

// maxTold is how many values an alternative text tells before it says how many more there are.
const maxTold = 5

// describe says what is seen in a block, for people who do not see it; "" for texts, which speak for
// themselves.
func describe(b *block.Block, f *block.Formatter) string {
	if b.Empty != "" {
		return sentence(b.Title.Text, b.Empty)
	}
	switch {
	case len(b.KPI) > 0:
		return describeKPIs(b, f)
	case b.Table != nil:
		return describeTable(b, f)
	case b.Chart != nil:
		return describeChart(b, f)
	case b.Image != nil:
		return sentence(f.Word(block.WordImage), or(b.Image.Caption, or(b.Title.Text, labelOf(b.Name))))
	case len(b.Progress) > 0:
		return describeProgress(b, f)
	default:
		return ""
	}
}

// sentence joins what is there: "What: more."
func sentence(what, more string) string {
	what = strings.TrimRight(strings.TrimSpace(what), ".:")
	more = strings.TrimSpace(more)
	switch {
	case what == "":
		return ended(more)
	case more == "":
		return ended(what)
	default:
		return ended(what + ": " + more)
	}
}

func ended(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func show(f *block.Formatter, x block.Figure) string { return f.Format(x.Value, x.Format) }

func describeKPIs(b *block.Block, f *block.Formatter) string {
	var parts []string
	for _, k := range b.KPI {
		s := strings.TrimSpace(k.Label + " " + show(f, k.Figure))
		for _, c := range k.Compare {
			s += ", " + strings.TrimSpace(show(f, c.Figure)+" "+c.Label)
		}
		if k.Target != nil {
			s += ", " + f.Word(block.WordTarget, show(f, *k.Target))
		}
		parts = append(parts, s)
	}
	return sentence(b.Title.Text, strings.Join(parts, "; "))
}

func describeTable(b *block.Block, f *block.Formatter) string {
	rows := 0
	var total string
	var labels []string
	for _, c := range b.Table.Columns {
		labels = append(labels, c.Label)
	}
	for _, l := range b.Table.Lines {
		if l.Kind == block.RowLine {
			rows++
		}
		if l.Kind == block.TotalLine {
			total = describeTotals(b.Table, l, f)
		}
	}
	word := block.WordRows
	if rows == 1 {
		word = block.WordRow
	}
	s := strings.Join(labels, ", ") + "; " + f.Word(word, rows)
	if total != "" {
		s += "; " + total
	}
	return sentence(sentenceOf(f.Word(block.WordTable), b.Title.Text), s)
}

// describeTotals names each total by its column: "Total Sales 12, Target 10".
func describeTotals(t *block.Table, l block.Line, f *block.Formatter) string {
	name := ""
	var cells []string
	for i, c := range l.Cells {
		switch {
		case c.Value == nil:
		case c.Format == "text" && name == "":
			name = show(f, c.Figure) + " "
		default:
			cells = append(cells, t.Columns[i].Label+" "+show(f, c.Figure))
		}
	}
	if len(cells) == 0 {
		return ""
	}
	return name + strings.Join(cells, ", ")
}

func sentenceOf(what, title string) string {
	if title == "" {
		return what
	}
	return what + ": " + strings.TrimRight(title, ".")
}

func describeProgress(b *block.Block, f *block.Formatter) string {
	var parts []string
	for i, p := range b.Progress {
		if i == maxTold {
			parts = append(parts, f.Word(block.WordMore, len(b.Progress)-i))
			break
		}
		s := p.Label + " " + show(f, p.Value)
		if p.Target != nil {
			s += " (" + f.Word(block.WordTarget, show(f, *p.Target))
			if p.Measured() {
				s += ", " + f.Format(p.Share, "percent")
			}
			s += ")"
		}
		parts = append(parts, s)
	}
	return sentence(b.Title.Text, strings.Join(parts, "; "))
}

func describeChart(b *block.Block, f *block.Formatter) string {
	c := b.Chart
	head := sentenceOf(f.ChartWord(c.Type), b.Title.Text)
	var parts []string
	told := func(n int, at func(int) string) {
		for i := range n {
			if i == maxTold {
				parts = append(parts, f.Word(block.WordMore, n-i))
				return
			}
			parts = append(parts, at(i))
		}
	}
	switch {
	case len(c.Links) > 0:
		told(len(c.Links), func(i int) string { return c.Links[i].From + " → " + c.Links[i].To + " " + show(f, c.Links[i].Value) })
	case len(c.Tree) > 0:
		told(len(c.Tree), func(i int) string { return c.Tree[i].Name + " " + show(f, c.Tree[i].Value) })
	case c.Type == block.ScatterChart:
		told(len(c.Points), func(i int) string {
			p := c.Points[i]
			return strings.TrimSpace(p.Name + " " + show(f, p.X) + " / " + show(f, p.Y))
		})
	case c.Type == block.GaugeChart && len(c.Series) > 0:
		parts = append(parts, c.Series[0].Label+" "+show(f, c.Series[0].Values[0]))
		if c.Target != nil {
			parts = append(parts, f.Word(block.WordTarget, show(f, *c.Target)))
		}
	default:
		for _, s := range c.Series {
			parts = append(parts, describeSeries(c, s, f))
		}
	}
	return sentence(head, strings.Join(parts, "; "))
}

// describeSeries tells all of few values, else the first, the last, the highest and the lowest.
func describeSeries(c *block.Chart, s block.Series, f *block.Formatter) string {
	if len(c.Categories) <= maxTold {
		parts := make([]string, len(c.Categories))
		for i, l := range c.Categories {
			parts[i] = l.Text + " " + show(f, s.Values[i])
		}
		return strings.TrimSpace(s.Label + " " + strings.Join(parts, ", "))
	}
	high, low, firstAt, lastAt := -1, -1, -1, -1
	for i, x := range s.Values {
		if x.Value == nil {
			continue
		}
		if firstAt < 0 {
			firstAt = i
		}
		lastAt = i
		if high < 0 || compareValues(x.Value, s.Values[high].Value) > 0 {
			high = i
		}
		if low < 0 || compareValues(x.Value, s.Values[low].Value) < 0 {
			low = i
		}
	}
	if high < 0 {
		return s.Label + " " + f.Null()
	}
	at := func(i int) string { return c.Categories[i].Text + " " + show(f, s.Values[i]) }
	parts := []string{f.Word(block.WordTo, at(firstAt), at(lastAt))}
	if !c.Time {
		parts = parts[:0]
	}
	parts = append(parts, f.Word(block.WordHighest, c.Categories[high].Text, show(f, s.Values[high])), f.Word(block.WordLowest, c.Categories[low].Text, show(f, s.Values[low])))
	return strings.TrimSpace(s.Label + " " + strings.Join(parts, ", "))
}
