package jinja

import (
	"strings"
	"unicode/utf8"
)

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
