package engine

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/deck/slides"
	"atlas/engine/diag"
	"atlas/engine/project"
	"atlas/engine/report"
)

// watchEvery is how often the files of a deck are looked at; a look at a hundred files takes a
// millisecond.
const watchEvery = 15 * time.Millisecond

// wholeAfter is how long after slides were shown the rest of the project is looked at: the browser
// draws first, and who goes on typing is not waited for.
const wholeAfter = 400 * time.Millisecond

// DevOptions say what a dev server shows.
type DevOptions struct {
	SlidesOptions
	First   *Workspace                                        // the project as read at the start, perhaps with errors
	Load    func(ctx context.Context) (*Workspace, diag.List) // reads it anew
	Server  *slides.Server
	Changed func(DevState) // after each change was shown
}

// DevState is what was shown after a change.
type DevState struct {
	Slides    int
	Problems  diag.List
	Assembled bool // the report's queries were asked
	Elapsed   time.Duration
}

// DevSlides shows a deck on a server while it is written, until the context ends: the deck is put
// together again when a file of report-paths is saved, the report only when its declaration or the
// database changes.
func DevSlides(ctx context.Context, o DevOptions) error {
	d := &developing{o: o, w: o.First}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if d.look() {
			d.show(ctx)
		} else if d.quickly && time.Since(d.shown) > wholeAfter {
			d.whole(ctx, time.Now())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// developing is one dev server's deck.
type developing struct {
	o         DevOptions
	w         *Workspace     // as last read
	rep       *report.Report // as last assembled
	warnings  diag.List      // of the assembly
	data      [2]uint64      // stamps of what the report is made of: declarations, and the database
	looks     uint64         // stamp of everything else that the deck is made of
	assembled [2]uint64      // data when rep was assembled
	quickly   bool           // the deck of w was read alone, and the project has to be read yet
	shown     time.Time      // when that was
}

// look looks at the files and reports a change since the last look.
func (d *developing) look() bool {
	data, looks := d.stamps()
	changed := data != d.data || looks != d.looks
	d.data, d.looks = data, looks
	return changed
}

// stamps sums up names, sizes and times of the files that are watched.
func (d *developing) stamps() (data [2]uint64, looks uint64) {
	sums := [3]interface {
		io.Writer
		Sum64() uint64
	}{fnv.New64a(), fnv.New64a(), fnv.New64a()}
	add := func(path string, info fs.FileInfo) {
		which := 2
		switch strings.ToLower(filepath.Ext(path)) {
		case ".yml", ".yaml", ".json", ".sql":
			which = 0
		case ".duckdb", ".wal", ".db":
			which = 1
		}
		fmt.Fprintln(sums[which], path, info.Size(), info.ModTime().UnixNano())
	}
	for _, path := range d.watched() {
		_ = filepath.WalkDir(path, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // what is not there now may come
			}
			if name := e.Name(); e.IsDir() && len(name) > 1 && name[0] == '.' {
				return fs.SkipDir
			}
			if info, err := e.Info(); err == nil && !e.IsDir() {
				add(path, info)
			}
			return nil
		})
	}
	return [2]uint64{sums[0].Sum64(), sums[1].Sum64()}, sums[2].Sum64()
}

// watched gives the files and folders that a deck is made of.
func (d *developing) watched() []string {
	w := d.w
	var out []string
	if d.o.Report != "" {
		out = append(out, d.o.Report)
	}
	if len(w.Project.Packages) == 0 {
		return out
	}
	root := w.Project.Root
	out = append(out, filepath.Join(root, w.Project.File))
	for _, p := range w.Project.Packages[0].Paths.Reports {
		out = append(out, filepath.Join(root, filepath.FromSlash(p)))
	}
	if path, ok := w.Project.Target.Options.Get("path"); ok && d.o.Report == "" {
		if name := textOf(path); name != "" && !strings.Contains(name, ":") {
			if !filepath.IsAbs(name) {
				name = filepath.Join(root, name)
			}
			out = append(out, name, name+".wal")
		}
	}
	return out
}

