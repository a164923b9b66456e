package block

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Mistake is something in a text that is not shown as it was written.
type Mistake struct {
	At      int // offset in bytes
	Message string
	Hint    string
}

// Markdown reads a text of a block, as report.json keeps it.
func Markdown(p Prose) RichText {
	t, _ := ReadMarkdown(p.Marked())
	return t
}

// ReadMarkdown reads a rendered text: CommonMark with tables, strikethrough and task lists, the
// figures of marks, values of Literal. Entries of lists with `*` get steps, counted from 1. Links lead to
// the web, to an address or to a slide; HTML is cut to what cannot run.
func ReadMarkdown(marked string, figures []Figure) (RichText, []Mistake) {
	marked = strings.ToValidUTF8(marked, "\ufffd")
	src := []byte(outsideMarks(marked, keep, protect))
	r := &markdownReader{src: src, figures: figures}
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))
	root := md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext()))
	r.blocks(root, 0)
	if tail := r.html.close(); tail != "" {
		r.out.Paragraphs = append(r.out.Paragraphs, Paragraph{Kind: HTML, Raw: tail})
		r.mistake(len(src), "HTML is not closed: "+tail+" is missing", "write what is missing; a tag ends in the text that it begins in")
	}
	return r.out, r.mistakes
}

func keep(s string) string { return s }

// protect makes what a figure shows safe, if it is not yet.
func protect(s string) string { return Literal(Unliteral(s)) }

// Plain gives the words of a text, a line a paragraph.
func (t RichText) Plain() string {
	var b strings.Builder
	line := func(runs []Run) {
		for _, r := range runs {
			b.WriteString(r.Text)
			if r.Break {
				b.WriteByte(' ')
			}
		}
	}
	for _, p := range t.Paragraphs {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		line(p.Runs)
		for _, row := range p.Rows {
			for i, cell := range row {
				if i > 0 {
					b.WriteByte(' ')
				}
				line(cell)
			}
			b.WriteByte('\n')
		}
		if p.Kind == Code {
			b.WriteString(p.Raw)
		}
	}
	return strings.TrimSpace(b.String())
}

// markdownReader walks a parsed text and collects its paragraphs.
type markdownReader struct {
	src      []byte
	figures  []Figure
	out      RichText
	mistakes []Mistake
	steps    int
	html     sanitizer
	quoted   int
}

func (r *markdownReader) mistake(at int, message, hint string) {
	r.mistakes = append(r.mistakes, Mistake{At: max(0, at), Message: message, Hint: hint})
}

func (r *markdownReader) add(p Paragraph) { r.out.Paragraphs = append(r.out.Paragraphs, p) }

func (r *markdownReader) blocks(parent ast.Node, level int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		r.block(n, level)
	}
}

func (r *markdownReader) block(n ast.Node, level int) {
	switch n := n.(type) {
	case *ast.Heading:
		r.add(Paragraph{Kind: HeadingOf, Level: n.Level, Runs: r.words(n)})
	case *ast.Paragraph, *ast.TextBlock:
		kind := Plain
		if r.quoted > 0 {
			kind = Quote
		}
		r.paragraph(n, Paragraph{Kind: kind})
	case *ast.Blockquote:
		r.quoted++
		r.blocks(n, level)
		r.quoted--
	case *ast.List:
		r.list(n, level)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		r.add(Paragraph{Kind: Code, Raw: strings.TrimSuffix(r.shown(r.lines(n)), "\n")})
	case *ast.HTMLBlock:
		raw := r.lines(n)
		if n.HasClosure() {
			raw += string(n.ClosureLine.Value(r.src))
		}
		r.raw(n.Pos(), raw)
	case *east.Table:
		r.table(n)
	case *ast.ThematicBreak: // white space parts what a rule would
	default:
		r.blocks(n, level)
	}
}

func (r *markdownReader) lines(n ast.Node) string {
	var b strings.Builder
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		b.Write(s.Value(r.src))
	}
	return b.String()
}

// shown gives a text of code: values as they are, figures as they read.
func (r *markdownReader) shown(s string) string { return ReadProse(Unliteral(s), nil).Text }

func (r *markdownReader) list(l *ast.List, level int) {
	number := l.Start
	for n := l.FirstChild(); n != nil; n = n.NextSibling() {
		p := Paragraph{Kind: Bullet, Level: level}
		if l.IsOrdered() {
			p.Kind, p.Number = Numbered, number
			number++
		}
		if l.Marker == '*' {
			r.steps++
			p.Step = r.steps
		}
		r.entry(n, p)
	}
}

// entry adds one entry of a list; paragraphs in it after the first begin a new line of it.
func (r *markdownReader) entry(item ast.Node, p Paragraph) {
	at := -1
	for n := item.FirstChild(); n != nil; n = n.NextSibling() {
		switch n.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			if at < 0 {
				at = len(r.out.Paragraphs)
				r.paragraph(n, p)
				continue
			}
			runs := r.words(n)
			if e := &r.out.Paragraphs[at]; len(e.Runs) > 0 {
				e.Runs[len(e.Runs)-1].Break = true
				e.Runs = append(e.Runs, runs...)
			}
		default:
			if at < 0 {
				at = len(r.out.Paragraphs)
				r.add(p)
			}
			r.step(n, p)
		}
	}
	if at < 0 {
		r.add(p)
	}
}

// step adds what stands in an entry besides its text; it appears with the entry, unless it has
// clicks of its own.
func (r *markdownReader) step(n ast.Node, p Paragraph) {
	from := len(r.out.Paragraphs)
	r.block(n, p.Level+1)
	for i := from; i < len(r.out.Paragraphs); i++ {
		if q := &r.out.Paragraphs[i]; q.Step == 0 {
			q.Step = p.Step
		}
	}
}

// paragraph adds a paragraph; pictures in it stand by themselves.
func (r *markdownReader) paragraph(n ast.Node, p Paragraph) {
	runs := r.inline(n)
	var text []Run
	added := false
	flush := func() {
		if len(text) > 0 {
			q := p
			q.Runs = trimRuns(text)
			if len(q.Runs) > 0 {
				r.add(q)
				added = true
			}
			text = nil
		}
	}
	for _, run := range runs {
		if run.image == nil {
			text = append(text, run.Run)
			continue
		}
		flush()
		q := *run.image
		q.Step = p.Step
		r.add(q)
		added = true
	}
	flush()
	if !added && p.Kind != Plain && p.Kind != Quote {
		r.add(p)
	}
}
