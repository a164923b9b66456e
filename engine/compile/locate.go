package compile

import (
	"strings"
	"unicode/utf8"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Locate turns a refused statement into a diagnostic at the template's line and column, with a
// hint from the names that the warehouse proposes. Statement is the text that was sent, which
// holds compiled.SQL somewhere inside; "" means compiled.SQL itself. What lies outside the
// compiled SQL is shown in the statement.
func (c *Compiler) Locate(n *manifest.Node, compiled *Compiled, e *adapter.Error, statement string) *diag.Diagnostic {
	d := diag.Errorf(codeOf(e), n.Pos, "%s", e.Msg).WithErr(e).WithLen(utf8.RuneCountInString(e.Name))
	d.Hint = proposal(e)
	if compiled == nil || e.Line == 0 {
		return d
	}
	if statement == "" {
		statement = compiled.SQL
	}
	at := offsetOf(statement, e.Line, e.Col)
	inner := at - strings.Index(statement, compiled.SQL)
	if !strings.Contains(statement, compiled.SQL) || inner < 0 || inner > len(compiled.SQL) {
		d.Pos = diag.Pos{File: string(n.ID) + " (statement)", Line: e.Line, Col: e.Col}
		d.Text = statement
		return d.WithNote(n.Pos, "the statement was made for %s", n.ID)
	}
	pos, stack := compiled.At(inner)
	if pos.IsZero() {
		line, col := lineColumn(compiled.SQL, inner)
		d.Pos = diag.Pos{File: string(n.ID) + " (compiled)", Line: line, Col: col}
		d.Text = compiled.SQL
		return d.WithNote(n.Pos, "compiled from here")
	}
	d.Pos = pos
	for _, note := range stack {
		if !isBuiltin(note.Pos) {
			d.Notes = append(d.Notes, note)
		}
	}
	if line, _ := lineColumn(compiled.SQL, inner); len(stack) > 0 || line != pos.Line {
		d.Notes = append(d.Notes, diag.Note{Msg: "in the compiled SQL: " + cut(strings.TrimSpace(lineAt(compiled.SQL, line)), noteWidth)})
	}
	return d
}

// noteWidth is how much of a line of SQL a note shows, in runes.
const noteWidth = 160

// offsetOf gives the byte at a line and column, both from 1, columns in runes.
func offsetOf(text string, line, col int) int {
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		at += i + 1
	}
	for ; col > 1 && at < len(text) && text[at] != '\n'; col-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// lineColumn is the reverse of offsetOf.
func lineColumn(text string, at int) (line, col int) {
	at = min(at, len(text))
	before := text[:at]
	line = strings.Count(before, "\n") + 1
	return line, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}

func lineAt(text string, line int) string {
	lines := strings.SplitN(text, "\n", line+1)
	return lines[min(line, len(lines))-1]
}
