package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// lookFlags are the flags of extract that only look: --sketch and --dry-run.
type lookFlags struct {
	sketch, sheets       []string
	like, locale, output string
	force, dry           bool
	rows                 int
}

func (f *lookFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.BoolVar(&f.dry, "dry-run", false, "write nothing, show the first rows and the cells they come from")
	fl.IntVar(&f.rows, "rows", 10, "dry run: how many rows of each table")
	fl.StringArrayVar(&f.sketch, "sketch", nil, "write a first declaration of these `files`")
	fl.StringArrayVar(&f.sheets, "sketch-sheet", nil, "sketch: only this `sheet`")
	fl.StringVar(&f.like, "like", "", "sketch: follow this declared `table`; none for none; else the one whose headers match best")
	fl.StringVar(&f.locale, "locale", "", "sketch: the locale, else guessed")
	fl.StringVarP(&f.output, "output", "o", "", "sketch: the `file` to write instead of the terminal; dry run: table or json")
	fl.BoolVar(&f.force, "force", false, "sketch: replace the output file")
}

// args allows more files behind --sketch.
func (f *lookFlags) args(cmd *cobra.Command, args []string) error {
	if len(f.sketch) > 0 {
		return nil
	}
	return noArgs(cmd, args)
}

// check refuses flags that do not go together.
func (f *lookFlags) check(cmd *cobra.Command) error {
	sketch := len(f.sketch) > 0
	switch changed := cmd.Flags().Changed; {
	case sketch && f.dry:
		return &usageError{msg: "--sketch and --dry-run do not go together", hint: "sketch first, then look at what the declaration gives"}
	case (sketch || f.dry) && changed("overwrite"):
		return &usageError{msg: "--overwrite does not go with --sketch or --dry-run, which write no snapshot"}
	case f.rows < 1:
		return &usageError{msg: fmt.Sprintf("--rows %d: at least one", f.rows)}
	case f.dry && f.output != "" && f.output != "json" && f.output != "table":
		return &usageError{msg: "--output " + f.output + " is neither table nor json"}
	case !f.dry && changed("rows"):
		return &usageError{msg: "--rows goes with --dry-run"}
	case !f.dry && !sketch && changed("output"):
		return &usageError{msg: "--output goes with --sketch or --dry-run"}
	}
	for _, name := range []string{"sketch-sheet", "like", "locale", "force"} {
		if !sketch && cmd.Flags().Changed(name) {
			return &usageError{msg: "--" + name + " goes with --sketch"}
		}
	}
	if !sketch || f.output == "" || f.force {
		return nil
	}
	_, err := os.Lstat(f.output)
	switch {
	case err == nil:
		return &usageError{msg: f.output + " is there already", hint: "--force replaces it"}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return err
	}
}

// sketch writes a first declaration.
func (a *app) sketch(ctx context.Context, w *engine.Workspace, f ingestFlags, more []string) error {
	if len(f.tables) > 1 {
		return &usageError{msg: "--sketch takes one --table, the name of the table that it declares"}
	}
	o := source.SketchOptions{
		Files: slices.Concat(f.look.sketch, more), Sheets: f.look.sheets, Like: f.look.like, Locale: f.look.locale, Table: strings.Join(f.tables, ""),
	}
	if name, table, ok := strings.Cut(o.Table, "."); ok {
		o.Source, o.Table = name, table
	}
	given := map[string]string{"entity": a.flags.entity, "year": a.flags.year, "month": a.flags.month}
	s, err := w.Sketch(ctx, o, given)
	if err != nil {
		return err
	}
	if f.look.output == "" {
		fmt.Fprint(a.term.out, s.YAML)
		return nil
	}
	if err := writeWhole(f.look.output, s.YAML); err != nil {
		return fmt.Errorf("write %s: %w", f.look.output, err)
	}
	for _, t := range s.Tables {
		like := ""
		if t.Like != "" {
			like = ", like " + t.Like
		}
		a.term.say("%s.%s   %s, %s%s", t.Source, t.Table, count(t.Rows, "row", "rows"), count(int64(len(t.Columns)), "column", "columns"), like)
	}
	for _, n := range s.Notes {
		a.note("%s", n)
	}
	a.term.say("%s %s", a.term.paint("hint", "wrote"), f.look.output)
	a.unread(w, f.look.output)
	a.undeclared(w, s)
	a.term.say("%s atlas extract --dry-run --table %s%s", a.term.paint("hint", "next:"), s.Tables[0].Table, a.scopeArgs(w, true))
	return nil
}

