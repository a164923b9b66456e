package block

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// piece is a run, or a picture between runs.
type piece struct {
	Run
	image *Paragraph
}

// inline gives the pieces of a paragraph.
func (r *markdownReader) inline(n ast.Node) []piece {
	w := &inlineWalk{r: r}
	w.children(n, Run{})
	return w.out
}

// words gives the runs of a text that pictures cannot stand in.
func (r *markdownReader) words(n ast.Node) []Run {
	var runs []Run
	for _, p := range r.inline(n) {
		if p.image != nil {
			r.mistake(n.Pos(), "a picture cannot stand here: "+p.image.Image, "put it in a paragraph of its own")
			continue
		}
		runs = append(runs, p.Run)
	}
	return trimRuns(runs)
}

func (r *markdownReader) table(t *east.Table) {
	p := Paragraph{Kind: Grid}
	for _, a := range t.Alignments {
		switch a {
		case east.AlignRight:
			p.Align = append(p.Align, "right")
		case east.AlignCenter:
			p.Align = append(p.Align, "center")
		default:
			p.Align = append(p.Align, "left")
		}
	}
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]Run
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, r.words(cell))
		}
		p.Rows = append(p.Rows, cells)
	}
	r.add(p)
}

type inlineWalk struct {
	r     *markdownReader
	out   []piece
	style []string // inline HTML elements that are open
}

func (w *inlineWalk) children(n ast.Node, as Run) {
	open := len(w.style)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c, w.styled(as, open))
	}
	w.style = w.style[:min(open, len(w.style))]
}

// styled adds the styles of the HTML elements that have been opened since.
func (w *inlineWalk) styled(as Run, from int) Run {
	for _, tag := range w.style[min(from, len(w.style)):] {
		switch tag {
		case "b", "strong":
			as.Bold = true
		case "i", "em":
			as.Italic = true
		case "s", "del":
			as.Strike = true
		case "code":
			as.Code = true
		}
	}
	return as
}

func (w *inlineWalk) node(n ast.Node, as Run) {
	switch n := n.(type) {
	case *ast.Text:
		s := string(n.Segment.Value(w.r.src))
		if !n.IsRaw() && !as.Code {
			s = unescape(s)
		}
		w.text(s, as)
		switch {
		case n.HardLineBreak():
			w.brk()
		case n.SoftLineBreak():
			w.text(" ", as)
		}
	case *ast.String:
		w.text(string(n.Value), as)
	case *ast.CodeSpan:
		as.Code = true
		w.children(n, as)
	case *ast.Emphasis:
		if n.Level >= 2 {
			as.Bold = true
		} else {
			as.Italic = true
		}
		w.children(n, as)
	case *east.Strikethrough:
		as.Strike = true
		w.children(n, as)
	case *east.TaskCheckBox:
		if n.IsChecked {
			w.text("☑ ", as)
		} else {
			w.text("☐ ", as)
		}
	case *ast.Link:
		as.Link = w.r.link(n.Pos(), unescape(string(n.Destination)))
		w.children(n, as)
	case *ast.AutoLink:
		url := string(n.URL(w.r.src))
		if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(url, "mailto:") {
			url = "mailto:" + url
		}
		as.Link = w.r.link(n.Pos(), url)
		w.text(string(n.Label(w.r.src)), as)
	case *ast.Image:
		alt := &inlineWalk{r: w.r}
		alt.children(n, Run{})
		p := &Paragraph{Kind: Picture, Image: w.r.shown(unescape(string(n.Destination)))}
		for _, a := range alt.out {
			if a.image == nil {
				p.Runs = append(p.Runs, a.Run)
			}
		}
		w.out = append(w.out, piece{image: p})
	case *ast.RawHTML:
		w.html(n, as)
	default:
		w.children(n, as)
	}
}

// html takes the tags that styles have names for; others are shown as they are written.
func (w *inlineWalk) html(n *ast.RawHTML, as Run) {
	raw := string(n.Segments.Value(w.r.src))
	name := strings.ToLower(strings.Trim(strings.Fields(strings.Trim(raw, "</>") + " -")[0], "/"))
	switch {
	case strings.HasPrefix(raw, "<!--"):
	case name == "br":
		w.brk()
	case name == "b", name == "strong", name == "i", name == "em", name == "s", name == "del", name == "code":
		if !strings.HasPrefix(raw, "</") {
			w.style = append(w.style, name)
			return
		}
		for i := len(w.style) - 1; i >= 0; i-- {
			if w.style[i] == name {
				w.style = append(w.style[:i:i], w.style[i+1:]...)
				return
			}
		}
	default:
		w.text(raw, as)
		if !strings.HasPrefix(raw, "</") {
			w.r.mistake(n.Pos(), "the HTML "+w.r.shown(raw)+" is shown as text",
				"HTML stands on lines of its own, with a blank line before and after it")
		}
	}
}

func (w *inlineWalk) brk() {
	if len(w.out) > 0 && w.out[len(w.out)-1].image == nil {
		w.out[len(w.out)-1].Break = true
	}
}

// text adds a text in one style: figures in it are runs of their own.
func (w *inlineWalk) text(s string, as Run) {
	for _, m := range CutMarks(s) {
		f := as
		if m.Index >= 0 && m.Index < len(w.r.figures) {
			f.Figure = &w.r.figures[m.Index]
		}
		w.run(Unliteral(m.Text), f)
	}
}

func (w *inlineWalk) run(s string, as Run) {
	if s == "" {
		return
	}
	as.Text = s
	if n := len(w.out); n > 0 && as.Figure == nil {
		last := &w.out[n-1]
		joined := last.Run
		joined.Text = s
		if last.image == nil && !last.Break && joined == as {
			last.Text += s
			return
		}
	}
	w.out = append(w.out, piece{Run: as})
}

// trimRuns takes away white space at both ends, and runs that are empty.
func trimRuns(runs []Run) []Run {
	for len(runs) > 0 && runs[0].Figure == nil {
		if runs[0].Text = strings.TrimLeft(runs[0].Text, " \t\n"); runs[0].Text != "" {
			break
		}
		runs = runs[1:]
	}
	for len(runs) > 0 && runs[len(runs)-1].Figure == nil {
		last := &runs[len(runs)-1]
		if last.Text = strings.TrimRight(last.Text, " \t\n"); last.Text != "" {
			last.Break = false
			break
		}
		runs = runs[:len(runs)-1]
	}
	return runs
}

// link gives the address that a link may lead to; "" if it may not.
func (r *markdownReader) link(at int, destination string) string {
	destination = strings.TrimSpace(r.shown(destination))
	if safe := SafeLink(destination); safe != "" || destination == "" {
		return safe
	}
	r.mistake(at, "the link "+strconv.Quote(destination)+" is left out",
		"links lead to https://, http://, mailto: or tel:, or to a slide: #name-of-slide")
	return ""
}

// SafeLink gives an address that a document may link to: of the web, of mail or telephone, or of a
// place in the document; "" for any other.
func SafeLink(address string) string {
	if strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }) {
		return ""
	}
	if strings.HasPrefix(address, "#") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host != "" {
			return address
		}
	case "mailto", "tel":
		return address
	}
	return ""
}
