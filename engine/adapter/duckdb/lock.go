package duckdb

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
)

// lockPattern reads DuckDB's words about a file that another process holds: the file, then,
// where the system tells, the holder's program and process number.
var lockPattern = regexp.MustCompile(`Could not set lock on file "([^"]*)"(?::.*?(?:held in (.*?) )?\(PID (\d+)\))?`)

// asLock makes a *adapter.LockError of such a message, or nil.
func asLock(message string) *adapter.LockError {
	m := lockPattern.FindStringSubmatch(message)
	if m == nil {
		return nil
	}
	e := &adapter.LockError{Path: m[1], Err: errors.New(firstLine(message))}
	e.Holder.Command = m[2]
	if pid, err := strconv.Atoi(m[3]); err == nil {
		e.Holder.PID = pid
		if c := commandOf(pid); c != "" {
			e.Holder.Command = c
		}
	}
	return e
}

// commandOf gives the command line of a process, where the system shows it.
func commandOf(pid int) string {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(string(raw), "\x00", " "))
}

// awaitLock calls open until it gives no LockError, asking wait in between.
func awaitLock(ctx context.Context, every time.Duration, wait func(adapter.Holder) bool, open func() error) error {
	for {
		err := open()
		var lock *adapter.LockError
		if !errors.As(err, &lock) || wait == nil || !wait(lock.Holder) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}
