package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"atlas/engine/report"
)

func compileSchema(t testing.TB, b []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchemaFitsItsReportAndNoOther(t *testing.T) {
	r := assemble(t, options(t, spec()), sales())
	for _, of := range []*report.Report{r, nil} {
		b, err := report.Schema(spec(), of)
		if err != nil {
			t.Fatal(err)
		}
		s := compileSchema(t, b)
		file := string(encode(t, r))
		check := func(text string) error {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			return s.Validate(doc)
		}
		if err := check(file); err != nil {
			t.Fatalf("the report does not fit its own schema:\n%v", err)
		}
		wrong := [][2]string{
			{`"type": "monthly"`, `"type": "weekly"`},
			{`"kind": "kpi"`, `"kind": "chart"`},
			{`"value": "1200000.20", "type": "decimal"`, `"value": 1200000.20, "type": "decimal"`},
			{`"months": {`, `"mouths": {`},
			{`"kind": "subtotal"`, `"kind": "middle"`},
		}
		if of != nil {
			wrong = append(wrong, [][2]string{
				{`"A", "1000000.10", "900000.00"`, `"A", 1000000.10, "900000.00"`},
				{`["2026-01-01", "A"`, `["January", "A"`},
				{`12, 0.92]`, `"twelve", 0.92]`},
				{`"name": "net", "type": "decimal"`, `"name": "gross", "type": "decimal"`},
				{`"name": "net", "type": "decimal"`, `"name": "net", "type": "float"`},
			}...)
		}
		for _, x := range wrong {
			broken := strings.Replace(file, x[0], x[1], 1)
			if broken == file {
				t.Fatalf("%s is not in the file", x[0])
			}
			if check(broken) == nil {
				t.Errorf("%s in place of %s fits the schema", x[1], x[0])
			}
		}
	}
}

// checkSchema holds a file against a schema.
func checkSchema(t *testing.T, schema, file []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := compileSchema(t, schema).Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
}
