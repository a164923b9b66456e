package diag_test

import (
	"fmt"
	"strings"
	"testing"

	"atlas/engine/diag"
)

// TestSecretsAreNotShown holds that the line of a password is not printed.
func TestSecretsAreNotShown(t *testing.T) {
	var b strings.Builder
	d := diag.Errorf(diag.LiteralSecret, diag.Pos{File: "a.yml", Line: 1, Col: 1}, "the password stands in the file")
	diag.Fprint(&b, d, diag.Style{Source: func(string) (string, bool) { return "password: s3cret", true }})
	if strings.Contains(b.String(), "s3cret") {
		t.Error(b.String())
	}
}

func TestFprint(t *testing.T) {
	at := func(line, col int) *diag.Diagnostic {
		return diag.Errorf(diag.BadValue, diag.Pos{File: "f.sql", Line: line, Col: col}, "wrong")
	}
	tests := []struct {
		name, text string
		d          *diag.Diagnostic
		want       string
	}{
		{"one of three lines before", "a\nb\nc\nd eee\ne", at(4, 3).WithLen(3), `
f.sql:4:3: wrong  [AT0104]
   2 │ b
   3 │ c
   4 │ d eee
     │   ^^^
`},
		{"first line", "select 1", at(1, 1), `
f.sql:1:1: wrong  [AT0104]
   1 │ select 1
     │ ^
`},
		{"tabs stay", "\tif\tx", at(1, 5), `
f.sql:1:5: wrong  [AT0104]
   1 │ ` + "\tif\tx" + `
     │ ` + "\t  \t^" + `
`},
		{"wide runes", "名前 = 値x", at(1, 6).WithLen(1), `
f.sql:1:6: wrong  [AT0104]
   1 │ 名前 = 値x
     │        ^^
`},
		{"after a wide rune", "🚀 x", at(1, 3), `
f.sql:1:3: wrong  [AT0104]
   1 │ 🚀 x
     │    ^
`},
		{"combining marks take no room", "e\u0301 x", at(1, 4), `
f.sql:1:4: wrong  [AT0104]
   1 │ ` + "e\u0301" + ` x
     │   ^
`},
		{"umlauts are one wide", "größe x", at(1, 7), `
f.sql:1:7: wrong  [AT0104]
   1 │ größe x
     │       ^
`},
		{"the caret ends with the line", "abc", at(1, 2).WithLen(99), `
f.sql:1:2: wrong  [AT0104]
   1 │ abc
     │  ^^
`},
		{"past the end", "abc", at(1, 9).WithLen(2), `
f.sql:1:9: wrong  [AT0104]
   1 │ abc
     │    ^
`},
		{"CRLF", "a\r\nbc\r\n", at(2, 3), `
f.sql:2:3: wrong  [AT0104]
   1 │ a
   2 │ bc
     │   ^
`},
		{"last line without an end", "a\nbc", at(2, 2), `
f.sql:2:2: wrong  [AT0104]
   1 │ a
   2 │ bc
     │  ^
`},
		{"no column", "a\nbc", at(2, 0), `
f.sql:2: wrong  [AT0104]
   1 │ a
   2 │ bc
`},
		{"behind the last line", "a", at(7, 1), "\nf.sql:7:1: wrong  [AT0104]\n"},
		{"no line", "a", at(0, 0), "\nf.sql: wrong  [AT0104]\n"},
		{"no text", "", at(1, 1), "\nf.sql:1:1: wrong  [AT0104]\n"},
		{"no place, no code", "", &diag.Diagnostic{Msg: "disk full"}, "\ndisk full\n"},
		{"two notes and a hint", "a", at(1, 1).WithNote(diag.Pos{File: "g.sql", Line: 2, Col: 3}, "called from %s", "x").
			WithNote(diag.Pos{}, "that is all").WithHint("do %d", 1), `
f.sql:1:1: wrong  [AT0104]
   1 │ a
     │ ^
note: g.sql:2:3: called from x
note: that is all
help: do 1
`},
		{"long numbers", strings.Repeat("\n", 99_999) + "x", at(100_000, 1), `
f.sql:100000:1: wrong  [AT0104]
 99998 │ ` + `
 99999 │ ` + `
100000 │ x
       │ ^
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := func(file string) (string, bool) { return tt.text, file == "f.sql" }
			var b strings.Builder
			diag.Fprint(&b, tt.d, diag.Style{Source: source})
			if got := "\n" + b.String(); got != tt.want {
				t.Errorf("prints\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestFprintPaints(t *testing.T) {
	d := diag.Warnf(diag.BadValue, diag.Pos{File: "f", Line: 1, Col: 2}, "odd").WithHint("mend it")
	d.Text = "xy" // the text of its own goes before the file's
	var b strings.Builder
	diag.Fprint(&b, d, diag.Style{
		Paint:  func(colour, text string) string { return fmt.Sprintf("<%s:%s>", colour, text) },
		Source: func(string) (string, bool) { return "other", true },
	})
	want := "<bold:f:1:2>: <warning:warning: >odd<dim:  [AT0104]>\n<dim:   1 │> xy\n<dim:     │>  <warning:^>\n<hint:help:> mend it\n"
	if b.String() != want {
		t.Errorf("prints\n%swant\n%s", b.String(), want)
	}
}

// A line that is wider than the terminal is cut around what is marked: broken, the caret would stand
// below something else.
func TestLongLinesAreCutAroundTheCaret(t *testing.T) {
	text := "reports:\n  - {name: rows, data: orders, table: {columns: [{name: amount, style: [{type: color_scale}]}]}}"
	col := strings.Index(strings.Split(text, "\n")[1], "color_scale") + 1
	for _, c := range []struct {
		name, text string
		col, len   int
		width      int
		want       string
	}{
		{"the end of a line", text, col, len("color_scale"), 40, `
   1 │ …
   2 │ …: [{type: color_scale}]}]}}
     │            ^^^^^^^^^^^
`},
		{"the beginning", text, 6, 4, 40, `
   1 │ reports:
   2 │   - {name: rows, data: orders, t…
     │      ^^^^
`},
		{"wide scripts", "x\n名前名前名前名前名前名前: 値", 13, 3, 24, `
   1 │ …
   2 │ … 前: 値
     │     ^^^^
`},
		{"a mark that is wider than there is room", "x\n" + strings.Repeat("y", 50), 2, 49, 30, `
   1 │ x
   2 │ yyyyyyyyyyyyyyyyyyyyyy…
     │  ^^^^^^^^^^^^^^^^^^^^^^
`},
		{"no room at all", "x\n" + strings.Repeat("y", 20), 2, 1, 10, `
   1 │ x
   2 │ yyyyyyyyyyyyyyyyyyyy
     │  ^
`},
	} {
		var b strings.Builder
		d := diag.Errorf(diag.BadValue, diag.Pos{File: "f.yml", Line: 2, Col: c.col}, "wrong").WithLen(c.len)
		diag.Fprint(&b, d, diag.Style{Width: c.width, Source: func(string) (string, bool) { return c.text, true }})
		_, got, _ := strings.Cut(b.String(), "\n")
		if got != c.want[1:] {
			t.Errorf("%s:\n%s", c.name, got)
		}
	}
}