// unread says it when the project does not read the folder that a sketch was written to.
func (a *app) unread(w *engine.Workspace, output string) {
	path, err := filepath.Abs(output)
	if err != nil {
		return
	}
	root, err := filepath.Abs(w.Project.Root)
	if err != nil {
		return
	}
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return
	}
	rel = filepath.ToSlash(rel)
	for _, folder := range w.Project.RootPackage().Paths.Sources {
		if strings.HasPrefix(rel, strings.TrimSuffix(folder, "/")+"/") {
			return
		}
	}
	if dir := filepath.ToSlash(filepath.Dir(rel)); dir != "." && !strings.HasPrefix(dir, "..") {
		a.term.say("%s %s is not read; have its folder in %s: source-paths: [%s]", a.term.paint("hint", "help:"), rel, filepath.Base(w.Project.File), strings.Join(append(slices.Clone(w.Project.RootPackage().Paths.Sources), dir), ", "))
		return
	}
	a.term.say("%s %s is not read; move it into a folder that %s has in source-paths", a.term.paint("hint", "help:"), output, filepath.Base(w.Project.File))
}

// undeclared says what a properties file must have before the project parses with the sketch.
func (a *app) undeclared(w *engine.Workspace, s *source.Sketch) {
	said := ""
	for _, t := range s.Tables {
		if declared(w, t.Source, t.Table) {
			continue
		}
		if said == "" {
			a.term.say("%s declare the source too, in a properties file beside the models:\n  sources:", a.term.paint("hint", "help:"))
		}
		if said != t.Source {
			said = t.Source
			a.term.say("    - name: %s\n      tables:", t.Source)
		}
		a.term.say("        - name: %s", t.Table)
	}
}

// declared reports whether a properties file has the table under sources.
func declared(w *engine.Workspace, name, table string) bool {
	for _, n := range w.Manifest.Nodes {
		if n.Kind == manifest.Source && n.Source.SourceName == name && n.Name == table {
			return true
		}
	}
	return false
}

