package artifact

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// held is a file or folder that nobody sees yet, at work until it is let go. A process that is killed
// lets go of what it had, so that the next one can tell what is left over from what is under way.
type held struct {
	Path string
	file *os.File // nil where the system has no such locks
	once sync.Once
}

// unfinished is what names of such files and folders end with; what stands before it is random.
const unfinished = ".new"

var (
	errSomebodyHolds = errors.New("somebody holds it")
	errSwept         = errors.New("what is made is swept away each time")
)

// makeHeld makes a file or folder under a random name, with make, and holds it.
func makeHeld(make func() (string, error)) (*held, error) {
	for range 32 { // a sweep may take what is made before it is held
		path, err := make()
		if err != nil {
			return nil, err
		}
		h := &held{Path: path}
		h.file, err = hold(path)
		switch {
		case errors.Is(err, errSomebodyHolds), errors.Is(err, os.ErrNotExist): // a sweep has it
		case h.file == nil: // there are no locks here: then nobody has one, and nothing is swept
			return h, nil
		case h.is(path):
			return h, nil
		}
		h.release()
	}
	return nil, errSwept
}

// is reports whether a path still leads to what is held.
func (h *held) is(path string) bool {
	now, err := os.Lstat(path)
	if err != nil {
		return false
	}
	mine, err := h.file.Stat()
	return err == nil && os.SameFile(now, mine)
}

func (h *held) release() {
	h.once.Do(func() {
		if h.file != nil {
			_ = h.file.Close()
		}
	})
}

// sweep removes from a folder what killed processes left under a name that makeHeld gave: start, random
// digits, .new. What somebody holds stays, and what cannot be removed.
func sweep(dir, start string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		middle, ok := strings.CutPrefix(e.Name(), start)
		if middle, ends := strings.CutSuffix(middle, unfinished); !ok || !ends || middle == "" || strings.Trim(middle, "0123456789") != "" {
			continue
		}
		if e.IsDir() || e.Type().IsRegular() {
			sweepOne(filepath.Join(dir, e.Name()))
		}
	}
}

func sweepOne(path string) {
	h := &held{Path: path}
	var err error
	if h.file, err = hold(path); err != nil || h.file == nil {
		return
	}
	defer h.release()
	if h.is(path) {
		_ = os.RemoveAll(path)
	}
}

// TempFolder is a folder for what is needed only while something is made.
type TempFolder struct {
	Dir  string
	held *held
}

// NewTempFolder makes a folder in the system's place for such, under a name that begins with kind
// ("atlas-slides"). Folders of the kind that killed processes left are removed.
func NewTempFolder(kind string) (*TempFolder, error) {
	start := kind + "-"
	sweep(os.TempDir(), start)
	h, err := makeHeld(func() (string, error) { return os.MkdirTemp("", start+"*"+unfinished) })
	if err != nil {
		return nil, fmt.Errorf("make a folder for a while: %w", err)
	}
	return &TempFolder{Dir: h.Path, held: h}, nil
}

// Remove removes the folder with all that is in it. After an error, as where a program that is ending
// still writes into it, it may be asked again.
func (t *TempFolder) Remove() error {
	err := os.RemoveAll(t.Dir)
	if err == nil {
		t.held.release()
	}
	return err
}
