package html

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"atlas/engine/block"
)

// tableDrawer draws one table.
type tableDrawer struct {
	*drawer
	t      *block.Table
	styled []bool       // columns of which a cell has a verdict
	ends   [][2]float64 // of bars: the longest to the left and to the right
	digits []int        // of columns with bars: the longest number, so that bars begin below one another
	body   bool
}

func (d *drawer) table(b *block.Block) {
	t := &tableDrawer{drawer: d, t: b.Table}
	t.measure()
	label := b.Title.Text
	if label == "" {
		label = b.Alt
	}
	d.put(`<div class="scroll" tabindex="0" role="region"`, attr("aria-label", label), `><table class="table">`)
	if caption := b.Alt; caption != "" {
		d.put(`<caption class="unseen">`, esc(caption), "</caption>")
	}
	t.head()
	lines := b.Table.Lines
	if to := min(d.o.Lines[1], len(lines)); to > 0 {
		lines = lines[min(d.o.Lines[0], to):to]
	}
	for i := range lines {
		t.line(&lines[i])
	}
	if t.body {
		d.put("</tbody>")
	}
	d.put("</table></div>\n")
}

func (t *tableDrawer) measure() {
	t.styled = make([]bool, len(t.t.Columns))
	t.ends = make([][2]float64, len(t.t.Columns))
	t.digits = make([]int, len(t.t.Columns))
	for _, l := range t.t.Lines {
		for i, c := range l.Cells {
			if i >= len(t.t.Columns) {
				break
			}
			t.styled[i] = t.styled[i] || sign(c.Style) != ""
			t.ends[i][0] = math.Max(t.ends[i][0], -c.Bar)
			t.ends[i][1] = math.Max(t.ends[i][1], c.Bar)
			if t.t.Columns[i].Bar {
				t.digits[i] = max(t.digits[i], utf8.RuneCountInString(t.format(c.Figure)))
			}
		}
	}
}

// sign is what stands beside a coloured value, so that colour is not alone.
func sign(style string) string {
	switch style {
	case "good":
		return "▲"
	case "bad":
		return "▼"
	case "warning":
		return "!"
	}
	return ""
}

func (t *tableDrawer) head() {
	widths := 0.0 // shares of one, or of their sum
	for _, c := range t.t.Columns {
		widths += math.Max(c.Width, 0)
	}
	if widths > 0 {
		t.put("<colgroup>")
		for _, c := range t.t.Columns {
			if c.Width > 0 {
				t.put(fmt.Sprintf(`<col style="width:%.4g%%">`, c.Width/math.Max(widths, 1)*100))
			} else {
				t.put("<col>")
			}
		}
		t.put("</colgroup>")
	}
	t.put("<thead><tr>")
	for i := range t.t.Columns {
		c := &t.t.Columns[i]
		t.put(`<th scope="col"`, attr("class", t.class(i, "")), ">", esc(c.Label))
		if c.Unit != "" {
			t.put(` <span class="unit">`, esc(c.Unit), "</span>")
		}
		t.put("</th>")
	}
	t.put("</tr></thead>\n")
}

func (t *tableDrawer) class(column int, more string) string {
	c := &t.t.Columns[column]
	class := more
	join := func(s string) {
		if class != "" {
			class += " "
		}
		class += s
	}
	if !c.Left {
		join("num")
	}
	if c.Bar {
		join("has-bar")
	}
	return class
}

func (t *tableDrawer) line(l *block.Line) {
	if l.Kind == block.GroupLine {
		if t.body {
			t.put("</tbody>\n")
		}
		t.body = true
		t.put(`<tbody><tr class="line-group"><th scope="rowgroup"`, fmt.Sprintf(` colspan="%d">`, max(1, len(t.t.Columns))))
		if len(l.Cells) > 0 {
			t.value(&l.Cells[0], true)
		}
		t.put("</th></tr>\n")
		return
	}
	if !t.body {
		t.put("<tbody>")
		t.body = true
	}
	t.put("<tr", attr("class", "line-"+string(l.Kind)), ">")
	for i := range l.Cells {
		if i < len(t.t.Columns) {
			t.cell(i, &l.Cells[i], l.Kind)
		}
	}
	t.put("</tr>\n")
}

func (t *tableDrawer) cell(column int, c *block.Cell, kind block.LineKind) {
	tag, scope := "td", ""
	if column == 0 && t.t.Columns[0].Left {
		tag, scope = "th", ` scope="row"`
	}
	style, class := "", ""
	if c.Style != "" {
		class = "is-" + c.Style
	}
	if c.Heat > 0 {
		class = strings.TrimSpace(class + " has-heat")
		style = fmt.Sprintf(` style="--heat:%.3g"`, math.Min(1, c.Heat))
	}
	t.put("<", tag, scope, attr("class", t.class(column, class)), style, ">")
	if t.styled[column] {
		t.put(`<span class="sign" aria-hidden="true">`, sign(c.Style), "</span>")
	}
	if t.t.Columns[column].Bar && kind == block.RowLine {
		t.bar(column, c.Bar)
		t.put(fmt.Sprintf(`<span class="cell-number" style="--digits:%dch">`, min(t.digits[column], 24)))
		t.value(c, true)
		t.put("</span></", tag, ">")
		return
	}
	t.value(c, kind == block.RowLine)
	t.put("</", tag, ">")
}

// value draws what a cell shows: lines of sums leave empty what has no sum.
func (t *tableDrawer) value(c *block.Cell, row bool) { //nolint:revive // a row's missing value is told, a sum's is not
	if c.Value == nil && (!row || c.Origin.Query == "") {
		return
	}
	t.figure(c.Figure, t.format(c.Figure))
}

// bar draws a value's size; columns with values below zero have their axis inside.
func (t *tableDrawer) bar(column int, size float64) {
	left, right := t.ends[column][0], t.ends[column][1]
	whole := left + right
	if whole == 0 || math.IsNaN(size) {
		whole = 1
	}
	from, class := left/whole, "cell-fill"
	if size < 0 {
		from, class = (left+size)/whole, "cell-fill below"
	}
	t.put(`<span class="cell-bar" aria-hidden="true"><span`, attr("class", class), ` style="left:`, percent(from), ";width:", percent(math.Abs(size)/whole), `"></span></span>`)
}
