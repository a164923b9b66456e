package graph

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
)

// Indirect says which tests come with selected nodes: dbt's indirect_selection.
type Indirect string

// The ways of indirect selection.
const (
	Eager     Indirect = "eager"     // tests with any parent selected
	Cautious  Indirect = "cautious"  // tests with all parents selected
	Buildable Indirect = "buildable" // tests with all parents selected or above the selected
	Empty     Indirect = "empty"     // none
)

// unlimited is the depth of a bare "+".
const unlimited = -1

// criterion is one term of a selector: "2+tag:nightly+".
type criterion struct {
	raw      string
	at       int // rune offset of raw in text
	text     string
	flag     string // where text comes from: "--select"
	method   string
	args     []string
	value    string
	closure  bool // "@": with descendants and all their ancestors
	parents  int  // levels up, 0 none
	children int  // levels down
	indirect Indirect
	named    bool // the method was written out
}

// term is dbt's grammar of one criterion.
//
//nolint:gochecknoglobals // a compiled constant
var term = regexp.MustCompile(`^(@)?((\d*)\+)?(?:([\w.]+):)?(.*?)(\+(\d*))?$`)

// parseCriterion reads one term that begins at a rune of the selector, for the caret.
func (o origin) parseCriterion(raw string, at int) (*criterion, *diag.Diagnostic) {
	g := term.FindStringSubmatch(raw)
	c := &criterion{raw: raw, at: at, text: o.text, flag: o.flag, value: g[5], closure: g[1] != "", indirect: o.indirect}
	var ok1, ok2 bool
	c.parents, ok1 = depth(g[2] != "", g[3])
	c.children, ok2 = depth(g[6] != "", g[7])
	switch {
	case !ok1 || !ok2:
		return nil, o.bad(at, len(raw), "the number of levels in %q is too large", raw)
	case c.closure && g[6] != "":
		return nil, o.bad(at+utf8.RuneCountInString(raw)-len(g[6]), len(g[6]),
			`"@" and a trailing "+" cannot stand together`).
			WithHint("%q alone selects everything below it too, with all that those nodes need", raw[:len(raw)-len(g[6])])
	case c.value == "":
		return nil, o.bad(at, len(raw), "%q names nothing", raw).
			WithHint("write a name, path or method:value, as in +orders, models/marts or tag:nightly")
	case strings.HasPrefix(c.value, "+") || strings.HasPrefix(c.value, "@"):
		return nil, o.bad(at+strings.Index(raw, c.value), 1, "unexpected %q", c.value[:1]).
			WithHint("the grammar is [@][n+][method:]value[+n]")
	}
	return c, c.setMethod(g[4])
}

func (c *criterion) setMethod(method string) *diag.Diagnostic {
	if method == "" {
		c.method = defaultMethod(c.value)
		return nil
	}
	parts := strings.Split(method, ".")
	c.method, c.args, c.named = parts[0], parts[1:], true
	if _, ok := methods()[c.method]; ok || c.method == selectorMethod {
		return nil
	}
	at := c.at + utf8.RuneCountInString(c.raw[:strings.Index(c.raw, method+":")])
	d := c.origin().bad(at, len(parts[0]), "%q is not a selection method", parts[0])
	if near, ok := diag.Nearest(parts[0], methodNames()); ok {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint("the methods are: %s", strings.Join(methodNames(), ", "))
}

// defaultMethod is what a value without a method means: a path if it looks like one, a file by
// its ending, else a name.
func defaultMethod(value string) string {
	lower := strings.ToLower(value)
	switch {
	case strings.Contains(value, "/"):
		return "path"
	case strings.HasSuffix(lower, ".sql"), strings.HasSuffix(lower, ".py"), strings.HasSuffix(lower, ".csv"):
		return "file"
	default:
		return "fqn"
	}
}

func depth(present bool, digits string) (int, bool) {
	if !present {
		return 0, true
	}
	if digits == "" {
		return unlimited, true
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// origin is the text that terms are read from.
type origin struct {
	flag, text string
	indirect   Indirect
}

func (c *criterion) origin() origin { return origin{flag: c.flag, text: c.text} }

// bad points into the text.
func (o origin) bad(at, length int, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(diag.BadSelector, diag.Pos{File: o.flag, Line: 1, Col: at + 1}, format, args...)
	d.Text = o.text
	return d.WithLen(length)
}
