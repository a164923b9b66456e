package source

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// discover adds to the table the columns that nobody declared: all that the source knows where
// the declaration has none, and what schema_drift: evolve takes in.
func (x *extraction) discover(ctx context.Context) error {
	t := x.req.Table
	describer, knows := x.driver.(Describer)
	switch {
	case len(t.Columns) == 0 && !knows:
		return noColumns(t)
	case len(t.Columns) > 0 && t.Drift != Evolve:
		return nil
	}
	var found []manifest.ExtractColumn
	var err error
	if knows {
		found, err = describer.Describe(ctx, x.req)
	} else {
		found, err = x.survey(ctx)
	}
	if err != nil {
		return err
	}
	rules, err := readRules(t)
	if err != nil {
		return err
	}
	full := *t
	full.Columns = slices.Clone(t.Columns)
	for _, c := range found {
		header := first(c.Headers, c.Name)
		if declares(t, header) || rules.ignored(header) {
			continue
		}
		c.Name = freeName(full.Columns, c.Name)
		c.Pos = t.Pos
		full.Columns = append(full.Columns, c)
		x.found = append(x.found, FoundColumn{Name: c.Name, Type: c.Type, Header: header})
	}
	x.req.Table = &full
	return nil
}

func noColumns(t *manifest.ExtractTable) *diag.Diagnostic {
	return diag.Errorf(diag.MissingKey, t.Pos, "table %s declares no columns", t.Table).
		WithHint("atlas extract --sketch looks at a file and writes a first declaration")
}

// declares reports whether a declared column takes the header.
func declares(t *manifest.ExtractTable, header string) bool {
	f := Fold(header)
	return slices.ContainsFunc(t.Columns, func(c manifest.ExtractColumn) bool {
		return c.From == "" && (Fold(c.Name) == f || slices.ContainsFunc(c.Headers, func(h string) bool { return Fold(h) == f }))
	})
}

// survey reads the headers of all sections, and gives those that no column takes as columns of text.
func (x *extraction) survey(ctx context.Context) ([]manifest.ExtractColumn, error) {
	t, err := prepare(x.req.Table)
	if err != nil {
		return nil, err
	}
	var found []manifest.ExtractColumn
	seen := map[string]bool{}
	for s, err := range x.driver.Read(ctx, x.req) {
		sc := &scan{}
		if err == nil {
			sc = t.newScan(s)
			for _, err = range sc.records(ctx) {
				break // the header is all that is wanted
			}
		}
		var d *diag.Diagnostic
		if err != nil && (ctx.Err() != nil || !errors.As(err, &d)) {
			return nil, err
		}
		if err != nil || sc.binding == nil { // the reading itself reports the mistakes, all of them
			continue
		}
		for _, header := range sc.binding.unmapped {
			if f := Fold(header); !seen[f] {
				seen[f] = true
				found = append(found, manifest.ExtractColumn{Name: Identifier(header), Headers: []string{header}, Type: "text"})
			}
		}
	}
	return found, nil
}

// freeName makes a name that no column of the table has.
func freeName(columns []manifest.ExtractColumn, name string) string {
	taken := func(n string) bool {
		return reserved(strings.ToLower(n)) || slices.ContainsFunc(columns, func(c manifest.ExtractColumn) bool { return strings.EqualFold(c.Name, n) })
	}
	for n, i := name, 2; ; i++ {
		if !taken(n) {
			return n
		}
		n = name + "_" + strconv.Itoa(i)
	}
}

// Identifier makes a column name of a header: "Jumlah Peserta (%)" is jumlah_peserta_percent.
func Identifier(header string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ReplaceAll(header, "%", " percent ")) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	name := b.String()
	switch {
	case name == "":
		return "column"
	case name[0] >= '0' && name[0] <= '9':
		return "c_" + name
	default:
		return name
	}
}
