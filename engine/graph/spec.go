package graph

import (
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
)

// operation is how a spec combines its parts.
type operation int

const (
	leaf operation = iota
	union
	intersection
	difference
)

// spec is a parsed selector: a criterion, or a combination of specs.
type spec struct {
	op       operation
	leaf     *criterion
	parts    []*spec
	indirect Indirect
	raw      string // as written, for "nothing matches"
	expect   bool   // warn if nothing matches
	ref      *spec  // a named selector that this stands for
	named    *Named // the named selector that this is, if the query asks for one
}

// parseArgs reads the selectors of a command line: spaces and repetitions unite, commas intersect.
func parseArgs(flag string, args []string, indirect Indirect, expect bool) (*spec, diag.List) {
	all := &spec{op: union, indirect: indirect, raw: strings.Join(args, " ")}
	var problems diag.List
	for _, text := range args {
		for _, word := range fields(text) {
			s, bad := origin{flag: flag, text: text, indirect: indirect}.parseWord(word.text, word.at)
			problems = append(problems, bad...)
			s.expect = expect
			all.parts = append(all.parts, s)
		}
	}
	if len(all.parts) == 0 && expect {
		all.expect = true
	}
	return all, problems
}

// parseWord reads one word: criteria joined by commas.
func (o origin) parseWord(word string, at int) (*spec, diag.List) {
	s := &spec{op: intersection, indirect: o.indirect, raw: word}
	var problems diag.List
	for _, part := range strings.Split(word, ",") {
		if part == "" {
			problems = append(problems, o.bad(at, 1, "a part of the intersection %q is empty", word).
				WithHint("a comma without spaces intersects two selectors: tag:nightly,models/marts"))
		} else if c, bad := o.parseCriterion(part, at); bad != nil {
			problems = append(problems, bad)
		} else {
			s.parts = append(s.parts, &spec{op: leaf, leaf: c, indirect: o.indirect, raw: part})
		}
		at += utf8.RuneCountInString(part) + 1
	}
	return s, problems
}

type field struct {
	text string
	at   int // in runes
}

// fields splits at white space and says where each word began.
func fields(text string) []field {
	var out []field
	start, at := -1, 0
	flush := func(end int) {
		if start >= 0 {
			out = append(out, field{text: text[start:end], at: at - utf8.RuneCountInString(text[start:end])})
			start = -1
		}
	}
	for i, r := range text {
		if r == ' ' || r == '\t' || r == '\n' {
			flush(i)
		} else if start < 0 {
			start = i
		}
		at++
	}
	flush(len(text))
	return out
}

// everything is what a command without --select means.
func everything(indirect Indirect) *spec {
	s, _ := parseArgs("--select", []string{"fqn:* source:* exposure:*"}, indirect, false)
	return s
}
