package engine

import (
	"context"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Preview reads the tables of the scope as Extract would and gives their first rows. Nothing is written.
func (w *Workspace) Preview(ctx context.Context, o IngestOptions, rows int) ([]*source.Preview, error) {
	tables, err := w.Declared(o)
	if err != nil {
		return nil, err
	}
	opts := source.ExtractOptions{Root: w.Project.Root, Drivers: w.engine.Sources, Now: w.engine.Clock, Progress: o.Progress, Scan: w.scanner(), Downloads: w.downloads()}
	var results []*source.Preview
	errs := make([]error, len(tables))
	for i, t := range tables {
		p, err := source.NewPreview(ctx, t, rows, opts)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errs[i] = err; err == nil {
			results = append(results, p)
		}
	}
	return results, together(errs)
}

// Sketch looks at files and writes a first declaration, in the words of what the project declares
// already. Given are the scope's values that a person named; the others are read from the files' names.
func (w *Workspace) Sketch(ctx context.Context, o source.SketchOptions, given map[string]string) (*source.Sketch, error) {
	o.Root, o.Drivers = w.Project.Root, w.engine.Sources
	for i, f := range o.Files {
		if abs, err := filepath.Abs(f); err == nil {
			if rel, err := filepath.Rel(w.Project.Root, abs); err == nil {
				f = rel
			}
		}
		o.Files[i] = filepath.ToSlash(f)
	}
	for _, x := range w.Manifest.Extracts {
		o.Known = append(o.Known, x.Tables...)
	}
	o.Scope = map[string]string{}
	if w.Project.Scope == nil {
		return source.NewSketch(ctx, o)
	}
	for _, d := range w.Project.Scope.Dimensions {
		var values []string
		for _, v := range d.Values {
			values = append(values, v.Name)
		}
		v := given[d.Name]
		if v == "" && slices.ContainsFunc(w.Manifest.Extracts, func(x *manifest.Extract) bool { _, ok := x.Scope[d.Name]; return ok }) || v == "" && len(w.Manifest.Extracts) == 0 {
			v = scopeOf(o.Files, values)
		}
		if v != "" {
			o.Order = append(o.Order, d.Name)
			o.Scope[d.Name] = v
		}
	}
	return source.NewSketch(ctx, o)
}

// scopeOf finds the value of a dimension that all files' names speak of: one of the values, or for
// a dimension of years a year; "" if there is none.
func scopeOf(files, values []string) string {
	year := regexp.MustCompile(`(^|\D)((?:19|20)\d\d)(\D|$)`)
	found := ""
	for _, f := range files {
		one := ""
		for _, part := range slices.Backward(strings.FieldsFunc(f, func(r rune) bool { return strings.ContainsRune("/ -_.()", r) })) {
			if i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, part) }); i >= 0 && one == "" {
				one = values[i]
			}
		}
		if m := year.FindStringSubmatch(path.Base(f)); one == "" && m != nil && len(values) > 0 && year.MatchString(values[0]) {
			one = m[2]
		}
		if one == "" || found != "" && found != one {
			return ""
		}
		found = one
	}
	return found
}
