package docs

import (
	"html"
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"
)

// linker gives the address that a call in a template leads to: ref('orders'), a macro's name.
// For ref and source args are the literal arguments; for macros there are none.
type linker func(name string, args []string) string

// highlighter turns SQL with or without templates into lines of HTML.
type highlighter struct {
	src    string
	pos    int
	jinja  bool // templates are recognised
	link   linker
	lines  []template.HTML
	line   strings.Builder
	target string // address for the next string literals, up to the closing bracket
}

// highlight gives source code as lines of HTML, ready for <code>.
func highlight(src string, jinja bool, link linker) []template.HTML {
	h := &highlighter{src: strings.TrimRight(strings.ReplaceAll(src, "\r\n", "\n"), "\n \t"), jinja: jinja, link: link}
	h.sql()
	h.flush()
	return h.lines
}

func (h *highlighter) flush() {
	h.lines = append(h.lines, template.HTML(h.line.String())) //nolint:gosec // built from escaped text
	h.line.Reset()
}

// emit writes text in a class, a span on every line that it touches.
func (h *highlighter) emit(class, text string) { h.emitLink(class, text, "") }

func (h *highlighter) emitLink(class, text, href string) {
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			h.flush()
		}
		if part == "" {
			continue
		}
		open, shut := "", ""
		switch {
		case href != "":
			open, shut = `<a class="`+class+`" href="`+html.EscapeString(href)+`">`, "</a>"
		case class != "":
			open, shut = `<i class="`+class+`">`, "</i>"
		}
		h.line.WriteString(open)
		h.line.WriteString(html.EscapeString(part))
		h.line.WriteString(shut)
	}
}

func (h *highlighter) rest() string { return h.src[h.pos:] }

func (h *highlighter) take(n int) string {
	s := h.src[h.pos : h.pos+n]
	h.pos += n
	return s
}