// writeWhole writes a file aside and gives it its name when it is whole.
func writeWhole(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// preview shows the first rows of the scope's tables.
func (a *app) preview(ctx context.Context, w *engine.Workspace, f ingestFlags) error {
	o, err := a.ingestOptions(f)
	if err != nil {
		return err
	}
	o.Progress = a.liveProgress("dry run", a.now())
	tables, err := w.Preview(ctx, o, f.look.rows)
	a.term.redraw(nil)
	if f.look.output == "json" {
		out := make([]*manifest.Map, len(tables))
		for i, p := range tables {
			out[i] = previewJSON(p)
		}
		enc := json.NewEncoder(a.term.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return errors.Join(enc.Encode(out), err)
	}
	for i, p := range tables {
		if a.term.events {
			m := previewJSON(p)
			fields := map[string]any{}
			for _, k := range m.Keys() {
				fields[k], _ = m.Get(k)
			}
			a.term.event("preview", fields)
			continue
		}
		if i > 0 {
			a.term.say("")
		}
		a.showPreview(p)
	}
	if err != nil {
		return err
	}
	a.term.say("\nnothing was written\n%s atlas extract%s", a.term.paint("hint", "next:"), a.scopeArgs(w, true))
	return nil
}

func (a *app) showPreview(p *source.Preview) {
	what := count(p.Written, "row", "rows")
	if !p.Whole {
		what = "first " + count(int64(len(p.Rows)), "row", "rows")
	}
	if p.Rejected > 0 {
		what += fmt.Sprintf(", %s rejected", thousands(p.Rejected))
	}
	if p.Skipped > 0 {
		what += fmt.Sprintf(", %s skipped", thousands(p.Skipped))
	}
	a.term.say("%s   %s", a.term.paint("bold", p.Table.Source+"."+p.Table.Table), what)
	for _, s := range p.Sections {
		line := s.File
		wide := a.term.room(34, 16, 60)
		if s.Sheet != "" {
			// Files of one table have long names that begin alike; the sheet is what tells lines apart.
			file, sheet := filepath.Base(s.File), " · "+s.Sheet
			line = file + sheet
			if left := wide - visible(sheet); visible(line) > wide && left >= 4 {
				line = pad(file, left) + sheet
			}
		}
		line = "  " + pad(line, wide) + "  " + s.Header()
		if s.Month > 0 {
			line += fmt.Sprintf(", month %d", s.Month)
		}
		line += ", " + count(s.Written+s.Rejected, "row", "rows")
		if s.StoppedAt > 0 {
			line += fmt.Sprintf(" up to row %d", s.StoppedAt)
		}
		a.term.say("%s", line)
	}
	for _, r := range p.Rows {
		a.showRow(p, r)
	}
	if len(p.Bad) > 0 {
		a.term.say("\n  %s", a.term.paint("bold", "the next rows with a bad cell"))
		for _, r := range p.Bad {
			r.Cells = slices.DeleteFunc(slices.Clone(r.Cells), func(c source.PreviewCell) bool { return c.Problem == "" })
			a.showRow(p, r)
		}
	}
	if len(p.Unmapped) > 0 {
		a.note("headers that no column takes: %s", strings.Join(p.Unmapped, ", "))
	}
	for _, d := range p.Warnings {
		if d.Hint != "" {
			a.note("%s (%s)", d.Msg, d.Hint)
		} else {
			a.note("%s", d.Msg)
		}
	}
}

// showRow prints a record a line a column: name, value, and the cell as the file has it.
func (a *app) showRow(p *source.Preview, r source.PreviewRow) {
	where := ""
	if len(p.Sections) > 1 {
		where = r.Sheet
		if where == "" {
			where = filepath.Base(r.File)
		}
		where = " · " + where
	}
	head := fmt.Sprintf("row %d%s", r.Row, where)
	if r.Rejected {
		head += "   " + a.term.paint("error", "✗ rejected")
	}
	a.term.say("\n  %s", head)
	name, value, cell := 10, 8, 2
	for _, c := range r.Cells {
		name, value, cell = min(22, max(name, visible(c.Column))), min(24, max(value, visible(shown(c)))), max(cell, len(c.Cell))
	}
	room := a.term.room(60, 12, 12+name+value+cell)
	room = min(room, max(12, 79-12-name-value-cell))
	for _, c := range r.Cells {
		from, below := "", ""
		if raw := one(c.Raw); raw != "" && raw != c.Value {
			from = pad(raw, min(visible(raw), room))
		}
		sign := " "
		switch {
		case c.Problem != "":
			sign = "✗"
			raw := pad(one(c.Raw), min(visible(one(c.Raw)), room))
			if from = raw + " " + c.Problem; visible(from) > room {
				from, below = raw, c.Problem
			}
		case c.From != "":
			from = "(" + c.From + ")"
		}
		line := fmt.Sprintf("  %s %s  %s", sign, pad(c.Column, name), pad(shown(c), value))
		if c.Cell != "" || from != "" {
			line += "  " + a.term.paint("dim", pad(c.Cell, cell)+"  "+from)
		}
		a.term.say("%s", strings.TrimRight(line, " "))
		if below != "" {
			a.term.say("      %s", a.term.paint("dim", below))
		}
	}
}

// shown is a value in a line; null is a word that no text is shown as.
func shown(c source.PreviewCell) string {
	if c.Null {
		return "∅"
	}
	return one(c.Value)
}

// one puts a text on one line.
func one(s string) string {
	return strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\r", "⏎", "\t", "⇥").Replace(s)
}

// previewJSON gives a preview for programs.
func previewJSON(p *source.Preview) *manifest.Map {
	m := manifest.NewMap()
	m.Set("table", p.Table.Source+"."+p.Table.Table)
	m.Set("scope", p.Table.Scope)
	m.Set("whole", p.Whole)
	m.Set("counts", p.Counts)
	var sections []*manifest.Map
	for _, s := range p.Sections {
		x := manifest.NewMap()
		x.Set("file", s.File)
		x.Set("sheet", s.Sheet)
		x.Set("month", s.Month)
		x.Set("header_row", s.Layout.HeaderRow)
		x.Set("header_rows", s.Layout.HeaderRows)
		x.Set("data_row", s.Layout.DataRow)
		x.Set("stopped_at", s.StoppedAt)
		x.Set("counts", s.Counts)
		heads := manifest.NewMap()
		for i, h := range s.Headers {
			if h != "" {
				heads.Set(p.Table.Columns[i].Name, h)
			}
		}
		x.Set("headers", heads)
		sections = append(sections, x)
	}
	m.Set("sections", sections)
	m.Set("rows", rowsJSON(p.Rows))
	m.Set("bad", rowsJSON(p.Bad))
	m.Set("unmapped", append([]string{}, p.Unmapped...))
	warnings := []string{}
	for _, d := range p.Warnings {
		warnings = append(warnings, d.Msg)
	}
	m.Set("warnings", warnings)
	return m
}

func rowsJSON(rows []source.PreviewRow) []*manifest.Map {
	out := []*manifest.Map{}
	for _, r := range rows {
		x := manifest.NewMap()
		x.Set("file", r.File)
		x.Set("sheet", r.Sheet)
		x.Set("row", r.Row)
		x.Set("month", r.Month)
		x.Set("rejected", r.Rejected)
		cells := manifest.NewMap()
		for _, c := range r.Cells {
			v := manifest.NewMap()
			v.Set("value", nil)
			if !c.Null {
				v.Set("value", c.Value)
			}
			for _, kv := range [][2]string{{"cell", c.Cell}, {"from", c.From}, {"raw", c.Raw}, {"problem", c.Problem}} {
				if kv[1] != "" {
					v.Set(kv[0], kv[1])
				}
			}
			cells.Set(c.Column, v)
		}
		x.Set("columns", cells)
		out = append(out, x)
	}
	return out
}
