package html

import (
	"fmt"
	"strings"

	"atlas/engine/block"
)

// figure draws a value that can be traced.
func (d *drawer) figure(f block.Figure, shown string) {
	if f.Origin.Query == "" {
		d.put(esc(shown))
		return
	}
	d.put(`<data class="figure" value="`, esc(block.PlainText(f.Value)), `"`,
		attr("data-block", f.Origin.Block), attr("data-query", f.Origin.Query), attr("data-row", f.Origin.Row), attr("data-column", f.Origin.Column), ">", esc(shown), "</data>")
}

// prose draws a text without Markdown.
func (d *drawer) prose(p block.Prose) {
	at := 0
	for _, q := range p.Figures {
		if q.At < at || q.Length < 0 || q.At+q.Length > len(p.Text) {
			continue
		}
		d.put(esc(p.Text[at:q.At]))
		d.figure(q.Figure, p.Text[q.At:q.At+q.Length])
		at = q.At + q.Length
	}
	d.put(esc(p.Text[at:]))
}

// step gives the attributes of something that appears at a click.
func (d *drawer) step(n int, class string) string {
	switch {
	case n <= 0 || d.o.Steps == NoSteps:
		return attr("class", class)
	case d.o.Steps == Fragments:
		return attr("class", strings.TrimSpace(class+" fragment")) + fmt.Sprintf(` data-fragment-index="%d"`, n-1)
	}
	return attr("class", class) + fmt.Sprintf(` data-step="%d"`, n)
}

// rich draws a text.
func (d *drawer) rich(t block.RichText) {
	d.put(`<div class="prose">` + "\n")
	lists := &openLists{d: d}
	for i := 0; i < len(t.Paragraphs); i++ {
		p := &t.Paragraphs[i]
		if p.Kind == block.Bullet || p.Kind == block.Numbered {
			lists.entry(p)
			continue
		}
		lists.close(0)
		if p.Kind == block.Quote {
			n := i
			for n < len(t.Paragraphs) && t.Paragraphs[n].Kind == block.Quote {
				n++
			}
			d.quote(t.Paragraphs[i:n])
			i = n - 1
			continue
		}
		d.paragraph(p)
	}
	lists.close(0)
	d.put("</div>\n")
}

func (d *drawer) paragraph(p *block.Paragraph) {
	switch p.Kind {
	case block.HeadingOf:
		h := fmt.Sprintf("h%d", min(6, max(p.Level, 1)+d.level()-2))
		d.put("<", h, d.step(p.Step, ""), ">")
		d.runs(p.Runs)
		d.put("</", h, ">\n")
	case block.Code:
		d.put("<pre", d.step(p.Step, ""), "><code>", esc(p.Raw), "</code></pre>\n")
	case block.Picture:
		d.put("<figure", d.step(p.Step, "picture"), ">")
		d.picture(p.Image, plain(p.Runs))
		d.put("</figure>\n")
	case block.Grid:
		d.grid(p)
	case block.HTML:
		d.raw(p)
	default:
		d.put("<p", d.step(p.Step, ""), ">")
		d.runs(p.Runs)
		d.put("</p>\n")
	}
}

func plain(runs []block.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
		if r.Break {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func (d *drawer) quote(list []block.Paragraph) {
	d.put("<blockquote", d.step(list[0].Step, ""), ">")
	for i := range list {
		d.put("<p>")
		d.runs(list[i].Runs)
		d.put("</p>")
	}
	d.put("</blockquote>\n")
}

func (d *drawer) runs(runs []block.Run) {
	for _, r := range runs {
		var end []string
		open := func(tag, attrs string) {
			d.put("<", tag, attrs, ">")
			end = append(end, "</"+tag+">")
		}
		if link := block.SafeLink(r.Link); link != "" {
			open("a", attr("href", link)+` rel="noopener noreferrer"`)
		}
		for _, s := range []struct {
			on  bool
			tag string
		}{{r.Bold, "strong"}, {r.Italic, "em"}, {r.Strike, "del"}, {r.Code, "code"}} {
			if s.on {
				open(s.tag, "")
			}
		}
		if r.Figure != nil {
			d.figure(*r.Figure, r.Text)
		} else {
			d.put(esc(r.Text))
		}
		for i := len(end) - 1; i >= 0; i-- {
			d.put(end[i])
		}
		if r.Break {
			d.put("<br>")
		}
	}
}

// grid draws a table of a text.
func (d *drawer) grid(p *block.Paragraph) {
	d.put("<div", d.step(p.Step, "scroll"), ` tabindex="0"><table class="table">`)
	for i, row := range p.Rows {
		cell, scope := "td", ""
		switch i {
		case 0:
			d.put("<thead>")
			cell, scope = "th", ` scope="col"`
		case 1:
			d.put("<tbody>")
		}
		d.put("<tr>")
		for j, runs := range row {
			class := ""
			if j < len(p.Align) && p.Align[j] != "left" {
				class = map[string]string{"right": "num", "center": "center"}[p.Align[j]]
			}
			d.put("<", cell, scope, attr("class", class), ">")
			d.runs(runs)
			d.put("</", cell, ">")
		}
		d.put("</tr>")
		if i == 0 {
			d.put("</thead>")
		}
	}
	if len(p.Rows) > 1 {
		d.put("</tbody>")
	}
	d.put("</table></div>\n")
}

// raw draws HTML of a text, which has been cut to what cannot run; the marks in it are figures whose
// text is HTML.
func (d *drawer) raw(p *block.Paragraph) {
	for _, piece := range block.CutMarks(p.Raw) {
		if piece.Index < 0 || piece.Index >= len(p.Runs) || p.Runs[piece.Index].Figure == nil {
			d.put(piece.Text)
			continue
		}
		d.figure(*p.Runs[piece.Index].Figure, p.Runs[piece.Index].Text)
	}
	d.put("\n")
}

// openLists nests the entries of lists.
type openLists struct {
	d    *drawer
	tags []string
}

func (l *openLists) entry(p *block.Paragraph) {
	tag := "ul"
	if p.Kind == block.Numbered {
		tag = "ol"
	}
	level := min(p.Level, len(l.tags)) // an entry stands at most one level below the one before
	l.close(level + 1)
	if len(l.tags) == level+1 && l.tags[level] != tag {
		l.close(level)
	}
	if len(l.tags) == level+1 {
		l.d.put("</li>\n")
	} else {
		start := ""
		if tag == "ol" && p.Number != 1 {
			start = fmt.Sprintf(` start="%d"`, p.Number)
		}
		l.d.put("<", tag, start, ">\n")
		l.tags = append(l.tags, tag)
	}
	l.d.put("<li", l.d.step(p.Step, ""), ">")
	l.d.runs(p.Runs)
}

// close ends the lists below a level.
func (l *openLists) close(level int) {
	for len(l.tags) > level {
		l.d.put("</li>\n</", l.tags[len(l.tags)-1], ">\n")
		l.tags = l.tags[:len(l.tags)-1]
	}
}
