package jinja

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// onText makes a filter of a function on text.
func onText(c *Call, fn func(string) string) (Value, error) {
	if err := c.limit(); err != nil {
		return nil, err
	}
	s, safe, err := c.softText()
	return soft(fn(s), safe), err
}

func soft(s string, safe bool) Value {
	if safe {
		return Markup(s)
	}
	return s
}

func filterUpper(c *Call) (Value, error)      { return onText(c, upper) }
func filterLower(c *Call) (Value, error)      { return onText(c, strings.ToLower) }
func filterCapitalize(c *Call) (Value, error) { return onText(c, capitalize) }
func filterString(c *Call) (Value, error)     { return onText(c, func(s string) string { return s }) }

func filterTitle(c *Call) (Value, error) {
	return onText(c, func(s string) string {
		var b strings.Builder
		start := true
		for _, r := range s {
			if start {
				b.WriteString(strings.ToUpper(string(r)))
			} else {
				b.WriteRune(unicode.ToLower(r))
			}
			start = isSpace(r) || strings.ContainsRune("-({[<", r)
		}
		return b.String()
	})
}

func filterTrim(c *Call) (Value, error) {
	if err := c.limit("chars"); err != nil {
		return nil, err
	}
	s, safe, err := c.softText()
	if err != nil {
		return nil, err
	}
	if chars, ok := text(c.opt(1, "chars", nil)); ok {
		return soft(strings.Trim(s, chars), safe), nil
	}
	return soft(strings.TrimFunc(s, isSpace), safe), nil
}

func filterReplace(c *Call) (Value, error) {
	if err := c.limit("old", "new", "count"); err != nil {
		return nil, err
	}
	s, safe, err := c.softText()
	if err != nil {
		return nil, err
	}
	n, err := c.optInt(3, "count", -1)
	if err != nil {
		return nil, err
	}
	from, ok1 := c.Arg(1, "old")
	to, ok2 := c.Arg(2, "new")
	if !ok1 || !ok2 {
		return nil, callErrorf("the filter replace needs an old and a new text")
	}
	for _, v := range []Value{from, to} {
		if u, ok := v.(*Undefined); ok && u.mode == UndefinedStrict {
			return nil, u.misuse()
		}
	}
	if !c.autoescape() {
		return strings.Replace(s, Str(from), Str(to), n), nil
	}
	_, fromSafe := from.(Markup)
	_, toSafe := to.(Markup)
	if safe || fromSafe || toSafe {
		return c.frame.escaped(soft(s, safe)).replace(Str(from), string(c.frame.escaped(to)), n), nil
	}
	return strings.Replace(s, Str(from), Str(to), n), nil
}

func (m Markup) replace(from, to string, n int) Markup {
	return Markup(strings.Replace(string(m), from, to, n))
}

func filterIndent(c *Call) (Value, error) {
	if err := c.limit("width", "first", "blank"); err != nil {
		return nil, err
	}
	s, safe, err := c.softText()
	if err != nil {
		return nil, err
	}
	width := c.opt(1, "width", int64(4))
	by, ok := text(width)
	if !ok {
		n, ok := index(width)
		if !ok {
			return nil, opErrorf("the width must be an int or a text, not %s", typeName(width))
		}
		by = strings.Repeat(" ", max(0, min(n, maxPad)))
	}
	blank := Truth(c.opt(3, "blank", false))
	lines := splitLines(s+"\n", false)
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
			if blank || line != "" {
				b.WriteString(by)
			}
		}
		b.WriteString(line)
	}
	out := b.String()
	if Truth(c.opt(2, "first", false)) {
		out = by + out
	}
	return soft(out, safe), nil
}

func filterCenter(c *Call) (Value, error) {
	s, safe, err := c.softText()
	if err != nil {
		return nil, err
	}
	width, err := c.optInt(1, "width", 80)
	return soft(centered(s, width, " "), safe), err
}

