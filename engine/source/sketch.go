package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
)

// Sketcher is a source whose files can be looked at before anybody has declared them.
type Sketcher interface {
	// Sketches gives the option that names the driver's files, and the endings of such files.
	Sketches() (option string, endings []string)
	// Sheets gives what the file holds, hidden sheets too. Rows of a sheet are read before the
	// next sheet is asked for.
	Sheets(ctx context.Context, file File) iter.Seq2[*Sheet, error]
}

// Sheet is a section that nobody has declared: Merges are those near the top.
type Sheet struct {
	*Section
	Hidden  bool
	Options *manifest.Map // of the driver, that the declaration needs to read it; may be nil
}

// SketchOptions are the wishes of a sketch.
type SketchOptions struct {
	Root    string   // project folder
	Files   []string // paths relative to Root, slash-separated; they become one declaration
	Sheets  []string // only these sheets, hidden ones too; empty is every visible one
	Source  string   // name of the source; "" is that of the declaration it is like, else raw
	Table   string   // name of the table; "" is guessed
	Locale  string   // "" is guessed
	Like    string   // "source.table" or "table" of a declared table to follow; "" is the best match, LikeNone none
	Scope   map[string]string
	Order   []string // the scope's dimensions, in order
	Known   []*manifest.ExtractTable
	Drivers *registry.Registry[Source]
}

// Sketch is a first declaration.
type Sketch struct {
	YAML   string
	Tables []SketchTable
	Notes  []string // what a person should look at, beside the comments in the YAML
}

// SketchTable is what was guessed of one table.
type SketchTable struct {
	Source, Table string
	Like          string // the declared table that it follows; "" if none
	Columns       []manifest.ExtractColumn
	Layout        Layout
	Sheets        []string
	Rows          int64 // of data
}

