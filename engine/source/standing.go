package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"atlas/engine/manifest"
)

// Standing says what a table's snapshot was made from, and which of those files are others by now.
type Standing struct {
	Meta    *Meta    // nil if there is no snapshot
	Changed []string // files with another content than the snapshot was made from
	Gone    []string // files that are not there any more
}

// LookAt compares a snapshot with the files that it was made from. A file of the same size that
// nobody wrote since the extraction is not read again; addresses on a network are not asked.
func LookAt(root string, t *manifest.ExtractTable) (Standing, error) {
	var s Standing
	var err error
	if s.Meta, err = readMeta(filepath.Join(root, filepath.FromSlash(t.Snapshot))); err != nil || s.Meta == nil {
		return s, err
	}
	for _, in := range s.Meta.Inputs {
		if IsRemote(in.File) || in.SHA256 == "" {
			continue
		}
		path := filepath.FromSlash(in.File)
		if !filepath.IsAbs(path) {
			path = filepath.Join(root, path)
		}
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.Gone = append(s.Gone, in.File)
			continue
		case err != nil:
			return s, fmt.Errorf("look at %s: %w", in.File, err)
		case info.Size() == in.Size && info.ModTime().Before(s.Meta.ExtractedAt):
			continue
		}
		sum, _, err := HashFile(path)
		if err != nil {
			return s, fmt.Errorf("look at %s: %w", in.File, err)
		}
		if sum != in.SHA256 {
			s.Changed = append(s.Changed, in.File)
		}
	}
	return s, nil
}
