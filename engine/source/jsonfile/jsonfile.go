// Package jsonfile reads tables from JSON files: lists of objects, and objects one after the other
// (NDJSON).
//
// Files are streamed, packed (gzip) or not; memory is that of one record. Its keys in a table's
// declaration, beside those of source.Options:
//
//	json: data/raw/orders.json   # or a list, a pattern, a folder, an address
//	records: data.items          # where the list stands; by default the file is the list
//
// Objects in a record are taken apart: the header of {"customer": {"name": …}} is customer.name.
// Lists are stored as JSON text. The row of a record is its number in the file. Columns may be
// left out: they are all fields that the files have, with the types that fit every record.
package jsonfile

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads JSON files. The zero value is ready.
type Source struct{}

// Interfaces that the driver answers to.
var (
	_ source.Source    = Source{}
	_ source.Describer = Source{}
	_ source.Checker   = Source{}
)

//nolint:gochecknoglobals // a constant list
var endings = []string{".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz"}

// Options documents the driver's keys.
func (Source) Options() []source.Option {
	return []source.Option{
		{Name: "json", Kind: "text or list", Doc: "the file's path from the project's root, a pattern (* ? [ ] **), a folder, an address, or several"},
		{Name: "records", Kind: "text", Doc: "where the list of records stands in the file: data.items (default: the file is the list, or has one record a line)"},
	}
}

// Monthly is false: a file belongs to no month.
func (Source) Monthly(*manifest.ExtractTable) bool { return false }

// Check reads the keys of the driver.
func (Source) Check(t *manifest.ExtractTable) error {
	var l diag.List
	if v, ok := t.Options.Get("json"); !ok || len(source.Texts(v)) == 0 {
		l = append(l, diag.Errorf(diag.MissingKey, t.Pos, "table %s names no file", t.Table).WithHint("add json: path/to/file.json"))
	}
	_, err := recordsPath(t)
	l.Add(err)
	return l.Err()
}

func recordsPath(t *manifest.ExtractTable) ([]string, error) {
	v, ok := t.Options.Get("records")
	if !ok || v == nil {
		return nil, nil
	}
	text, isText := v.(string)
	if !isText || strings.Contains(text, "..") || strings.HasSuffix(text, ".") && text != "." {
		return nil, diag.Errorf(diag.BadValue, t.OptionAt("records"), "records must be names with points between them, not %v", v).
			WithHint("records: data.items")
	}
	return source.JSONPath(text), nil
}

// Inputs gives the files with their hashes.
func (Source) Inputs(ctx context.Context, r source.Request) ([]source.Input, error) {
	return source.FileInputs(ctx, r, "json", diag.MissingWorkbook, endings...)
}

// Describe gives the fields of all records of all files, with the types that take every value.
func (Source) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	files, path, err := open(ctx, r)
	if err != nil {
		return nil, err
	}
	var names []string
	guess := &source.Guess{}
	var l diag.List
	for _, f := range files {
		err := each(ctx, r, f, path, &names, guess.Note)
		var d *diag.Diagnostic
		if err != nil && !errors.As(err, &d) {
			return nil, err
		}
		l.Add(err)
	}
	return guess.Columns(names), l.Err()
}

// Read gives one section a file.
func (Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		files, path, err := open(ctx, r)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range files {
			var names []string
			if err := each(ctx, r, f, path, &names, nil); err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			if !readFile(ctx, r, f, path, names, yield) {
				return
			}
		}
	}
}

func open(ctx context.Context, r source.Request) ([]source.File, []string, error) {
	path, err := recordsPath(r.Table)
	if err != nil {
		return nil, nil, err
	}
	files, err := source.Files(ctx, r, "json", diag.MissingWorkbook, endings...)
	return files, path, err
}

// each reads a file to its end and gathers its fields in names; f may be nil.
func each(ctx context.Context, r source.Request, file source.File, path []string, names *[]string, f func([]source.Cell)) error {
	in, err := openFile(file.Path)
	if err != nil {
		return fmt.Errorf("read %s: %w", file.Name, err)
	}
	defer in.Close()
	j := source.NewJSONReader(in, path, *names)
	for n := 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := j.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return explain(r.Table, file, err)
		}
		if f != nil {
			f(cells)
		}
	}
	*names = j.Names
	return nil
}

