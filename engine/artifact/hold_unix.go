//go:build unix

package artifact

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// hold locks a file or folder for this process, until what it gives is closed or the process ends. It
// fails with errSomebodyHolds if another has it.
func hold(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, errSomebodyHolds
	}
	return nil, fmt.Errorf("hold %s: %w", path, err)
}
