package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestReportsKilled kills what writes reports at many moments. What stood there is there still, or the
// whole new one is, and the next run leaves nothing of the killed ones behind.
func TestReportsKilled(t *testing.T) {
	root := reported(t)
	atlasIn(t, root, "format", "--period", "2026-03", "-o", "given.json")
	for _, c := range []struct {
		args, path string
		variants   [2]string // flags with which the same path holds other bytes
	}{
		{"report --period 2026-03 --no-pdf -o out", "out/ACME-2026-03", [2]string{"--dark=false", "--dark"}},
		{"slides build --report given.json -o deck", "deck", [2]string{"--dark=false", "--dark"}},
		{"present --report given.json --format pptx -o shown/deck", "shown/deck.pptx", [2]string{"--dark=false", "--dark"}},
		{"format --period 2026-03 -o files/report.json", "files/report.json", [2]string{"--unit N,S", "--unit N"}},
	} {
		args := func(i int) []string { return strings.Fields(c.args + " " + c.variants[i]) }
		path := filepath.Join(root, filepath.FromSlash(c.path))
		var whole [2]string
		var took time.Duration
		for i := range whole {
			started := time.Now()
			atlasIn(t, root, args(i)...)
			took = time.Since(started)
			whole[i] = digest(t, path)
		}
		if whole[0] == whole[1] {
			t.Fatalf("%s: both variants write the same", c.args)
		}
		now, swapped := 1, 0
		for i := range 5 {
			after := took * time.Duration(2+i) / 5 // the last is beyond a whole run
			_ = startAtlas(t, root, after, args(1-now)...)
			switch digest(t, path) {
			case whole[now]:
			case whole[1-now]:
				now, swapped = 1-now, swapped+1
			default:
				t.Errorf("%s, killed after %v, left neither the old nor the new", c.args, after)
			}
		}
		atlasIn(t, root, args(1-now)...)
		if digest(t, path) != whole[1-now] {
			t.Errorf("%s: the run after those that were killed gives something else", c.args)
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.new"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left (%v)", c.args, left, err)
		}
		t.Logf("%s: %d of 5 killed runs had come to their end", c.args, swapped)
	}
}

// TestReportsStopped asks a report to end, as services are: it does, and leaves nothing.
func TestReportsStopped(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no such request")
	}
	root := reported(t)
	c := exec.CommandContext(t.Context(), "atlas", "report", "--period", "2026-03", "-o", "out")
	c.Dir = root
	office := filepath.Join(root, "soffice")
	writeText(t, root, "soffice", "#!/bin/sh\nkill -TERM $PPID\nexec sleep 60\n")
	if err := os.Chmod(office, 0o755); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	c.Env = append(os.Environ(), "ATLAS_LIBREOFFICE="+office, "TMPDIR="+temp)
	out, err := c.CombinedOutput()
	if c.ProcessState.ExitCode() != exitInterrupted || !strings.Contains(string(out), "interrupted; what was there before is still in place") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, dir := range []string{filepath.Join(root, "out"), temp} {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left (%v)", dir, left, err)
		}
	}
}

// digest is of a file or of all files of a folder, with their names.
func digest(t *testing.T, path string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		_, err = io.WriteString(h, strings.TrimPrefix(name, path)+"\x00"+string(body))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}
