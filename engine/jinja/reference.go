package jinja

import "sort"

// Filters names every filter, sorted.
func Filters() []string { return sorted(filterNames()) }

// Tests names every test, sorted.
func Tests() []string { return sorted(testNames()) }

// Statements names every statement that opens a block or stands alone, sorted.
func Statements() []string {
	return sorted([]string{
		"autoescape", "block", "break", "call", "continue", "data_test", "do", "docs", "extends", "filter", "for", "from",
		"if", "import", "include", "macro", "materialization", "print", "raw", "set", "snapshot", "test", "with",
	})
}

// Globals names what every template can call without being given it, sorted.
func Globals() []string { return sorted(globalNames()) }

func sorted(names []string) []string {
	sort.Strings(names)
	return names
}
