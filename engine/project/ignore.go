package project

import (
	"os"
	"regexp"
	"strings"
)

// ignoreList is a .dbtignore file: patterns as in .gitignore, relative to the package's root.
type ignoreList struct{ rules []ignoreRule }

type ignoreRule struct {
	re      *regexp.Regexp
	negate  bool
	dirOnly bool
}

// readIgnore reads the patterns; an absent file has none.
func readIgnore(file string) *ignoreList {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	l := &ignoreList{}
	for line := range strings.Lines(string(src)) {
		line = strings.TrimRight(line, "\r\n\t ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var r ignoreRule
		if r.negate = strings.HasPrefix(line, "!"); r.negate {
			line = line[1:]
		}
		line = strings.TrimPrefix(line, `\`)
		if r.dirOnly = strings.HasSuffix(line, "/"); r.dirOnly {
			line = strings.TrimSuffix(line, "/")
		}
		if re, err := regexp.Compile(globPattern(line)); err == nil {
			r.re = re
			l.rules = append(l.rules, r)
		}
	}
	return l
}

// globPattern turns one pattern into a regular expression over slash-separated paths. A pattern
// without an inner slash matches at any depth.
func globPattern(glob string) string {
	anchored := strings.Contains(glob, "/")
	glob = strings.TrimPrefix(glob, "/")
	var b strings.Builder
	b.WriteString("^")
	if !anchored {
		b.WriteString("(?:.*/)?")
	}
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case strings.HasPrefix(glob[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(glob[i:], "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '[':
			end := strings.IndexByte(glob[i:], ']')
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			set := glob[i+1 : i+end]
			if strings.HasPrefix(set, "!") {
				set = "^" + set[1:]
			}
			b.WriteString("[" + set + "]")
			i += end
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString("$")
	return b.String()
}

// matches reports a path that is ignored, the last pattern that fits deciding. Folders are asked
// before their files, so that what lies below an ignored folder is never asked.
func (l *ignoreList) matches(rel string, dir bool) bool {
	if l == nil {
		return false
	}
	ignored := false
	for _, r := range l.rules {
		if (!r.dirOnly || dir) && r.re.MatchString(rel) {
			ignored = !r.negate
		}
	}
	return ignored
}
