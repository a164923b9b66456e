package source

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
)

// ExtractOptions are the wishes of one extraction.
type ExtractOptions struct {
	Root      string // project folder
	Drivers   *registry.Registry[Source]
	Overwrite bool             // write snapshots anew that exist
	Invalid   string           // folder of the rejects, relative to Root; "" is "invalid" beside the snapshots' folder
	Now       func() time.Time // nil is time.Now
	Progress  func(Progress)   // called about every thousand rows, and when a section begins; may be nil
	// Scan, Downloads, Notify and Sleep go to the driver: see Request.
	Scan      func(ctx context.Context) (Scanner, error)
	Downloads string
	Notify    func(format string, args ...any)
	Sleep     func(ctx context.Context, d time.Duration) error
}

// Progress says how far a table is.
type Progress struct {
	Table   string
	Section string // file and sheet; "" outside any
	Rows    int64  // rows done so far, over all sections
}

// ExtractResult is what became of one table.
type ExtractResult struct {
	Table    *manifest.ExtractTable
	Snapshot string // path relative to the root
	Rejects  string // path of the file of bad cells relative to the root; "" if there were none
	Sections []SectionResult
	Counts
	Unmapped []string  // header texts that no column takes, each once
	Warnings diag.List // bad cells by section and column, headers that stand twice, changes under a frozen snapshot
	Merged   *Merged   // of an incremental table: what the reading changed in the snapshot
	Frozen   bool      // the snapshot was there and was kept; Counts are those of its making
	Changed  bool      // its inputs or its declaration have changed since
	Duration time.Duration
}

// SectionResult counts one sheet or file.
type SectionResult struct {
	File, Sheet string
	Month       int
	StoppedAt   int // row in which a stop rule ended the data; 0 if none did
	Counts
}

// Extract writes the canonical CSV snapshot of one table. The snapshot is written aside and takes
// its name when it is whole, so an interrupted extraction leaves the old one. A snapshot that
// exists is kept unless Overwrite is set.
func Extract(ctx context.Context, t *manifest.ExtractTable, o ExtractOptions) (*ExtractResult, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	start := o.Now()
	driver, err := o.Drivers.Get(t.Driver)
	if err != nil {
		return nil, diag.Errorf(diag.BadValue, t.OptionAt("driver"), "table %s: %v", t.Table, err)
	}
	if t.Snapshot == "" {
		return nil, diag.Errorf(diag.MissingKey, t.Pos, "table %s has no snapshot file", t.Table)
	}
	x := &extraction{o: o, driver: driver, path: filepath.Join(o.Root, filepath.FromSlash(t.Snapshot))}
	x.req = Request{
		Root: o.Root, Table: t, Scan: o.Scan, Downloads: o.Downloads, Notify: o.Notify, Now: o.Now, Sleep: o.Sleep,
		fetched: &fetched{},
	}
	x.result = &ExtractResult{Table: t, Snapshot: t.Snapshot}
	if x.hash, err = declarationHash(t); err != nil {
		return nil, diag.Errorf(diag.BadValue, t.Pos, "table %s: %v", t.Table, err)
	}
	if inc, ok := driver.(Incremental); ok {
		if own := inc.Key(t); len(own) > 0 { // else this table can only be read whole, whatever key it is loaded by
			x.key = either(t.Key, own...)
		}
	}
	_, err = os.Stat(x.path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
	case len(x.key) > 0:
		err = x.increment(ctx)
	case err == nil && !o.Overwrite:
		err = x.frozen(ctx)
	default:
		err = x.whole(ctx)
	}
	if err != nil {
		return nil, err
	}
	x.result.Duration = o.Now().Sub(start)
	return x.result, nil
}

// extraction is one run of Extract.
type extraction struct {
	o      ExtractOptions
	req    Request // its table has the columns that were found, beside the declared ones
	driver Source
	path   string   // of the snapshot
	hash   string   // of the declaration
	key    []string // of an incremental table
	result *ExtractResult

	table   *table
	found   []FoundColumn
	monthly bool
	headed  int       // sections that had a header
	lacking [][]*scan // by column: the sections whose header lacks it
	metas   []MetaSection
	out     sink
	line    []string
}

// sink takes what an extraction reads: rows of the snapshot, and bad cells. Key is the row's,
// empty where the table has none.
type sink interface {
	row(line []string, key string) error
	reject(line []string, key string) error
}

