package artifact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes a file so that a reader sees the old one or the new one, never a part: the
// content goes to a temporary file in the same folder, which then takes the file's place. The
// folder is made if need be. The content is on disk before the swap. What a process that was killed
// left of the file is removed. A device or a pipe is written to as it is.
func WriteFile(path string, write func(io.Writer) error) error {
	return replaceFile(path, true, write)
}

func replaceFile(path string, sync bool, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(path, write) // a device or a pipe, which a file must not take the place of
	}
	dir, start := filepath.Dir(path), "."+filepath.Base(path)+"."
	create := func() (f *os.File, err error) {
		if f, err = os.CreateTemp(dir, start+"*"+unfinished); errors.Is(err, os.ErrNotExist) {
			if err = os.MkdirAll(dir, 0o755); err == nil {
				f, err = os.CreateTemp(dir, start+"*"+unfinished)
			}
		}
		return f, err
	}
	var f *os.File
	if sync { // what is worth that is worth a look at what is left over
		sweep(dir, start)
		h, held := makeHeld(func() (string, error) {
			if f != nil {
				_ = f.Close() // was swept away
			}
			if f, err = create(); err != nil {
				return "", err
			}
			return f.Name(), nil
		})
		if err = held; err == nil {
			defer h.release()
		}
	} else {
		f, err = create()
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	b := bufio.NewWriterSize(f, 64<<10)
	if err = write(b); err != nil {
		return err
	}
	if err = b.Flush(); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if sync {
		if err = f.Sync(); err != nil {
			return err
		}
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeInto writes to what is there, such as /dev/stdout.
func writeInto(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	b := bufio.NewWriterSize(f, 64<<10)
	if err = write(b); err == nil {
		err = b.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// writeSQL writes a file that can be made again: it is replaced atomically, but not synced, for
// a run may write thousands.
func (t Target) writeSQL(name, sql string) (string, error) {
	err := replaceFile(t.Path(filepath.FromSlash(name)), false, func(w io.Writer) error {
		_, err := io.WriteString(w, sql)
		return err
	})
	return name, err
}
