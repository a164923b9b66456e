package pptx

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tag is one {{ … }}, {% … %} or {# … #} in the text of a paragraph.
type tag struct {
	start, end int    // in the paragraph's text
	source     string // as Jinja reads it: what PowerPoint corrected while it was typed is undone
	word       string // the statement's first word: "for", "endif"; "" of others
	comment    bool
}

// scanTags finds the tags of a text; where the last one is not closed, open is where it begins,
// else -1.
func scanTags(text string) (tags []tag, open int) {
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '{')
		if i < 0 || at+i+1 >= len(text) {
			return tags, -1
		}
		at += i
		closing := ""
		switch text[at+1] {
		case '{':
			closing = "}}"
		case '%':
			closing = "%}"
		case '#':
			closing = "#}"
		default:
			at++
			continue
		}
		t, ok := readTag(text, at, closing)
		if !ok {
			return tags, at
		}
		tags = append(tags, t)
		at = t.end
	}
}

// readTag reads one tag. Quotes in it may be curly, minus signs long and spaces hard, for that is
// what PowerPoint makes of them.
func readTag(text string, at int, closing string) (tag, bool) {
	t := tag{start: at, comment: closing == "#}"}
	var b strings.Builder
	b.WriteString(text[at : at+2])
	quote := rune(0)
	depth := 0 // of braces: {{ {'a': {'b': 1}} }}
	for i := at + 2; i < len(text); {
		if quote == 0 && strings.HasPrefix(text[i:], closing) && (depth <= 0 || closing != "}}") {
			b.WriteString(closing)
			t.end, t.source = i+2, b.String()
			t.word = statement(t.source)
			return t, true
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if t.comment {
			b.WriteRune(r)
			continue
		}
		plain := straight(r)
		switch {
		case quote != 0 && r == '\\' && i < len(text):
			_, n := utf8.DecodeRuneInString(text[i:])
			b.WriteString(`\` + text[i:i+n])
			i += n
			continue
		case quote != 0 && plain == quote:
			quote = 0
			r = plain
		case quote != 0:
		case plain != 0:
			quote, r = plain, plain
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == '–' || r == '—' || r == '\u2212':
			r = '-'
		case r == '…':
			b.WriteString("...")
			continue
		case unicode.IsSpace(r):
			r = ' '
		}
		b.WriteRune(r)
	}
	return tag{}, false
}

// straight gives the plain form of a quotation mark, 0 of what is none.
func straight(r rune) rune {
	switch r {
	case '\'', '‘', '’', '‚', '‛':
		return '\''
	case '"', '“', '”', '„', '‟':
		return '"'
	}
	return 0
}

func statement(source string) string {
	if !strings.HasPrefix(source, "{%") {
		return ""
	}
	inner := strings.Trim(source[2:len(source)-2], "-+ ")
	word, _, _ := strings.Cut(inner, " ")
	return word
}

// opens reports whether a statement is one that an end follows.
func opens(t tag) bool {
	switch t.word {
	case "for", "if", "macro", "call", "filter", "with", "autoescape", "raw":
		return true
	case "set":
		return !strings.Contains(t.source, "=")
	}
	return false
}
