// Package parquet reads tables from Parquet files, through the warehouse's own reader.
//
// Its keys in a table's declaration, beside those of source.Options:
//
//	parquet: data/raw/orders.parquet   # or a list, a pattern, a folder, an address
//
// Columns may be left out: they are the file's, decimals and times as it has them. Lists, structs
// and maps are stored as JSON text, bytes as \x and hexadecimal digits.
package parquet

import (
	"context"
	"errors"
	"iter"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads Parquet files. The zero value is ready.
type Source struct{}

// Interfaces that the driver answers to.
var (
	_ source.Source    = Source{}
	_ source.Describer = Source{}
	_ source.Checker   = Source{}
)

//nolint:gochecknoglobals // a constant list
var endings = []string{".parquet", ".pq"}

// Options documents the driver's keys.
func (Source) Options() []source.Option {
	return []source.Option{
		{Name: "parquet", Kind: "text or list", Doc: "the file's path from the project's root, a pattern (* ? [ ] **), a folder, an address, or several"},
	}
}

// Monthly is false: a file belongs to no month.
func (Source) Monthly(*manifest.ExtractTable) bool { return false }

// Check reads the keys of the driver.
func (Source) Check(t *manifest.ExtractTable) error {
	if v, ok := t.Options.Get("parquet"); !ok || len(source.Texts(v)) == 0 {
		return diag.Errorf(diag.MissingKey, t.Pos, "table %s names no file", t.Table).WithHint("add parquet: path/to/file.parquet")
	}
	return nil
}

// Inputs gives the files with their hashes.
func (Source) Inputs(ctx context.Context, r source.Request) ([]source.Input, error) {
	return source.FileInputs(ctx, r, "parquet", diag.MissingWorkbook, endings...)
}

// Describe gives the columns of all files, in the order in which they come up. Where files differ
// in a column's type it is text.
func (Source) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	files, err := source.Files(ctx, r, "parquet", diag.MissingWorkbook, endings...)
	if err != nil {
		return nil, err
	}
	var out []manifest.ExtractColumn
	at := map[string]int{}
	for _, f := range files {
		columns, err := source.DescribeForeign(ctx, r, foreign(f))
		if err != nil {
			return nil, explain(ctx, r.Table, f, err)
		}
		for _, c := range columns {
			i, ok := at[c.Headers[0]]
			switch {
			case !ok:
				at[c.Headers[0]] = len(out)
				out = append(out, c)
			case out[i].Type != c.Type:
				out[i].Type = "text"
			}
		}
	}
	return out, nil
}

// Read gives one section a file.
func (Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		files, err := source.Files(ctx, r, "parquet", diag.MissingWorkbook, endings...)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range files {
			reading := source.ForeignReading{
				Foreign: foreign(f), Section: &source.Section{File: f.Name, Pos: r.Table.OptionAt("parquet")},
				Explain: func(err error) error { return explain(ctx, r.Table, f, err) },
			}
			if !source.ReadForeign(ctx, r, reading, yield) {
				return
			}
		}
	}
}

func foreign(f source.File) source.Foreign { return source.Foreign{Format: "parquet", Path: f.Path} }

// explain makes a diagnostic of the warehouse's words.
func explain(ctx context.Context, t *manifest.ExtractTable, f source.File, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, source.ErrNoScanner) {
		return diag.Errorf(diag.BadValue, t.OptionAt("parquet"), "%s cannot be read: %v", f.Name, err).
			WithHint("read it with another tool, and export it as CSV")
	}
	err = source.Place(err, diag.BadFile, t.OptionAt("parquet"), "%s is no readable Parquet file", f.Name)
	var d *diag.Diagnostic
	if errors.As(err, &d) && d.Hint == "" {
		return d.WithHint("export it again: it may be cut off, or be of another format than its name says")
	}
	return err
}
