package jinja

import (
	"context"
	"errors"
	"fmt"

	"atlas/engine/diag"
)

// opError is a mistake found by an operation that does not know where it stands; the node that
// asked for the operation adds the place.
type opError struct {
	code diag.Code
	msg  string
	hint string
}

// Error gives the message.
func (e *opError) Error() string { return e.msg }

func opErrorf(format string, args ...any) error {
	return &opError{code: diag.TemplateRuntime, msg: fmt.Sprintf(format, args...)}
}

func callErrorf(format string, args ...any) error {
	return &opError{code: diag.BadCall, msg: fmt.Sprintf(format, args...)}
}

// signal is control flow that leaves blocks: break, continue and return. It travels where errors
// do, and is never seen by a user.
type signal struct{ name string }

// Error names the signal; a user sees it only when a Go function drops the signal's identity.
func (s *signal) Error() string { return s.name + " outside its block" }

//nolint:gochecknoglobals // three addresses to compare with
var (
	breakSignal    = &signal{"break"}
	continueSignal = &signal{"continue"}
	returnSignal   = &signal{"return"}
)

// errorAt makes a diagnostic between two offsets of the frame's template.
func (f *frame) errorAt(off, end int32, code diag.Code, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(code, f.fn.t.pos(int(off)), format, args...)
	d.Len = f.fn.t.width(int(off), int(end))
	d.Notes = f.st.Stack()
	return d
}

// at gives err a place, unless it has one.
func (f *frame) at(off, end int32, err error) error {
	switch e := err.(type) { //nolint:errorlint // only the error itself is looked at; wrapped ones below
	case *signal:
		return err
	case *opError:
		d := f.errorAt(off, end, e.code, "%s", e.msg)
		d.Hint = e.hint
		return d
	case *diag.Diagnostic:
		if e.Pos.IsZero() {
			e.Pos = f.fn.t.pos(int(off))
			e.Len = f.fn.t.width(int(off), int(end))
			e.Notes = append(e.Notes, f.st.Stack()...)
		}
		return err
	}
	return f.wrapped(off, end, err)
}

func (f *frame) wrapped(off, end int32, err error) error {
	var s *signal
	if errors.As(err, &s) {
		return s
	}
	if len(diag.From(err)) > 0 {
		var d *diag.Diagnostic
		var l diag.List
		if errors.As(err, &d) || errors.As(err, &l) {
			return err
		}
	}
	code := diag.TemplateRuntime
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		code = diag.Interrupted
	}
	return f.errorAt(off, end, code, "%s", err.Error()).WithErr(err)
}

// atNode gives err the place of a node.
func (f *frame) atNode(n expr, err error) error {
	off, end := n.span()
	return f.at(off, end, err)
}
