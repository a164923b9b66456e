package docs

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown renders project texts. Raw HTML in them is left out, pictures are dropped
// and links to project files become plain text: the site carries neither.
type markdown struct{ md goldmark.Markdown }

func newMarkdown() *markdown {
	return &markdown{goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(offline{}, 500))),
	)}
}

// html renders a text; heading levels are moved down so that the page's own title stays first.
func (m *markdown) html(src string) template.HTML {
	src = strings.TrimSpace(src)
	if src == "" {
		return ""
	}
	var b bytes.Buffer
	if err := m.md.Convert([]byte(src), &b); err != nil {
		return template.HTML(template.HTMLEscapeString(src)) //nolint:gosec // escaped
	}
	return template.HTML(b.String()) //nolint:gosec // goldmark escapes and drops raw HTML
}

// split parts a text into its first paragraph, if it begins with a short one, and the rest.
func (m *markdown) split(src string) (lead, rest string) {
	src = strings.TrimSpace(src)
	first := m.md.Parser().Parse(text.NewReader([]byte(src))).FirstChild()
	if first == nil || first.Kind() != ast.KindParagraph || first.Lines().Len() == 0 {
		return "", src
	}
	end := first.Lines().At(first.Lines().Len() - 1).Stop
	if end > leadLimit {
		return "", src
	}
	return src[:end], strings.TrimSpace(src[end:])
}

// leadLimit is how long a README's first paragraph may be to stand at the top of the overview.
const leadLimit = 600

// plain gives the first paragraph as one line without marks.
func (m *markdown) plain(src string) string {
	src = strings.TrimSpace(src)
	if src == "" {
		return ""
	}
	source := []byte(src)
	doc := m.md.Parser().Parse(text.NewReader(source))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Kind() == ast.KindHeading && n.NextSibling() != nil {
			continue
		}
		if s := strings.Join(strings.Fields(plainText(n, source)), " "); s != "" {
			return s
		}
	}
	return ""
}

func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		case *ast.ListItem:
			b.WriteByte(' ')
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// offline rewrites a parsed text to what a folder of files can show.
type offline struct{}

// Transform implements parser.ASTTransformer.
func (offline) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var drop []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(6, n.Level+1)
		case *ast.Image:
			drop = append(drop, n)
		case *ast.Link:
			if !leadsOut(string(n.Destination)) {
				drop = append(drop, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range drop {
		parent := n.Parent()
		if n.Kind() == ast.KindImage {
			parent.RemoveChild(parent, n)
			removeEmpty(parent)
			continue
		}
		for c := n.FirstChild(); c != nil; c = n.FirstChild() {
			parent.InsertBefore(parent, n, c)
		}
		parent.RemoveChild(parent, n)
	}
}

// removeEmpty takes away a paragraph or link that held nothing but a picture.
func removeEmpty(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); !ok || t.Segment.Len() > 0 {
			return
		}
	}
	parent := n.Parent()
	switch n.Kind() {
	case ast.KindParagraph:
		parent.RemoveChild(parent, n)
	case ast.KindLink:
		parent.RemoveChild(parent, n)
		removeEmpty(parent)
	}
}

func leadsOut(dest string) bool {
	for _, p := range []string{"http://", "https://", "mailto:"} {
		if strings.HasPrefix(dest, p) {
			return true
		}
	}
	return false
}
