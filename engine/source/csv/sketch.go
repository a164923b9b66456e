package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"unicode/utf8"

	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Sketches names the key that holds the driver's files, and their endings.
func (Source) Sketches() (option string, files []string) { return "csv", endings }

// Sheets gives the file as one sheet. An encoding other than UTF-8 is guessed from its first bytes.
func (Source) Sheets(ctx context.Context, file source.File) iter.Seq2[*source.Sheet, error] {
	return func(yield func(*source.Sheet, error) bool) {
		options := manifest.NewMap()
		name, err := guessEncoding(file.Path)
		if err != nil {
			yield(nil, fmt.Errorf("read %s: %w", file.Name, err))
			return
		}
		if name != "" {
			options.Set("encoding", name)
		}
		t := &manifest.ExtractTable{Options: options}
		d, err := readDialect(t)
		if err != nil {
			yield(nil, err)
			return
		}
		readFile(ctx, source.Request{Table: t}, file, d, func(s *source.Section, err error) bool {
			if err != nil {
				return yield(nil, err)
			}
			return yield(&source.Sheet{Section: s, Options: options}, nil)
		})
	}
}

// guessEncoding gives the name of the encoding that a file's first bytes speak for; "" is UTF-8.
func guessEncoding(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b := make([]byte, 1<<16)
	n, err := io.ReadFull(f, b)
	if err != nil && n == 0 && !errors.Is(err, io.EOF) {
		return "", err
	}
	b = b[:n]
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return "utf-16", nil
	}
	for i := 0; i < utf8.UTFMax && len(b) > 0 && n == 1<<16 && !utf8.Valid(b); i++ { // a sign cut in two
		b = b[:len(b)-1]
	}
	if name := wide(b); name != "" {
		return name, nil
	}
	if !utf8.Valid(b) {
		return "windows-1252", nil
	}
	return "", nil
}

// wide gives the UTF-16 that bytes without a byte-order mark are written in: of signs that most
// tables are made of, every other byte is zero.
func wide(b []byte) string {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	most := len(b) / 4 // half of the bytes of one side
	switch {
	case zeros[0] > most && zeros[1] < most/8:
		return "utf-16be"
	case zeros[1] > most && zeros[0] < most/8:
		return "utf-16le"
	default:
		return ""
	}
}
