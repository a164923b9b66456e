package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/site/findings"
	"atlas/engine/source"
)

// ValidateReport is what a validation found, by scope, and the files that it left.
type ValidateReport struct {
	Validations []*source.Validation
	Pages       []string // HTML pages of the findings, relative to the root
	Copies      []AnnotatedCopy
}

// AnnotatedCopy is a copy of a source file with the findings in it.
type AnnotatedCopy struct {
	Source, Path string // relative to the root; Path is "" where no copy was made, and Notes say why
	*source.Annotated
}

// Validate checks the raw rows of the scope, writes the QA exports, the JSON report and the page
// of findings, with Annotate a copy of every file with findings, and gives what was found.
func (w *Workspace) Validate(ctx context.Context, o IngestOptions) (*ValidateReport, error) {
	tables, err := w.Declared(o)
	if err != nil {
		return nil, err
	}
	byScope := map[string][]*manifest.ExtractTable{}
	for _, t := range tables {
		byScope[scopeKey(t.Scope)] = append(byScope[scopeKey(t.Scope)], t)
	}
	keys := make([]string, 0, len(byScope))
	for k := range byScope {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	report := &ValidateReport{}
	marks := &marking{w: w, marks: map[string][]source.Mark{}, tables: map[string]*manifest.ExtractTable{}}
	err = w.WithSession(ctx, o.Open, func(s adapter.Session) error {
		var mistakes diag.List
		for _, k := range keys {
			group := byScope[k]
			vo := source.ValidateOptions{
				Root: w.Project.Root, Dialect: w.Adapter.Dialect(), Database: w.rawDatabase(group[0]), Scope: w.scopeColumns(group[0]),
				Report: w.target().Path("validation"), Month: o.Month, Now: w.engine.Clock, Lookup: w.lookup(ctx, s, group[0]),
			}
			if o.Annotate {
				vo.Marks = marks.add
			}
			v, err := source.Validate(ctx, s, group, vo)
			var d *diag.Diagnostic
			switch {
			case err == nil:
				report.Validations = append(report.Validations, v)
			case ctx.Err() != nil || !errors.As(err, &d):
				return err
			default:
				mistakes.Add(err)
			}
		}
		return mistakes.Err()
	})
	if err != nil {
		return report, err
	}
	for _, v := range report.Validations {
		path := strings.TrimSuffix(v.Path, ".json") + ".html"
		if err := findings.Write(w.onDisk(path), v, findings.Options{Title: or(scopeTitle(v.Scope), w.Project.Name)}); err != nil {
			return report, err
		}
		report.Pages = append(report.Pages, path)
	}
	report.Copies, err = marks.copies(ctx)
	return report, err
}

// onDisk gives the place of a path that is relative to the root, unless it is absolute.
func (w *Workspace) onDisk(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(w.Project.Root, filepath.FromSlash(path))
}

// scopeTitle names a scope for people: "ACME 2026".
func scopeTitle(scope map[string]string) string {
	names := make([]string, 0, len(scope))
	for n := range scope {
		names = append(names, n)
	}
	sort.Strings(names)
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = scope[n]
	}
	return strings.Join(parts, " ")
}

func scopeKey(scope map[string]string) string {
	names := make([]string, 0, len(scope))
	for n := range scope {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		b.WriteString(n + "=" + scope[n] + "\x00")
	}
	return b.String()
}

// lookup finds where the values of a check's lookup stand: a seed's in its file, so that it need
// not be built yet; a model's and a raw table's in the warehouse.
func (w *Workspace) lookup(ctx context.Context, s adapter.Session, t *manifest.ExtractTable) source.Lookup {
	return func(words, column string) (manifest.Relation, []string, error) {
		n, rel, err := w.lookedUp(words, t)
		if err != nil {
			return rel, nil, err
		}
		if n != nil && n.Kind == manifest.Seed && column != "" {
			values, err := seedColumn(n, column)
			return manifest.Relation{}, values, err
		}
		found, err := s.Relation(ctx, rel)
		if err != nil {
			return rel, nil, err
		}
		if found == nil {
			hint := "run atlas load first"
			if n != nil && n.Kind != manifest.Source {
				hint = "build it first: atlas build --select " + n.Name
			}
			return rel, nil, diag.Errorf(diag.UnknownRelation, diag.Pos{}, "%s does not exist yet", rel).WithHint("%s", hint)
		}
		if column != "" {
			have, err := s.Columns(ctx, found.Relation)
			if err != nil {
				return rel, nil, err
			}
			var names []string
			for _, c := range have {
				names = append(names, c.Name)
			}
			if !slices.ContainsFunc(names, func(c string) bool { return strings.EqualFold(c, column) }) {
				return rel, nil, diag.Errorf(diag.UnknownColumn, diag.Pos{}, "%s has no column %s", words, column).WithHint("%s", or(diag.DidYouMean(column, names), "its columns are "+strings.Join(names, ", ")))
			}
		}
		return found.Relation, nil, nil
	}
}

// checkLookups reports the models and seeds that checks name and that the project does not have,
// and the columns that a seed does not have.
func (w *Workspace) checkLookups(t *manifest.ExtractTable) diag.List {
	var l diag.List
	for _, c := range t.Checks {
		words, column := source.LooksUp(c)
		if words == "" {
			continue
		}
		n, _, err := w.lookedUp(words, t)
		if err == nil && n != nil && n.Kind == manifest.Seed && column != "" {
			_, err = seedColumn(n, column)
		}
		for _, d := range diag.From(err) {
			if d.Pos.IsZero() {
				d.Pos = c.SQLPos
			}
			d.Msg = "check " + c.Name + ": " + d.Msg
			l = append(l, d)
		}
	}
	return l
}

