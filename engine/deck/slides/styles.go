package slides

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"sort"
	"strings"
)

// styles gathers what stands in style attributes into a style sheet: the pages' policy allows no
// styles in the page itself.
type styles struct{ rules map[string]string }

func newStyles() *styles { return &styles{rules: map[string]string{}} }

// sheet gives the style sheet. Its selectors weigh more than any class or id, as attributes do.
func (s *styles) sheet() []byte {
	keys := make([]string, 0, len(s.rules))
	for k := range s.rules {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var out bytes.Buffer
	for _, k := range keys {
		fmt.Fprintf(&out, "[data-s=\"%s\"]:not(#_):not(#_) { %s }\n", k, s.rules[k])
	}
	return out.Bytes()
}

// move gives the HTML with its style attributes moved into the sheet, and with its sections turned
// into plain divisions: sections in sections are slides below slides to reveal.js. Text, comments and
// the insides of scripts stay as they are.
func (s *styles) move(page string) string {
	var out strings.Builder
	for page != "" {
		at := strings.IndexByte(page, '<')
		if at < 0 {
			break
		}
		out.WriteString(page[:at])
		page = page[at:]
		switch {
		case strings.HasPrefix(page, "<!--"):
			n := len(page)
			if end := strings.Index(page, "-->"); end >= 0 {
				n = end + 3
			}
			out.WriteString(page[:n])
			page = page[n:]
		case len(page) > 1 && isLetter(page[1]):
			tag, rest := cutTag(page)
			out.WriteString(s.tag(tag))
			if name := rawName(tag); name != "" {
				n := indexFold(rest, "</"+name)
				out.WriteString(rest[:n])
				rest = rest[n:]
			}
			page = rest
		case len(page) > 9 && strings.EqualFold(page[:9], "</section"):
			out.WriteString("</div")
			page = page[9:]
		default:
			out.WriteByte('<')
			page = page[1:]
		}
	}
	out.WriteString(page)
	return out.String()
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// cutTag takes a tag from the front, heeding quotes.
func cutTag(s string) (tag, rest string) {
	quote := byte(0)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && strings.HasSuffix(strings.TrimRight(s[:i], " \t\n"), "="):
			quote = c
		case c == '>':
			return s[:i+1], s[i+1:]
		}
	}
	return s, ""
}

// rawName gives the name of an element whose inside is no HTML.
func rawName(tag string) string {
	for _, name := range []string{"script", "style", "textarea", "title"} {
		if len(tag) > len(name)+1 && strings.EqualFold(tag[1:len(name)+1], name) && !isLetter(tag[len(name)+1]) {
			return name
		}
	}
	return ""
}

func indexFold(s, what string) int {
	for i := 0; i+len(what) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(what)], what) {
			return i
		}
	}
	return len(s)
}

// tag gives a tag with its style attribute turned into a mark.
func (s *styles) tag(tag string) string {
	if len(tag) > 8 && strings.EqualFold(tag[1:8], "section") && !isLetter(tag[8]) {
		tag = "<div" + tag[8:]
	}
	if !strings.HasSuffix(tag, ">") {
		return tag // cut off
	}
	for i := 1; i < len(tag); {
		name, value, end := attribute(tag, i)
		if end <= i {
			return tag
		}
		if strings.EqualFold(strings.TrimSpace(tag[i:name]), "style") && value >= 0 {
			text := strings.Trim(tag[value:end], " \t\n")
			if len(text) > 1 && (text[0] == '"' || text[0] == '\'') {
				text = text[1 : len(text)-1]
			}
			return tag[:i] + s.mark(html.UnescapeString(text)) + tag[end:]
		}
		i = end
	}
	return tag
}

// attribute reads the attribute (or the name of the tag) at i, white space before it too: where its
// name ends, where its value begins (-1 without), where it ends.
func attribute(tag string, i int) (name, value, end int) {
	for i < len(tag) && isBlank(tag[i]) {
		i++
	}
	for i < len(tag) && !isBlank(tag[i]) && tag[i] != '=' && tag[i] != '>' && (tag[i] != '/' || i+1 < len(tag) && tag[i+1] != '>') {
		i++
	}
	name = i
	after := i
	for after < len(tag) && isBlank(tag[after]) {
		after++
	}
	if after >= len(tag) || tag[after] != '=' {
		return name, -1, i
	}
	after++
	for after < len(tag) && isBlank(tag[after]) {
		after++
	}
	value = after
	if after < len(tag) && (tag[after] == '"' || tag[after] == '\'') {
		if n := strings.IndexByte(tag[after+1:], tag[after]); n >= 0 {
			return name, value, after + n + 2
		}
		return name, value, len(tag)
	}
	for after < len(tag) && !isBlank(tag[after]) && tag[after] != '>' {
		after++
	}
	return name, value, after
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// mark gives the attribute that stands for a style. What could leave its rule is dropped.
func (s *styles) mark(style string) string {
	style = strings.TrimSpace(style)
	if style == "" || strings.ContainsAny(style, "{}<\\") || strings.Contains(style, "/*") {
		return " "
	}
	sum := sha256.Sum256([]byte(style))
	key := hex.EncodeToString(sum[:5])
	s.rules[key] = style
	return ` data-s="` + key + `"`
}
