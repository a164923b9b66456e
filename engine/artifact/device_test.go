//go:build unix

package artifact_test

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"atlas/engine/artifact"
)

// A device is written to, and stays what it is: a file in its place would be the end of /dev/null.
func TestWriteFileLeavesDevices(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan string)
	go func() {
		b, err := os.ReadFile(pipe)
		if err != nil {
			t.Error(err)
		}
		read <- string(b)
	}()
	err := artifact.WriteFile(pipe, func(w io.Writer) error {
		_, err := io.WriteString(w, "words")
		return err
	})
	if got := <-read; err != nil || got != "words" {
		t.Errorf("%q, %v", got, err)
	}
	if info, err := os.Stat(pipe); err != nil || info.Mode().IsRegular() {
		t.Errorf("the pipe is a file now: %v, %v", info, err)
	}
}