func readFile(ctx context.Context, r source.Request, file source.File, path, names []string, yield func(*source.Section, error) bool) bool {
	in, err := openFile(file.Path)
	if err != nil {
		return yield(nil, fmt.Errorf("read %s: %w", file.Name, err))
	}
	defer in.Close()
	j := source.NewJSONReader(in, path, names)
	s := &source.Section{File: file.Name, Pos: r.Table.OptionAt("json"), Fields: names}
	if s.Fields == nil {
		s.Fields = []string{}
		if _, err := j.Next(); errors.Is(err, io.EOF) {
			return true // a list without records has no fields to look for
		}
	}
	s.Rows = func(yieldRow func(source.Row, error) bool) {
		for n := 1; ; n++ {
			if err := ctx.Err(); err != nil {
				yieldRow(source.Row{}, err)
				return
			}
			cells, err := j.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yieldRow(source.Row{}, explain(r.Table, file, err))
				return
			}
			if !yieldRow(source.Row{Number: n, Cells: cells}, nil) {
				return
			}
		}
	}
	if !yield(s, nil) {
		return false
	}
	if _, said := r.Table.Options.Get("records"); j.Single != "" && !said {
		d := diag.Warnf(diag.BadValue, r.Table.OptionAt("json"), "%s was read as one record; it holds a list of objects, %s", file.Name, j.Single)
		return yield(nil, d.WithHint("records: %s reads the list, and records: . says that one record is right", j.Single))
	}
	return true
}

// explain makes a diagnostic of what is wrong in a file.
func explain(t *manifest.ExtractTable, file source.File, err error) error {
	var j *source.JSONError
	if !errors.As(err, &j) {
		return fmt.Errorf("read %s: %w", file.Name, err)
	}
	if j.Absent != nil {
		d := diag.Errorf(diag.BadValue, t.OptionAt("records"), "%s: %s", file.Name, j.Msg)
		want := lastName(t)
		return d.WithHint("%s", cmp.Or(diag.DidYouMean(want, j.Absent), "there are "+strings.Join(j.Absent, ", ")))
	}
	if j.Err != nil {
		return diag.Errorf(diag.BadFile, t.OptionAt("json"), "%s cannot be read: %v", file.Name, j.Err).WithErr(j).
			WithHint("the file is damaged: fetch it again")
	}
	d := diag.Errorf(diag.BadFile, t.OptionAt("json"), "%s is no readable JSON: %v", file.Name, j).WithErr(j)
	switch _, said := t.Options.Get("records"); {
	case strings.Contains(j.Msg, "the end of the text"), strings.Contains(j.Msg, "ends inside quotes"):
		return d.WithHint("the file is cut off: fetch or export it again")
	case said:
		return d.WithHint("records: names the place of the list; look at the file at line %d", j.Line)
	default:
		return d.WithHint("look at the file at line %d; a list deeper in the file is named by records: data.items", j.Line)
	}
}

func lastName(t *manifest.ExtractTable) string {
	path, _ := recordsPath(t)
	if len(path) == 0 {
		return ""
	}
	return path[len(path)-1]
}

// file is an open file, unpacked and as UTF-8.
type file struct {
	io.Reader
	f *os.File
}

// Close closes the file.
func (f *file) Close() error { return f.f.Close() }

func openFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	buf := bufio.NewReaderSize(f, 1<<16)
	out := &file{Reader: buf, f: f}
	if b, _ := buf.Peek(2); len(b) == 2 && b[0] == 0x1f && b[1] == 0x8b {
		packed, err := gzip.NewReader(buf)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		buf = bufio.NewReaderSize(packed, 1<<16)
		out.Reader = buf
	}
	if b, _ := buf.Peek(2); len(b) == 2 && (b[0] == 0xff && b[1] == 0xfe || b[0] == 0xfe && b[1] == 0xff) {
		out.Reader = transform.NewReader(buf, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	return out, nil
}
