package pptx

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// Texts of a template are rendered a text body or a table at a time. Its paragraphs and runs, and a
// table's rows and cells, stand in the source as marks: a loop that covers marks repeats what they
// stand for, with all its looks. A mark is a letter and a number between two characters of the last
// private plane, which no text and no font uses.
const (
	markStart = '\U0010FF10'
	markEnd   = '\U0010FF11'
)

// The letters of marks.
const (
	rowMark   = 'r'
	cellMark  = 'c'
	paraMark  = 'p'
	maybeMark = 'q' // a paragraph with a statement in it: left out if nothing of it is shown
	runMark   = 't'
	thingMark = 'o' // what stands between runs: a line break, a field
	closeMark = 'e' // text up to the next mark is nobody's
)

// script is the Jinja source of one text body or table.
type script struct {
	out    strings.Builder
	protos []*node  // what the marks' numbers mean
	lines  []string // the text of the paragraph that stands on each line of the source
	units  []*unit
	rows   int // 0 of a text body
}

// unit is one a:p on its way into the source.
type unit struct {
	proto     *node
	row, cell int
	text      string
	runs      []bit // in the order of their offsets
	tags      []tag
	lift      []reach // of each tag, where it goes
	only      bool    // nothing but statements: the paragraph itself is not shown
	cellStart bool
	rowStart  bool
	rowProto  *node
	cellProto *node
}

// bit is where the text of one run, or one thing without text, begins.
type bit struct {
	at   int
	node *node
	text bool
}

// reach is what a tag encloses together with its partners.
type reach int

const (
	reachInline reach = iota
	reachParagraphs
	reachRows
)

// readParagraph takes a paragraph apart.
func readParagraph(p *node) *unit {
	u := &unit{proto: p}
	var text strings.Builder
	for _, k := range p.kids {
		switch k.name {
		case "a:pPr", "a:endParaRPr", "":
		case "a:r":
			u.runs = append(u.runs, bit{at: text.Len(), node: k, text: true})
			text.WriteString(k.child("a:t").words())
		case "a:br":
			u.runs = append(u.runs, bit{at: text.Len(), node: k})
			text.WriteByte('\v')
		default:
			u.runs = append(u.runs, bit{at: text.Len(), node: k})
			text.WriteString("\ufffc") // stands for it, so that it is never inside of a tag unseen
		}
	}
	u.text = text.String()
	return u
}

// add puts the paragraphs of one body into the script.
func (s *script) add(bodies ...*node) *diag.Diagnostic {
	for _, p := range bodies {
		u := readParagraph(p)
		tags, open := scanTags(u.text)
		if open >= 0 {
			return diag.Errorf(diag.TemplateSyntax, diag.Pos{}, "“%s” is not closed", shorten(strings.ReplaceAll(u.text[open:], "\v", " "))).
				WithHint("A tag begins and ends in one paragraph: {{ … }} or {%% … %%}. To show two braces write {{ '{{' }}.")
		}
		u.tags, u.lift = tags, make([]reach, len(tags))
		s.units = append(s.units, u)
	}
	return nil
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s)[:59]) + "…"
}

// raise works out what each statement encloses. One whose end is in another paragraph encloses
// whole paragraphs, one whose end is in another cell whole rows.
func (s *script) raise() {
	type place struct{ unit, tag int }
	var stack [][]place
	for i, u := range s.units {
		for j, t := range u.tags {
			top := len(stack) - 1
			switch {
			case opens(t):
				stack = append(stack, []place{{i, j}})
			case top < 0:
			case t.word == "else" || t.word == "elif":
				stack[top] = append(stack[top], place{i, j})
			case strings.HasPrefix(t.word, "end"):
				group := append(stack[top], place{i, j})
				stack = stack[:top]
				most := reachInline
				first := s.units[group[0].unit]
				for _, g := range group[1:] {
					other := s.units[g.unit]
					switch {
					case other.row != first.row || other.cell != first.cell:
						most = reachRows
					case other != first && most == reachInline:
						most = reachParagraphs
					}
				}
				for _, g := range group {
					s.units[g.unit].lift[g.tag] = most
				}
			}
		}
	}
	for _, u := range s.units {
		u.only = u.bare()
	}
}

// bare reports whether a paragraph holds nothing to show: statements that went elsewhere, comments,
// white space.
func (u *unit) bare() bool {
	if len(u.tags) == 0 {
		return false
	}
	at := 0
	for j, t := range u.tags {
		if strings.TrimSpace(u.text[at:t.start]) != "" {
			return false
		}
		at = t.end
		if u.lift[j] == reachInline && !t.comment && t.word != "set" && t.word != "do" {
			return false
		}
	}
	return strings.TrimSpace(u.text[at:]) == ""
}

// mark writes a mark.
func (s *script) mark(letter byte, proto *node) {
	s.out.WriteRune(markStart)
	s.out.WriteByte(letter)
	if proto != nil {
		s.out.WriteString(strconv.Itoa(len(s.protos)))
		s.protos = append(s.protos, proto)
	}
	s.out.WriteRune(markEnd)
}

