package pdf

import "bytes"

// dictAt gives the first dictionary in b, from << to >>; nil without one.
func dictAt(b []byte) []byte {
	from := bytes.Index(b, []byte("<<"))
	if from < 0 {
		return nil
	}
	to := valueEnd(b, from)
	if to < 0 {
		return nil
	}
	return b[from:to]
}

// entry gives the value of a key of a dictionary, a part of it; nil without the key.
func entry(dict []byte, key string) []byte {
	_, from, to := locate(dict, key)
	if from < 0 {
		return nil
	}
	return dict[from:to]
}

// without gives a dictionary without one key.
func without(dict []byte, key string) []byte {
	name, _, to := locate(dict, key)
	if name < 0 {
		return dict
	}
	return append(bytes.Clone(dict[:name]), dict[to:]...)
}

// locate gives where a key, its value and the value's end stand in a dictionary; -1 without it.
func locate(dict []byte, key string) (name, from, to int) {
	for i := 2; i < len(dict)-2; {
		if i = skipSpace(dict, i); i >= len(dict)-2 || dict[i] != '/' {
			break
		}
		end := valueEnd(dict, i)
		value := skipSpace(dict, end)
		valueTo := valueEnd(dict, value)
		if valueTo < 0 {
			break
		}
		// A reference is three words: 12 0 R.
		if m := refText.Find(dict[value:]); m != nil {
			valueTo = value + len(m)
		}
		if string(dict[i+1:end]) == key {
			return i, value, valueTo
		}
		i = valueTo
	}
	return -1, -1, -1
}

func skipSpace(b []byte, i int) int {
	for i < len(b) {
		switch b[i] {
		case ' ', '\n', '\r', '\t', '\f', 0:
			i++
		case '%':
			for i < len(b) && b[i] != '\n' && b[i] != '\r' {
				i++
			}
		default:
			return i
		}
	}
	return i
}

// valueEnd gives where the value that begins at i ends; -1 if it does not. Nesting is counted, not
// followed: what is nested deeply costs nothing.
func valueEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch c := b[i]; {
		case c == '(':
			if i = stringEnd(b, i); i < 0 {
				return -1
			}
		case c == '<' && i+1 < len(b) && b[i+1] == '<', c == '[':
			depth++
			i++
			if c == '<' {
				i++
			}
		case c == '>' && i+1 < len(b) && b[i+1] == '>', c == ']':
			depth--
			i++
			if c == '>' {
				i++
			}
		case c == '<':
			end := bytes.IndexByte(b[i:], '>')
			if end < 0 {
				return -1
			}
			i += end + 1
		default:
			i = wordEnd(b, i+1)
		}
		if depth <= 0 {
			return i
		}
		i = skipSpace(b, i)
	}
	return -1
}

// stringEnd gives where a string in brackets ends.
func stringEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func wordEnd(b []byte, i int) int {
	for i < len(b) && !bytes.ContainsRune([]byte(" \n\r\t\f\x00/<>[]()%"), rune(b[i])) {
		i++
	}
	return i
}