// lookedUp finds the node, or the raw table, that the words of a lookup mean.
func (w *Workspace) lookedUp(words string, t *manifest.ExtractTable) (*manifest.Node, manifest.Relation, error) {
	inner, isRef := strings.CutPrefix(strings.TrimSpace(words), "ref(")
	if !isRef {
		schema, name, dotted := strings.Cut(words, ".")
		if !dotted {
			schema, name = t.Source, words
		}
		return nil, manifest.Relation{Database: w.rawDatabase(t), Schema: schema, Name: name}, nil
	}
	name := strings.Trim(strings.TrimSuffix(inner, ")"), " '\"")
	var names []string
	var found []*manifest.Node
	for _, n := range w.Manifest.Nodes {
		if n.Kind != manifest.Model && n.Kind != manifest.Seed && n.Kind != manifest.Snapshot {
			continue
		}
		if names = append(names, n.Name); n.Name == name {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		d := diag.Errorf(diag.UnknownRef, diag.Pos{}, "there is no model or seed %q", name)
		d.Hint = diag.DidYouMean(name, names)
		return nil, manifest.Relation{}, d
	}
	slices.SortFunc(found, func(a, b *manifest.Node) int { return cmp.Compare(a.ID, b.ID) })
	if i := slices.IndexFunc(found, func(n *manifest.Node) bool { return n.Package == w.Project.Name }); i > 0 {
		found[0] = found[i] // the project's own comes first
	}
	return found[0], found[0].Relation, nil
}

// seedColumn reads the values of a column of a seed, each once.
func seedColumn(n *manifest.Node, column string) ([]string, error) {
	header, err := seedHeader(n)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(h, column) })
	if at < 0 {
		return nil, diag.Errorf(diag.UnknownColumn, diag.Pos{}, "the seed %s has no column %s", n.Name, column).WithHint("%s", or(diag.DidYouMean(column, header), "its columns are "+strings.Join(header, ", ")))
	}
	var out []string
	for rec, err := range seedRecords(n) {
		if err != nil {
			return nil, err
		}
		if rec[at] != "" {
			out = append(out, rec[at])
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// maxMarks bounds the marks that are held for copies. Who has more has one mistake, not many.
const maxMarks = 200_000

// marking gathers findings by file, for copies of the files with marks in them.
type marking struct {
	w      *Workspace
	marks  map[string][]source.Mark
	tables map[string]*manifest.ExtractTable // a table that was read from the file
	files  []string
	n      int
}

func (m *marking) add(t *manifest.ExtractTable, f source.Finding) error {
	if m.n++; m.n > maxMarks {
		return nil
	}
	if _, known := m.tables[f.File]; !known {
		m.files = append(m.files, f.File)
		m.tables[f.File] = t
	}
	mark := source.Mark{Sheet: f.Sheet, Row: int(f.Row), Severity: f.Severity, Code: f.Check, Message: f.Message, Value: f.Value}
	if len(f.Cells) > 3 || len(f.Cells) == 0 { // it is about the row
		for _, cell := range f.Cells {
			mark.Cols = append(mark.Cols, source.CellColumn(cell))
		}
		m.marks[f.File] = append(m.marks[f.File], mark)
		return nil
	}
	mark.Col = source.CellColumn(f.Cells[0])
	m.marks[f.File] = append(m.marks[f.File], mark)
	return nil
}

// copies writes a copy of each file with findings: invalid/<name>-annotated.xlsx. A file that
// cannot have marks is named with the reason.
func (m *marking) copies(ctx context.Context) ([]AnnotatedCopy, error) {
	var out []AnnotatedCopy
	slices.Sort(m.files)
	for _, file := range m.files {
		t := m.tables[file]
		ext := filepath.Ext(file)
		dir := filepath.Join(filepath.Dir(filepath.Dir(filepath.FromSlash(t.Snapshot))), "invalid")
		to := filepath.ToSlash(filepath.Join(dir, strings.TrimSuffix(filepath.Base(file), ext)+"-annotated"+ext))
		driver, err := m.w.engine.Sources.Get(t.Driver)
		if err != nil {
			return out, err
		}
		a, ok := driver.(source.Annotator)
		if !ok {
			out = append(out, unmarked(file, t.Driver+" files have no cells to colour"))
			continue
		}
		if _, err := os.Stat(m.w.onDisk(file)); err != nil {
			out = append(out, unmarked(file, "it is not on this machine"))
			continue
		}
		done, err := a.Annotate(ctx, m.w.onDisk(file), m.w.onDisk(to), m.marks[file], source.AnnotateOptions{})
		var d *diag.Diagnostic
		switch {
		case errors.As(err, &d):
			out = append(out, unmarked(file, "it "+d.Msg))
		case err != nil:
			return out, fmt.Errorf("annotate %s: %w", file, err)
		default:
			out = append(out, AnnotatedCopy{Source: file, Path: to, Annotated: done})
		}
	}
	if left := m.n - maxMarks; left > 0 && len(out) > 0 {
		last := out[len(out)-1]
		last.Notes = append(last.Notes, fmt.Sprintf("%d findings beyond the first %d are not marked; the QA files have them", left, maxMarks))
	}
	return out, nil
}

// unmarked is a file that has no copy.
func unmarked(file, why string) AnnotatedCopy {
	return AnnotatedCopy{Source: file, Annotated: &source.Annotated{Notes: []string{file + " is not copied with marks: " + why}}}
}