// frozen reports on a snapshot that is kept: what it holds, and whether it would be another today.
func (x *extraction) frozen(ctx context.Context) error {
	r, t := x.result, x.req.Table
	r.Frozen = true
	meta, err := readMeta(x.path)
	if err != nil {
		return err
	}
	if meta == nil {
		r.Written, err = countRows(x.path)
		return err
	}
	r.Counts = meta.Counts
	if rel := x.rejectsPath(); exists(filepath.Join(x.o.Root, rel)) {
		r.Rejects = rel
	}
	change := func(format string, args ...any) {
		r.Changed = true
		r.Warnings = append(r.Warnings, diag.Warnf(diag.FrozenSnapshot, t.Pos, format, args...).
			WithHint("atlas extract --overwrite writes %s anew", t.Snapshot))
	}
	sum, _, err := HashFile(x.path)
	if err != nil {
		return err
	}
	if sum != meta.Snapshot {
		change("%s was edited since it was extracted on %s", t.Snapshot, meta.ExtractedAt.Format(dateLayout))
	}
	if meta.Declaration != x.hash {
		change("the declaration of %s has changed since %s was extracted on %s", t.Table, t.Snapshot, meta.ExtractedAt.Format(dateLayout))
	}
	kept := x.req
	kept.frozen = true
	inputs, err := x.driver.Inputs(ctx, kept)
	if err != nil { // frozen snapshots outlive their workbooks
		r.Warnings = append(r.Warnings, asWarnings(err)...)
		return ctx.Err()
	}
	before := map[string]string{}
	for _, in := range meta.Inputs {
		before[in.File] = in.SHA256
	}
	for _, in := range inputs {
		switch sum, ok := before[in.File]; {
		case !ok:
			change("%s is not in %s, which was extracted on %s", in.File, t.Snapshot, meta.ExtractedAt.Format(dateLayout))
		case sum != in.SHA256:
			change("%s has changed since %s was extracted on %s", in.File, t.Snapshot, meta.ExtractedAt.Format(dateLayout))
		}
	}
	return nil
}

func asWarnings(err error) diag.List {
	var l diag.List
	for _, d := range diag.From(err) {
		w := *d
		w.Severity = diag.Warning
		l = append(l, &w)
	}
	return l
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (x *extraction) rejectsPath() string {
	return filepath.ToSlash(filepath.Join(invalidDir(x.o.Invalid, x.req.Table), stem(x.req.Table)+"-rejects.csv"))
}

// prepare makes the declaration ready, with the columns that the source knows beside it.
func (x *extraction) prepare(ctx context.Context) error {
	l := CheckOptions(x.req.Table, x.driver)
	_, err := prepare(x.req.Table)
	l.Add(err)
	if err := l.Err(); err != nil {
		return err
	}
	if err := x.discover(ctx); err != nil {
		return err
	}
	if x.table, err = prepare(x.req.Table); err != nil {
		return err
	}
	x.monthly = x.driver.Monthly(x.req.Table)
	x.lacking = make([][]*scan, len(x.req.Table.Columns))
	return nil
}

// whole reads the source and writes the snapshot, the rejects and the meta file.
func (x *extraction) whole(ctx context.Context) error {
	if err := x.prepare(ctx); err != nil {
		return err
	}
	inputs, err := x.driver.Inputs(ctx, x.req)
	if err != nil {
		return err
	}
	files, err := x.createFiles()
	if err != nil {
		return err
	}
	defer files.discard()
	x.out = files
	if err := x.sections(ctx); err != nil {
		return err
	}
	if c := x.result.Counts; c.Scanned != c.Skipped+c.Written+c.Rejected {
		return fmt.Errorf("extract %s: %d rows were read, but %d skipped, %d written and %d rejected do not add up to them",
			x.req.Table.Table, c.Scanned, c.Skipped, c.Written, c.Rejected)
	}
	return x.publish(files, Meta{Inputs: inputs, Counts: x.result.Counts})
}

// snapshotFiles are a snapshot and its rejects, written aside.
type snapshotFiles struct {
	snap    *asideFile
	out     *csv.Writer
	rejects *rejectWriter
}

func (x *extraction) createFiles() (*snapshotFiles, error) {
	snap, err := createAside(x.path)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", x.req.Table.Snapshot, err)
	}
	f := &snapshotFiles{snap: snap, out: csv.NewWriter(snap)}
	f.rejects = &rejectWriter{path: filepath.Join(x.o.Root, filepath.FromSlash(x.rejectsPath())), monthly: x.monthly}
	if err := f.out.Write(x.header()); err != nil {
		f.discard()
		return nil, fmt.Errorf("write %s: %w", x.req.Table.Snapshot, err)
	}
	return f, nil
}

