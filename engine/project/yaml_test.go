package project

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseYAML(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"scalars", "a: 1\nb: x y\nc: 'q'\nd: \"w\\n\"\ne:\nf: ~\ng: 1.5\n", `{"a":1,"b":"x y","c":"q","d":"w\n","e":null,"f":null,"g":1.5}`},
		{"yaml 1.1 truth", "a: yes\nb: No\nc: on\nd: 'on'\ne: y\n", `{"a":true,"b":false,"c":true,"d":"on","e":"y"}`},
		{
			"yaml 1.1 numbers", "a: 010\nb: 0x1F\nc: 1_000\nd: 1:30\ne: 1e3\nf: 1.0e+3\ng: 0o7\nh: +5\ni: -.5\nj: 08\n",
			`{"a":8,"b":31,"c":1000,"d":90,"e":"1e3","f":1000,"g":"0o7","h":5,"i":"-.5","j":"08"}`,
		},
		{"dates stay text", "a: 2024-01-31\nb: 2024-01-31 10:00:00\n", `{"a":"2024-01-31","b":"2024-01-31 10:00:00"}`},
		{"lists", "a:\n- 1\n- x\nb: [1, [2], {c: d}]\n", `{"a":[1,"x"],"b":[1,[2],{"c":"d"}]}`},
		{"blocks", "a: |\n  one\n  two\nb: >-\n  one\n  two\n", `{"a":"one\ntwo\n","b":"one two"}`},
		{"folded plain", "a: one\n  two\n", `{"a":"one two"}`},
		{"anchors", "a: &x {b: 1, c: 2}\nd: *x\ne:\n  <<: *x\n  c: 3\n", `{"a":{"b":1,"c":2},"d":{"b":1,"c":2},"e":{"c":3,"b":1}}`},
		{"merged list", "a: &x {b: 1}\nc: &y {d: 2}\ne:\n  <<: [*x, *y]\n", `{"a":{"b":1},"c":{"d":2},"e":{"b":1,"d":2}}`},
		{"tag", "a: !!str 12\n", `{"a":"12"}`},
		{"document start", "---\n# comment\na: 1\n", `{"a":1}`},
		{"jinja in quotes", "a: \"{{ var('x') }}\"\n", `{"a":"{{ var('x') }}"}`},
		{"keys", "1: a\ntrue: b\n\"q r\": c\n", `{"1":"a","true":"b","q r":"c"}`},
		{"comments", "a: 1 # one\n# two\nb: 'x # y'\n", `{"a":1,"b":"x # y"}`},
		{"windows lines", "a: 1\r\nb:\r\n  - x\r\n", `{"a":1,"b":["x"]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, diags := parseYAML("x.yml", []byte(tt.src))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			got, err := json.Marshal(n.value())
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestParseYAMLPositions(t *testing.T) {
	n, diags := parseYAML("x.yml", []byte("models:\n  - name: ä\n    description: \"öö\"\n    columns:\n    - name: id\n      tests: [unique, {a: {b: c}}]\n    empty:\n"))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	m := n.get("models").items[0]
	col := m.get("columns").items[0]
	tests := []struct {
		name string
		n    *node
		want string
	}{
		{"key", n.key("models"), "x.yml:1:1"},
		{"value", m.get("name"), "x.yml:2:11"},
		{"quoted", m.get("description"), "x.yml:3:18"},
		{"nested", col.get("name"), "x.yml:5:13"},
		{"flow", col.get("tests").items[0], "x.yml:6:15"},
		{"flow map", col.get("tests").items[1].get("a").get("b"), "x.yml:6:31"},
		{"absent value takes its key", m.get("empty"), "x.yml:7:5"},
		{"mapping", col, "x.yml:5:7"},
	}
	for _, tt := range tests {
		if got := tt.n.pos("x.yml").String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestParseYAMLErrors(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"bad indent", "a:\n  b: 1\n c: 2\n", "x.yml:3:"},
		{"open quote", "a: \"x\n", "x.yml:1:"},
		{"open bracket", "a: [1, 2\nb: 3\n", "x.yml:"},
		{"jinja without quotes", "a: {{ var('x') }}\n", "x.yml:1:"},
		{"no anchor", "a: *x\n", `no anchor named "x"`},
		{"two documents", "a: 1\n---\nb: 2\n", "more than one YAML document"},
		{"tab", "a:\n\tb: 1\n", "x.yml:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, diags := parseYAML("x.yml", []byte(tt.src))
			if diags.Err() == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(diags.Error(), tt.want) {
				t.Errorf("got %s, want %s in it", diags.Error(), tt.want)
			}
		})
	}
	n, diags := parseYAML("x.yml", []byte("a: 1\nb: 2\na: 3\n"))
	if len(diags) != 1 || diags.Err() != nil || n.get("a").value() != int64(3) {
		t.Errorf("a repeated key: %v %v", diags, n.value())
	}
}
