package jinja

import (
	"strings"
	"unicode/utf8"
)

// strMethod finds a method of str.
func strMethod(name string) method {
	switch name {
	case "upper":
		return plainStr(upper)
	case "lower", "casefold":
		return plainStr(strings.ToLower)
	case "title":
		return plainStr(titleCase)
	case "capitalize":
		return plainStr(capitalize)
	case "swapcase":
		return plainStr(swapCase)
	case "strip":
		return stripStr(strings.TrimFunc, strings.Trim)
	case "lstrip":
		return stripStr(strings.TrimLeftFunc, strings.TrimLeft)
	case "rstrip":
		return stripStr(strings.TrimRightFunc, strings.TrimRight)
	case "startswith":
		return affix(strings.HasPrefix)
	case "endswith":
		return affix(strings.HasSuffix)
	case "split":
		return strSplit
	case "rsplit":
		return strRSplit
	case "splitlines":
		return strSplitLines
	case "replace":
		return strReplace
	case "join":
		return strJoin
	case "format":
		return strFormat
	case "format_map":
		return strFormatMap
	}
	return strMethod2(name)
}

func strMethod2(name string) method {
	switch name {
	case "find", "index", "rfind", "rindex":
		return strFind(name)
	case "count":
		return strCount
	case "zfill":
		return strZfill
	case "ljust", "rjust", "center":
		return justify(name)
	case "partition":
		return strPartition(strings.Index)
	case "rpartition":
		return strPartition(strings.LastIndex)
	case "removeprefix":
		return trimAffix(strings.TrimPrefix)
	case "removesuffix":
		return trimAffix(strings.TrimSuffix)
	case "expandtabs":
		return strExpandTabs
	case "encode":
		return plainStr(func(s string) string { return s })
	case "translate":
		return strTranslate
	case "maketrans":
		return strMakeTrans
	}
	if is := strPredicate(name); is != nil {
		return func(recv Value, c *Call) (Value, error) { return is(str(recv)), none(c, name) }
	}
	return nil
}

// str gives the receiver of a str method.
func str(recv Value) string {
	s, _ := text(recv)
	return s
}

// like gives s as the type of recv.
func like(recv Value, s string) Value {
	if _, ok := recv.(Markup); ok {
		return Markup(s)
	}
	return s
}

func plainStr(fn func(string) string) method {
	return func(recv Value, _ *Call) (Value, error) { return like(recv, fn(str(recv))), nil }
}

// strArg gives argument i of a method as text.
func strArg(c *Call, i int, name string) (string, error) {
	v, ok := c.Arg(i, name)
	if !ok {
		return "", callErrorf("the argument '%s' is missing", name)
	}
	s, ok := text(v)
	if !ok {
		if u, ok := v.(*Undefined); ok {
			return "", u.misuse()
		}
		return "", opErrorf("must be str, not %s", typeName(v))
	}
	return s, nil
}

// intArg gives argument i of a method as an int, or def if it is left out.
func intArg(c *Call, i int, name string, def int) (int, error) {
	v, ok := c.Arg(i, name)
	if !ok || v == nil {
		return def, nil
	}
	n, ok := index(v)
	if !ok {
		if u, ok := v.(*Undefined); ok {
			return 0, u.misuse()
		}
		return 0, opErrorf("'%s' object cannot be interpreted as an integer", typeName(v))
	}
	return n, nil
}

func stripStr(space func(string, func(rune) bool) string, set func(string, string) string) method {
	return func(recv Value, c *Call) (Value, error) {
		if v, ok := c.Arg(0, "chars"); !ok || v == nil {
			return like(recv, space(str(recv), isSpace)), nil
		}
		chars, err := strArg(c, 0, "chars")
		if err != nil {
			return nil, err
		}
		return like(recv, set(str(recv), chars)), nil
	}
}

func affix(has func(s, affix string) bool) method {
	return func(recv Value, c *Call) (Value, error) {
		v, ok := c.Arg(0, "prefix")
		if !ok {
			return nil, callErrorf("expected at least 1 argument, got 0")
		}
		s, err := boundedText(str(recv), c)
		if err != nil {
			return nil, err
		}
		if t, ok := v.(Tuple); ok {
			for _, x := range t {
				if a, ok := text(x); ok && has(s, a) {
					return true, nil
				}
			}
			return false, nil
		}
		a, err := strArg(c, 0, "prefix")
		return err == nil && has(s, a), err
	}
}

// boundedText is s[start:end] with the bounds from arguments 1 and 2.
func boundedText(s string, c *Call) (string, error) {
	if len(c.Args) < 2 {
		return s, nil
	}
	var high Value
	if len(c.Args) > 2 {
		high = c.Args[2]
	}
	return sliceText(s, c.Args[1], high, nil)
}

func strReplace(recv Value, c *Call) (Value, error) {
	from, err := strArg(c, 0, "old")
	if err != nil {
		return nil, err
	}
	to, err := strArg(c, 1, "new")
	if err != nil {
		return nil, err
	}
	n, err := intArg(c, 2, "count", -1)
	if err != nil {
		return nil, err
	}
	if _, ok := recv.(Markup); ok {
		if _, safe := c.Args[1].(Markup); !safe {
			to = escapeHTML(to)
		}
	}
	return like(recv, strings.Replace(str(recv), from, to, n)), nil
}

func strJoin(recv Value, c *Call) (Value, error) {
	v, err := one(c, "str.join")
	if err != nil {
		return nil, err
	}
	items, err := iterate(v)
	if err != nil {
		if u, ok := v.(*Undefined); ok {
			return nil, u.misuse()
		}
		return nil, opErrorf("can only join an iterable")
	}
	parts := make([]string, len(items))
	for i, x := range items {
		s, ok := text(x)
		if !ok {
			return nil, &opError{
				code: "AT0202", msg: "sequence item " + Str(int64(i)) + ": expected str instance, " + typeName(x) + " found",
				hint: "the filter join takes any values: " + "xs | join(',')",
			}
		}
		if _, safe := recv.(Markup); safe {
			if _, ok := x.(Markup); !ok {
				s = escapeHTML(s)
			}
		}
		parts[i] = s
	}
	return like(recv, strings.Join(parts, str(recv))), nil
}

func strFind(name string) method {
	return func(recv Value, c *Call) (Value, error) {
		sub, err := strArg(c, 0, "sub")
		if err != nil {
			return nil, err
		}
		s := str(recv)
		r := []rune(s)
		low, high := 0, len(r)
		if len(c.Args) > 1 && c.Args[1] != nil {
			if low, err = sliceIndex(c.Args[1]); err != nil {
				return nil, err
			}
			low = clampIndex(low, len(r), 0, len(r))
		}
		if len(c.Args) > 2 && c.Args[2] != nil {
			if high, err = sliceIndex(c.Args[2]); err != nil {
				return nil, err
			}
			high = clampIndex(high, len(r), 0, len(r))
		}
		at := -1
		if low <= high {
			part := string(r[low:high])
			if at = strings.Index(part, sub); name[0] == 'r' {
				at = strings.LastIndex(part, sub)
			}
			if at >= 0 {
				return int64(low + utf8.RuneCountInString(part[:at])), nil
			}
		}
		if strings.HasSuffix(name, "index") {
			return nil, opErrorf("substring not found")
		}
		return int64(at), nil
	}
}

func strCount(recv Value, c *Call) (Value, error) {
	sub, err := strArg(c, 0, "sub")
	if err != nil {
		return nil, err
	}
	s, err := boundedText(str(recv), c)
	return int64(strings.Count(s, sub)), err
}
