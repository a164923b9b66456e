package docs

import (
	"errors"
	"os"
)

// errNotDocs is the reason for refusing to replace a folder.
var errNotDocs = errors.New("the folder holds files that are no documentation site; name an empty or new folder")

// swap puts next at dir. What stood at dir, if anything, ends up at next or nowhere.
func swap(next, dir string) error {
	if _, err := os.Lstat(dir); os.IsNotExist(err) {
		return os.Rename(next, dir)
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