// NewSketch looks at files and writes a first declaration of what they hold. It reads every sheet
// once; memory is bounded by a sample of each column's texts.
func NewSketch(ctx context.Context, o SketchOptions) (*Sketch, error) {
	s := &sketching{o: o}
	var l diag.List
	for _, name := range o.Files {
		if err := s.file(ctx, name); err != nil {
			var d *diag.Diagnostic
			if ctx.Err() != nil || !errors.As(err, &d) {
				return nil, err
			}
			l.Add(err)
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	for _, want := range o.Sheets {
		if !slices.ContainsFunc(s.seen, func(n string) bool { return Fold(n) == Fold(want) }) {
			d := diag.Errorf(diag.MissingSheet, diag.Pos{}, "there is no sheet %q in %s", want, strings.Join(o.Files, ", "))
			if d.Hint = diag.DidYouMean(want, s.seen); d.Hint == "" && len(s.seen) > 0 {
				d.Hint = "there are " + quoteList(s.seen)
			}
			l = append(l, d)
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	if len(s.groups) == 0 {
		return nil, s.nothing()
	}
	return s.write()
}

// sketching is one run of NewSketch.
type sketching struct {
	o      SketchOptions
	seen   []string // names of all sheets
	groups []*group
	notes  []string
}

// group is sheets that look alike: one table.
type group struct {
	option string // of the driver: "workbook"
	driver *manifest.Map
	sheets []*looked
}

// looked is one sheet with what was seen in it.
type looked struct {
	file, sheet string
	layout      Layout
	date1904    bool
	texts       []string // of the header, by column
	hidden      map[int]bool
	columns     []*profile // by column; nil where the header has no text
	rows        int64
	sampled     int64
	blankRun    int // the longest run of blank rows between rows of data
	skips       []string
	stops       []string
}

func (s *sketching) nothing() error {
	what := strings.Join(s.o.Files, ", ")
	if len(s.seen) == 0 {
		return diag.Errorf(diag.BadFile, diag.Pos{}, "%s has no sheet with cells", what).
			WithHint("a workbook of charts alone holds no table: sketch the file that the charts were made of")
	}
	d := diag.Errorf(diag.BadHeader, diag.Pos{}, "no header was found in %s", what)
	d.Hint = "a header is a row of at least two different texts above rows of data"
	if len(s.notes) > 0 {
		d.Hint = strings.Join(s.notes, "; ")
	}
	return d
}

// file looks at all sheets of one file.
func (s *sketching) file(ctx context.Context, name string) error {
	full := filepath.Join(s.o.Root, filepath.FromSlash(name))
	if filepath.IsAbs(filepath.FromSlash(name)) {
		full = filepath.FromSlash(name)
	}
	var all []string
	for _, n := range s.o.Drivers.Names() {
		driver, _ := s.o.Drivers.Lookup(n)
		sk, ok := driver.(Sketcher)
		if !ok {
			continue
		}
		option, endings := sk.Sketches()
		all = append(all, endings...)
		if !contains(endings, strings.ToLower(path.Ext(name))) {
			continue
		}
		info, err := os.Stat(full)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return missingFile(diag.MissingWorkbook, diag.Pos{}, name, full, endings)
		case err != nil:
			return err
		case info.IsDir():
			return diag.Errorf(diag.BadFile, diag.Pos{}, "%s is a folder", name).WithHint("name the files in it")
		case info.Size() == 0:
			return diag.Errorf(diag.BadFile, diag.Pos{}, "%s is empty: it has no bytes", name)
		}
		for sh, err := range sk.Sheets(ctx, File{Name: name, Path: full}) {
			if err != nil {
				return err
			}
			if err := s.sheet(ctx, option, sh); err != nil {
				return err
			}
		}
		return nil
	}
	if !exists(full) {
		return missingFile(diag.MissingWorkbook, diag.Pos{}, name, full, all)
	}
	return diag.Errorf(diag.BadFile, diag.Pos{}, "%s cannot be sketched: its ending is none of %s", name, strings.Join(all, " "))
}

// sheet looks at one sheet and puts it beside those that look like it.
func (s *sketching) sheet(ctx context.Context, option string, sh *Sheet) error {
	if sh.Sheet != "" || len(s.seen) == 0 {
		s.seen = append(s.seen, sh.Sheet)
	}
	asked := slices.ContainsFunc(s.o.Sheets, func(n string) bool { return Fold(n) == Fold(sh.Sheet) })
	switch {
	case len(s.o.Sheets) > 0 && !asked:
		return nil
	case sh.Hidden:
		s.notes = append(s.notes, sh.Label()+": the sheet is hidden and was left out")
		return nil
	}
	l, err := look(ctx, sh.Section)
	if err != nil {
		return err
	}
	if l == nil {
		s.notes = append(s.notes, sh.Label()+": no header was found in it")
		return nil
	}
	for _, g := range s.groups {
		if g.option == option && alike(g.sheets[0], l) {
			if other := g.clash(l); other != nil {
				s.notes = append(s.notes, fmt.Sprintf("%s has its header in row %d, and in %s the sheet of that name has it in row %d: one table cannot say both",
					sh.Label(), l.layout.HeaderRow, path.Base(other.file), other.layout.HeaderRow))
				continue
			}
			g.sheets = append(g.sheets, l)
			return nil
		}
	}
	s.groups = append(s.groups, &group{option: option, driver: sh.Options, sheets: []*looked{l}})
	return nil
}

// clash gives the sheet of the same name in another file whose header stands elsewhere; nil if none.
func (g *group) clash(l *looked) *looked {
	for _, o := range g.sheets {
		if o.sheet == l.sheet && o.layout != l.layout {
			return o
		}
	}
	return nil
}

// alike reports whether two sheets have the same header, but for a fifth of it.
func alike(a, b *looked) bool {
	set := map[string]bool{}
	for _, t := range a.texts {
		if f := Fold(t); f != "" {
			set[f] = true
		}
	}
	same, n := 0, 0
	for _, t := range b.texts {
		if f := Fold(t); f != "" {
			if n++; set[f] {
				same++
			}
		}
	}
	return 5*same >= 4*max(n, len(set))
}
