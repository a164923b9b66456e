package jinja_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"atlas/engine/jinja"
)

// diffCase is one template for both engines.
type diffCase struct {
	Src   string            `json:"src"`
	Opt   map[string]bool   `json:"opt,omitempty"`
	Files map[string]string `json:"files,omitempty"`
	// Builtins gives the template modules, set, zip and the like.
	Builtins bool `json:"builtins,omitempty"`
}

type diffResult struct {
	Out *string `json:"out"`
	Err string  `json:"err"`
	// Skip means that this Python lacks what the case needs.
	Skip bool `json:"skip"`
}

// TestDifferential renders the same templates with Python's Jinja2 and compares the bytes, or that
// both refuse. It needs a Python that has jinja2, named by ATLAS_PYTHON.
func TestDifferential(t *testing.T) {
	python := os.Getenv("ATLAS_PYTHON")
	if python == "" && os.Getenv("ATLAS_CI") == "1" {
		t.Fatal("CI must name a python with jinja2 in ATLAS_PYTHON")
	}
	if python == "" {
		t.Skip("NOT COMPARED WITH PYTHON: set ATLAS_PYTHON to a python that has jinja2 3.1 (CI does)")
	}
	cases := diffCases(t)
	want := askPython(t, python, cases)
	skipped := 0
	for i, c := range cases {
		if want[i].Skip {
			skipped++
			continue
		}
		out, err := renderDiff(c)
		w := want[i]
		switch {
		case err != nil && w.Out == nil:
		case err != nil:
			t.Errorf("%s\nerror: %v\nwant: %q", c.Src, err, *w.Out)
		case w.Out == nil:
			t.Errorf("%s\nhave: %q\nwant: %s", c.Src, out, w.Err)
		case out != *w.Out:
			t.Errorf("%s\nhave: %q\nwant: %q", c.Src, out, *w.Out)
		}
		if testing.Verbose() && os.Getenv("ATLAS_ERRORS") != "" && err != nil && w.Out == nil {
			t.Logf("%s\n  ours:   %v\n  python: %s", c.Src, err, w.Err)
		}
	}
	if skipped > 0 {
		t.Logf("%d templates left out: this Python has no pytz", skipped)
	}
}

// lines gives the lines of a file of templates.
func lines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(data), "\n"), "\n")
}

func diffCases(t *testing.T) []diffCase {
	t.Helper()
	files := map[string]string{
		"base": "<{% block t %}title{% endblock %}|{% block b %}base{% endblock %}|{{ t }}>",
		"inc":  "[{{ v }}]",
		"lib":  "{% macro hi(n) %}hi {{ n }}{% endmacro %}{% set c = 5 %}{% set _p = 1 %}{% macro ctx() %}{{ v }}{% endmacro %}",
	}
	var cases []diffCase
	for _, src := range lines(t, "testdata/differential.txt") {
		c := diffCase{Src: src}
		if strings.Contains(src, "include") || strings.Contains(src, "import") || strings.Contains(src, "extends") {
			c.Files = files
		}
		cases = append(cases, c)
	}
	for _, src := range lines(t, "testdata/modules.txt") {
		cases = append(cases, diffCase{Src: src, Builtins: true})
	}
	for _, src := range generated(400) {
		cases = append(cases, diffCase{Src: src})
	}
	layouts := len(cases)
	for _, src := range layout(200) {
		for _, o := range []map[string]bool{nil, {"trim_blocks": true}, {"lstrip_blocks": true}, {"trim_blocks": true, "lstrip_blocks": true}, {"keep_trailing_newline": true}} {
			cases = append(cases, diffCase{Src: src, Opt: o})
		}
	}
	t.Logf("%d templates, %d of them about white space", len(cases), len(cases)-layouts)
	return cases
}

func askPython(t *testing.T, python string, cases []diffCase) []diffResult {
	t.Helper()
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "-W", "ignore", "testdata/oracle.py")
	cmd.Stdin = bytes.NewReader(in)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run %s: %v", python, err)
	}
	var want []diffResult
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

func renderDiff(c diffCase) (string, error) {
	o := jinja.Options{
		TrimBlocks: c.Opt["trim_blocks"], LstripBlocks: c.Opt["lstrip_blocks"],
		KeepTrailingNewline: c.Opt["keep_trailing_newline"],
	}
	o.Load = func(name string) (*jinja.Template, error) {
		src, ok := c.Files[name]
		if !ok {
			return nil, os.ErrNotExist
		}
		return jinja.Parse(name, src, o)
	}
	tmpl, err := jinja.Parse("case", c.Src, o)
	if err != nil {
		return "", err
	}
	st := &jinja.State{}
	if c.Builtins {
		st.Vars = jinja.Builtins(nil)
	}
	return tmpl.Render(st)
}
