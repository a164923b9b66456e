package duckdb

import "strings"

// token gives the next token of a text from i on, past blanks and comments; start is len(sql)
// at the end. It knows as much of SQL as it takes to find where statements end.
func token(sql string, i int) (start, end int) {
	for i < len(sql) {
		rest := sql[i:]
		switch {
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				return len(sql), len(sql)
			}
			i += n + 1
		case strings.HasPrefix(rest, "/*"):
			i += blockComment(rest)
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			i++
		default:
			return i, i + tokenLen(rest)
		}
	}
	return len(sql), len(sql)
}

func tokenLen(s string) int {
	switch {
	case (s[0] == 'e' || s[0] == 'E') && len(s) > 1 && s[1] == '\'':
		return escapedLen(s)
	case s[0] == '\'' || s[0] == '"':
		return quotedLen(s)
	case s[0] == '$':
		return dollarLen(s)
	case wordByte(s[0]):
		n := 1
		for n < len(s) && (wordByte(s[n]) || s[n] == '$') {
			n++
		}
		return n
	}
	return 1
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
}

// firstWords gives the first token of every statement of a text.
func firstWords(sql string) []string {
	var words []string
	fresh := true
	for start, end := token(sql, 0); start < len(sql); start, end = token(sql, end) {
		if sql[start] == ';' {
			fresh = true
			continue
		}
		if fresh {
			words = append(words, sql[start:end])
			fresh = false
		}
	}
	return words
}

// trimStatement takes semicolons, blanks and comments off the end of a statement, so that it
// can stand in parentheses.
func trimStatement(sql string) string {
	last := 0
	for start, end := token(sql, 0); start < len(sql); start, end = token(sql, end) {
		if sql[start] != ';' {
			last = end
		}
	}
	return sql[:last]
}

// blockComment gives the length of a comment, which may hold others.
func blockComment(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
		}
		if depth == 0 {
			return i + 1
		}
	}
	return len(s)
}

// quotedLen gives the length of '…' or "…", in which a doubled quote stands for itself.
func quotedLen(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != s[0] {
			continue
		}
		if i+1 < len(s) && s[i+1] == s[0] {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}

// escapedLen gives the length of e'…', in which a backslash takes the next letter with it.
func escapedLen(s string) int {
	for i := 2; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			if i+1 < len(s) && s[i+1] == '\'' {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(s)
}

// dollarLen gives the length of $tag$…$tag$, or 1 where the dollar is none of those.
func dollarLen(s string) int {
	i := strings.IndexByte(s[1:], '$')
	if i < 0 {
		return 1
	}
	tag := s[:i+2]
	for j, c := range []byte(tag[1 : len(tag)-1]) {
		if !wordByte(c) || (j == 0 && c >= '0' && c <= '9') {
			return 1
		}
	}
	end := strings.Index(s[len(tag):], tag)
	if end < 0 {
		return len(s)
	}
	return len(tag)*2 + end
}
