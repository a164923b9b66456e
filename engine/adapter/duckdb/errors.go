package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"atlas/engine/adapter"
)

// jsonError is what DuckDB gives for a refused statement under errors_as_json. Position counts
// bytes from the start of the text that was sent.
type jsonError struct {
	Type     string `json:"exception_type"`
	Message  string `json:"exception_message"`
	Subtype  string `json:"error_subtype"`
	Position string `json:"position"`
	Name     string `json:"name"`
}

const jsonStart = `{"exception_type":`

// sqlError makes an *adapter.Error from DuckDB's message about the statement sql. Where the
// context ended, its error stays findable with errors.Is.
func sqlError(ctx context.Context, sql, message string) error {
	e := parseError(sql, message)
	e.Err = errors.New(firstLine(message))
	if cause := ctx.Err(); cause != nil {
		e.Kind = adapter.InterruptError
		e.Err = cause
	}
	return e
}

// parseError reads a message, in JSON or in prose.
func parseError(sql, message string) *adapter.Error {
	if i := strings.Index(message, jsonStart); i >= 0 {
		var j jsonError
		if err := json.NewDecoder(strings.NewReader(message[i:])).Decode(&j); err == nil {
			return fromJSON(sql, &j)
		}
	}
	return fromProse(sql, message)
}

func fromJSON(sql string, j *jsonError) *adapter.Error {
	e := &adapter.Error{Kind: kindOf(j.Type, j.Message), Name: j.Name}
	e.Msg, e.Hint, e.Candidates = splitMessage(j.Message)
	if e.Name == "" {
		e.Name = nameIn(e.Msg)
	}
	if j.Subtype == "ENTRY_ALREADY_EXISTS" {
		e.Name = ""
	}
	if pos, err := strconv.Atoi(j.Position); err == nil && pos >= 0 && pos <= len(sql) {
		if names(sql[pos:], e.Name) {
			e.Line, e.Col = lineCol(sql, pos)
		}
	}
	return e
}

// reference is a name as SQL writes it, with its qualifiers.
var reference = regexp.MustCompile(`^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+))*`)

// names reports whether the text begins with a reference to name. An error inside a view is
// reported at its place in the view's own text, which says nothing about the statement.
func names(text, name string) bool {
	if name == "" || !wordByte(name[0]) {
		return true
	}
	found := strings.ReplaceAll(reference.FindString(text), `""`, `"`)
	return strings.Contains(strings.ToLower(found), strings.ToLower(name))
}

// lineCol gives the line and column, in runes from 1, of a byte offset.
func lineCol(sql string, pos int) (line, col int) {
	before := sql[:pos]
	line = 1 + strings.Count(before, "\n")
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	return line, utf8.RuneCountInString(before) + 1
}

// kindOf sorts DuckDB's exception types.
func kindOf(typ, msg string) adapter.ErrorKind {
	switch strings.ToLower(typ) {
	case "parser", "syntax":
		return adapter.SyntaxError
	case "catalog":
		if strings.Contains(msg, "write-write conflict") {
			return adapter.ConflictError
		}
		return adapter.CatalogError
	case "binder", "parameter not resolved", "parameter not allowed":
		return adapter.BinderError
	case "constraint":
		return adapter.ConstraintError
	case "conversion", "out of range", "mismatch type", "decimal":
		return adapter.ConversionError
	case "interrupt":
		return adapter.InterruptError
	case "transactioncontext":
		if isConflict(msg) {
			return adapter.ConflictError
		}
		if strings.Contains(msg, "constraint") {
			return adapter.ConstraintError // found only at the commit
		}
	}
	return adapter.OtherError
}

func isConflict(msg string) bool {
	m := strings.ToLower(msg)
	return strings.Contains(m, "conflict") || strings.Contains(m, "altered by a different transaction")
}

// splitMessage parts a message into its first line, the candidates it names, and the rest.
func splitMessage(message string) (first, hint string, candidates []string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(message), "\n")
	var more []string
	for _, line := range strings.Split(rest, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "Did you mean"), strings.HasPrefix(line, "Candidate ") && line != "Candidate functions:":
			candidates = append(candidates, quotedNames(line)...)
		default:
			more = append(more, line)
		}
	}
	return first, strings.Join(more, "\n"), candidates
}

// quotedNames gives the texts between double quotes, in order.
func quotedNames(line string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(line, `"`)
		if !ok {
			return names
		}
		name, tail, ok := strings.Cut(rest, `"`)
		if !ok {
			return names
		}
		names = append(names, name)
		line = tail
	}
}

