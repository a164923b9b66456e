package jinja

import (
	"html"
	"net/url"
	"strings"
)

// escapeHTML replaces the five characters that HTML gives a meaning.
func escapeHTML(s string) string {
	if !strings.ContainsAny(s, `&<>'"`) {
		return s
	}
	return string(appendEscaped(nil, s))
}

func (f *frame) appendEscaped(b []byte, s string) []byte {
	if own := f.ownEscape(); own != nil {
		return append(b, own(s)...)
	}
	return appendEscaped(b, s)
}

func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var to string
		switch s[i] {
		case '&':
			to = "&amp;"
		case '<':
			to = "&lt;"
		case '>':
			to = "&gt;"
		case '\'':
			to = "&#39;"
		case '"':
			to = "&#34;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), to...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// escaped gives a value as safe Markup of the syntax of the template that runs.
func (f *frame) escaped(v Value) Markup {
	own := f.ownEscape()
	if own == nil {
		return escape(v)
	}
	if m, ok := v.(Markup); ok {
		return m
	}
	return Markup(own(Str(v)))
}

// ownEscape is the escaping that takes the place of HTML's; nil is HTML's.
func (f *frame) ownEscape() func(string) string {
	if f == nil || f.fn == nil || f.fn.t == nil {
		return nil
	}
	return f.fn.t.opts.Escape
}

// escapeBeside makes the text safe that stands beside Markup in + and %.
func (f *frame) escapeBeside(l, r Value) (Value, Value) {
	_, left := l.(Markup)
	_, right := r.(Markup)
	switch {
	case left == right && !left, f.ownEscape() == nil:
	case left:
		r = f.escapedParts(r)
	default:
		l = f.escapedParts(l)
	}
	return l, r
}

func (f *frame) escapedParts(v Value) Value {
	switch v := v.(type) {
	case string:
		return f.escaped(v)
	case Tuple:
		out := make(Tuple, len(v))
		for i, x := range v {
			out[i] = f.escapedParts(x)
		}
		return out
	}
	return v
}

// escape gives a value as safe Markup.
func escape(v Value) Markup {
	switch v := v.(type) {
	case Markup:
		return v
	case HTMLer:
		return Markup(v.HTML())
	}
	return Markup(escapeHTML(Str(v)))
}

// escapeOperand makes the right side of Markup % x safe.
func escapeOperand(v Value) Value {
	switch v := v.(type) {
	case string:
		return escape(v)
	case Tuple:
		out := make(Tuple, len(v))
		for i, x := range v {
			out[i] = escapeOperand(x)
		}
		return out
	case *Dict:
		out := NewDict()
		for k, x := range v.All() {
			out.Set(k, escapeOperand(x))
		}
		return out
	}
	return v
}

// stripTags removes tags and comments, and reads entities.
func stripTags(s string) string {
	for {
		i := strings.Index(s, "<!--")
		if i < 0 {
			break
		}
		j := strings.Index(s[i:], "-->")
		if j < 0 {
			break
		}
		s = s[:i] + s[i+j+3:]
	}
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '>')
		if j < 0 {
			break
		}
		s = s[:i] + s[i+j+1:]
	}
	return html.UnescapeString(strings.Join(strings.FieldsFunc(s, isSpace), " "))
}

// quoteURL escapes for a URL; safe slashes stay in a path, and not in a query.
func quoteURL(s string, query bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c), strings.IndexByte("_.-~", c) >= 0, c == '/' && !query:
			b.WriteByte(c)
		case c == ' ' && query:
			b.WriteByte('+')
		default:
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// urlize turns what looks like an address into a link.
func urlize(s string, limit int, nofollow bool, target string) string {
	rel := ""
	if nofollow {
		rel = ` rel="nofollow noopener"`
	} else {
		rel = ` rel="noopener"`
	}
	if target != "" {
		rel += ` target="` + escapeHTML(target) + `"`
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexFunc(s, isSpace)
		word, rest := s, ""
		if i >= 0 {
			word, rest = s[:i], s[i:]
		}
		b.WriteString(linked(word, limit, rel))
		j := strings.IndexFunc(rest, func(r rune) bool { return !isSpace(r) })
		if j < 0 {
			b.WriteString(rest)
			break
		}
		b.WriteString(rest[:j])
		s = rest[j:]
	}
	return b.String()
}

func linked(word string, limit int, rel string) string {
	core := strings.TrimLeft(word, "(<")
	head := word[:len(word)-len(core)]
	trimmed := strings.TrimRight(core, ".,)>")
	tail := core[len(trimmed):]
	href := ""
	switch {
	case strings.HasPrefix(trimmed, "http://"), strings.HasPrefix(trimmed, "https://"):
		if u, err := url.Parse(trimmed); err == nil && u.Host != "" {
			href = trimmed
		}
	case strings.HasPrefix(trimmed, "www."):
		href = "https://" + trimmed
	case strings.Count(trimmed, "@") == 1 && strings.Contains(trimmed[strings.Index(trimmed, "@"):], ".") && !strings.HasPrefix(trimmed, "@"):
		return escapeHTML(head) + `<a href="mailto:` + escapeHTML(trimmed) + `">` + escapeHTML(trimmed) + "</a>" + escapeHTML(tail)
	}
	if href == "" {
		return escapeHTML(word)
	}
	shown := trimmed
	if limit > 0 && runeCount(shown) > limit {
		shown = firstRunes(shown, limit) + "..."
	}
	return escapeHTML(head) + `<a href="` + escapeHTML(href) + `"` + rel + ">" + escapeHTML(shown) + "</a>" + escapeHTML(tail)
}
