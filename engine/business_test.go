package engine_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// TestEngineKnowsNoBusiness greps the engine and the command for the words of the project: its
// entities, units, models, raw tables and columns. Someone with another business deletes
// project/ and keeps the engine.
func TestEngineKnowsNoBusiness(t *testing.T) {
	root := repositoryRoot(t)
	words := projectWords(t, root)
	if len(words) < 20 {
		t.Fatalf("only %d words were found in project/: the test would prove nothing", len(words))
	}
	pattern := regexp.MustCompile(`(?i)\b(` + strings.Join(words, "|") + `)\b`)
	for _, top := range []string{"engine", "cmd/atlas"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if d.Name() == "testdata" {
					return filepath.SkipDir
				}
				return nil
			}
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".woff2") {
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for i, line := range strings.Split(string(b), "\n") {
				if m := pattern.FindString(line); m != "" {
					rel, _ := filepath.Rel(root, path)
					t.Errorf("%s:%d: %q is a word of the project", rel, i+1, m)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ordinary are words of the project that are also words of the engine's own field, or English.
var ordinary = map[string]bool{
	"atlas": true, "raw": true, "year": true, "month": true, "entity": true, "unit": true, "units": true,
	"entities": true, "months": true, "text": true, "figures": true, "programs": true, "brands": true, "periods": true, "generate_schema_name": true, "staging": true, "intermediate": true, "marts": true,
}

// projectWords gives the names of the project's models, seeds and macros, and the values of its
// scope.
func projectWords(t *testing.T, root string) []string {
	t.Helper()
	set := map[string]bool{}
	add := func(w string) {
		if len(w) >= 3 && !ordinary[strings.ToLower(w)] {
			set[regexp.QuoteMeta(w)] = true
		}
	}
	for _, dir := range []string{"models", "seeds", "macros", "sources"} {
		_ = filepath.WalkDir(filepath.Join(root, "project", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			name := strings.TrimSuffix(d.Name(), filepath.Ext(path))
			switch {
			case strings.HasPrefix(name, "_"), filepath.Ext(path) == ".md":
			default:
				add(name)
			}
			return nil
		})
	}
	b, err := os.ReadFile(filepath.Join(root, "atlas_project.yml"))
	if err != nil {
		t.Fatal(err)
	}
	scope := regexp.MustCompile(`\b[A-Z][A-Z_]{2,}\b`)
	for _, w := range scope.FindAllString(string(b), -1) {
		add(w)
	}
	words := make([]string, 0, len(set))
	for w := range set {
		words = append(words, w)
	}
	sort.Strings(words)
	return words
}
