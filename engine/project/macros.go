package project

import (
	"context"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// ParseMacros reads the macros of one macro file. Pkg is the package that will own them, path the
// file's path in it and shown its name in diagnostics.
func ParseMacros(pkg, shown, text string) ([]*Macro, error) {
	t, err := jinja.Parse(shown, text, jinja.Options{KeepTrailingNewline: true})
	if err != nil {
		return nil, err
	}
	defs := t.Macros()
	out := make([]*Macro, 0, len(defs))
	for _, d := range defs {
		out = append(out, &Macro{MacroDef: d, ID: manifest.ID("macro." + pkg + "." + d.Name), Package: pkg})
	}
	return out, nil
}

// loadMacros parses the macro files of all packages, several at a time.
func (l *loader) loadMacros(ctx context.Context) {
	var files []*File
	for _, pkg := range l.p.Packages {
		for _, f := range pkg.Files {
			if f.kind == macroFile || f.kind == genericFile {
				files = append(files, f)
			}
		}
	}
	macros := make([][]*Macro, len(files))
	failed := make([]diag.List, len(files))
	forEach(ctx, l.p.workers, len(files), func(i int) {
		f := files[i]
		text, err := l.p.files.read(f)
		if err != nil {
			failed[i].Add(err)
			return
		}
		got, err := ParseMacros(f.Package.Name, f.Shown, text)
		failed[i].Add(err)
		for _, m := range got {
			m.File = f
			if f.kind == macroFile || m.Kind == "test" {
				macros[i] = append(macros[i], m)
			}
		}
	})
	seen := map[manifest.ID]*Macro{}
	for i, f := range files {
		l.diags.Add(failed[i])
		for _, m := range macros[i] {
			if first, dup := seen[m.ID]; dup {
				l.diags.Add(diag.Errorf(diag.DuplicateName, m.Pos, "the macro %q is defined twice in package %s", m.Name, m.Package).
					WithNote(first.Pos, "the other one"))
				continue
			}
			seen[m.ID] = m
			f.Package.Macros = append(f.Package.Macros, m)
		}
	}
}

// loadDocs reads the docs blocks of all packages' Markdown.
func (l *loader) loadDocs(ctx context.Context) {
	var files []*File
	for _, pkg := range l.p.Packages {
		for _, f := range pkg.Files {
			if f.kind == docsFile {
				files = append(files, f)
			}
		}
	}
	docs := make([][]*manifest.Doc, len(files))
	places := make([][]diag.Pos, len(files))
	failed := make([]diag.List, len(files))
	forEach(ctx, l.p.workers, len(files), func(i int) {
		text, err := l.p.files.read(files[i])
		if err != nil {
			failed[i].Add(err)
			return
		}
		if !strings.Contains(text, "{%") {
			return
		}
		docs[i], places[i], failed[i] = docsBlocks(files[i], text)
	})
	where := map[manifest.ID]diag.Pos{}
	for i := range files {
		l.diags.Add(failed[i])
		for j, d := range docs[i] {
			if first, dup := where[d.ID]; dup {
				l.diags.Add(diag.Errorf(diag.DuplicateName, places[i][j], "the docs block %q is defined twice in package %s", d.Name, d.Package).
					WithNote(first, "the other one"))
				continue
			}
			where[d.ID] = places[i][j]
			l.p.Docs[d.ID] = d
		}
	}
}

// docsBlocks finds the {% docs %} blocks of one file.
func docsBlocks(f *File, text string) ([]*manifest.Doc, []diag.Pos, diag.List) {
	t, err := jinja.Parse(f.Shown, text, jinja.Options{KeepTrailingNewline: true})
	if err != nil {
		return nil, nil, diag.From(err)
	}
	var docs []*manifest.Doc
	var places []diag.Pos
	for _, b := range t.Blocks() {
		if b.Kind != "docs" {
			continue
		}
		body, err := docsBody(b)
		if err != nil {
			return docs, places, diag.From(err)
		}
		docs = append(docs, &manifest.Doc{
			ID: manifest.ID("doc." + f.Package.Name + "." + b.Name), Package: f.Package.Name, Name: b.Name,
			Path: f.Path, Contents: strings.TrimSpace(body),
		})
		places = append(places, b.Pos)
	}
	return docs, places, nil
}

// docsBody renders a docs block, which may hold templates but sees no names.
func docsBody(b *jinja.Block) (string, error) {
	if !jinja.HasTags(b.Body) {
		return b.Body, nil
	}
	t, err := jinja.Parse(b.BodyPos.File, b.Body, jinja.Options{Start: b.BodyPos})
	if err != nil {
		return "", err
	}
	return t.Render(&jinja.State{})
}
