package jinja

import (
	"strconv"
	"strings"
)

// rePattern is a compiled regular expression.
type rePattern struct {
	src   string
	flags reFlags
	prog  *reProgram
}

// reModule is modules.re.
func reModule() *Dict {
	d := NewDict()
	for _, name := range []string{"match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"} {
		d.Set(name, Func(func(c *Call) (Value, error) { return reFunc(name, c) }))
	}
	d.Set("compile", Func(func(c *Call) (Value, error) {
		v, err := c.bind("pattern", "flags?")
		if err != nil {
			return nil, err
		}
		return newPattern(v[0], v[1])
	}))
	d.Set("escape", Func(func(c *Call) (Value, error) {
		s, err := strArg(c, 0, "pattern")
		return reEscape(s), err
	}))
	d.Set("purge", Func(func(*Call) (Value, error) { return nil, nil }))
	for name, flag := range map[string]reFlags{
		"I": reIgnoreCase, "IGNORECASE": reIgnoreCase, "M": reMultiline, "MULTILINE": reMultiline,
		"S": reDotAll, "DOTALL": reDotAll, "X": reVerbose, "VERBOSE": reVerbose, "A": reASCII, "ASCII": reASCII,
		"U": 32, "UNICODE": 32,
	} {
		d.Set(name, int64(flag))
	}
	return d
}

func newPattern(pattern, flags Value) (*rePattern, error) {
	if p, ok := pattern.(*rePattern); ok {
		return p, nil
	}
	src, ok := text(pattern)
	if !ok {
		if u, ok := pattern.(*Undefined); ok {
			return nil, u.misuse()
		}
		return nil, opErrorf("first argument must be string or compiled pattern")
	}
	n, _ := index(flags)
	prog, err := reCompile(src, reFlags(n))
	if err != nil {
		return nil, err
	}
	return &rePattern{src, reFlags(n), prog}, nil
}

// reFunc is a function of the module: the pattern comes first.
func reFunc(name string, c *Call) (Value, error) {
	pattern, ok := c.Arg(0, "pattern")
	if !ok {
		return nil, callErrorf("re.%s() needs a pattern", name)
	}
	most := map[string]int{"sub": 4, "subn": 4, "split": 3}[name]
	if most == 0 {
		most = 2
	}
	var flags Value
	if v, ok := c.Arg(most, "flags"); ok {
		flags = v
	}
	p, err := newPattern(pattern, flags)
	if err != nil {
		return nil, err
	}
	inner := *c
	if len(c.Args) > 0 {
		inner.Args = c.Args[1:min(len(c.Args), most)]
	}
	return p.call(name, &inner)
}

// Attr gives the pattern's source and methods.
func (p *rePattern) Attr(name string) (Value, bool) {
	switch name {
	case "pattern":
		return p.src, true
	case "flags":
		return int64(p.flags | 32), true
	case "groups":
		return int64(p.prog.groups), true
	case "groupindex":
		d := NewDict()
		for _, n := range p.prog.order {
			d.Set(n, int64(p.prog.names[n]))
		}
		return d, true
	case "match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split":
		return Func(func(c *Call) (Value, error) { return p.call(name, c) }), true
	}
	return nil, false
}

// TypeName is the Python type.
func (p *rePattern) TypeName() string { return "re.Pattern" }

// String prints the pattern as Python does.
func (p *rePattern) String() string { return "re.compile(" + Repr(p.src) + ")" }

// call runs a method of the pattern.
func (p *rePattern) call(name string, c *Call) (Value, error) {
	switch name {
	case "sub", "subn":
		return p.sub(name, c)
	case "split":
		return p.split(c)
	}
	str, err := subject(c, 0)
	if err != nil {
		return nil, err
	}
	s := []rune(str)
	switch name {
	case "findall", "finditer":
		return p.find(name, str, s)
	case "search":
		caps, err := p.prog.search(s, 0)
		return p.found(str, s, caps), err
	}
	caps, err := p.prog.at(s, 0, name == "fullmatch")
	return p.found(str, s, caps), err
}

// subject gives the string argument i.
func subject(c *Call, i int) (string, error) {
	v, ok := c.Arg(i, "string")
	if !ok {
		return "", callErrorf("the argument 'string' is missing")
	}
	s, ok := text(v)
	if !ok {
		if u, ok := v.(*Undefined); ok {
			return "", u.misuse()
		}
		return "", opErrorf("expected string or bytes-like object, got '%s'", typeName(v))
	}
	return s, nil
}

