package project

import (
	"fmt"
	"strings"
	"testing"
)

// shownDeck writes a deck's parts in one line each.
func shownDeck(text string) string {
	d, found, ok := splitDeck("d.md", text)
	var b strings.Builder
	if !ok {
		return "no deck"
	}
	if d != nil {
		fmt.Fprintf(&b, "head %q\n", d.head)
		for _, s := range d.slides {
			fmt.Fprintf(&b, "%d: front %d %q body %d %q\n", s.line, s.frontLine, s.front, s.bodyLine, s.body)
		}
	}
	for _, x := range found {
		fmt.Fprintf(&b, "%s: %s\n", x.Pos, x.Msg)
	}
	return strings.TrimRight(b.String(), "\n")
}

func TestSplitDeck(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "no deck"},
		{"prose", "# Read me\n---\na: b\n---\n", "no deck"},
		{"dashes alone", "---", "no deck"},
		{"not closed", "---\na: b\n", "d.md:1:1: the front matter is not closed"},
		{"one slide", "---\na: b\n---\n# X", "head \"a: b\"\n1: front 0 \"\" body 4 \"# X\""},
		{"no body", "---\na: b\n---", "head \"a: b\"\n1: front 0 \"\" body 4 \"\""},
		{"windows", "---\r\na: b\r\n---\r\nX\r\n---\r\nc: d\r\n---\r\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"X\"\n5: front 6 \"c: d\" body 8 \"Y\""},
		{"text is no front matter", "---\na: b\n---\nX\n---\n\nnote: this\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"X\"\n5: front 6 \"\" body 6 \"\\nnote: this\"\n8: front 9 \"\" body 9 \"Y\""},
		{"sentence with a colon", "---\na: b\n---\nX\n---\nSee this: it is text", "head \"a: b\"\n1: front 0 \"\" body 4 \"X\"\n5: front 6 \"\" body 6 \"See this: it is text\""},
		{"trailing blanks", "---  \na: b\n---\t\nX\n--- \nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"X\"\n5: front 6 \"\" body 6 \"Y\""},
		{"more dashes are a rule", "---\na: b\n---\nX\n----\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"X\\n----\\nY\""},
		{"code", "---\na: b\n---\n````md\n---\n```\n---\n````\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"````md\\n---\\n```\\n---\\n````\"\n9: front 10 \"\" body 10 \"Y\""},
		{"tildes, deep in a list", "---\na: b\n---\n- x\n    ~~~\n---\n    ~~~\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"- x\\n    ~~~\\n---\\n    ~~~\"\n8: front 9 \"\" body 9 \"Y\""},
		{"comment", "---\na: b\n---\n<!-- a\n---\nb --> c <!-- d -->\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"<!-- a\\n---\\nb --> c <!-- d -->\"\n7: front 8 \"\" body 8 \"Y\""},
		{"a comment's mark in code", "---\na: b\n---\n`<!--` and ``<!-- ` ``\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"`<!--` and ``<!-- ` ``\"\n5: front 6 \"\" body 6 \"Y\""},
		{"open code", "---\na: b\n---\n```\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"```\\n---\\nY\"\nd.md:4:1: this code is not closed"},
		{"open comment", "---\na: b\n---\nü <!-- x\n---\nY", "head \"a: b\"\n1: front 0 \"\" body 4 \"ü <!-- x\\n---\\nY\"\nd.md:4:3: this comment is not closed"},
		{"open front matter", "---\na: b\n---\nX\n---\nc: d\n", "head \"a: b\"\n1: front 0 \"\" body 4 \"X\"\n5: front 6 \"c: d\" body 8 \"\"\nd.md:6:1: the front matter of this slide is not closed"},
	}
	for _, tt := range tests {
		if got := shownDeck(tt.text); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func shownBodies(d *deckText) string {
	var b strings.Builder
	for _, s := range d.slides {
		b.WriteString(s.front + s.body)
	}
	return b.String()
}

// FuzzSplitDeck: no text panics, and what a slide says stands where it says.
func FuzzSplitDeck(f *testing.F) {
	for _, s := range []string{"---\na: b\n---\nX\n---\nc: d\n---\nY\n", "---\n---\n---\n---", "---\na: b\n---\n```\n---\n```\n<!--\n---\n-->", "---\na: b\n---\nx\n---\nc: d\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, found, ok := splitDeck("d.md", text)
		if !ok || d == nil {
			return
		}
		lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		for i, s := range d.slides {
			if s.body == "" {
				continue
			}
			if got := strings.Join(lines[s.bodyLine-1:s.bodyLine+strings.Count(s.body, "\n")], "\n"); got != s.body {
				t.Fatalf("slide %d: line %d is %q, not %q", i, s.bodyLine, got, s.body)
			}
		}
		if kept := strings.Join(lines, "\n"); found.Err() == nil && len(shownBodies(d)) > len(kept) {
			t.Fatal("there is more text than the file holds")
		}
	})
}