// show draws the deck after a change: at once if nothing but slides changed, as they are read in a
// millisecond, with the rest of the project looked at later; else after all is read.
func (d *developing) show(ctx context.Context) {
	start := time.Now()
	if d.rep == nil || d.assembled != d.data || !d.slidesAlone(ctx, start) {
		d.whole(ctx, start)
	}
}

// slidesAlone reads the decks anew and draws them; false leaves it to a look at the whole project.
func (d *developing) slidesAlone(ctx context.Context, start time.Time) bool {
	old := d.w.Manifest
	if old == nil {
		return false
	}
	again := *old
	again.Decks = nil
	var problems diag.List
	for _, x := range old.Decks {
		fresh, found := project.ReadDeck(d.w.Project, d.w.Compiler, x.File)
		if fresh == nil || found.Err() != nil {
			return false
		}
		problems = append(problems, found...)
		again.Decks = append(again.Decks, fresh)
	}
	w := *d.w
	w.Manifest = &again
	d.quickly = d.draw(ctx, &w, problems, DevState{}, start)
	d.shown = time.Now()
	return d.quickly
}

// whole reads the project, assembles the report if it has to, and draws.
func (d *developing) whole(ctx context.Context, start time.Time) {
	d.quickly = false
	state := DevState{}
	w, problems := d.o.Load(ctx)
	if ctx.Err() != nil {
		return
	}
	if w != nil && w.Project != nil && len(w.Project.Packages) > 0 {
		d.w = w
	}
	if w == nil || problems.Err() != nil {
		d.fail(problems, state, start)
		return
	}
	if d.rep == nil || d.assembled != d.data {
		state.Assembled = true
		rep, _, warnings, err := w.slidesReport(ctx, d.o.SlidesOptions)
		if err != nil {
			d.fail(append(problems, diag.From(err)...), state, start)
			return
		}
		if now, _ := d.stamps(); d.o.Report == "" {
			d.data[1] = now[1] // asking may have written to the database, which nobody else could meanwhile
		}
		d.rep, d.warnings, d.assembled = rep, warnings, d.data
	}
	d.draw(ctx, w, problems, state, start)
}

// draw has the pages show a deck; false if there is none to show. What they show already is not shown
// again.
func (d *developing) draw(ctx context.Context, w *Workspace, problems diag.List, state DevState, start time.Time) bool {
	problems = append(slices.Clone(problems), d.warnings...)
	doc, found := w.Document(ctx, d.rep, DocumentOptions{Deck: d.o.Deck, Dark: d.o.Dark})
	problems = append(problems, found...)
	if ctx.Err() != nil {
		return false
	}
	if doc == nil {
		d.fail(problems, state, start)
		return false
	}
	o, found := w.slidesOptions()
	problems = append(problems, found...)
	state.Slides = len(doc.Slides)
	var changed bool
	if state.Problems, changed = d.o.Server.Show(ctx, doc, o, problems, w.sourceOf); changed {
		d.told(state, start)
	}
	return true
}

// fail has the pages show mistakes that leave no deck to draw.
func (d *developing) fail(problems diag.List, state DevState, start time.Time) {
	if problems.Sort(); len(problems) == 0 {
		return
	}
	if d.o.Server.Fail(problems, d.w.sourceOf) {
		state.Problems = problems
		d.told(state, start)
	}
}

func (d *developing) told(state DevState, start time.Time) {
	state.Elapsed = time.Since(start)
	if d.o.Changed != nil {
		d.o.Changed(state)
	}
}

// sourceOf gives the text of a file of the project, for the lines around mistakes.
func (w *Workspace) sourceOf(file string) (string, bool) {
	if filepath.IsAbs(file) {
		data, err := os.ReadFile(file)
		return string(data), err == nil
	}
	data, err := w.readFile(file)
	return string(data), err == nil
}
