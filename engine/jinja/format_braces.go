package jinja

import (
	"strconv"
	"strings"
)

// braceFormatter is s.format(…) under way.
type braceFormatter struct {
	c      *Call
	dict   *Dict // instead of keyword arguments, for format_map
	markup bool  // the result is safe: values in it are made so
	beside bool  // so is the text, which stands beside safe values
	auto   int   // next automatic number
	manual bool
}

func strFormat(recv Value, c *Call) (Value, error) {
	_, markup := recv.(Markup)
	b := &braceFormatter{c: c, markup: markup}
	if !markup && c.frame.ownEscape() != nil && holdsMarkup(c) {
		b.markup, b.beside = true, true
		s, err := b.format(str(recv), 2)
		return Markup(s), err
	}
	s, err := b.format(str(recv), 2)
	return like(recv, s), err
}

// holdsMarkup reports an argument that is safe already: in a syntax of its own, text beside it is
// made safe, as it is in + and %.
func holdsMarkup(c *Call) bool {
	for _, v := range c.Args {
		if _, ok := v.(Markup); ok {
			return true
		}
	}
	for _, k := range c.Kwargs {
		if _, ok := k.Value.(Markup); ok {
			return true
		}
	}
	return false
}

func strFormatMap(recv Value, c *Call) (Value, error) {
	v, err := one(c, "str.format_map")
	if err != nil {
		return nil, err
	}
	d, ok := asDict(v)
	if !ok {
		return nil, opErrorf("format_map() needs a mapping, not %s", typeName(v))
	}
	s, err := (&braceFormatter{c: &Call{}, dict: d}).format(str(recv), 2)
	return like(recv, s), err
}

// format expands the fields of s; depth says how deep fields may nest in specs.
func (b *braceFormatter) format(s string, depth int) (string, error) {
	if depth < 0 {
		return "", opErrorf("Max string recursion exceeded")
	}
	var out, text strings.Builder
	flush := func() {
		if b.beside {
			out.WriteString(string(b.c.frame.escaped(text.String())))
		} else {
			out.WriteString(text.String())
		}
		text.Reset()
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case (c == '{' || c == '}') && i+1 < len(s) && s[i+1] == c:
			text.WriteByte(c)
			i++
		case c == '}':
			return "", opErrorf("Single '}' encountered in format string")
		case c == '{':
			end := closingBrace(s, i)
			if end < 0 {
				return "", opErrorf("Single '{' encountered in format string")
			}
			field, err := b.field(s[i+1:end], depth)
			if err != nil {
				return "", err
			}
			flush()
			out.WriteString(field)
			i = end
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return out.String(), nil
}

func closingBrace(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// field expands what stands between braces: name!conversion:spec.
func (b *braceFormatter) field(s string, depth int) (string, error) {
	name, spec, _ := strings.Cut(s, ":")
	name, conversion, converted := strings.Cut(name, "!")
	v, err := b.value(name)
	if err != nil {
		return "", err
	}
	if strings.Contains(spec, "{") {
		beside := b.beside
		b.beside = false // a spec is no text
		spec, err = b.format(spec, depth-1)
		b.beside = beside
		if err != nil {
			return "", err
		}
	}
	if converted {
		switch conversion {
		case "s":
			v = Str(v)
		case "r", "a":
			v = Repr(v)
		default:
			return "", opErrorf("Unknown conversion specifier %s", Repr(conversion))
		}
	}
	text, err := formatValue(v, spec)
	if _, safe := v.(Markup); b.markup && !safe {
		text = string(b.c.frame.escaped(text))
	}
	return text, err
}

// value finds what a field's name means: 0, name, name.attr, name[key].
func (b *braceFormatter) value(path string) (Value, error) {
	end := strings.IndexAny(path, ".[")
	name := path
	if end >= 0 {
		name = path[:end]
	}
	v, err := b.base(name)
	if err != nil || end < 0 {
		return v, err
	}
	rest := path[end:]
	for rest != "" {
		var key string
		isAttr := rest[0] == '.'
		if isAttr {
			n := strings.IndexAny(rest[1:], ".[")
			if n < 0 {
				n = len(rest) - 1
			}
			key, rest = rest[1:1+n], rest[1+n:]
		} else {
			n := strings.IndexByte(rest, ']')
			if n < 0 {
				return nil, opErrorf("Missing ']' in format string")
			}
			key, rest = rest[1:n], rest[n+1:]
		}
		var k Value = key
		if i, err := strconv.ParseInt(key, 10, 64); err == nil && !isAttr {
			k = i
		}
		if isAttr {
			v, err = fieldAttr(v, key)
		} else {
			v, err = getItem(UndefinedDefault, v, k)
		}
		if err != nil {
			return nil, err
		}
		if u, ok := v.(*Undefined); ok {
			return nil, u.misuse()
		}
	}
	return v, nil
}

// fieldAttr is v.name in a field: attributes alone, no keys.
func fieldAttr(v Value, name string) (Value, error) {
	if o, ok := v.(Object); ok {
		if x, ok := o.Attr(name); ok {
			return x, nil
		}
	}
	return nil, opErrorf("'%s' object has no attribute '%s'", typeName(v), name)
}

func (b *braceFormatter) base(name string) (Value, error) {
	i := 0
	switch n, err := strconv.Atoi(name); {
	case name == "":
		if b.manual {
			return nil, opErrorf("cannot switch from manual field specification to automatic field numbering")
		}
		i = b.auto
		b.auto++
	case err == nil:
		if b.auto > 0 {
			return nil, opErrorf("cannot switch from automatic field numbering to manual field specification")
		}
		b.manual = true
		i = n
	default:
		if b.dict != nil {
			if v, ok := b.dict.Get(name); ok {
				return v, nil
			}
		} else if v, ok := b.c.Kwarg(name); ok {
			return v, nil
		}
		return nil, opErrorf("format() has no value named '%s'", name)
	}
	if i < 0 || i >= len(b.c.Args) {
		return nil, opErrorf("Replacement index %d out of range for positional args tuple", i)
	}
	return b.c.Args[i], nil
}