func (p *rePattern) found(str string, s []rune, caps []int) Value {
	if caps == nil {
		return nil
	}
	return &reResult{p: p, str: str, s: s, caps: caps}
}

func (p *rePattern) find(name, str string, s []rune) (Value, error) {
	all, err := p.prog.all(s, 0)
	if err != nil {
		return nil, err
	}
	out := make([]Value, len(all))
	for i, caps := range all {
		m := &reResult{p: p, str: str, s: s, caps: caps}
		switch {
		case name == "finditer":
			out[i] = m
		case p.prog.groups == 0:
			out[i] = m.textOf(0, "")
		case p.prog.groups == 1:
			out[i] = m.textOf(1, "")
		default:
			out[i] = m.groups("")
		}
	}
	if name == "finditer" {
		return NewIterator("callable_iterator", out), nil
	}
	return &List{out}, nil
}

func (p *rePattern) sub(name string, c *Call) (Value, error) {
	repl, ok := c.Arg(0, "repl")
	if !ok {
		return nil, callErrorf("re.sub() needs a replacement")
	}
	str, err := subject(c, 1)
	if err != nil {
		return nil, err
	}
	count, err := intArg(c, 2, "count", 0)
	if err != nil {
		return nil, err
	}
	s := []rune(str)
	all, err := p.prog.all(s, count)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	last := 0
	for _, caps := range all {
		b.WriteString(string(s[last:caps[0]]))
		last = caps[1]
		with, err := p.replacement(c, repl, &reResult{p: p, str: str, s: s, caps: caps})
		if err != nil {
			return nil, err
		}
		b.WriteString(with)
	}
	b.WriteString(string(s[last:]))
	if name == "subn" {
		return Tuple{b.String(), int64(len(all))}, nil
	}
	return b.String(), nil
}

func (p *rePattern) replacement(c *Call, repl Value, m *reResult) (string, error) {
	if s, ok := text(repl); ok {
		return m.expand(s)
	}
	if u, ok := repl.(*Undefined); ok {
		return "", u.misuse()
	}
	v, err := c.callBack(repl, m)
	if err != nil {
		return "", err
	}
	s, ok := text(v)
	if !ok {
		return "", opErrorf("expected str instance, %s found", typeName(v))
	}
	return s, nil
}

func (p *rePattern) split(c *Call) (Value, error) {
	str, err := subject(c, 0)
	if err != nil {
		return nil, err
	}
	most, err := intArg(c, 1, "maxsplit", 0)
	if err != nil {
		return nil, err
	}
	s := []rune(str)
	all, err := p.prog.all(s, most)
	if err != nil {
		return nil, err
	}
	out := &List{}
	last := 0
	for _, caps := range all {
		m := &reResult{p: p, str: str, s: s, caps: caps}
		out.Items = append(out.Items, string(s[last:caps[0]]))
		for g := 1; g <= p.prog.groups; g++ {
			out.Items = append(out.Items, m.textOf(g, nil))
		}
		last = caps[1]
	}
	out.Items = append(out.Items, string(s[last:]))
	return out, nil
}

// reEscape puts a backslash before what has a meaning in a pattern.
func reEscape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// reResult is a match.
type reResult struct {
	p    *rePattern
	str  string
	s    []rune
	caps []int
}

// textOf gives what a group matched, or def.
func (m *reResult) textOf(g int, def Value) Value {
	if m.caps[2*g] < 0 {
		return def
	}
	return string(m.s[m.caps[2*g]:m.caps[2*g+1]])
}

func (m *reResult) groups(def Value) Tuple {
	t := make(Tuple, m.p.prog.groups)
	for g := range t {
		t[g] = m.textOf(g+1, def)
	}
	return t
}

// number finds a group by number or name.
func (m *reResult) number(v Value) (int, error) {
	if name, ok := text(v); ok {
		if g, ok := m.p.prog.names[name]; ok {
			return g, nil
		}
		return 0, opErrorf("no such group: %s", Repr(name))
	}
	g, ok := index(v)
	if !ok || g < 0 || g > m.p.prog.groups {
		return 0, opErrorf("no such group")
	}
	return g, nil
}

