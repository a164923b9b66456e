package deck

import (
	"regexp"
	"strconv"
	"strings"
)

// The body of a slide is split before its Markdown is read: title, subtitle, slots, clicks, blocks
// and notes are lines of their own. Everything keeps its offset in the body, so that mistakes can
// say where they are.

// body is a slide's text, taken apart.
type body struct {
	title    span
	subtitle span
	notes    span
	parts    []part
	mistakes []mistake
}

// span is a piece of the rendered body.
type span struct{ from, to int }

func (s span) empty() bool { return s.to <= s.from }

// part is something in a slot, in the order of the text.
type part struct {
	slot   string // "" is the default's
	at     int    // offset of the part; of the slot's line for partSlot
	kind   partKind
	text   string // partText: Markdown
	block  int    // partBlock: index of the mark
	bullet bool   // partBlock: it is an entry of a `*` list and appears at a click
}

type partKind uint8

const (
	partSlot partKind = iota // a slot begins
	partText
	partBlock
	partStep // what follows in the slot appears at the next click
)

// mistake is something wrong at an offset.
type mistake struct {
	at            int
	message, hint string
}

//nolint:gochecknoglobals // constants
var (
	slotLine  = regexp.MustCompile(`^::([A-Za-z][A-Za-z0-9_-]*)::[ \t]*$`)
	blockLine = regexp.MustCompile(`^[ \t]*(\*[ \t]+)?((?:` + blockStart + `[0-9]+` + blockEnd + `[ \t]*)+)$`)
	blockMark = regexp.MustCompile(blockStart + `([0-9]+)` + blockEnd)
	titleLine = regexp.MustCompile(`^ {0,3}#(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$`)
	underLine = regexp.MustCompile(`^ {0,3}##[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	fenceLine = regexp.MustCompile("^[ \t]*(?:[-*+][ \t]+|>[ \t]*)*(`{3,}|~{3,})(.*)$")
)

// splitter walks the lines of a body.
type splitter struct {
	src   []byte // comments and titles are blanked in it
	out   body
	fence string // the fence that is open
	slot  string
	text  span // Markdown collected so far
	under bool // the line below the title may be the subtitle

	placed map[int]bool // blocks that stand on lines of their own
}

// split takes a rendered body apart. Any text is taken apart somehow.
func split(src string) body {
	s := &splitter{src: []byte(src), text: span{-1, -1}, placed: map[int]bool{}}
	s.comments()
	for at := 0; at < len(s.src); {
		end := at
		for end < len(s.src) && s.src[end] != '\n' {
			end++
		}
		s.line(at, end)
		at = end + 1
	}
	s.flush()
	for _, m := range blockMark.FindAllStringSubmatchIndex(src, -1) {
		if i, _ := strconv.Atoi(src[m[2]:m[3]]); !s.placed[i] {
			s.fail(m[0], "block() stands inside of a text", "a block stands alone on its line; in a line of text, figure() shows a value")
		}
	}
	return s.out
}

// comments blanks the comments, but for code; the last one is the notes.
func (s *splitter) comments() {
	fence := ""
	for at := 0; at < len(s.src); {
		end := lineEnd(s.src, at)
		line := string(s.src[at:end])
		if next := fenceAfter(fence, line); next != fence || fence != "" {
			fence, at = next, end+1
			continue
		}
		open := strings.Index(line, "<!--")
		if open < 0 || strings.Count(line[:open], "`")%2 == 1 && strings.Contains(line[open:], "`") {
			at = end + 1
			continue
		}
		at = s.comment(at + open)
	}
}

// comment blanks the comment at an offset and gives where it ends.
func (s *splitter) comment(from int) int {
	inner := from + len("<!--")
	length := strings.Index(string(s.src[inner:]), "-->")
	end := inner + length
	after := end + len("-->")
	if length < 0 {
		s.fail(from, "the comment has no end", "close it with -->")
		end, after = len(s.src), len(s.src)
	}
	s.out.notes = span{inner, end}
	for i := from; i < after; i++ {
		if s.src[i] != '\n' {
			s.src[i] = ' '
		}
	}
	return after
}

func lineEnd(src []byte, at int) int {
	for at < len(src) && src[at] != '\n' {
		at++
	}
	return at
}

// fenceAfter gives the fence that is open after a line.
func fenceAfter(open, line string) string {
	m := fenceLine.FindStringSubmatch(line)
	switch {
	case m == nil:
		return open
	case open == "" && (m[1][0] != '`' || !strings.Contains(m[2], "`")):
		return m[1]
	case open != "" && strings.HasPrefix(m[1], open) && strings.TrimSpace(m[2]) == "":
		return ""
	}
	return open
}

func (s *splitter) fail(at int, message, hint string) {
	s.out.mistakes = append(s.out.mistakes, mistake{at, message, hint})
}

func (s *splitter) line(at, end int) {
	line := strings.TrimSuffix(string(s.src[at:end]), "\r")
	if next := fenceAfter(s.fence, line); next != s.fence || s.fence != "" {
		s.fence = next
		s.collect(at, end)
		return
	}
	under := s.under
	if strings.TrimSpace(line) != "" {
		s.under = false
	}
	if m := slotLine.FindStringSubmatch(line); m != nil {
		s.flush()
		if m[1] == "step" {
			s.out.parts = append(s.out.parts, part{slot: s.slot, at: at, kind: partStep})
			return
		}
		s.slot = m[1]
		s.out.parts = append(s.out.parts, part{slot: s.slot, at: at, kind: partSlot})
		return
	}
	if m := blockLine.FindStringSubmatch(line); m != nil {
		s.flush()
		for _, mark := range blockMark.FindAllStringSubmatch(m[2], -1) {
			i, _ := strconv.Atoi(mark[1])
			s.placed[i] = true
			s.out.parts = append(s.out.parts, part{slot: s.slot, at: at, kind: partBlock, block: i, bullet: m[1] != ""})
		}
		return
	}
	if s.slot == "" && s.out.title.empty() {
		if m := titleLine.FindStringSubmatchIndex(line); m != nil && m[2] >= 0 && m[3] > m[2] {
			s.out.title = span{at + m[2], at + m[3]}
			s.under = true
			s.flush()
			return
		}
	}
	if under {
		if m := underLine.FindStringSubmatchIndex(line); m != nil && m[3] > m[2] {
			s.out.subtitle = span{at + m[2], at + m[3]}
			s.flush()
			return
		}
		s.under = strings.TrimSpace(line) == ""
	}
	s.collect(at, end)
}

// collect adds a line to the Markdown under way.
func (s *splitter) collect(at, end int) {
	if s.text.from < 0 {
		s.text.from = at
	}
	s.text.to = end
}

// flush ends the Markdown under way.
func (s *splitter) flush() {
	if s.text.from >= 0 {
		text := string(s.src[s.text.from:s.text.to])
		if strings.TrimSpace(text) != "" {
			s.out.parts = append(s.out.parts, part{slot: s.slot, at: s.text.from, kind: partText, text: text})
		}
	}
	s.text = span{-1, -1}
}
