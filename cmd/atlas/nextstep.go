package main

import (
	"os"
	"path/filepath"
	"strings"
)

// here gives a path for a command that people are told to type: as seen from where they stand, and in
// quotes if a shell would take it apart. A path is one of the project's, or absolute.
func (a *app) here(path string) string {
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(a.root, filepath.FromSlash(path))
	}
	if at, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(at, full); err == nil && len(rel) <= len(full) {
			full = rel
		}
	}
	return quoted(filepath.ToSlash(full))
}

// told gives a path that --output or --report said: it is one from where people stand already.
func (a *app) told(path, output string) string {
	if output != "" {
		return quoted(filepath.ToSlash(path))
	}
	return a.here(path)
}

// quoted puts a word into quotes where a shell would see more in it than a word.
func quoted(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"`$&|;<>()*?[]{}#~!\\") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
