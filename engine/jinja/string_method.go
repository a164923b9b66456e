package jinja

import (
	"strings"
	"unicode"
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

func strSplit(recv Value, c *Call) (Value, error) {
	limit, err := intArg(c, 1, "maxsplit", -1)
	if err != nil {
		return nil, err
	}
	s := str(recv)
	if v, ok := c.Arg(0, "sep"); !ok || v == nil {
		return textList(recv, splitSpace(s, limit)), nil
	}
	sep, err := strArg(c, 0, "sep")
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return nil, opErrorf("empty separator")
	}
	n := -1
	if limit >= 0 {
		n = limit + 1
	}
	return textList(recv, strings.SplitN(s, sep, n)), nil
}

func textList(recv Value, parts []string) *List {
	items := make([]Value, len(parts))
	for i, p := range parts {
		items[i] = like(recv, p)
	}
	return &List{items}
}

func splitSpace(s string, limit int) []string {
	var out []string
	s = strings.TrimLeftFunc(s, isSpace)
	for s != "" {
		i := strings.IndexFunc(s, isSpace)
		if limit == 0 || i < 0 {
			return append(out, s)
		}
		limit--
		out = append(out, s[:i])
		s = strings.TrimLeftFunc(s[i:], isSpace)
	}
	return out
}

func strRSplit(recv Value, c *Call) (Value, error) {
	limit, err := intArg(c, 1, "maxsplit", -1)
	if err != nil {
		return nil, err
	}
	s := str(recv)
	v, ok := c.Arg(0, "sep")
	if !ok || v == nil {
		return textList(recv, rsplitSpace(s, limit)), nil
	}
	sep, err := strArg(c, 0, "sep")
	if err != nil {
		return nil, err
	}
	if sep == "" {
		return nil, opErrorf("empty separator")
	}
	var parts []string
	for limit != 0 {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		parts = append([]string{s[i+len(sep):]}, parts...)
		s = s[:i]
		limit--
	}
	return textList(recv, append([]string{s}, parts...)), nil
}

func rsplitSpace(s string, limit int) []string {
	var out []string
	s = strings.TrimRightFunc(s, isSpace)
	for s != "" {
		i := strings.LastIndexFunc(s, isSpace)
		if limit == 0 || i < 0 {
			return append([]string{s}, out...)
		}
		limit--
		_, n := utf8.DecodeRuneInString(s[i:])
		out = append([]string{s[i+n:]}, out...)
		s = strings.TrimRightFunc(s[:i], isSpace)
	}
	return out
}

// splitLines is str.splitlines.
func splitLines(s string, keep bool) []string {
	var out []string
	for s != "" {
		i := strings.IndexFunc(s, isLineBreak)
		if i < 0 {
			return append(out, s)
		}
		_, n := utf8.DecodeRuneInString(s[i:])
		if s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
			n = 2
		}
		if keep {
			out = append(out, s[:i+n])
		} else {
			out = append(out, s[:i])
		}
		s = s[i+n:]
	}
	return out
}

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

func strSplitLines(recv Value, c *Call) (Value, error) {
	keep, _ := c.Arg(0, "keepends")
	return textList(recv, splitLines(str(recv), Truth(keep))), nil
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

func runeCount(s string) int { return utf8.RuneCountInString(s) }

func upper(s string) string {
	if strings.ContainsRune(s, 'ß') {
		s = strings.ReplaceAll(s, "ß", "SS")
	}
	return strings.ToUpper(s)
}

// titleCase is str.title: a letter behind a non-letter is a capital.
func titleCase(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		switch {
		case !isCased(r):
			b.WriteRune(r)
		case inWord:
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(unicode.ToTitle(r))
		}
		inWord = isCased(r)
	}
	return b.String()
}

func isCased(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) }

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + strings.ToLower(s[n:])
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// strPredicate finds the is… methods without arguments.
func strPredicate(name string) func(string) bool {
	every := func(ok func(rune) bool) func(string) bool {
		return func(s string) bool {
			for _, r := range s {
				if !ok(r) {
					return false
				}
			}
			return s != ""
		}
	}
	switch name {
	case "isdigit", "isdecimal":
		return every(unicode.IsDigit)
	case "isnumeric":
		return every(unicode.IsNumber)
	case "isalpha":
		return every(unicode.IsLetter)
	case "isalnum":
		return every(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	case "isspace":
		return every(isSpace)
	case "isascii":
		return isASCII
	case "isprintable":
		return func(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 }
	case "islower":
		return func(s string) bool { return hasCase(s, unicode.IsLower) }
	case "isupper":
		return func(s string) bool { return hasCase(s, unicode.IsUpper) }
	case "istitle":
		return func(s string) bool { return s == titleCase(s) && strings.IndexFunc(s, isCased) >= 0 }
	case "isidentifier":
		return isIdentifier
	}
	return nil
}

func hasCase(s string, is func(rune) bool) bool {
	found := false
	for _, r := range s {
		if isCased(r) {
			if !is(r) {
				return false
			}
			found = true
		}
	}
	return found
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}