// expand fills a replacement's references.
func (m *reResult) expand(repl string) (string, error) {
	if strings.IndexByte(repl, '\\') < 0 {
		return repl, nil
	}
	var b strings.Builder
	for i := 0; i < len(repl); i++ {
		if repl[i] != '\\' || i+1 >= len(repl) {
			b.WriteByte(repl[i])
			continue
		}
		i++
		switch c := repl[i]; {
		case c == 'g' && i+1 < len(repl) && repl[i+1] == '<':
			end := strings.IndexByte(repl[i:], '>')
			if end < 0 {
				return "", opErrorf("missing >, unterminated name")
			}
			name := repl[i+2 : i+end]
			var key Value = name
			if n, err := strconv.ParseInt(name, 10, 64); err == nil {
				key = n
			}
			g, err := m.number(key)
			if err != nil {
				return "", err
			}
			b.WriteString(Str(m.textOf(g, "")))
			i += end
		case '1' <= c && c <= '9':
			n := int(c - '0')
			if i+1 < len(repl) && isDigit(repl[i+1]) {
				n = n*10 + int(repl[i+1]-'0')
				i++
			}
			if n > m.p.prog.groups {
				return "", opErrorf("invalid group reference %d", n)
			}
			b.WriteString(Str(m.textOf(n, "")))
		case c == '0':
			b.WriteByte(0)
		case c == '\\':
			b.WriteByte('\\')
		default:
			var out strings.Builder
			if _, problem := unescape(&out, repl[i:]); problem != "" || strings.IndexByte("nrtfvab", c) < 0 {
				if 'a' <= c|0x20 && c|0x20 <= 'z' {
					return "", opErrorf("bad escape \\%c", c)
				}
				b.WriteByte('\\')
				b.WriteByte(c)
				continue
			}
			b.WriteString(out.String())
		}
	}
	return b.String(), nil
}

// TypeName is the Python type.
func (m *reResult) TypeName() string { return "re.Match" }

// String prints the match as Python does.
func (m *reResult) String() string {
	return "<re.Match object; span=" + Repr(Tuple{int64(m.caps[0]), int64(m.caps[1])}) + ", match=" + Repr(m.textOf(0, nil)) + ">"
}

// Item is m[group].
func (m *reResult) Item(key Value) (Value, bool) {
	g, err := m.number(key)
	if err != nil {
		return nil, false
	}
	return m.textOf(g, nil), true
}

// Attr gives the match's methods.
func (m *reResult) Attr(name string) (Value, bool) {
	switch name {
	case "group":
		return Func(m.group), true
	case "groups":
		return Func(func(c *Call) (Value, error) { return m.groups(c.optional(0, "default")), nil }), true
	case "groupdict":
		return Func(func(c *Call) (Value, error) {
			d := NewDict()
			for _, n := range m.p.prog.order {
				d.Set(n, m.textOf(m.p.prog.names[n], c.optional(0, "default")))
			}
			return d, nil
		}), true
	case "start", "end", "span":
		return Func(func(c *Call) (Value, error) { return m.bounds(name, c) }), true
	case "expand":
		return Func(func(c *Call) (Value, error) {
			s, err := strArg(c, 0, "template")
			if err != nil {
				return nil, err
			}
			return m.expand(s)
		}), true
	case "string":
		return m.str, true
	case "re":
		return m.p, true
	case "lastindex":
		var last Value
		for g := 1; g <= m.p.prog.groups; g++ {
			if m.caps[2*g] >= 0 {
				last = int64(g)
			}
		}
		return last, true
	}
	return nil, false
}

// optional gives an argument or None.
func (c *Call) optional(i int, name string) Value {
	v, _ := c.Arg(i, name)
	return v
}

func (m *reResult) group(c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return m.textOf(0, nil), nil
	}
	out := make(Tuple, len(c.Args))
	for i, a := range c.Args {
		g, err := m.number(a)
		if err != nil {
			return nil, err
		}
		out[i] = m.textOf(g, nil)
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

func (m *reResult) bounds(name string, c *Call) (Value, error) {
	g := 0
	if len(c.Args) > 0 {
		var err error
		if g, err = m.number(c.Args[0]); err != nil {
			return nil, err
		}
	}
	start, end := int64(m.caps[2*g]), int64(m.caps[2*g+1])
	switch name {
	case "start":
		return start, nil
	case "end":
		return end, nil
	}
	return Tuple{start, end}, nil
}
