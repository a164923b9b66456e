package block

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// raw adds HTML that stands on lines of its own, cut to what shows and cannot run.
func (r *markdownReader) raw(at int, raw string) {
	out, refused := r.html.clean(raw)
	for _, what := range refused {
		r.mistake(at, what+" is left out", "texts show, and run nothing: what has to run belongs in a layout of the project")
	}
	if strings.TrimSpace(out) == "" {
		return
	}
	p := Paragraph{Kind: HTML}
	p.Raw, p.Runs = r.rawFigures(out)
	r.add(p)
}

// rawFigures gives the HTML with its figures' marks counted through, and a run for each.
func (r *markdownReader) rawFigures(s string) (string, []Run) {
	var b strings.Builder
	var runs []Run
	for _, m := range CutMarks(s) {
		if m.Index < 0 {
			b.WriteString(m.Text)
			continue
		}
		run := Run{Text: html.UnescapeString(m.Text)}
		if m.Index < len(r.figures) {
			run.Figure = &r.figures[m.Index]
		}
		b.WriteString(MarkFigure(len(runs), m.Text))
		runs = append(runs, run)
	}
	return b.String(), runs
}

// sanitizer keeps the HTML of a text balanced and harmless, over all the pieces of it.
type sanitizer struct {
	open []string
}

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

//nolint:gochecknoglobals // constants
var (
	shownTags = words(`div span p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr th td caption colgroup col
		figure figcaption strong b em i u s del ins sub sup small mark code pre blockquote abbr cite q time data details summary
		section article header footer aside a wbr svg g path rect circle ellipse line polyline polygon text tspan defs
		lineargradient stop title desc`)
	emptyTags  = words("br hr col wbr")
	shownNames = words(`class title lang dir role colspan rowspan scope href style open datetime value
		d x y x1 y1 x2 y2 cx cy r rx ry dx dy points fill stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin
		fill-opacity stroke-opacity fill-rule viewbox transform opacity offset stop-color text-anchor font-size font-weight
		width height preserveaspectratio xmlns id`)
	// swallowed elements go with what is in them.
	swallowed = words("script style iframe object embed template noscript textarea xmp plaintext noembed noframes math")
	harmful   = regexp.MustCompile(`(?i)url\s*\(|expression\s*\(|@import|javascript:|position\s*:\s*(fixed|sticky)|\\|/\*`)
	// svgCase gives the names that SVG writes with capitals.
	svgCase = map[string]string{"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio", "lineargradient": "linearGradient"}
)

// clean gives a piece of HTML without what can run or load, and says what was left out. The signs of
// Literal become text.
func (s *sanitizer) clean(raw string) (string, []string) {
	var b strings.Builder
	var refused []string
	z := html.NewTokenizer(strings.NewReader(raw))
	skip := ""
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String(), refused
		}
		t := z.Token()
		name := strings.ToLower(t.Data)
		switch {
		case skip != "":
			if kind == html.EndTagToken && name == skip {
				skip = ""
			}
		case kind == html.TextToken:
			b.WriteString(html.EscapeString(Unliteral(t.Data)))
		case kind == html.CommentToken, kind == html.DoctypeToken:
		case !shownTags[name]:
			if kind != html.EndTagToken {
				refused = append(refused, "<"+name+">")
			}
			if kind == html.StartTagToken && swallowed[name] {
				skip = name
			}
		case kind == html.EndTagToken:
			s.end(&b, name)
		default:
			refused = append(refused, s.start(&b, name, t.Attr, kind == html.SelfClosingTagToken)...)
		}
	}
}

func (s *sanitizer) start(b *strings.Builder, name string, attrs []html.Attribute, closed bool) (refused []string) { //nolint:revive // the tag's own flag
	shown := name
	if c := svgCase[name]; c != "" {
		shown = c
	}
	b.WriteString("<" + shown)
	for _, a := range attrs {
		key, value := strings.ToLower(a.Key), Unliteral(Unmarked(a.Val))
		ok := a.Namespace == "" && (shownNames[key] || strings.HasPrefix(key, "aria-"))
		switch {
		case key == "href":
			ok = ok && name == "a" && SafeLink(value) != ""
		case key == "xmlns":
			ok = ok && value == "http://www.w3.org/2000/svg"
		case ok && key != "title" && !strings.HasPrefix(key, "aria-"):
			ok = !harmful.MatchString(value)
		}
		if !ok {
			refused = append(refused, key+"= of <"+name+">")
			continue
		}
		if c := svgCase[key]; c != "" {
			key = c
		}
		b.WriteString(" " + key + `="` + html.EscapeString(value) + `"`)
	}
	switch {
	case emptyTags[name]:
		b.WriteString(">")
	case closed:
		b.WriteString("></" + shown + ">")
	default:
		s.open = append(s.open, shown)
		b.WriteString(">")
	}
	return refused
}

// end closes an element that is open, and those inside of it; others are dropped.
func (s *sanitizer) end(b *strings.Builder, name string) {
	if c := svgCase[name]; c != "" {
		name = c
	}
	at := slices.Index(s.open, name)
	if at < 0 || emptyTags[name] {
		return
	}
	for at = len(s.open) - 1; s.open[at] != name; at-- {
		b.WriteString("</" + s.open[at] + ">")
	}
	b.WriteString("</" + name + ">")
	s.open = s.open[:at]
}

// close ends what is still open.
func (s *sanitizer) close() string {
	var b strings.Builder
	for i := len(s.open) - 1; i >= 0; i-- {
		b.WriteString("</" + s.open[i] + ">")
	}
	s.open = nil
	return b.String()
}