// line ends a line of the source that came from a paragraph.
func (s *script) line(u *unit) {
	s.out.WriteByte('\n')
	s.lines = append(s.lines, u.text)
}

// source writes all of it.
func (s *script) source() string {
	s.raise()
	for i := 0; i < len(s.units); {
		end := i + 1
		for end < len(s.units) && s.units[end].row == s.units[i].row {
			end++
		}
		s.row(s.units[i:end])
		i = end
	}
	return s.out.String()
}

// row writes the paragraphs of one row of a table, or all of a body.
func (s *script) row(units []*unit) {
	for _, u := range units {
		s.lifted(u, reachRows, false)
	}
	shown := s.rows == 0
	lifts := false
	for _, u := range units {
		shown = shown || !u.only && strings.TrimSpace(u.text) != ""
		for _, l := range u.lift {
			lifts = lifts || l == reachRows
		}
	}
	shown = shown || !lifts
	for _, u := range units {
		s.write(u, shown)
	}
	for _, u := range units {
		s.lifted(u, reachRows, true)
	}
}

// lifted writes the statements of a paragraph that enclose more than it: those that begin something
// stand before, those that end it behind.
func (s *script) lifted(u *unit, to reach, ends bool) { //nolint:revive // one pass before, one behind
	for j, t := range u.tags {
		if u.lift[j] == to && strings.HasPrefix(t.word, "end") == ends {
			s.out.WriteString(t.source)
			s.line(u)
		}
	}
}

func (s *script) write(u *unit, shown bool) { //nolint:revive // a row that is not shown still sets and loops
	if shown && u.rowStart {
		s.mark(rowMark, u.rowProto)
	}
	if shown && u.cellStart {
		s.mark(cellMark, u.cellProto)
	}
	s.lifted(u, reachParagraphs, false)
	if u.only || !shown {
		for j, t := range u.tags {
			if u.lift[j] == reachInline {
				s.out.WriteString(t.source)
			}
		}
	} else {
		s.content(u)
	}
	s.line(u)
	s.lifted(u, reachParagraphs, true)
}

// content writes a paragraph with its runs. A tag belongs to the run that it begins in, whatever
// PowerPoint made of it.
func (s *script) content(u *unit) {
	letter := byte(paraMark)
	for _, t := range u.tags {
		if t.word != "" {
			letter = maybeMark
		}
	}
	s.mark(letter, u.proto)
	next := 0  // of u.tags
	until := 0 // text before it is written
	for i, r := range u.runs {
		end := len(u.text)
		if i+1 < len(u.runs) {
			end = u.runs[i+1].at
		}
		if !r.text {
			if r.at >= until {
				s.mark(thingMark, r.node)
				until = end
			}
			continue
		}
		if end <= until && end > r.at {
			continue
		}
		s.mark(runMark, r.node)
		for at := max(r.at, until); at < end; {
			for next < len(u.tags) && u.tags[next].start < at {
				next++
			}
			stop := end
			if next < len(u.tags) {
				stop = min(stop, u.tags[next].start)
			}
			s.out.WriteString(u.text[at:stop])
			at = stop
			until = max(until, stop)
			if next < len(u.tags) && u.tags[next].start == at && at < end {
				if u.lift[next] == reachInline {
					s.out.WriteString(u.tags[next].source)
				}
				until = u.tags[next].end
				at = until
				next++
			}
		}
	}
	s.mark(closeMark, nil)
}

// render runs the script. What goes wrong is told with the paragraph that it stands in.
func (s *script) render(st *jinja.State) (string, error) {
	src := s.source()
	t, err := jinja.Parse("text", src, jinja.Options{KeepTrailingNewline: true})
	if err != nil {
		return "", s.explain(err)
	}
	out, err := t.Render(st)
	if err != nil {
		return "", s.explain(err)
	}
	return out, nil
}

// explain takes the marks out of a mistake, and says which paragraph it is in.
func (s *script) explain(err error) error {
	list := diag.From(err)
	if len(list) == 0 {
		return err
	}
	d := *list[0]
	in := ""
	if d.Pos.Line >= 1 && d.Pos.Line <= len(s.lines) {
		in = " in “" + shorten(strings.TrimSpace(strings.ReplaceAll(s.lines[d.Pos.Line-1], "\v", " "))) + "”"
	}
	d.Msg = unmark(d.Msg) + in
	d.Hint = unmark(d.Hint)
	d.Pos, d.Notes, d.Len, d.Text = diag.Pos{}, nil, 0, ""
	return &d
}

// unmark drops the marks of a text.
func unmark(s string) string {
	for {
		i := strings.IndexRune(s, markStart)
		if i < 0 {
			return s
		}
		j := strings.IndexRune(s[i:], markEnd)
		if j < 0 {
			return s[:i]
		}
		s = s[:i] + s[i+j+utf8.RuneLen(markEnd):]
	}
}