func (f *snapshotFiles) row(line []string, _ string) error    { return f.out.Write(line) }
func (f *snapshotFiles) reject(line []string, _ string) error { return f.rejects.write(line) }

func (f *snapshotFiles) discard() {
	f.snap.discard()
	f.rejects.discard()
}

// publish puts the three files in place. The meta file goes last: it names the snapshot's hash,
// so a crash between the renames is noticed.
func (x *extraction) publish(f *snapshotFiles, m Meta) error {
	r := x.result
	f.out.Flush()
	sum, err := f.snap.finish()
	if err = errors.Join(f.out.Error(), err); err != nil {
		return fmt.Errorf("write %s: %w", r.Snapshot, err)
	}
	m.Snapshot = sum
	meta, err := x.meta(m)
	if err != nil {
		return err
	}
	wrote, err := f.rejects.publish()
	if err != nil {
		return fmt.Errorf("write %s: %w", x.rejectsPath(), err)
	}
	if wrote {
		r.Rejects = x.rejectsPath()
	}
	if err := f.snap.swap(); err != nil {
		return fmt.Errorf("write %s: %w", r.Snapshot, err)
	}
	if err := writeAside(metaPath(x.path), meta); err != nil {
		return fmt.Errorf("write %s: %w", metaPath(r.Snapshot), err)
	}
	return nil
}

// meta describes the snapshot. If everything is as it was, the time of extraction is as well, so
// that extracting anew changes no file.
func (x *extraction) meta(m Meta) ([]byte, error) {
	t := x.req.Table
	m.Format, m.Table, m.Declaration = 1, t.Source+"."+t.Table, x.hash
	m.Columns, m.Sections, m.ExtractedAt = x.found, x.metas, x.o.Now().UTC().Truncate(time.Second)
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", t.Snapshot, err)
	}
	if old, err := readMeta(x.path); err == nil && old != nil {
		at := m.ExtractedAt
		m.ExtractedAt = old.ExtractedAt
		if same, err := json.MarshalIndent(m, "", "  "); err == nil {
			if was, err := json.MarshalIndent(old, "", "  "); err == nil && bytes.Equal(same, was) {
				b = same
			}
		}
		m.ExtractedAt = at
	}
	return append(b, '\n'), nil
}

// sections reads the source's sections. Mistakes in the headers of several sections are all reported.
func (x *extraction) sections(ctx context.Context) error {
	var l diag.List
	for s, err := range x.driver.Read(ctx, x.req) {
		if err == nil {
			err = x.section(ctx, s)
		}
		var d *diag.Diagnostic
		switch {
		case err == nil:
		case ctx.Err() != nil || !errors.As(err, &d):
			return err
		case diag.From(err).Err() == nil:
			x.result.Warnings = append(x.result.Warnings, diag.From(err)...)
		default:
			l.Add(err)
		}
	}
	if l.Err() == nil {
		x.absent()
	}
	return l.Err()
}

func (x *extraction) section(ctx context.Context, s *Section) error {
	if s.Living {
		return x.living(ctx, s)
	}
	sc := x.table.newScan(s)
	done := x.result.Written + x.result.Rejected
	x.o.Progress(Progress{x.req.Table.Table, s.Name(), done})
	bad := &badCells{}
	for rec, err := range sc.records(ctx) {
		if err != nil {
			return err
		}
		key := x.keyOf(rec)
		if key == nullKey {
			rec.bad = append(rec.bad, x.noKey(s, rec))
		}
		reject := len(rec.bad) > 0 && (x.table.reject || key == nullKey)
		for _, b := range rec.bad {
			bad.add(b, x.table.types[x.table.indexOf(b.Column)])
			if err := x.out.reject(rejectLine(b, x.monthly, s.Month, reject, sc.rowJSON(rec.row)), key); err != nil {
				return fmt.Errorf("write %s: %w", x.rejectsPath(), err)
			}
		}
		if reject {
			sc.counts.Rejected++
		} else {
			sc.counts.Emptied += int64(len(rec.bad))
			sc.counts.Written++
			if err := x.write(s, rec, key); err != nil {
				return fmt.Errorf("write %s: %w", x.req.Table.Snapshot, err)
			}
		}
		if n := sc.counts.Written + sc.counts.Rejected; n&1023 == 0 {
			x.o.Progress(Progress{x.req.Table.Table, s.Name(), done + n})
		}
	}
	x.finishSection(sc, bad)
	return nil
}

// header gives the snapshot's columns.
func (x *extraction) header() []string {
	return snapshotHeader(x.req.Table, x.monthly, len(x.key) > 0)
}

