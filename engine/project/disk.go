package project

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"atlas/engine/diag"
)

// diskReader reads the files of packages.
type diskReader struct{}

// read gives a file's text without a byte order mark. A file that is not UTF-8 is a diagnostic.
func (*diskReader) read(f *File) (string, error) {
	data, err := os.ReadFile(f.Abs)
	if err != nil {
		return "", diag.Errorf(diag.BadFile, diag.Pos{File: f.Shown}, "cannot read the file: %v", err).WithErr(err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return "", diag.Errorf(diag.BadFile, badByte(f.Shown, data), "the file is not UTF-8 text").
			WithHint("save it as UTF-8")
	}
	return string(data), nil
}

// badByte finds the first byte that is no UTF-8.
func badByte(shown string, data []byte) diag.Pos {
	pos := diag.Pos{File: shown, Line: 1, Col: 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size <= 1 {
			break
		}
		pos.Col++
		if r == '\n' {
			pos.Line, pos.Col = pos.Line+1, 1
		}
		data = data[size:]
	}
	return pos
}

// checksum is dbt's: SHA-256 of the text without white space at its ends.
func checksum(text string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(text)))
	return hex.EncodeToString(sum[:])
}

// forEach calls do for 0 to n-1 from several goroutines and waits. A cancelled context stops it.
func forEach(ctx context.Context, workers, n int, do func(i int)) {
	if workers > n {
		workers = n
	}
	if workers <= 1 {
		for i := range n {
			if ctx.Err() != nil {
				return
			}
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
}
