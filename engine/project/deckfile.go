package project

import (
	"regexp"
	"strings"

	"atlas/engine/diag"
)

// deckText is a deck's file taken apart. Lines count from 1.
type deckText struct {
	shown  string
	head   string // YAML between the first two separators
	slides []slideText
}

// slideText is one slide: its YAML, "" without any, and its Markdown.
type slideText struct {
	line      int // of its separator; 1 of the first slide
	front     string
	frontLine int // where front begins
	body      string
	bodyLine  int // where body begins
}

//nolint:gochecknoglobals // compiled constants
var (
	frontKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*[ \t]*:([ \t]|$)`)
	fence    = regexp.MustCompile("^[ \t]*(`{3,}|~{3,})")
	codeSpan = regexp.MustCompile("`+[^`]*`+")
)

// isSeparator reports a line of three dashes alone.
func isSeparator(line string) bool { return strings.TrimRight(line, " \t") == "---" }

// splitDeck takes a deck apart; false says that the text is none: it does not begin with front matter.
func splitDeck(shown, text string) (*deckText, diag.List, bool) {
	var diags diag.List
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if !isSeparator(lines[0]) || len(lines) == 1 {
		return nil, nil, false
	}
	d := &deckText{shown: shown}
	end := nextSeparator(lines, 1)
	if end < 0 {
		diags.Add(diag.Errorf(diag.BadSlide, diag.Pos{File: shown, Line: 1, Col: 1}, "the front matter is not closed").WithLen(len("---")).
			WithHint("end it with a line of three dashes: ---"))
		return nil, diags, true
	}
	d.head = strings.Join(lines[1:end], "\n")
	s := slideText{line: 1, bodyLine: end + 2}
	scan := &bodyScanner{shown: shown, diags: &diags}
	from := end + 1
	close := func(to int) {
		s.body = strings.Join(lines[from:to], "\n")
		d.slides = append(d.slides, s)
	}
	for i := from; i < len(lines); i++ {
		if scan.inside(lines[i], i+1) || !isSeparator(lines[i]) {
			continue
		}
		close(i)
		s = slideText{line: i + 1, frontLine: i + 2, bodyLine: i + 2}
		from = i + 1
		if from < len(lines) && frontKey.MatchString(lines[from]) {
			end := nextSeparator(lines, from)
			if end < 0 {
				diags.Add(diag.Errorf(diag.BadSlide, diag.Pos{File: shown, Line: from + 1, Col: 1}, "the front matter of this slide is not closed").
					WithHint("end it with a line of three dashes; or, if this is text, leave a line empty above it"))
				end = len(lines) - 1
			}
			s.front, s.frontLine = strings.Join(lines[from:end], "\n"), from+1
			i, from, s.bodyLine = end, end+1, end+2
		}
	}
	close(max(from, len(lines)))
	scan.end()
	return d, diags, true
}

func nextSeparator(lines []string, from int) int {
	for i := from; i < len(lines); i++ {
		if isSeparator(lines[i]) {
			return i
		}
	}
	return -1
}

// bodyScanner knows, line by line, what stands inside of code fences and comments.
type bodyScanner struct {
	shown   string
	diags   *diag.List
	fence   string // what closes the open fence; "" outside
	comment bool
	opened  diag.Pos // of the open fence or comment
}

// inside takes the next line and reports whether it belongs to code or to a comment, so that nothing
// on it has a meaning of its own.
func (b *bodyScanner) inside(line string, number int) bool {
	if b.fence != "" {
		m := fence.FindStringSubmatch(line)
		if m != nil && strings.HasPrefix(m[1], b.fence) && strings.TrimSpace(line) == strings.TrimSpace(m[1]) {
			b.fence = ""
		}
		return true
	}
	was := b.comment
	if !b.comment {
		if m := fence.FindStringSubmatch(line); m != nil {
			b.fence, b.opened = m[1], diag.Pos{File: b.shown, Line: number, Col: 1}
			return true
		}
		line = codeSpan.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("x", len(s)) })
	}
	for rest, at := line, 0; ; {
		mark := "<!--"
		if b.comment {
			mark = "-->"
		}
		i := strings.Index(rest, mark)
		if i < 0 {
			return was
		}
		if !b.comment {
			b.opened = diag.Pos{File: b.shown, Line: number, Col: len([]rune(line[:at+i])) + 1}
		}
		b.comment = !b.comment
		rest, at = rest[i+len(mark):], at+i+len(mark)
	}
}

// end reports what the end of the file leaves open.
func (b *bodyScanner) end() {
	switch {
	case b.fence != "":
		b.diags.Add(diag.Errorf(diag.BadSlide, b.opened, "this code is not closed").WithLen(len(b.fence)).WithHint("end it with a line of %s", b.fence))
	case b.comment:
		b.diags.Add(diag.Errorf(diag.BadSlide, b.opened, "this comment is not closed").WithLen(len("<!--")).WithHint("end it with -->"))
	}
}
