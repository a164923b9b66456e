// Command sampledata writes the synthetic workbooks of the reference project and what they were
// meant to say.
//
// The real workbooks of such a business are private, so these are invented: two entities, the years
// 2023 to 2026, seasonal and growing, and as messy as workbooks kept by hand are. Every mess is one
// function with a comment that says what it is. From one seed the same bytes come out on every run.
//
// The command reads project/seeds (programs, channels, schools) and writes project/data/raw (the
// workbooks) and project/data/expected (CSV files of the truth that the marts must reconcile with).
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

func main() {
	root := flag.String("root", ".", "the repository's root, which holds project/")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "sampledata:", err)
		os.Exit(1)
	}
}

// run generates everything and writes it below root/project/data.
func run(root string) error {
	if _, err := os.Stat(filepath.Join(root, "project", "seeds")); err != nil {
		return errors.New("no project/seeds here; run from the repository's root or give -root")
	}
	files, err := generate(filepath.Join(root, "project", "seeds"))
	if err != nil {
		return err
	}
	total := 0
	for _, name := range sortedKeys(files) {
		path := filepath.Join(root, "project", "data", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		total += len(files[name])
	}
	fmt.Printf("%d files, %d bytes\n", len(files), total)
	return nil
}

// generate gives every file by its slash path below project/data: workbooks and expected CSVs.
func generate(seeds string) (map[string][]byte, error) {
	look, err := readLookups(seeds)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	var truth truth
	for _, plan := range plans() {
		people := newPeople(look, plan.entity)
		for _, y := range plan.years {
			book := invent(look, people, plan, y)
			spoil(book)
			truth.add(book)
			for _, w := range layouts(book) {
				data, err := w.book.bytes()
				if err != nil {
					return nil, fmt.Errorf("workbook %s: %w", w.path, err)
				}
				files["raw/"+w.path] = data
			}
		}
	}
	for name, data := range truth.files() {
		files["expected/"+name] = data
	}
	return files, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
