package jinja

import (
	"strings"
	"unicode/utf8"
)

func strZfill(recv Value, c *Call) (Value, error) {
	width, err := intArg(c, 0, "width", 0)
	if err != nil {
		return nil, err
	}
	s := str(recv)
	pad := strings.Repeat("0", max(0, min(width, maxRepeat)-runeCount(s)))
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return like(recv, s[:1]+pad+s[1:]), nil
	}
	return like(recv, pad+s), nil
}

func justify(name string) method {
	return func(recv Value, c *Call) (Value, error) {
		width, err := intArg(c, 0, "width", 0)
		if err != nil {
			return nil, err
		}
		fill := " "
		if _, ok := c.Arg(1, "fillchar"); ok {
			if fill, err = strArg(c, 1, "fillchar"); err != nil {
				return nil, err
			}
			if runeCount(fill) != 1 {
				return nil, opErrorf("the fill character must be exactly one character long")
			}
		}
		s := str(recv)
		pad := max(0, min(width, maxRepeat)-runeCount(s))
		switch name {
		case "ljust":
			return like(recv, s+strings.Repeat(fill, pad)), nil
		case "rjust":
			return like(recv, strings.Repeat(fill, pad)+s), nil
		default:
			return like(recv, centered(s, width, fill)), nil
		}
	}
}

// centered is str.center.
func centered(s string, width int, fill string) string {
	pad := min(width, maxRepeat) - runeCount(s)
	if pad <= 0 {
		return s
	}
	left := pad/2 + (pad & width & 1)
	return strings.Repeat(fill, left) + s + strings.Repeat(fill, pad-left)
}

func strPartition(find func(s, sep string) int) method {
	return func(recv Value, c *Call) (Value, error) {
		sep, err := strArg(c, 0, "sep")
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, opErrorf("empty separator")
		}
		s := str(recv)
		i := find(s, sep)
		if i >= 0 {
			return Tuple{like(recv, s[:i]), like(recv, sep), like(recv, s[i+len(sep):])}, nil
		}
		if find("aXaXa", "X") == 1 {
			return Tuple{like(recv, s), "", ""}, nil
		}
		return Tuple{"", "", like(recv, s)}, nil
	}
}

func trimAffix(trim func(s, affix string) string) method {
	return func(recv Value, c *Call) (Value, error) {
		a, err := strArg(c, 0, "prefix")
		return like(recv, trim(str(recv), a)), err
	}
}

func strExpandTabs(recv Value, c *Call) (Value, error) {
	size, err := intArg(c, 0, "tabsize", 8)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	col := 0
	for _, r := range str(recv) {
		switch {
		case r == '\t' && size > 0:
			n := size - col%size
			b.WriteString(strings.Repeat(" ", n))
			col += n
		case r == '\t':
		case r == '\n' || r == '\r':
			col = 0
			b.WriteRune(r)
		default:
			col++
			b.WriteRune(r)
		}
	}
	return like(recv, b.String()), nil
}

func strMakeTrans(_ Value, c *Call) (Value, error) {
	d := NewDict()
	if len(c.Args) == 1 {
		m, ok := asDict(c.Args[0])
		if !ok {
			return nil, opErrorf("if you give only one argument to maketrans it must be a dict")
		}
		for k, v := range m.All() {
			if s, ok := text(k); ok && runeCount(s) == 1 {
				r, _ := utf8.DecodeRuneInString(s)
				k = int64(r)
			}
			d.Set(k, v)
		}
		return d, nil
	}
	from, err := strArg(c, 0, "x")
	if err != nil {
		return nil, err
	}
	to, err := strArg(c, 1, "y")
	if err != nil {
		return nil, err
	}
	a, b := []rune(from), []rune(to)
	if len(a) != len(b) {
		return nil, opErrorf("the first two maketrans arguments must have equal length")
	}
	for i := range a {
		d.Set(int64(a[i]), int64(b[i]))
	}
	if len(c.Args) > 2 {
		for _, r := range str(c.Args[2]) {
			d.Set(int64(r), nil)
		}
	}
	return d, nil
}

func strTranslate(recv Value, c *Call) (Value, error) {
	v, err := one(c, "str.translate")
	if err != nil {
		return nil, err
	}
	m, ok := asDict(v)
	if !ok {
		return nil, opErrorf("'%s' object is not subscriptable", typeName(v))
	}
	var b strings.Builder
	for _, r := range str(recv) {
		to, ok := m.Get(int64(r))
		switch x := to.(type) {
		case int64:
			b.WriteRune(rune(x))
		case string:
			b.WriteString(x)
		default:
			if !ok {
				b.WriteRune(r)
			}
		}
	}
	return like(recv, b.String()), nil
}