func filterTruncate(c *Call) (Value, error) {
	if err := c.limit("length", "killwords", "end", "leeway"); err != nil {
		return nil, err
	}
	s, safe, err := c.softText()
	if err != nil {
		return nil, err
	}
	length, err := c.optInt(1, "length", 255)
	if err != nil {
		return nil, err
	}
	leeway, err := c.optInt(4, "leeway", 5)
	if err != nil {
		return nil, err
	}
	end := Str(c.opt(3, "end", "..."))
	r := []rune(s)
	if length < runeCount(end) {
		return nil, opErrorf("expected length >= %d, got %d", runeCount(end), length)
	}
	if leeway < 0 {
		return nil, opErrorf("expected leeway >= 0, got %d", leeway)
	}
	if len(r) <= length+leeway {
		return soft(s, safe), nil
	}
	head := string(r[:length-runeCount(end)])
	if !Truth(c.opt(2, "killwords", false)) {
		if i := strings.LastIndexByte(head, ' '); i >= 0 {
			head = head[:i]
		}
	}
	return soft(head+end, safe), nil
}

func filterWordCount(c *Call) (Value, error) {
	s, _, err := c.softText()
	if err != nil {
		return nil, err
	}
	n := int64(0)
	in := false
	for _, r := range s {
		word := r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
		if word && !in {
			n++
		}
		in = word
	}
	return n, nil
}

func filterWordWrap(c *Call) (Value, error) {
	if err := c.limit("width", "break_long_words", "wrapstring", "break_on_hyphens"); err != nil {
		return nil, err
	}
	s, _, err := c.softText()
	if err != nil {
		return nil, err
	}
	width, err := c.optInt(1, "width", 79)
	if err != nil {
		return nil, err
	}
	if width <= 0 {
		return nil, opErrorf("invalid width %d (must be > 0)", width)
	}
	wrap := "\n"
	if w, ok := text(c.opt(3, "wrapstring", nil)); ok {
		wrap = w
	}
	w := wrapper{width: width, long: Truth(c.opt(2, "break_long_words", true)), hyphens: Truth(c.opt(4, "break_on_hyphens", true))}
	var lines []string
	for _, line := range splitLines(s, false) {
		lines = append(lines, strings.Join(w.lines(line), wrap))
	}
	return strings.Join(lines, wrap), nil
}

// wrapper fills lines as Python's textwrap does.
type wrapper struct {
	width         int
	long, hyphens bool
}

func (w *wrapper) lines(s string) []string {
	chunks := w.chunks(s)
	var out []string
	for len(chunks) > 0 {
		var line []string
		size := 0
		if len(out) > 0 && strings.TrimFunc(chunks[0], isSpace) == "" {
			chunks = chunks[1:]
		}
		for len(chunks) > 0 {
			n := runeCount(chunks[0])
			if size+n > w.width {
				break
			}
			line = append(line, chunks[0])
			size += n
			chunks = chunks[1:]
		}
		if len(chunks) > 0 && runeCount(chunks[0]) > w.width {
			line, chunks = w.breakLong(line, chunks, size)
		}
		if n := len(line); n > 0 && strings.TrimFunc(line[n-1], isSpace) == "" {
			line = line[:n-1]
		}
		if len(line) > 0 {
			out = append(out, strings.Join(line, ""))
		}
	}
	return out
}

func (w *wrapper) breakLong(line, chunks []string, size int) ([]string, []string) {
	room := max(1, w.width-size)
	switch {
	case w.long:
		r := []rune(chunks[0])
		end := room
		if w.hyphens && len(r) > room {
			for i := room - 1; i > 0; i-- {
				if r[i] == '-' && r[i-1] != '-' {
					end = i + 1
					break
				}
			}
		}
		line = append(line, string(r[:end]))
		chunks = append([]string{string(r[end:])}, chunks[1:]...)
	case len(line) == 0:
		line = append(line, chunks[0])
		chunks = chunks[1:]
	}
	return line, chunks
}

// chunks cuts a line into words and the white space between them; words also behind hyphens.
func (w *wrapper) chunks(s string) []string {
	var out []string
	for s != "" {
		r, _ := utf8.DecodeRuneInString(s)
		space := isSpace(r)
		n := strings.IndexFunc(s, func(r rune) bool { return isSpace(r) != space })
		if n < 0 {
			n = len(s)
		}
		if space || !w.hyphens {
			out = append(out, s[:n])
		} else {
			out = append(out, hyphenated(s[:n])...)
		}
		s = s[n:]
	}
	return out
}