// nameIn finds the unknown thing that a message is about.
func nameIn(msg string) string {
	for _, re := range namePatterns() {
		if m := re.FindStringSubmatch(msg); m != nil {
			return m[1]
		}
	}
	return ""
}

func namePatterns() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`^Referenced (?:update )?(?:column|table) "?([^" ]+)"? not found`),
		regexp.MustCompile(`^[A-Z][A-Za-z ]* with name "?([^" ]+)"? does not exist`),
		regexp.MustCompile(`^Table "[^"]+" does not have a column (?:named|with name) "([^"]+)"`),
		regexp.MustCompile(`^(?:Catalog|Schema) "([^"]+)" does not exist`),
		regexp.MustCompile(`^No function matches the given name and argument types '([^'(]+)`),
	}
}

// fromProse reads the message that DuckDB writes for people:
//
//	Binder Error: Referenced column "x" not found in FROM clause!
//	Candidate bindings: "amount"
//
//	LINE 1: ...,1,1, x from orders
//	                 ^
func fromProse(sql, message string) *adapter.Error {
	typ, body := splitPrefix(message)
	snippet := ""
	if i := strings.Index(body, "\n\nLINE "); i >= 0 {
		body, snippet = body[:i], body[i+2:]
	}
	e := &adapter.Error{Kind: kindOf(typ, body)}
	e.Msg, e.Hint, e.Candidates = splitMessage(body)
	e.Name = nameIn(e.Msg)
	e.Line, e.Col = snippetPos(sql, snippet)
	if e.Line > 0 && e.Name != "" {
		e.Col = nearName(strings.Split(sql, "\n")[e.Line-1], e.Name, e.Col)
	}
	return e
}

// nearName gives the column of the name that is nearest to col: DuckDB counts wide letters and
// tabs by the room they take on the screen.
func nearName(line, name string, col int) int {
	if runes := []rune(line); col >= 1 && col <= len(runes) && names(string(runes[col-1:]), name) {
		return col
	}
	best := col
	for from := 0; ; {
		i := strings.Index(line[from:], name)
		if i < 0 {
			return best
		}
		at := utf8.RuneCountInString(line[:from+i]) + 1
		if best == col && from == 0 || abs(at-col) < abs(best-col) {
			best = at
		}
		from += i + len(name)
	}
}

func abs(n int) int { return max(n, -n) }

// splitPrefix takes "Binder Error: " off a message.
func splitPrefix(message string) (typ, body string) {
	prefix, rest, ok := strings.Cut(message, ": ")
	if !ok || strings.Contains(prefix, "\n") {
		return "", message
	}
	typ, ok = strings.CutSuffix(prefix, " Error")
	if !ok {
		return "", message
	}
	return typ, rest
}

// snippetPos gives the place that a snippet's caret shows. DuckDB cuts long lines on both sides
// of the caret, so the text shown is looked up in the statement's own line.
func snippetPos(sql, snippet string) (line, col int) {
	shown, caret, ok := strings.Cut(snippet, "\n")
	rest, isLine := strings.CutPrefix(shown, "LINE ")
	if !ok || !isLine {
		return 0, 0
	}
	number, text, _ := strings.Cut(rest, ": ")
	line, err := strconv.Atoi(number)
	lines := strings.Split(sql, "\n")
	if err != nil || line < 1 || line > len(lines) {
		return 0, 0
	}
	at := strings.IndexByte(caret, '^') - (len("LINE : ") + len(number))
	if at < 0 {
		return line, 0
	}
	// The caret counts runes of the text shown.
	head, cut := strings.CutPrefix(text, "...")
	if !cut {
		return line, at + 1
	}
	head = strings.TrimSuffix(head, "...")
	start := strings.Index(lines[line-1], head)
	if start < 0 {
		return line, 0
	}
	return line, utf8.RuneCountInString(lines[line-1][:start]) + at - len("...") + 1
}

func firstLine(s string) string {
	if i := strings.Index(s, jsonStart); i >= 0 {
		e := parseError("", s)
		return e.Msg
	}
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// driverError is a refusal that does not come from a statement.
func driverError(ctx context.Context, what, message string) error {
	e := parseError("", message)
	e.Msg = what + ": " + e.Msg
	e.Err = ctx.Err()
	if e.Err == nil {
		e.Err = errors.New(firstLine(message))
	}
	return e
}