func (x *extraction) write(s *Section, rec *record, key string) error {
	x.line = x.line[:0]
	for _, v := range rec.values {
		x.line = append(x.line, v.text) // null has no text
	}
	if x.monthly {
		month := ""
		if s.Month > 0 {
			month = strconv.Itoa(s.Month)
		}
		x.line = append(x.line, month)
	}
	if len(x.key) > 0 {
		x.line = append(x.line, "") // it is not deleted
	}
	x.line = append(x.line, s.File, s.Sheet, strconv.Itoa(rec.row.Number))
	return x.out.row(x.line, key)
}

func (x *extraction) finishSection(sc *scan, bad *badCells) {
	r := x.result
	r.Counts.add(sc.counts)
	r.Sections = append(r.Sections, SectionResult{sc.s.File, sc.s.Sheet, sc.s.Month, sc.stopped, sc.counts})
	warn := func(pos diag.Pos, format string, args ...any) {
		r.Warnings = append(r.Warnings, diag.Warnf(diag.BadCell, pos, format, args...))
	}
	bad.warn(x.table.reject, func(column, text string) { warn(x.columnPos(column), "%s: %s", sc.s.Label(), text) })
	for i, n := range sc.rounded {
		if n > 0 {
			c := &x.req.Table.Columns[i]
			r.Warnings = append(r.Warnings, diag.Warnf(diag.LostDigits, c.Pos, "%s: %s of %s had more digits than %s keeps and were rounded",
				sc.s.Label(), plural(n, "cell"), c.Name, x.table.types[i]).WithHint("give %s a type with more digits after the point", c.Name))
		}
	}
	if s := sc.surplus; s.rows > 0 {
		d := diag.Warnf(diag.BadHeader, sc.s.Pos, "%s: in %s cells stand right of the header's last column; the first is %s, %q, and no column takes it",
			sc.s.Label(), plural(s.rows, "row"), s.first, clip(s.text, 60))
		d.Hint = "quote fields that hold the delimiter, or gather such cells in a column with from: notes"
		r.Warnings = append(r.Warnings, d)
	}
	if sc.binding == nil {
		return
	}
	x.headed++
	places := map[string]int{}
	for i, j := range sc.binding.at {
		if j < 0 {
			x.lacking[i] = append(x.lacking[i], sc)
		} else {
			places[x.req.Table.Columns[i].Name] = j + 1
		}
	}
	if sc.s.Fields == nil { // where the system names its columns they have no letters
		x.metas = append(x.metas, MetaSection{sc.s.File, sc.s.Sheet, places})
	}
	for _, w := range sc.binding.warnings {
		r.Warnings = append(r.Warnings, diag.Warnf(diag.BadHeader, sc.s.Pos, "%s: %s", sc.s.Label(), w))
	}
	for _, u := range sc.binding.unmapped {
		if !contains(r.Unmapped, u) {
			r.Unmapped = append(r.Unmapped, u)
		}
	}
}

// absent warns of columns that may have lost their header: one that some sections have and others
// lack, though these have headers that no column takes, and one that a header nearly names. Other
// columns may be absent: workbooks of other years have them.
func (x *extraction) absent() {
	t := x.req.Table
	for i := range t.Columns {
		c := &t.Columns[i]
		lacking := x.lacking[i]
		if c.From != "" || c.Default != nil || len(lacking) == 0 {
			continue
		}
		var left []string
		for _, s := range lacking {
			left = append(left, s.binding.unmapped...)
		}
		slices.Sort(left)
		left = slices.Compact(left)
		names := either(c.Headers, c.Name)
		near := slices.ContainsFunc(names, func(n string) bool { _, ok := diag.Nearest(n, left); return ok })
		if !near && (len(left) == 0 || len(lacking) == x.headed) {
			continue
		}
		where := lacking[0].s.Label()
		if n := len(lacking); n > 1 {
			where += fmt.Sprintf(" and %d more", n-1)
		}
		d := diag.Warnf(diag.BadHeader, c.Pos, "column %s is empty in %s: the header lacks %s", c.Name, where, quoteList(names))
		d.Hint = nearestHeader(c, left)
		x.result.Warnings = append(x.result.Warnings, d)
	}
}

func either(list []string, def ...string) []string {
	if len(list) > 0 {
		return list
	}
	return def
}

func (x *extraction) columnPos(name string) diag.Pos {
	if c := findColumn(x.req.Table, name); c != nil && !c.Pos.IsZero() {
		return c.Pos
	}
	return x.req.Table.Pos
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(n, 10) + " " + noun + "s"
}

func clip(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return strings.TrimSpace(s)
}
