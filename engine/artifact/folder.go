package artifact

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Folder is a folder being filled, not yet in its place; several goroutines may use it.
type Folder struct {
	Root string   // where it stands while it is filled
	dirs sync.Map // folders that are there
}

// File writes one file; name is relative, with slashes.
func (f *Folder) File(name string, data []byte) error {
	path, err := f.Path(name)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// Create opens one file for writing.
func (f *Folder) Create(name string) (io.WriteCloser, error) {
	path, err := f.Path(name)
	if err != nil {
		return nil, err
	}
	return os.Create(path)
}

// Path gives where a file of the folder stands for now; the folders above it are made.
func (f *Folder) Path(name string) (string, error) {
	path := filepath.Join(f.Root, filepath.FromSlash(name))
	dir := filepath.Dir(path)
	if _, ok := f.dirs.Load(dir); !ok {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", err
		}
		f.dirs.Store(dir, true)
	}
	return path, nil
}

// FolderKind says what a folder is that Atlas writes as a whole.
type FolderKind struct {
	Marker string // name of the file that tells it from a folder of someone else's: ".atlas-docs"
	Text   string // what the marker says
	What   string // "documentation site", in errors
}

// ReplaceFolder fills a new folder beside dir and puts it in dir's place in one step: a reader sees
// the old folder or the new one, and after an error the old one. A folder that holds anything and
// has no marker is refused. What a process that was killed left half filled is removed.
func ReplaceFolder(dir string, kind FolderKind, fill func(*Folder) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", kind.What, err)
		}
	}()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := replaceable(dir, kind); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	start := "." + filepath.Base(dir) + "."
	sweep(filepath.Dir(dir), start)
	h, err := makeHeld(func() (string, error) { return os.MkdirTemp(filepath.Dir(dir), start+"*"+unfinished) })
	if err != nil {
		return err
	}
	next := h.Path
	defer func() {
		err = errors.Join(err, os.RemoveAll(next)) // after a swap this is the old folder
		h.release()
	}()
	if err := os.Chmod(next, 0o755); err != nil {
		return err
	}
	f := &Folder{Root: next}
	if err := fill(f); err != nil {
		return err
	}
	if err := f.File(kind.Marker, []byte(kind.Text+"\n")); err != nil {
		return err
	}
	if err := replaceable(dir, kind); err != nil { // somebody may have used the name meanwhile
		return err
	}
	return swap(next, dir)
}

// replaceable refuses a folder that holds other things than Atlas wrote.
func replaceable(dir string, kind FolderKind) error {
	entries, err := os.ReadDir(dir)
	switch {
	case os.IsNotExist(err) || len(entries) == 0 && err == nil:
		return nil
	case err != nil:
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, kind.Marker)); err != nil {
		why := fmt.Errorf("the folder holds files that are no %s; name an empty or new folder", kind.What) //nolint:err113 // told to people
		return &fs.PathError{Op: "replace", Path: dir, Err: why}
	}
	return nil
}

// swap puts next at dir. What stood at dir, if anything, ends up at next or nowhere.
func swap(next, dir string) error {
	if _, err := os.Lstat(dir); os.IsNotExist(err) {
		err := os.Rename(next, dir)
		if _, there := os.Lstat(dir); err == nil || there != nil {
			return err
		} // somebody was faster: theirs goes as an old one does
	}
	if done, err := exchange(next, dir); done {
		return err
	}
	old := next + "-old"
	if err := os.Rename(dir, old); err != nil {
		return err
	}
	if err := os.Rename(next, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}
