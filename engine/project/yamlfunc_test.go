package project_test

import (
	"testing"

	"atlas/engine/jinja"
	"atlas/engine/project"
)

func TestYAMLFunctions(t *testing.T) {
	tests := []struct{ src, want string }{
		{"{{ fromyaml('a: [1, two, {b: yes}]') }}", "{'a': [1, 'two', {'b': True}]}"},
		{"{{ fromyaml('a: 2024-01-05').a.strftime('%d.%m.%Y') }}", "05.01.2024"},
		{`{{ fromyaml('a: ["2024-01-05", 2024-02-30]') }}`, "{'a': ['2024-01-05', '2024-02-30']}"},
		{"{{ fromyaml('a: [', 'oops') }}", "oops"},
		{"{{ fromyaml('a: [') }}", "None"},
		{"{{ fromyaml('') }}", "None"},
		{"{{ toyaml({'b': [1, 'x'], 'a': {'c': none, 'd': true}}) }}", "b:\n- 1\n- x\na:\n  c: null\n  d: true\n"},
		{"{{ toyaml({'b': 1, 'a': 2}, sort_keys=true) }}", "a: 2\nb: 1\n"},
		{"{{ toyaml({'a': 'yes', 'b': '010', 'c': 'x: y'}) }}", "a: 'yes'\nb: '010'\nc: 'x: y'\n"},
	}
	vars := jinja.Vars{"fromyaml": jinja.Func(project.FromYAML), "toyaml": jinja.Func(project.ToYAML)}
	for _, tt := range tests {
		tmpl, err := jinja.Parse("x", tt.src, jinja.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tmpl.Render(&jinja.State{Vars: vars})
		if err != nil {
			t.Fatal(err)
		}
		if got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestParseVars(t *testing.T) {
	for _, tt := range []struct{ text, want, err string }{
		{"", "{}", ""},
		{"{a: 1, b: [x]}", `{"a":1,"b":["x"]}`, ""},
		{`{"a": "b"}`, `{"a":"b"}`, ""},
		{"a: yes", `{"a":true}`, ""},
		{"a", "", "--vars: --vars must be a mapping, not the text \"a\"  [AT0104]"},
		{"{a: [", "", "x"},
	} {
		m, err := project.ParseVars(tt.text)
		switch {
		case tt.err == "x" && err != nil:
		case tt.err != "" && (err == nil || err.Error() != tt.err):
			t.Errorf("%q: error %v, want %s", tt.text, err, tt.err)
		case tt.err == "" && err != nil:
			t.Errorf("%q: %v", tt.text, err)
		case tt.err == "":
			if data, _ := m.MarshalJSON(); string(data) != tt.want {
				t.Errorf("%q gives %s, want %s", tt.text, data, tt.want)
			}
		}
	}
}
