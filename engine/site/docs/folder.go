package docs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// markerFile tells a folder written by Build from any other.
const markerFile = ".atlas-docs"

// writer puts files into the folder being built; several goroutines may use it.
type writer struct {
	root string
	dirs sync.Map // folders that are there
}

func (w *writer) file(name string, data []byte) error {
	path := filepath.Join(w.root, filepath.FromSlash(name))
	dir := filepath.Dir(path)
	if _, ok := w.dirs.Load(dir); !ok {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("write docs: %w", err)
		}
		w.dirs.Store(dir, true)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("write docs: %w", err)
	}
	return nil
}

// replaceFolder fills a new folder beside dir and puts it in dir's place.
func replaceFolder(dir string, fill func(*writer) error) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("write docs: %w", err)
	}
	if err := replaceable(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("write docs: %w", err)
	}
	next, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-new-*")
	if err != nil {
		return fmt.Errorf("write docs: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(next)) }() // after a swap this is the old site
	if err := os.Chmod(next, 0o755); err != nil {
		return fmt.Errorf("write docs: %w", err)
	}
	w := &writer{root: next}
	if err := fill(w); err != nil {
		return err
	}
	if err := w.file(markerFile, []byte("written by atlas docs generate; replaced as a whole\n")); err != nil {
		return err
	}
	if err := swap(next, dir); err != nil {
		return fmt.Errorf("put docs in place: %w", err)
	}
	return nil
}

// replaceable refuses a folder that holds other things than a site.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case os.IsNotExist(err) || len(entries) == 0 && err == nil:
		return nil
	case err != nil:
		return fmt.Errorf("look at the docs folder: %w", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, markerFile)); err != nil {
		return &fs.PathError{Op: "replace", Path: dir, Err: errNotDocs}
	}
	return nil
}
