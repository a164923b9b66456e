package workbook

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/source"
)

const (
	noteAuthor = "Atlas"
	// noteLine stands above what is written into a comment; whoever wrote what is above it, what is
	// below goes when marks are taken out. LibreOffice forgets authors, so they alone would not do.
	noteLine   = "— Atlas —"
	maxMessage = 1000 // characters of one message in a comment
	maxNote    = 6000 // characters of what is added to one comment
)

// comments is the comments part of a sheet while notes are added to it.
type comments struct {
	*document
	authors []string
	places  map[string]int  // by reference, where the comment is among the items
	gone    map[string]bool // references of comments that were taken out
	added   []note          // that got a comment of their own
	longer  []note          // whose text was added to a person's comment
	left    int             // notes that found a conversation, which is not touched
}

// readComments takes the part apart, and the comments of earlier marks out of it. New ones are in
// that namespace.
func readComments(part []byte, namespace string) (*comments, error) {
	if part == nil {
		part = []byte(xmlHead + `<comments xmlns="` + namespace + `"></comments>`)
	}
	d, err := readDocument(part)
	if err != nil {
		return nil, err
	}
	c := &comments{document: d, places: map[string]int{}, gone: map[string]bool{}}
	order := []string{"authors", "commentList", "extLst"}
	for _, a := range c.need("authors", order).items {
		c.authors = append(c.authors, plainText(a))
	}
	list := c.need("commentList", order)
	kept := make([][]byte, 0, len(list.items))
	for _, item := range list.items {
		ref := commentRef(item)
		if c.author(item) == noteAuthor {
			c.gone[ref] = true
			list.dirty = true
			continue
		}
		short, cut := cutAddition(item)
		if cut && strings.HasPrefix(firstText(item), noteLine) {
			c.gone[ref] = true
			list.dirty = true
			continue
		}
		if cut {
			item, list.dirty = short, true
		}
		c.places[ref] = len(kept)
		kept = append(kept, item)
	}
	list.items = kept
	return c, nil
}

func commentRef(item []byte) string {
	return strings.ToUpper(strings.ReplaceAll(string(attrOf(firstTag(item), "ref")), "$", ""))
}

func firstTag(item []byte) []byte { return item[:xfTag(item)] }

func (c *comments) author(item []byte) string {
	if i := number(attrOf(firstTag(item), "authorId")); i >= 0 && i < len(c.authors) {
		return c.authors[i]
	}
	return ""
}

// firstText gives the text with which a comment begins.
func firstText(item []byte) string {
	c := cutBytes(item)
	inText := false
	for {
		p, err := c.next()
		if err != nil || inText && p.kind == charData {
			return string(p.raw)
		}
		inText = p.is(startTag, "t") && !p.empty
	}
}

// put adds notes; runs gives a note's text as rich text.
func (c *comments) put(notes []note, runs func(note) string) {
	if len(notes) == 0 {
		return
	}
	list := c.block("commentList")
	authors := c.block("authors")
	id := slices.Index(c.authors, noteAuthor)
	if id < 0 {
		id = len(c.authors)
		c.authors = append(c.authors, noteAuthor)
		authors.items = append(authors.items, []byte(withPrefix("<author>"+noteAuthor+"</author>", c.prefix)))
		authors.dirty = true
	}
	list.dirty = true
	for _, n := range notes {
		ref, text := source.CellName(n.row, n.col), textRun(noteLine+"\n")+runs(n)
		i, taken := c.places[ref]
		switch {
		case !taken:
			item := fmt.Sprintf(`<comment ref="%s" authorId="%d"><text>%s</text></comment>`, ref, id, text)
			list.items = append(list.items, []byte(withPrefix(item, c.prefix)))
			c.added = append(c.added, n)
		case strings.HasPrefix(c.author(list.items[i]), "tc="):
			c.left++
		default:
			list.items[i] = addRuns(list.items[i], withPrefix(text, c.prefix))
			c.longer = append(c.longer, n)
		}
	}
}

// textRun gives one run of rich text.
func textRun(s string) string {
	return `<r><rPr><sz val="9"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/></rPr><t xml:space="preserve">` + cellText(s) + `</t></r>`
}

func boldRun(s string) string {
	return `<r><rPr><b/><sz val="9"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/></rPr><t xml:space="preserve">` + cellText(s) + `</t></r>`
}

