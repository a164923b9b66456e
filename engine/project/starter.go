package project

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"atlas/engine/diag"
)

// starterFiles are the files of a new project. A name that ends in .tmpl stands for the project's
// name inside; "gitignore" gets its dot.
//
//go:embed all:starter
var starterFiles embed.FS

// projectName is what dbt allows as a name: it is a part of every node's ID.
//
//nolint:gochecknoglobals // a compiled constant
var projectName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// WriteStarter writes a small project that builds at once into dir, which may exist if it is
// empty, and gives the files written, relative to dir.
func WriteStarter(dir, name string) ([]string, error) {
	if !projectName.MatchString(name) {
		return nil, diag.Errorf(diag.BadValue, diag.Pos{}, "%q cannot be a project's name", name).
			WithHint("letters, digits and underscores, not beginning with a digit: %s", suggestName(name))
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look into %s: %w", dir, err)
	}
	for _, e := range entries {
		if e.Name() != ".git" {
			return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "%s is not empty: it has %s", dir, e.Name()).
				WithHint("name a new folder: atlas init another_name")
		}
	}
	var written []string
	err = fs.WalkDir(starterFiles, "starter", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel := strings.TrimPrefix(path, "starter/")
		text, err := fs.ReadFile(starterFiles, path)
		if err != nil {
			return err
		}
		if bare, ok := strings.CutSuffix(rel, ".tmpl"); ok {
			rel = strings.Replace(bare, "gitignore", ".gitignore", 1)
			text = []byte(strings.ReplaceAll(string(text), "{{ name }}", name))
		}
		target := filepath.Join(dir, filepath.FromSlash(rel))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		written = append(written, rel)
		return os.WriteFile(target, text, 0o644)
	})
	return written, err
}

func suggestName(name string) string {
	s := regexp.MustCompile(`[^A-Za-z0-9_]+`).ReplaceAllString(name, "_")
	s = strings.Trim(s, "_")
	if s == "" || s[0] >= '0' && s[0] <= '9' {
		s = "my_" + s
	}
	return strings.TrimRight(s, "_")
}
