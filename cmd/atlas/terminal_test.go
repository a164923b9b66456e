package main

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for line, want := range map[string]string{
		"short":                                        "short",
		"  ! orders.csv: 3 rows rejected":              "  ! orders.csv: 3|    rows rejected",
		"next: atlas show --entity ACME":               "next: atlas show|    --entity ACME",
		"\x1b[31m✗\x1b[0m a    b    c    d    3 tests": "\x1b[31m✗\x1b[0m a    b    c    d|    3 tests",
		"averyveryverylongwordthatcannotbreak":         "averyveryverylongwordthatcannotbreak",
	} {
		if got := strings.ReplaceAll(wrap(line, 18), "\n", "|"); got != want {
			t.Errorf("%q:\n%q\nwant\n%q", line, got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"ACME": "ACME", "2026-01": "2026-01", "Zoë": "Zoë", "A&B": "'A&B'", "B c": "'B c'", "it's": `'it'\''s'`, "$x": "'$x'", "": "",
	} {
		if got := shellWord(text); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", text, got, want)
		}
	}
}
