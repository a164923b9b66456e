package slides_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/deck/pdf"
	"atlas/engine/deck/slides"
)

func build(t *testing.T, o slides.Options) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deck")
	if _, err := slides.Build(t.Context(), dir, sample(t), o); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheDeckPrints(t *testing.T) {
	dir := build(t, slides.Options{})
	for name, query := range map[string]string{"plain": "", "clicks": "clicks=1", "handout": "handout=3", "dark": "theme=dark"} {
		data, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: os.LookupEnv, Page: filepath.Join(dir, "print.html"), Query: query})
		if err != nil {
			t.Fatal(err)
		}
		if to := os.Getenv("ATLAS_PICTURES"); to != "" {
			os.WriteFile(filepath.Join(to, name+".pdf"), data, 0o644)
		}
	}
}

func contains(s, what string) bool { return strings.Contains(s, what) }
