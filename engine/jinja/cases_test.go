package jinja_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"atlas/engine/jinja"
)

// oracleCase is a template and what Python's Jinja2 3.1.6 makes of it.
type oracleCase struct {
	Name string          `json:"name"`
	Src  string          `json:"src"`
	Ctx  json.RawMessage `json:"ctx"`
	Opt  struct {
		TrimBlocks   bool `json:"trim_blocks"`
		LstripBlocks bool `json:"lstrip_blocks"`
		Keep         bool `json:"keep_trailing_newline"`
	} `json:"opt"`
	Out *string `json:"out"`
	Err string  `json:"err"`
}

// TestOracleCases renders every recorded case and compares the bytes.
func TestOracleCases(t *testing.T) {
	data, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []oracleCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 202 {
		t.Fatalf("have %d cases, want at least 202", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			out, err := renderCase(t, c)
			if c.Out == nil {
				checkError(t, err, c.Err)
				return
			}
			if err != nil {
				t.Fatalf("%s\nerror: %v\nwant: %q", c.Src, err, *c.Out)
			}
			if out != *c.Out {
				t.Fatalf("%s\nhave: %q\nwant: %q", c.Src, out, *c.Out)
			}
		})
	}
}

func renderCase(t *testing.T, c oracleCase) (string, error) {
	t.Helper()
	tmpl, err := jinja.Parse(c.Name, c.Src, jinja.Options{
		TrimBlocks: c.Opt.TrimBlocks, LstripBlocks: c.Opt.LstripBlocks, KeepTrailingNewline: c.Opt.Keep,
	})
	if err != nil {
		return "", err
	}
	vars := jinja.Vars{}
	if len(c.Ctx) > 0 {
		v, err := jinja.ParseExpr("ctx", pythonLiteral(string(c.Ctx)), jinja.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, err := v.Eval(&jinja.State{})
		if err != nil {
			t.Fatal(err)
		}
		for k, x := range ctx.(*jinja.Dict).All() {
			vars[k.(string)] = x
		}
	}
	return tmpl.Render(&jinja.State{Vars: vars})
}

// pythonLiteral turns JSON into an expression: the two differ only in null.
func pythonLiteral(s string) string { return strings.ReplaceAll(s, "null", "none") }

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", want)
	}
	kind, msg, _ := strings.Cut(want, ": ")
	if kind == "TemplateSyntaxError" {
		return // said in our own words
	}
	if !strings.Contains(err.Error(), msg) {
		t.Fatalf("have: %v\nwant: %s", err, want)
	}
}
