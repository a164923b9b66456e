// Package diag says what is wrong with a user's files: where, why, and what to do next.
//
// A mistake of the user is a *Diagnostic; a failure of the world (a full disk, a refused
// connection) stays an ordinary wrapped error. The package knows positions, codes and how to
// print a snippet; it does not know SQL, YAML or templates.
package diag

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Pos is a place in a text file. Line and Col count from 1, Col in runes; zero means unknown.
// File is slash-separated and, where possible, relative to the project's root.
type Pos struct {
	File string
	Line int
	Col  int
}

// IsZero reports whether the position says nothing at all.
func (p Pos) IsZero() bool { return p == Pos{} }

// String gives file:line:col, leaving out what is unknown.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return p.File + ":" + strconv.Itoa(p.Line)
	default:
		return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
	}
}

// Severity ranks a diagnostic.
type Severity int

// The severities.
const (
	Error Severity = iota
	Warning
)

// String gives the severity's lower-case name.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Note points at a second place that matters: the macro's caller, the first of two definitions.
type Note struct {
	Pos Pos
	Msg string
}

// Diagnostic is one mistake in the user's files, complete enough to act on.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Pos      Pos
	Len      int    // width of the caret in runes; 0 and 1 draw one
	Msg      string // what is wrong, in the user's words, without position or code
	Hint     string // what to do next; may be empty
	Notes    []Note // further places, nearest first
	Text     string // text to take the snippet from when Pos.File is not a file on disk (compiled SQL)
	Err      error  // cause, if any
}

// Errorf makes an error diagnostic.
func Errorf(code Code, pos Pos, format string, args ...any) *Diagnostic {
	return &Diagnostic{Code: code, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

// Warnf makes a warning.
func Warnf(code Code, pos Pos, format string, args ...any) *Diagnostic {
	return &Diagnostic{Code: code, Severity: Warning, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

// WithHint sets the next step and returns the diagnostic.
func (d *Diagnostic) WithHint(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// WithNote adds a second place and returns the diagnostic.
func (d *Diagnostic) WithNote(pos Pos, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Pos: pos, Msg: fmt.Sprintf(format, args...)})
	return d
}

// WithLen sets the caret's width in runes and returns the diagnostic.
func (d *Diagnostic) WithLen(n int) *Diagnostic {
	d.Len = n
	return d
}

// WithErr sets the cause and returns the diagnostic.
func (d *Diagnostic) WithErr(err error) *Diagnostic {
	d.Err = err
	return d
}

// Error gives one line: position, message, code.
func (d *Diagnostic) Error() string {
	var b strings.Builder
	if !d.Pos.IsZero() {
		b.WriteString(d.Pos.String())
		b.WriteString(": ")
	}
	b.WriteString(d.Msg)
	if d.Code != "" {
		b.WriteString("  [" + string(d.Code) + "]")
	}
	return b.String()
}

// Unwrap gives the cause.
func (d *Diagnostic) Unwrap() error { return d.Err }

// List is all the mistakes of a run. As an error it prints one line each.
type List []*Diagnostic

// Add appends the diagnostics found in err: itself, a list, or anything joined or wrapped
// around them. Other errors become a diagnostic without position.
func (l *List) Add(err error) {
	*l = append(*l, From(err)...)
}

// Error gives one line a diagnostic.
func (l List) Error() string {
	lines := make([]string, len(l))
	for i, d := range l {
		lines[i] = d.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look into the list.
func (l List) Unwrap() []error {
	errs := make([]error, len(l))
	for i, d := range l {
		errs[i] = d
	}
	return errs
}

// Err is nil if the list has no error (warnings alone are none), else the list.
func (l List) Err() error {
	for _, d := range l {
		if d.Severity == Error {
			return l
		}
	}
	return nil
}

// Count gives the numbers of errors and warnings.
func (l List) Count() (errors, warnings int) {
	for _, d := range l {
		if d.Severity == Warning {
			warnings++
		} else {
			errors++
		}
	}
	return errors, warnings
}

// Sort orders by file, line, column, code, message and severity, and drops exact repetitions, so
// that output does not depend on the order in which files were read. What is both an error and a
// warning stays both.
func (l *List) Sort() {
	s := *l
	sort.SliceStable(s, func(i, j int) bool { return less(s[i], s[j]) })
	out := s[:0]
	for i, d := range s {
		if i > 0 && d.Pos == s[i-1].Pos && d.Msg == s[i-1].Msg && d.Code == s[i-1].Code && d.Severity == s[i-1].Severity {
			continue
		}
		out = append(out, d)
	}
	*l = out
}

func less(a, b *Diagnostic) bool {
	switch {
	case a.Pos.File != b.Pos.File:
		return a.Pos.File < b.Pos.File
	case a.Pos.Line != b.Pos.Line:
		return a.Pos.Line < b.Pos.Line
	case a.Pos.Col != b.Pos.Col:
		return a.Pos.Col < b.Pos.Col
	case a.Code != b.Code:
		return a.Code < b.Code
	case a.Msg != b.Msg:
		return a.Msg < b.Msg
	default:
		return a.Severity < b.Severity
	}
}

// From gives the diagnostics in err, wherever they are wrapped or joined; an error that holds
// none becomes one without a position. Nil gives nil. A diagnostic's own cause is not looked into.
func From(err error) List {
	if err == nil {
		return nil
	}
	if l, held := held(err); held {
		return l
	}
	if j, ok := joined(err); ok {
		var l List
		for _, e := range j {
			l = append(l, From(e)...)
		}
		return l
	}
	return List{{Msg: err.Error(), Err: err}}
}

// held gives the diagnostics that err holds, and beside them what else is joined to them; false
// if there is none.
func held(err error) (List, bool) {
	switch err := err.(type) { //nolint:errorlint // the chain is walked here, link by link
	case List:
		return err, true
	case *Diagnostic:
		return List{err}, true
	case interface{ Unwrap() []error }:
		var l List
		found := false
		for _, e := range err.Unwrap() {
			if e == nil {
				continue
			}
			_, holds := held(e)
			found = found || holds
			l = append(l, From(e)...)
		}
		return l, found
	case interface{ Unwrap() error }:
		if inner := err.Unwrap(); inner != nil {
			return held(inner)
		}
	}
	return nil, false
}

// joined gives the errors that err does nothing but list, a line each, as errors.Join makes it. A
// sentence that wraps several errors stays one.
func joined(err error) ([]error, bool) {
	j, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // a wrapper's own words would be lost
	if !ok {
		return nil, false
	}
	var lines []string
	for _, e := range j.Unwrap() {
		lines = append(lines, e.Error())
	}
	return j.Unwrap(), err.Error() == strings.Join(lines, "\n")
}
