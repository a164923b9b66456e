// Package jinja is Atlas's template language: Jinja2 as dbt uses it, with Python's values.
//
// A template is parsed once into an immutable tree whose names are resolved to slots; it may be
// rendered by many goroutines, each with its own State. Values behave as Python's do: lists and
// dicts are shared by reference, a missing name is Undefined and not None, division, slicing,
// formatting and repr follow Python. The package knows templates only: no SQL, no graph; what a
// template may call is handed in through State.
package jinja

import "atlas/engine/diag"

// Options say how a template's source is read.
type Options struct {
	// Start is where the source begins in its file; the zero value means file=name, line 1, column 1.
	Start diag.Pos
	// Autoescape escapes HTML in everything printed that is not Markup.
	Autoescape bool
	// Escape takes the place of HTML's escaping under Autoescape, for texts of another syntax. What
	// str methods of Markup put into it is escaped as HTML all the same.
	Escape func(string) string
	// KeepTrailingNewline keeps the one newline at the end of the source that Jinja drops by default.
	KeepTrailingNewline bool
	// TrimBlocks drops the first newline after a statement or comment.
	TrimBlocks bool
	// LstripBlocks drops white space between the start of a line and a statement or comment.
	LstripBlocks bool
	// NoteReads keeps what StaticReads gives: parsing is a little slower for it.
	NoteReads bool
	// Load finds the template that include, import, from and extends name; nil makes them errors.
	Load func(name string) (*Template, error)
}
