package diag_test

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"atlas/engine/diag"
)

func msgs(l diag.List) []string {
	out := []string{}
	for _, d := range l {
		out = append(out, d.Msg)
	}
	return out
}

func TestFrom(t *testing.T) {
	at := func(msg string) *diag.Diagnostic { return diag.Errorf(diag.BadValue, diag.Pos{File: "f"}, "%s", msg) }
	a, b := at("a"), at("b")
	plain := errors.New("plain")
	tests := []struct {
		name string
		err  error
		want []string
	}{
		{"nil", nil, []string{}},
		{"one", a, []string{"a"}},
		{"list", diag.List{a, b}, []string{"a", "b"}},
		{"empty list", diag.List{}, []string{}},
		{"wrapped", fmt.Errorf("read: %w", a), []string{"a"}},
		{"wrapped twice", fmt.Errorf("x: %w", fmt.Errorf("y: %w", diag.List{a, b})), []string{"a", "b"}},
		{"joined", errors.Join(a, b), []string{"a", "b"}},
		{"joined list and one", errors.Join(diag.List{a}, b), []string{"a", "b"}},
		{"joined with another error", errors.Join(a, plain), []string{"a", "plain"}},
		{"wrapped join", fmt.Errorf("x: %w", errors.Join(a, b)), []string{"a", "b"}},
		{"join of joins", errors.Join(errors.Join(plain, a), b), []string{"plain", "a", "b"}},
		{"only others joined", errors.Join(plain, fs.ErrExist), []string{"plain", "file already exists"}},
		{"one of the world", fmt.Errorf("open: %w", fs.ErrNotExist), []string{"open: file does not exist"}},
		{"a sentence of two", fmt.Errorf("open %w: %w", plain, fs.ErrNotExist), []string{"open plain: file does not exist"}},
		{"its cause is its own", at("outer").WithErr(diag.List{a, b}), []string{"outer"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := msgs(diag.From(tt.err)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("From gives %q, want %q", got, tt.want)
			}
			var l diag.List
			l.Add(tt.err)
			if !reflect.DeepEqual(msgs(l), tt.want) {
				t.Errorf("Add gives %q, want %q", msgs(l), tt.want)
			}
		})
	}
	if other := diag.From(fmt.Errorf("open: %w", fs.ErrNotExist)); !errors.Is(other, fs.ErrNotExist) {
		t.Error("a list made of another error has lost its cause")
	}
}

func TestListSort(t *testing.T) {
	d := func(file string, line, col int, code diag.Code, msg string) *diag.Diagnostic {
		return diag.Errorf(code, diag.Pos{File: file, Line: line, Col: col}, "%s", msg)
	}
	warn := diag.Warnf("AT2", diag.Pos{File: "b", Line: 1}, "same")
	l := diag.List{
		d("b", 10, 1, "AT1", "x"), warn, d("b", 2, 1, "AT1", "x"), d("b", 2, 1, "AT1", "x"), d("a", 9, 9, "AT9", "z"),
		d("b", 2, 1, "AT0", "x"), d("b", 1, 0, "AT2", "same"), d("b", 2, 1, "AT1", "w"), d("b", 2, 1, "AT1", "x"),
	}
	l.Sort()
	var got []string
	for _, d := range l {
		got = append(got, d.Severity.String()+" "+d.Error())
	}
	want := []string{
		"error a:9:9: z  [AT9]", "error b:1: same  [AT2]", "warning b:1: same  [AT2]", "error b:2:1: x  [AT0]", "error b:2:1: w  [AT1]",
		"error b:2:1: x  [AT1]", "error b:10:1: x  [AT1]",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("sorted:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if e, w := l.Count(); e != 6 || w != 1 {
		t.Errorf("Count gives %d errors, %d warnings", e, w)
	}
	if (diag.List{warn}).Err() != nil || diag.List(nil).Err() != nil {
		t.Error("warnings alone are an error")
	}
	if err := (diag.List{warn, l[0]}).Err(); err == nil || !errors.Is(err, l[0]) {
		t.Errorf("Err gives %v", err)
	}
}

func TestNearest(t *testing.T) {
	tests := []struct {
		name       string
		candidates []string
		want       string
	}{
		{"orders", []string{"order", "customers"}, "order"},
		{"ordres", []string{"orders", "customers"}, "orders"}, // a swap is one error
		{"ORDERS", []string{"orders"}, "orders"},
		{"stg_order", []string{"stg_orders", "stg_ordes"}, "stg_orders"},
		{"ab", []string{"ba"}, "ba"},
		{"größe", []string{"grösse", "gröse"}, "gröse"},
		{"abc", []string{"xbz"}, ""}, // two of three
		{"abcdef", []string{"abcxyz"}, ""},
		{"abcd", []string{"abxy"}, "abxy"}, // the limit rounds up
		{"x", []string{"y"}, ""},
		{"", []string{"y"}, ""},
		{"b", []string{"c", "a", "ab"}, "ab"},
		{"same", []string{"same", "sane"}, "same"},
		{"tie", []string{"tix", "tia"}, "tia"}, // the first by name, whatever their order
		{"anything", nil, ""},
	}
	for _, tt := range tests {
		if got, ok := diag.Nearest(tt.name, tt.candidates); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Nearest(%q, %q) = %q, %v, want %q", tt.name, tt.candidates, got, ok, tt.want)
		}
	}
	if got := diag.DidYouMean("ordres", []string{"orders"}); got != `did you mean "orders"?` {
		t.Error(got)
	}
	if got := diag.DidYouMean("zzz", []string{"orders"}); got != "" {
		t.Error(got)
	}
}

func TestPos(t *testing.T) {
	for want, p := range map[string]diag.Pos{"": {}, "f": {File: "f"}, "f:3": {File: "f", Line: 3}, "f:3:4": {File: "f", Line: 3, Col: 4}} {
		if p.String() != want || p.IsZero() != (want == "") {
			t.Errorf("%#v is %q", p, p.String())
		}
	}
}

// TestExplain holds every code to one explanation and the explanations to the codes' spelling.
func TestExplain(t *testing.T) {
	for code, text := range diag.Explain() {
		if len(code) != 6 || !strings.HasPrefix(string(code), "AT0") || text == "" {
			t.Errorf("%s: %q", code, text)
		}
	}
}
