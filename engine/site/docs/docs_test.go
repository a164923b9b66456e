package docs_test

import (
	"os"
	"testing"

	"atlas/engine/site/docs"
)

func TestDump(t *testing.T) {
	dir := os.Getenv("ATLAS_DOCS_DUMP")
	if dir == "" {
		t.Skip("ATLAS_DOCS_DUMP names no folder")
	}
	if err := docs.Build(t.Context(), sample(), dir+"/small"); err != nil {
		t.Fatal(err)
	}
	if err := docs.Build(t.Context(), generated(1000), dir+"/big"); err != nil {
		t.Fatal(err)
	}
}
