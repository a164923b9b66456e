package duckdb_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/manifest"
)

// The test binary is also the other process: it holds a database until it is killed or its
// input ends.
const (
	holdVariable  = "ATLAS_TEST_HOLD"  // the file to open
	buildVariable = "ATLAS_TEST_BUILD" // if set, replace tables until killed
)

func TestMain(m *testing.M) {
	if path := os.Getenv(holdVariable); path != "" {
		if err := hold(path, os.Getenv(buildVariable) != ""); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func hold(path string, build bool) error {
	ctx := context.Background()
	w, err := duckdb.New().Open(ctx, adapter.Target{Options: manifest.NewMap("path", path)}, adapter.OpenOptions{})
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // the process ends
	s, err := w.Session(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Exec(ctx, "create table if not exists kept as select range as i from range(1000)"); err != nil {
		return err
	}
	fmt.Println("ready")
	for build {
		sql := "begin; create or replace table kept as select range as i from range(300000); create table half as select * from kept; drop table half; create or replace table kept as select range as i from range(1000); commit"
		if _, err := s.Exec(ctx, sql); err != nil {
			return err
		}
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// other starts the other process and waits until it has opened the file.
func other(t *testing.T, path string, build bool) (kill, release func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "--", "the holder's arguments")
	cmd.Env = append(os.Environ(), holdVariable+"="+path)
	if build {
		cmd.Env = append(cmd.Env, buildVariable+"=1")
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := false
	end := func(stop func() error) func() {
		return func() {
			if !done {
				done = true
				_ = stop()
				_ = cmd.Wait() // it was told to end
			}
		}
	}
	kill = end(cmd.Process.Kill)
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "ready\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return kill, end(in.Close)
}

func TestLock(t *testing.T) {
	target := fileTarget(t)
	_, release := other(t, filepath.Join(target.Root, "ware house.duckdb"), false)
	for _, readOnly := range []bool{false, true} {
		_, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{ReadOnly: readOnly})
		var lock *adapter.LockError
		if !errors.As(err, &lock) {
			t.Fatalf("want *adapter.LockError, got %T %v", err, err)
		}
		if lock.Path != filepath.Join(target.Root, "ware house.duckdb") || lock.Holder.PID == 0 {
			t.Errorf("lock %+v", lock)
		}
		if !strings.Contains(lock.Holder.Command, filepath.Base(os.Args[0])) {
			t.Errorf("the holder is %q, want %s", lock.Holder.Command, os.Args[0])
		}
		if _, err := os.Stat("/proc/self/cmdline"); err == nil && !strings.Contains(lock.Holder.Command, "the holder's arguments") {
			t.Errorf("the holder's arguments are missing: %q", lock.Holder.Command)
		}
		if lock.Unwrap() == nil {
			t.Error("no cause")
		}
	}

	asked := 0
	giveUp := adapter.OpenOptions{WaitLock: func(adapter.Holder) bool { asked++; return false }}
	if _, err := duckdb.New().Open(t.Context(), target, giveUp); err == nil || asked != 1 {
		t.Errorf("giving up: asked %d times, %v", asked, err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	started := time.Now()
	_, err := duckdb.New().Open(ctx, target, adapter.OpenOptions{WaitLock: func(adapter.Holder) bool { cancel(); return true }})
	if !errors.Is(err, context.Canceled) || time.Since(started) > 5*time.Second {
		t.Errorf("a cancelled wait: %v after %v", err, time.Since(started))
	}

	asked = 0
	w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{WaitLock: func(h adapter.Holder) bool {
		if asked++; asked == 1 {
			release()
		}
		return asked < 60
	}})
	if err != nil || asked == 0 {
		t.Fatalf("waiting: asked %d times, %v", asked, err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestKilled kills a builder in the middle, several times, and finds all or nothing.
func TestKilled(t *testing.T) {
	target := fileTarget(t)
	for i := range 3 {
		kill, _ := other(t, filepath.Join(target.Root, "ware house.duckdb"), true)
		time.Sleep(time.Duration(20+60*i) * time.Millisecond) // any moment will do
		kill()
		w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		s, err := w.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := cell(t, s, "select count(*) from kept"); got != int64(1000) {
			t.Errorf("after kill %d: %v rows", i, got)
		}
		if found, err := s.Relation(t.Context(), manifest.Relation{Name: "half"}); err != nil || found != nil {
			t.Errorf("after kill %d: a half-built relation: %v, %v", i, found, err)
		}
		if err := errors.Join(s.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestFileThatMayNotBeWritten: who asked to write is told by fs.ErrPermission, and may read.
func TestFileThatMayNotBeWritten(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write whatever the file says")
	}
	target := fileTarget(t)
	w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	file := filepath.Join(target.Root, "ware house.duckdb")
	if err := os.Chmod(file, 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{}); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
	w, err = duckdb.New().Open(t.Context(), target, adapter.OpenOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
}
