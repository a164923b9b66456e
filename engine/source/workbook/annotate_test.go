package workbook_test

import (
	"os"
	"testing"
	"encoding/json"

	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

func TestTry(t *testing.T) {
	in, out, marks := os.Getenv("IN"), os.Getenv("OUT"), os.Getenv("MARKS")
	if in == "" {
		t.Skip()
	}
	var ms []source.Mark
	if err := json.Unmarshal([]byte(marks), &ms); err != nil {
		t.Fatal(err)
	}
	r, err := (workbook.Source{}).Annotate(t.Context(), in, out, ms, source.AnnotateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *r)
}