func hyphenated(word string) []string {
	var out []string
	from := 0
	r := []rune(word)
	at := 0
	for i := range r {
		at += utf8.RuneLen(r[i])
		if r[i] == '-' && i >= 2 && i+2 < len(r) && unicode.IsLetter(r[i-1]) && unicode.IsLetter(r[i-2]) &&
			unicode.IsLetter(r[i+1]) && unicode.IsLetter(r[i+2]) {
			out = append(out, word[from:at])
			from = at
		}
	}
	return append(out, word[from:])
}

func filterFormat(c *Call) (Value, error) {
	s, safe, err := c.softText()
	if err != nil {
		return nil, err
	}
	if len(c.Args) > 1 && len(c.Kwargs) > 0 {
		return nil, callErrorf("can't handle positional and keyword arguments at the same time")
	}
	var arg Value = append(Tuple{}, c.Args[1:]...)
	if len(c.Kwargs) > 0 {
		d := NewDict()
		for _, kw := range c.Kwargs {
			d.Set(kw.Name, kw.Value)
		}
		arg = d
	}
	return arith(tokMod, soft(s, safe), arg)
}

func filterEscape(c *Call) (Value, error) {
	if err := c.limit(); err != nil {
		return nil, err
	}
	return c.frame.escaped(c.Args[0]), nil
}

func filterForceEscape(c *Call) (Value, error) {
	s, _, err := c.softText()
	return c.frame.escaped(s), err
}

func filterSafe(c *Call) (Value, error) {
	s, _, err := c.softText()
	return Markup(s), err
}

func filterStripTags(c *Call) (Value, error) {
	s, _, err := c.softText()
	return stripTags(s), err
}

func filterURLEncode(c *Call) (Value, error) {
	v := c.Args[0]
	if s, ok := text(v); ok {
		return quoteURL(s, false), nil
	}
	pairs, err := iterate(v)
	if err != nil {
		return quoteURL(Str(v), false), nil //nolint:nilerr // what cannot be walked is quoted as text
	}
	if d, ok := asDict(v); ok {
		pairs = (&dictView{d, viewItems}).Iter()
	}
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		kv, err := iterate(p)
		if err != nil || len(kv) != 2 {
			return nil, opErrorf("urlencode needs pairs of a key and a value")
		}
		parts[i] = quoteURL(Str(kv[0]), true) + "=" + quoteURL(Str(kv[1]), true)
	}
	return strings.Join(parts, "&"), nil
}

func filterURLize(c *Call) (Value, error) {
	s, _, err := c.softText()
	if err != nil {
		return nil, err
	}
	n, err := c.optInt(1, "trim_url_limit", 0)
	if err != nil {
		return nil, err
	}
	target := ""
	if t, ok := text(c.opt(3, "target", nil)); ok {
		target = t
	}
	out := urlize(s, n, Truth(c.opt(2, "nofollow", false)), target)
	return soft(out, c.autoescape()), nil
}

func filterXMLAttr(c *Call) (Value, error) {
	d, ok := asDict(c.Args[0])
	if !ok {
		return nil, opErrorf("xmlattr needs a dict, not %s", typeName(c.Args[0]))
	}
	bad := regexp.MustCompile(`[\s/>=]`)
	var parts []string
	for k, v := range d.All() {
		if _, undefined := v.(*Undefined); v == nil || undefined {
			continue
		}
		if bad.MatchString(Str(k)) {
			return nil, opErrorf("Invalid character in attribute name: %s", Repr(Str(k)))
		}
		parts = append(parts, string(escape(k))+`="`+string(escape(v))+`"`)
	}
	out := strings.Join(parts, " ")
	if out != "" && Truth(c.opt(1, "autospace", true)) {
		out = " " + out
	}
	return soft(out, c.autoescape()), nil
}

func filterPPrint(c *Call) (Value, error) { return Repr(c.Args[0]), nil }
