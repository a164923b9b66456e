// Package html draws blocks and texts as HTML: semantic, with every figure traced, for slides and
// pages alike. Looks are in one style sheet, which takes the theme's variables; nothing in the HTML
// runs.
package html

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"

	"atlas/engine/block"
	"atlas/engine/theme"
)

//go:embed block.css
var css []byte

// CSS gives the style sheet of blocks and texts. It stands after the theme's.
func CSS() []byte { return bytes.Clone(css) }

// Drawing is a chart drawn.
type Drawing struct {
	SVG    []byte          // shown as it is, until a page's script draws the option
	Option json.RawMessage // for the page's script; kept in the page where Options.Interactive
	Name   string          // under which the page's script finds the option, if it is kept elsewhere
}

// Steps says how clicks are written.
type Steps string

// The ways to write clicks.
const (
	NoSteps   Steps = ""         // everything is there at once
	DataSteps Steps = "data"     // data-step="2"
	Fragments Steps = "fragment" // class="fragment" data-fragment-index="1", as reveal.js counts
)

// Options say how blocks are drawn.
type Options struct {
	Theme       *theme.Theme // for the brand's logo; nil is Atlas's own
	Format      *block.Formatter
	Dark        bool // the surface is the dark one
	Interactive bool // charts carry their option
	// Chart draws a chart; nil leaves its place empty, with what it shows as text.
	Chart func(b *block.Block) (Drawing, error)
	// Image gives the address of a picture; nil takes its path. "" says that it cannot be shown.
	Image func(file string) string
	Steps Steps
	// Heading is the level of blocks' titles; 0 is 3.
	Heading int
	// Lines are those of the block's table that are drawn, from the first up to before the second; zero
	// draws all. Bars and widths are those of the whole table.
	Lines [2]int
	// ChartData adds the values of charts as a table that is read aloud and traced, not seen.
	ChartData bool
}

// Render draws one block.
func Render(w io.Writer, b *block.Block, o Options) error {
	d := &drawer{o: o}
	d.block(b)
	if d.err != nil {
		return d.err
	}
	_, err := io.WriteString(w, d.b.String())
	return err
}

// RichText draws a text, as it stands in a block of its own.
func RichText(w io.Writer, t block.RichText, o Options) error {
	d := &drawer{o: o}
	d.rich(t)
	_, err := io.WriteString(w, d.b.String())
	return err
}

// Prose gives a line of text with its figures.
func Prose(p block.Prose) string {
	d := &drawer{}
	d.prose(p)
	return d.b.String()
}

// State is what stands in the place of something that cannot be shown.
type State string

// The states; a stale block is shown, with a note.
const (
	Empty        State = "empty"
	Loading      State = "loading"
	Failed       State = "error"
	NoPermission State = "no-permission"
)

// WriteState draws a state: why, and what to do.
func WriteState(w io.Writer, s State, why, todo string) error {
	d := &drawer{}
	d.state(s, why, todo)
	_, err := io.WriteString(w, d.b.String())
	return err
}

// drawer writes one piece of HTML.
type drawer struct {
	o   Options
	b   strings.Builder
	err error
}

func esc(s string) string { return html.EscapeString(s) }

func (d *drawer) put(parts ...string) {
	for _, p := range parts {
		d.b.WriteString(p)
	}
}

// attr gives an attribute; nothing for an empty value.
func attr(name, value string) string {
	if value == "" {
		return ""
	}
	return " " + name + `="` + esc(value) + `"`
}

func (d *drawer) format(f block.Figure) string {
	if d.o.Format == nil {
		return block.PlainText(f.Value)
	}
	return d.o.Format.Format(f.Value, f.Format)
}

func (d *drawer) word(w block.Word, args ...any) string {
	if d.o.Format == nil {
		return string(w)
	}
	return d.o.Format.Word(w, args...)
}

// block draws a block with its title, what it shows, and its note.
func (d *drawer) block(b *block.Block) {
	tag := "section"
	switch b.Kind {
	case block.ChartOf, block.ImageOf:
		tag = "figure"
	case block.Title, block.TextKind, block.Columns:
		tag = "div"
	case block.CalloutKind:
		tag = "aside"
	default: // key figures, tables, progress
	}
	class := "block block-" + string(b.Kind)
	if b.Empty != "" {
		class += " block-is-empty"
	}
	d.put("<", tag, attr("class", class), attr("data-block", b.ID), attr("data-node", b.Node))
	if b.Kind == block.CalloutKind {
		d.put(` role="note"`)
	}
	d.put(">\n")
	d.head(b, tag)
	if b.Empty != "" {
		d.state(Empty, b.Empty, "")
	} else {
		d.shown(b)
	}
	if !b.Note.IsZero() {
		d.put(`<p class="block-note">`)
		d.prose(b.Note)
		d.put("</p>\n")
	}
	d.put("</", tag, ">\n")
}

func (d *drawer) head(b *block.Block, tag string) {
	if b.Stale != "" {
		defer d.put(`<p class="block-stale" role="note">`, `<span class="mark" aria-hidden="true">!</span>`, esc(b.Stale), "</p>\n")
	}
	if b.Title.IsZero() && b.Subtitle.IsZero() {
		return
	}
	outer := "header"
	if tag == "figure" {
		outer = "figcaption"
	}
	d.put("<", outer, ` class="block-head">`)
	if !b.Title.IsZero() {
		h := fmt.Sprintf("h%d", d.level())
		d.put("<", h, ` class="block-title">`)
		d.prose(b.Title)
		d.put("</", h, ">")
	}
	if !b.Subtitle.IsZero() {
		d.put(`<p class="block-subtitle">`)
		d.prose(b.Subtitle)
		d.put("</p>")
	}
	d.put("</", outer, ">\n")
}

func (d *drawer) level() int {
	if d.o.Heading < 1 || d.o.Heading > 6 {
		return 3
	}
	return d.o.Heading
}

func (d *drawer) shown(b *block.Block) {
	switch b.Kind {
	case block.Title:
		if b.Heading != nil {
			h := fmt.Sprintf("h%d", max(1, d.level()-1))
			d.put("<", h, ` class="block-heading">`)
			d.prose(*b.Heading)
			d.put("</", h, ">\n")
		}
	case block.TextKind:
		if b.Text != nil {
			d.rich(block.Markdown(*b.Text))
		}
	case block.KPIs:
		d.kpis(b.KPI)
	case block.TableOf:
		if b.Table != nil {
			d.table(b)
		}
	case block.ChartOf:
		if b.Chart != nil {
			d.chart(b)
		}
	case block.ImageOf:
		if b.Image != nil {
			d.image(b)
		}
	case block.Columns:
		d.columns(b.Columns)
	case block.CalloutKind:
		if b.Callout != nil {
			d.callout(b.Callout)
		}
	case block.ProgressKind:
		d.progress(b.Progress)
	}
}

// state draws why nothing is shown.
func (d *drawer) state(s State, why, todo string) {
	d.put("<div", attr("class", "state state-"+string(s)))
	switch s {
	case Failed:
		d.put(` role="alert"`)
	case Loading:
		d.put(` role="status" aria-busy="true"`)
	default:
		d.put(` role="status"`)
	}
	d.put(`><p class="state-why">`, esc(why), "</p>")
	if todo != "" {
		d.put(`<p class="state-todo">`, esc(todo), "</p>")
	}
	d.put("</div>\n")
}
