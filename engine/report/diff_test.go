package report_test

import (
	"bytes"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/report"
)

// Rows without a key are those of before where there are as many; else they come and go.
func TestDiffWithoutKey(t *testing.T) {
	s := spec()
	s.Data[0].Key = nil
	a := assemble(t, options(t, s), sales())
	later := sales()
	later["revenue"].Values[1][2] = block.Number("1300000.20")
	b := assemble(t, options(t, s), later)
	if c := report.Diff(a, b).Count(); c.Changed != 4 || c.Added+c.Removed != 0 { // the total, two units, a group
		t.Errorf("%+v", c)
	}
	later["revenue"].Values = later["revenue"].Values[1:]
	b = assemble(t, options(t, s), later)
	if c := report.Diff(a, b).Count(); c.Changed != 0 || c.Added != 4 || c.Removed != 8 {
		t.Errorf("%+v", c)
	}
}

func TestDiffOfColumnsAndValues(t *testing.T) {
	a := assemble(t, options(t, spec()), sales())
	later := sales()
	r := later["revenue"]
	r.Columns = append(r.Columns, report.Column{Name: "extra", Type: block.Text})
	for i := range r.Values {
		r.Values[i] = append(r.Values[i], "<b>")
	}
	r.Values[0][2] = block.Number("1000000.1") // the same number in other digits
	r.Values[3][2] = block.Number("5.00")
	b := assemble(t, options(t, spec()), later)
	d := report.Diff(a, b)
	var text, page bytes.Buffer
	if err := d.Text(&text, func(_, s string) string { return s }); err != nil {
		t.Fatal(err)
	}
	if err := d.HTML(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"+ column extra", "~ period=2026-02-01,unit_code=B", "Pendapatan bersih  – → Rp 5"} {
		if !strings.Contains(plain(text.String()), want) {
			t.Errorf("nothing says %q in\n%s", want, text.String())
		}
	}
	if c := d.Count(); c.Changed != 4 {
		t.Errorf("%+v\n%s", c, text.String())
	}
	if strings.Contains(page.String(), "<b>") {
		t.Error("a value is HTML")
	}
}
