// Package csv reads tables from delimited text files.
//
// It knows encodings, delimiters and quotes; every cell is a text, and what it means stands in
// package source. Its keys in a table's declaration, beside those of source.Options:
//
//	csv: data/raw/orders.csv     # or a list; * ? [ ] match several files, in order of name
//	delimiter: ";"               # one character or "tab"; by default the one of , ; tab | that splits the first lines best
//	encoding: windows-1252       # utf-8 (default, with or without a byte-order mark), utf-16, utf-16le, utf-16be, windows-1252, latin1
//	quote: "'"                   # default "
package csv

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads delimited text files. The zero value is ready.
type Source struct{}

// Options documents the driver's keys.
func (Source) Options() []source.Option {
	return []source.Option{
		{Name: "csv", Kind: "text or list", Doc: "the file's path from the project's root, or several; * ? [ ] match several files"},
		{Name: "delimiter", Kind: "text", Doc: `one character or "tab"; by default the one of , ; tab | that splits the first lines best`},
		{Name: "encoding", Kind: "text", Doc: "utf-8 (default), utf-16, utf-16le, utf-16be, windows-1252 or latin1"},
		{Name: "quote", Kind: "text", Doc: `the sign around fields that hold a delimiter (default ")`},
	}
}

// Monthly is false: a file belongs to no month.
func (Source) Monthly(*manifest.ExtractTable) bool { return false }

// Inputs gives the files with their hashes.
func (Source) Inputs(ctx context.Context, r source.Request) ([]source.Input, error) {
	return source.FileInputs(ctx, r, "csv", diag.MissingWorkbook, endings...)
}

//nolint:gochecknoglobals // a constant list
var endings = []string{".csv", ".tsv", ".txt"}

// Read gives one section a file.
func (Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		d, err := readDialect(r.Table)
		var files []source.File
		if err == nil {
			files, err = source.Files(ctx, r, "csv", diag.MissingWorkbook, endings...)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range files {
			if !readFile(ctx, r, f, d, yield) {
				return
			}
		}
	}
}

func readFile(ctx context.Context, r source.Request, file source.File, d dialect, yield func(*source.Section, error) bool) bool {
	f, err := os.Open(file.Path)
	if err != nil {
		yield(nil, err)
		return false
	}
	defer f.Close()
	in := bufio.NewReaderSize(transform.NewReader(f, d.encoding.NewDecoder()), 1<<16)
	if d.delimiter == 0 {
		d.delimiter = sniff(in, d.quote)
	}
	p := &parser{in: in, delimiter: d.delimiter, quote: d.quote, line: 1}
	s := &source.Section{File: file.Name, Pos: r.Table.OptionAt("csv"), GuessMerges: true}
	s.Rows = func(yieldRow func(source.Row, error) bool) {
		for n := 1; ; n++ {
			if err := ctx.Err(); err != nil {
				yieldRow(source.Row{}, err)
				return
			}
			cells, err := p.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yieldRow(source.Row{}, diag.Errorf(diag.BadFile, r.Table.OptionAt("csv"), "%s cannot be read: %v", file.Name, err).WithErr(err))
				return
			}
			if !yieldRow(source.Row{Number: n, Cells: cells}, nil) {
				return
			}
		}
	}
	return yield(s, nil)
}

// dialect is how a file is written; delimiter 0 is to be found out.
type dialect struct {
	delimiter, quote rune
	encoding         encoding.Encoding
}

func readDialect(t *manifest.ExtractTable) (dialect, error) {
	d := dialect{quote: '"'}
	var l diag.List
	sign := func(key string, to *rune) {
		v, ok := t.Options.Get(key)
		if !ok || v == nil {
			return
		}
		s := fmt.Sprint(v)
		if s == "tab" || s == `\t` {
			s = "\t"
		}
		r, n := utf8.DecodeRuneInString(s)
		if n != len(s) || n == 0 || r == '\n' || r == '\r' {
			l = append(l, diag.Errorf(diag.BadValue, t.OptionAt(key), "%s must be one character, not %q", key, s))
			return
		}
		*to = r
	}
	sign("delimiter", &d.delimiter)
	sign("quote", &d.quote)
	name := "utf-8"
	if v, ok := t.Options.Get("encoding"); ok && v != nil {
		name = fmt.Sprint(v)
	}
	if d.encoding = lookupEncoding(name); d.encoding == nil {
		known := []string{"utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252", "latin1"}
		l = append(l, diag.Errorf(diag.BadValue, t.OptionAt("encoding"), "no encoding is named %q", name).
			WithHint("there are %s", strings.Join(known, ", ")))
	}
	return d, l.Err()
}

func lookupEncoding(name string) encoding.Encoding {
	switch strings.ToLower(strings.ReplaceAll(name, "_", "-")) {
	case "utf-8", "utf8", "utf-8-sig":
		return unicode.UTF8BOM
	case "utf-16", "utf16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case "windows-1252", "cp1252":
		return charmap.Windows1252
	case "latin1", "latin-1", "iso-8859-1":
		return charmap.ISO8859_1
	default:
		return nil
	}
}