// addRuns adds runs to the end of a comment's text, on a new line.
func addRuns(item []byte, runs string) []byte {
	var out []byte
	c := cutBytes(item)
	depth, bare, done := 0, false, false
	finish := func(text piece) {
		prefix := text.prefix()
		out = append(out, withPrefix(`<r><t xml:space="preserve">`+"\n"+`</t></r>`, prefix)...)
		out = append(out, runs...)
		done = true
	}
	for {
		p, err := c.next()
		if err != nil {
			return out
		}
		if p.kind == startTag {
			depth++
		}
		switch {
		case depth == 2 && p.is(startTag, "text") && p.empty:
			out = append(out, opened(p.raw)...)
			finish(p)
			out = append(out, "</"+string(p.fullName())+">"...)
			depth--
			continue
		case depth == 3 && p.is(startTag, "t") && !done: // a text without runs becomes one
			bare = !p.empty
			out = append(out, "<"+p.prefix()+"r>"...)
			out = append(out, p.raw...)
			if p.empty {
				out = append(out, "</"+p.prefix()+"r>"...)
				depth--
			}
			continue
		case depth == 3 && p.is(endTag, "t") && bare:
			out = append(out, p.raw...)
			out = append(out, "</"+p.prefix()+"r>"...)
			bare = false
			depth--
			continue
		case !done && (depth == 3 && (p.is(startTag, "rPh") || p.is(startTag, "phoneticPr")) || depth == 2 && p.is(endTag, "text")):
			finish(p)
		}
		out = append(out, p.raw...)
		if p.kind == endTag || p.kind == startTag && p.empty {
			depth--
		}
	}
}

// cutAddition takes what was added to a comment's text out again.
func cutAddition(item []byte) ([]byte, bool) {
	if !bytes.Contains(item, []byte(noteLine)) {
		return item, false
	}
	var out []byte
	var open []string // elements inside <text> that are open
	c := cutBytes(item)
	inText, run, runAt := false, 0, 0
	for {
		p, err := c.next()
		if err != nil {
			return item, false // nothing of a text holds it
		}
		switch {
		case p.is(startTag, "text") && !p.empty:
			inText = true
		case inText && p.kind == startTag && !p.empty:
			if len(open) == 0 {
				run, runAt = run+1, len(out)
			}
			open = append(open, string(p.fullName()))
		case inText && p.kind == endTag && len(open) > 0:
			open = open[:len(open)-1]
		}
		at := bytes.Index(p.raw, []byte(noteLine))
		if p.kind != charData || at < 0 || !inText {
			out = append(out, p.raw...)
			continue
		}
		before := bytes.TrimRight(p.raw[:at], "\r\n")
		if len(before) == 0 {
			out = dropLastLine(out[:runAt])
		} else {
			out = append(out, before...)
			for _, name := range slices.Backward(open) {
				out = append(out, "</"+name+">"...)
			}
		}
		for !p.is(endTag, "text") {
			if p, err = c.next(); err != nil {
				return item, false
			}
		}
		out = append(out, p.raw...)
		return append(out, item[c.pos:]...), true
	}
}

// dropLastLine takes the run that only breaks the line off the end.
func dropLastLine(out []byte) []byte {
	at := bytes.LastIndex(out, []byte("<"))
	for range 3 { // back over </t> and <t> to <r>
		if at <= 0 {
			return out
		}
		at = bytes.LastIndex(out[:at], []byte("<"))
	}
	run := out[max(at, 0):]
	if p, err := cutBytes(run).next(); err == nil && p.is(startTag, "r") && strings.Trim(plainText(run), "\r\n") == "" {
		return out[:at]
	}
	return out
}

// noteText gives the lines of a note for measuring and for people: code, message, severity.
type noteText struct{ code, message, word string }

// noteRuns gives the marks of one cell as rich text.
func noteRuns(texts []noteText) string {
	var b strings.Builder
	used := 0
	for i, t := range texts {
		if i > 0 {
			b.WriteString(textRun("\n"))
		}
		if used > maxNote {
			b.WriteString(textRun("… +" + strconv.Itoa(len(texts)-i)))
			break
		}
		message := clip(t.message, maxMessage)
		used += len(t.code) + len(message) + len(t.word)
		b.WriteString(boldRun(clip(t.code, maxMessage)))
		if message != "" {
			message += "\n"
		}
		b.WriteString(textRun("\n" + message + t.word))
	}
	return b.String()
}

// noteLines gives how many lines the texts take in a box that is so many characters wide.
func noteLines(texts []noteText, wide int) int {
	lines := 1
	for _, t := range texts {
		for _, s := range []string{t.code, clip(t.message, maxMessage), t.word} {
			for line := range strings.Lines(s) {
				lines += 1 + max(0, len([]rune(line))-1)/wide
			}
		}
	}
	return lines
}
