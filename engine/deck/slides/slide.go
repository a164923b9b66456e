package slides

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"path"
	"strings"

	"atlas/engine/block"
	draw "atlas/engine/block/html"
	"atlas/engine/deck"
	"atlas/engine/manifest"
)

// slide is one slide drawn.
type slide struct {
	*deck.Slide
	Number int // from 1
	HTML   string
	Notes  string // HTML
}

func esc(s string) string { return html.EscapeString(s) }

// slide draws one slide; a mistake is told and shown in its place.
func (b *builder) slide(i int) slide {
	s := &b.doc.Slides[i]
	out := slide{Slide: s, Number: i + 1}
	layout := b.doc.Layouts[s.Layout]
	var inside string
	switch mine, ok := b.o.Layouts[s.Layout]; {
	case s.Problem != "":
		inside = b.problem(s, s.Problem)
	case ok:
		text, err := b.ownLayout(mine, out, layout)
		if err != nil {
			b.problems.Add(err)
			text = b.problem(s, err.Error())
		}
		inside = text
	default:
		inside = b.inside(out, layout)
	}
	var w strings.Builder
	own := ""
	if surface(layout) == "accent" {
		own = ` data-theme="light"` // the brand's colour is the same by day and by night
	}
	fmt.Fprintf(&w, "<div class=\"slide layout-%s title-%s surface-%s%s\" data-node=\"%s\" data-section=\"%s\"%s>\n%s</div>\n",
		slug(s.Layout), slug(titlePlace(layout)), slug(surface(layout)), classes(s.Class), esc(s.Node), esc(s.Section), own, inside)
	out.HTML = b.styles.move(w.String())
	if s.Notes.Text != "" {
		t := block.Markdown(s.Notes)
		out.Notes = b.styles.move(b.text(&t))
	}
	return out
}

func titlePlace(l manifest.Layout) string {
	if l.Title == "" {
		return "top"
	}
	return l.Title
}

func surface(l manifest.Layout) string {
	if l.Surface == "" {
		return "surface"
	}
	return l.Surface
}

// classes gives the classes of a slide's front matter, fit for an attribute.
func classes(s string) string {
	var out strings.Builder
	for _, c := range strings.Fields(s) {
		out.WriteString(" " + esc(c))
	}
	return out.String()
}

// slug makes a name fit for a class.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r > 0x7f {
			return r
		}
		return '-'
	}, s)
}

// inside draws a slide by a layout of the grid.
func (b *builder) inside(s slide, layout manifest.Layout) string {
	var w strings.Builder
	w.WriteString(b.head(s, layout))
	w.WriteString("<div class=\"slide-logo\" aria-hidden=\"true\"></div>\n")
	w.WriteString("<div class=\"slide-body\">\n")
	for _, r := range layout.Regions {
		if items := content(s.Regions, r.Name); len(items) > 0 {
			align := r.Align
			if align == "" {
				align = "top"
			}
			box := deck.RegionBox(layout, r)
			fmt.Fprintf(&w, "<div class=\"region region-%s align-%s\">\n%s</div>\n", slug(r.Name), slug(align), b.items(items, box))
		}
	}
	w.WriteString("</div>\n")
	w.WriteString(b.foot(s))
	return w.String()
}

func content(regions []deck.Content, name string) []deck.Item {
	var out []deck.Item
	for _, c := range regions {
		if c.Region == name {
			out = append(out, c.Items...)
		}
	}
	return out
}

// head draws title and subtitle. A slide without a title has one that only outlines and readers
// aloud know.
func (b *builder) head(s slide, layout manifest.Layout) string {
	title := strings.TrimSpace(s.Title.Text)
	if titlePlace(layout) == "none" || title == "" {
		if title == "" {
			title = s.ID
		}
		return fmt.Sprintf("<h1 class=\"unseen\">%s</h1>\n", esc(title))
	}
	var w strings.Builder
	fmt.Fprintf(&w, "<header class=\"slide-head\">\n<h1 class=\"slide-title\">%s</h1>\n", b.prose(s.Title))
	if s.Subtitle.Text != "" {
		fmt.Fprintf(&w, "<p class=\"slide-subtitle\">%s</p>\n", b.prose(s.Subtitle))
	}
	w.WriteString("</header>\n")
	return w.String()
}

func (b *builder) foot(s slide) string {
	var w strings.Builder
	w.WriteString("<footer class=\"slide-foot\">")
	fmt.Fprintf(&w, "<div class=\"footnote\">%s</div>", b.prose(s.Footnote))
	fmt.Fprintf(&w, "<div class=\"footer\">%s</div>", b.prose(b.doc.Footer))
	fmt.Fprintf(&w, "<div class=\"number\">%d</div></footer>\n", s.Number)
	return w.String()
}

// items draws what stands in a region of the given size, from top to bottom.
func (b *builder) items(items []deck.Item, box deck.Box) string {
	var w strings.Builder
	grow := 0 // blocks that share the height
	for _, it := range items {
		if it.Block != nil && grows(it.Block) {
			grow++
		}
	}
	room := box
	room.H = (box.H - blockGap*float64(len(items)-1) - fixedRoom*float64(len(items)-grow)) / float64(max(1, grow))
	for _, it := range items {
		step := ""
		if it.Step > 0 {
			step = fmt.Sprintf(" data-step=\"%d\"", it.Step)
		}
		switch {
		case it.Block != nil:
			fmt.Fprintf(&w, "<div class=\"item item-%s\"%s>%s</div>\n", slug(string(it.Block.Kind)), step, b.block(it, room))
		case it.Text != nil:
			fmt.Fprintf(&w, "<div class=\"item item-text\"%s>%s</div>\n", step, b.text(it.Text))
		}
	}
	return w.String()
}

// fixedRoom is the height that a block which does not grow takes, about.
const fixedRoom = 1.2

// grows reports a block that takes what height there is.
func grows(x *block.Block) bool {
	return x.Empty == "" && (x.Kind == block.ChartOf || x.Kind == block.ImageOf || x.Kind == block.Columns)
}

// problem draws a mistake in a slide's place.
func (b *builder) problem(s *deck.Slide, text string) string {
	return fmt.Sprintf("<h1 class=\"unseen\">%s</h1><div class=\"slide-problem\" role=\"alert\"><p class=\"problem-place\">%s</p><p class=\"problem-head\">%s</p><pre>%s</pre></div>\n",
		esc(s.ID), esc(s.Pos.String()), esc(b.words["problem"]), esc(text))
}

// prose draws one line of text with its figures.
func (b *builder) prose(p block.Prose) string { return draw.Prose(p) }

// mediaName gives where a picture of the project stands in the folder: by its contents, as two
// pictures of one name may lie in two folders.
func mediaName(name string, data []byte) string {
	sum := sha256.Sum256(data)
	base := path.Base(strings.ReplaceAll(name, "\\", "/"))
	return "assets/media/" + hex.EncodeToString(sum[:4]) + "-" + slug(strings.TrimSuffix(base, path.Ext(base))) + strings.ToLower(path.Ext(base))
}