// until gives how many bytes of s come up to and with the end mark; all of it without one.
func until(s, end string, from int) int {
	if from > len(s) {
		return len(s)
	}
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

func (h *highlighter) sql() {
	for h.pos < len(h.src) {
		r := h.rest()
		switch c := r[0]; {
		case h.template():
		case strings.HasPrefix(r, "--"):
			n := strings.IndexByte(r, '\n')
			if n < 0 {
				n = len(r)
			}
			h.emit("c", h.take(n))
		case strings.HasPrefix(r, "/*"):
			h.emit("c", h.take(until(r, "*/", 2)))
		case c == '\'' || c == '"':
			h.quoted(c)
		case c == '$' && strings.HasPrefix(r, "$$"):
			h.emit("s", h.take(until(r, "$$", 2)))
		case c >= '0' && c <= '9':
			h.emit("n", h.take(numberLen(r)))
		case isWordStart(r):
			h.word()
		default:
			_, n := utf8.DecodeRuneInString(r)
			class := ""
			if strings.ContainsRune("=<>!+-*/%|&^~:", rune(c)) {
				class = "o"
			}
			h.emit(class, h.take(n))
		}
	}
}

func (h *highlighter) word() {
	r := h.rest()
	n := wordLen(r)
	w := r[:n]
	class := ""
	switch {
	case sqlKeyword(w):
		class = "k"
	case sqlType(w):
		class = "t"
	case strings.HasPrefix(strings.TrimLeft(r[n:], " "), "("):
		class = "f"
	}
	h.emit(class, h.take(n))
}

// quoted reads a string or quoted name; templates inside it are templates.
func (h *highlighter) quoted(q byte) {
	class := "s"
	if q == '"' {
		class = "v"
	}
	from := h.pos
	h.pos++
	for h.pos < len(h.src) {
		r := h.rest()
		if h.jinja && len(r) > 1 && r[0] == '{' && strings.IndexByte("{%#", r[1]) >= 0 {
			h.emit(class, h.src[from:h.pos])
			h.template()
			from = h.pos
			continue
		}
		h.pos++
		if r[0] == q {
			if len(r) > 1 && r[1] == q {
				h.pos++
				continue
			}
			break
		}
	}
	h.emit(class, h.src[from:h.pos])
}

// template reads a template's comment, statement or expression, if one starts here.
func (h *highlighter) template() bool {
	r := h.rest()
	if !h.jinja || len(r) < 2 || r[0] != '{' {
		return false
	}
	switch r[1] {
	case '#':
		h.emit("c", h.take(until(r, "#}", 2)))
		return true
	case '{':
		h.inTemplate("}}")
		return true
	case '%':
		h.inTemplate("%}")
		return true
	}
	return false
}

func (h *highlighter) inTemplate(end string) {
	n := 2
	if strings.HasPrefix(h.rest()[2:], "-") || strings.HasPrefix(h.rest()[2:], "+") {
		n = 3
	}
	h.emit("d", h.take(n))
	h.target = ""
	for h.pos < len(h.src) {
		r := h.rest()
		switch c := r[0]; {
		case strings.HasPrefix(r, end):
			h.emit("d", h.take(2))
			return
		case strings.HasPrefix(r, "-"+end):
			h.emit("d", h.take(3))
			return
		case c == '\'' || c == '"':
			h.templateString(c)
		case c >= '0' && c <= '9':
			h.emit("n", h.take(numberLen(r)))
		case isWordStart(r):
			h.templateWord()
		default:
			if c == ')' {
				h.target = ""
			}
			_, n := utf8.DecodeRuneInString(r)
			h.emit("j", h.take(n))
		}
	}
}

func (h *highlighter) templateString(q byte) {
	r := h.rest()
	n := 1
	for n < len(r) && r[n] != q {
		if r[n] == '\\' && n+1 < len(r) {
			n++
		}
		n++
	}
	h.emitLink("s", h.take(min(n+1, len(r))), h.target)
}

func (h *highlighter) templateWord() {
	r := h.rest()
	n := wordLen(r)
	for n+1 < len(r) && r[n] == '.' && isWordStart(r[n+1:]) {
		n += 1 + wordLen(r[n+1:])
	}
	w := r[:n]
	after := strings.TrimLeft(r[n:], " ")
	switch {
	case templateKeyword(w):
		h.emit("k", h.take(n))
	case strings.HasPrefix(after, "("):
		h.call(w, after)
	default:
		h.emit("j", h.take(n))
	}
}

func (h *highlighter) call(name, after string) {
	href := ""
	if h.link != nil {
		if name == "ref" || name == "source" {
			h.target = h.link(name, literalArgs(after))
		} else {
			href = h.link(name, nil)
		}
	}
	h.emitLink("f", h.take(len(name)), href)
}

// literalArgs reads the leading string literals of a call: `('raw', 'orders')`.
func literalArgs(s string) []string {
	var args []string
	s = s[1:]
	for {
		s = strings.TrimLeft(s, " \n\t")
		if s == "" || (s[0] != '\'' && s[0] != '"') {
			return args
		}
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return args
		}
		args = append(args, s[1:1+end])
		s = strings.TrimLeft(s[end+2:], " \n\t")
		if !strings.HasPrefix(s, ",") {
			return args
		}
		s = s[1:]
	}
}

func isWordStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '_' || unicode.IsLetter(r)
}

func wordLen(s string) int {
	for i, r := range s {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return i
		}
	}
	return len(s)
}

func numberLen(s string) int {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && c != '.' && c != '_' && c != 'e' && c != 'E' {
			return i
		}
	}
	return len(s)
}

const (
	keywords = " select from where group by having order limit offset qualify window with recursive as on using join left right full inner outer cross lateral natural semi anti asof positional union all except intersect distinct case when then else end and or not in is null like ilike between exists any some true false asc desc nulls first last over partition rows range groups preceding following unbounded current row filter within values insert into update delete create replace table view temp temporary if drop alter set merge matched returning pivot unpivot exclude rename columns sample default primary key references unique check constraint interval cast try_cast collate escape begin commit rollback "
	types    = " integer int bigint smallint tinyint hugeint decimal numeric double float real varchar text char boolean bool date timestamp timestamptz time json uuid blob struct map list "
	jinjaKW  = " if elif else endif for endfor in set endset macro endmacro call endcall filter endfilter block endblock extends include import from with endwith as do return snapshot endsnapshot docs enddocs test endtest materialization endmaterialization raw endraw not and or is none true false None True False recursive "
)

func sqlKeyword(w string) bool      { return strings.Contains(keywords, " "+strings.ToLower(w)+" ") }
func sqlType(w string) bool         { return strings.Contains(types, " "+strings.ToLower(w)+" ") }
func templateKeyword(w string) bool { return strings.Contains(jinjaKW, " "+w+" ") && w != "return" }
