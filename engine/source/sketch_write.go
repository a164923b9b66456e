package source

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"atlas/engine/manifest"
)

// write makes the YAML of all groups.
func (s *sketching) write() (*Sketch, error) {
	out := &Sketch{Notes: s.notes}
	w := &yamlWriter{}
	var tables []*drawn
	for _, g := range s.groups {
		d, err := s.draw(g)
		if err != nil {
			return nil, err
		}
		tables = append(tables, d)
	}
	nameTables(tables, s.o)
	w.line(0, "# A first declaration of %s.", strings.Join(s.o.Files, ", "))
	w.line(0, "# What a comment doubts is worth a look; atlas extract --dry-run shows the rows as they would come out.")
	for _, n := range s.notes {
		w.line(0, "# %s", oneLine(n))
	}
	w.line(0, "extract:")
	var scope []string
	for _, name := range s.o.Order {
		if v, ok := s.o.Scope[name]; ok {
			scope = append(scope, name+": "+scalar(v))
		}
	}
	if len(scope) > 0 {
		w.line(1, "scope: {%s}", strings.Join(scope, ", "))
	}
	if folder := s.snapshots(); folder != "" {
		w.line(1, "snapshots: %s", scalar(folder))
	}
	w.line(1, "tables:")
	for _, d := range tables {
		d.write(w)
		t := SketchTable{Source: d.source, Table: d.table, Layout: d.group.sheets[0].layout}
		if d.like != nil {
			t.Like = d.like.name
		}
		for _, c := range d.columns {
			if c.Name != "" {
				t.Columns = append(t.Columns, c.ExtractColumn)
			}
		}
		for _, l := range d.group.sheets {
			t.Sheets, t.Rows = append(t.Sheets, l.sheet), t.Rows+l.rows
		}
		out.Tables = append(out.Tables, t)
	}
	out.YAML = w.b.String()
	return out, nil
}

// snapshots is the folder that the project's other declarations write to.
func (s *sketching) snapshots() string {
	for _, t := range slices.Backward(s.o.Known) {
		if t.Snapshot != "" {
			return path.Dir(t.Snapshot)
		}
	}
	return ""
}

// drawn is a table that is ready to be written.
type drawn struct {
	group         *group
	columns       []*sketched
	like          *pattern
	lacking       []string
	locale        string
	others        []string // locales that read as much
	empty         []string
	source, table string
	months        map[string]int // by sheet
}

func (s *sketching) draw(g *group) (*drawn, error) {
	d := &drawn{group: g, columns: g.columnsOf()}
	texts := make([]string, len(d.columns))
	var words []string
	for i, c := range d.columns {
		texts[i] = c.Headers[0]
		words = append(words, strings.Fields(c.Headers[0])...)
	}
	for _, l := range g.sheets {
		words = append(words, lettersOf(l.sheet)...)
	}
	var err error
	if d.like, err = s.follow(texts); err != nil {
		return nil, err
	}
	d.locale = s.o.Locale
	if d.locale == "" {
		var prefer []string
		if d.like != nil {
			prefer = append(prefer, d.like.Locale)
		}
		for _, t := range s.o.Known {
			prefer = addText(prefer, t.Locale)
		}
		if d.locale, d.others = guessLocale(words, d.columns, prefer); d.locale == "" && d.like != nil {
			d.locale = d.like.Locale
		}
		if d.like != nil && slices.Contains(d.others, d.like.Locale) || slices.Contains(prefer, d.locale) {
			d.others = nil
		}
	}
	locale, err := LookupLocale(d.locale)
	if err != nil {
		return nil, err
	}
	d.empty = emptyValues(d.columns)
	d.months = monthsOf(g.sheets, locale)
	conv := &converter{locale: locale, empty: map[string]bool{}, date1904: g.sheets[0].date1904}
	for _, e := range d.empty {
		conv.empty[e] = true
	}
	if d.like != nil {
		d.lacking = d.like.adopt(d.columns)
	}
	for _, c := range d.columns {
		if c.Name != "" {
			c.doubts(conv)
			c.words()
		} else if c.judge(conv); d.like != nil {
			c.remarks = append(c.remarks, d.like.name+" has no such column")
		}
	}
	d.name()
	return d, nil
}

// name gives the columns that follow none their names; hidden ones get none.
func (d *drawn) name() {
	var taken []manifest.ExtractColumn
	for _, c := range d.columns {
		if c.Name != "" {
			taken = append(taken, c.ExtractColumn)
		}
	}
	for _, c := range d.columns {
		if c.Name != "" || c.hidden {
			continue
		}
		name := englishName(c.Headers[0])
		if name == "" {
			name = "column_" + strings.ToLower(c.letter)
			c.remarks = append(c.remarks, "give it a name")
		}
		c.Name = freeName(taken, name)
		taken = append(taken, c.ExtractColumn)
	}
}

// nameTables gives every table its name: as told, as the one it follows, or of the file or sheet.
func nameTables(tables []*drawn, o SketchOptions) {
	taken := map[string]bool{}
	for _, d := range tables {
		l := d.group.sheets[0]
		name := englishName(strings.Trim(digits.ReplaceAllString(strings.TrimSuffix(path.Base(l.file), path.Ext(l.file)), " "), " "))
		d.source = o.Source
		switch {
		case o.Table != "":
			name = o.Table
		case d.like != nil:
			name = d.like.Table
		case len(tables) > 1 && len(d.months) == 0 && l.sheet != "":
			if n := englishName(strings.TrimSpace(digits.ReplaceAllString(l.sheet, " "))); n != "" {
				name = n
			}
		}
		if d.source == "" && d.like != nil {
			d.source = d.like.Source
		}
		if d.source == "" {
			d.source = "raw"
		}
		if name == "" {
			name = "sheet"
		}
		d.table = name
		for i := 2; taken[d.table]; i++ {
			d.table = fmt.Sprintf("%s_%d", name, i)
		}
		taken[d.table] = true
	}
}

var digits = regexp.MustCompile(`\b\d+\b|[_-]\d+`)

func lettersOf(s string) []string { return strings.Fields(digits.ReplaceAllString(s, " ")) }

// monthsOf reads the month in each sheet's name; nil unless every sheet but one in six names one.
func monthsOf(sheets []*looked, l *Locale) map[string]int {
	out := map[string]int{}
	names := map[string]bool{}
	for _, s := range sheets {
		names[s.sheet] = true
		for _, w := range strings.FieldsFunc(s.sheet, func(r rune) bool { return strings.ContainsRune(" .-_/'’0123456789", r) }) {
			if m := l.Month(w); m > 0 {
				out[s.sheet] = m
				break
			}
		}
	}
	if len(out) != len(names) || len(out) == 0 {
		return nil
	}
	return out
}

func (d *drawn) write(w *yamlWriter) {
	g := d.group
	w.line(2, "- source: %s", scalar(d.source))
	w.line(3, "table: %s", scalar(d.table))
	if d.like != nil {
		w.line(3, "# follows %s: %d of %d headers are known there", d.like.name, d.like.matched, len(d.columns))
	}
	if d.locale != "" {
		if len(d.others) > 0 {
			w.line(3, "# could as well be %s", strings.Join(d.others, ", "))
		}
		w.line(3, "locale: %s", scalar(d.locale))
	}
	w.line(3, "%s: %s", g.option, flow(files(g)))
	if g.driver != nil {
		for _, k := range g.driver.Keys() {
			v, _ := g.driver.Get(k)
			w.line(3, "%s: %s", k, scalar(fmt.Sprint(v)))
		}
	}
	lay := mostCommon(g.sheets)
	d.writeSheets(w, lay)
	d.writeLayout(w, 3, lay)
	d.writeRules(w)
	if d.like != nil && d.like.OnBadCell != "" {
		w.line(3, "on_bad_cell: %s", quoted(d.like.OnBadCell))
	}
	if d.like != nil && len(d.like.Key) > 0 {
		w.line(3, "key: %s", flow(d.like.Key))
	}
	var sampled, rows int64
	for _, l := range g.sheets {
		sampled, rows = sampled+l.sampled, rows+l.rows
	}
	if sampled < rows {
		w.line(3, "# types from %d of %d rows", sampled, rows)
	}
	w.line(3, "columns:")
	d.writeColumns(w)
	if len(d.lacking) > 0 {
		w.line(3, "# columns of %s that the header lacks: %s", d.like.name, strings.Join(d.lacking, ", "))
	}
	d.writeChecks(w)
}

func files(g *group) []string {
	var out []string
	for _, l := range g.sheets {
		if !slices.Contains(out, l.file) {
			out = append(out, l.file)
		}
	}
	return out
}

// mostCommon is the layout that most of the sheets have.
func mostCommon(sheets []*looked) Layout {
	n := map[Layout]int{}
	best := sheets[0].layout
	for _, l := range sheets {
		if n[l.layout]++; n[l.layout] > n[best] {
			best = l.layout
		}
	}
	return best
}

func (d *drawn) writeLayout(w *yamlWriter, depth int, l Layout) {
	w.line(depth, "header_row: %d", l.HeaderRow)
	if l.HeaderRows > 1 {
		w.line(depth, "merge_header_rows: %d", l.HeaderRows)
	}
	if l.DataRow != l.HeaderRow+l.HeaderRows {
		w.line(depth, "data_start_row: %d", l.DataRow)
	}
}

// writeSheets names the sheets: one by its name, several by a list or, over several files, a pattern.
func (d *drawn) writeSheets(w *yamlWriter, common Layout) {
	var names []string
	odd := false
	layouts := map[string]Layout{}
	for _, l := range d.group.sheets {
		if l.sheet == "" {
			return
		}
		if !slices.Contains(names, l.sheet) {
			names = append(names, l.sheet)
			layouts[l.sheet] = l.layout
		}
		odd = odd || l.layout != common
	}
	many := len(files(d.group)) > 1
	months := func() string {
		var parts []string
		for _, n := range names {
			parts = append(parts, fmt.Sprintf("%s: %d", quoted(n), d.months[n]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	switch {
	case odd:
		w.line(3, "sheets:")
		for _, n := range names {
			item := "{name: " + quoted(n)
			if many {
				item = "{pattern: " + quoted("^"+regexp.QuoteMeta(n)+"$")
			}
			if m := d.months[n]; m > 0 {
				item += fmt.Sprintf(", month: %d", m)
			}
			if l := layouts[n]; l != common {
				item += fmt.Sprintf(", header_row: %d, merge_header_rows: %d, data_start_row: %d", l.HeaderRow, l.HeaderRows, l.DataRow)
			}
			w.line(4, "- %s}", item)
		}
	case len(names) == 1 && len(d.months) == 0:
		w.line(3, "sheets: %s", quoted(names[0]))
	case many:
		var alts []string
		for _, n := range names {
			alts = append(alts, regexp.QuoteMeta(n))
		}
		w.line(3, "sheets:")
		w.line(4, "pattern: %s", quoted("^("+strings.Join(alts, "|")+")$"))
		if len(d.months) > 0 {
			w.line(4, "month: %s", months())
		}
	case len(d.months) > 0:
		w.line(3, "sheets:")
		w.line(4, "names: %s", flow(names))
		w.line(4, "month: %s", months())
	default:
		w.line(3, "sheets: %s", flow(names))
	}
}

// writeRules writes which rows are no data. A pattern that a row of data begins like is left out.
func (d *drawn) writeRules(w *yamlWriter) {
	var skips, stops []string
	run := 0
	for _, l := range d.group.sheets {
		run = max(run, l.blankRun)
		for _, p := range l.skips {
			skips = addText(skips, p)
		}
		for _, p := range l.stops {
			stops = addText(stops, p)
		}
	}
	stops = slices.DeleteFunc(stops, func(p string) bool { return slices.Contains(skips, p) })
	if len(skips) > 16 { // so many captions are data
		w.line(3, "# rows of one text stand between the data: %s", strings.Join(skips[:3], ", "))
		skips = nil
	}
	safe := func(p string) bool {
		re, err := regexp.Compile("(?i)" + p)
		if err != nil {
			return false
		}
		for _, c := range d.columns[:min(3, len(d.columns))] {
			for t := range c.texts {
				if re.MatchString(t) {
					w.line(3, "# rows that begin with %s are data too: %q", p, clip(t, 40))
					return false
				}
			}
		}
		return true
	}
	skips = slices.DeleteFunc(skips, func(p string) bool { return !safe(p) })
	stops = slices.DeleteFunc(stops, func(p string) bool { return !safe(p) })
	if len(skips) > 0 {
		w.line(3, "skip_rows: {blank: true, matching: %s}", flow(skips))
	}
	if len(stops) > 0 {
		w.line(3, "stop_rows: {blank: %d, matching: %s}", max(20, 2*run), flow(stops))
	}
	if len(d.empty) > 0 {
		w.line(3, "empty_values: %s", flow(d.empty))
	}
}

func (d *drawn) writeColumns(w *yamlWriter) {
	for _, c := range d.columns {
		if c.Name == "" {
			w.line(4, "# column %s %s is hidden and was left out", c.letter, quoted(oneLine(c.Headers[0])))
			continue
		}
		if n := len(d.group.sheets); c.sheets < n {
			c.remarks = append(c.remarks, fmt.Sprintf("only %d of %d sheets have it", c.sheets, n))
		}
		if len(c.again) > 0 {
			c.remarks = append(c.remarks, "the header stands again in "+strings.Join(c.again, ", ")+", which is not read")
		}
		for _, r := range c.remarks {
			w.line(4, "# %s", oneLine(r))
		}
		w.line(4, "- name: %s", scalar(c.Name))
		w.column(c.ExtractColumn)
	}
	if d.like != nil {
		for _, c := range d.like.ExtractTable.Columns {
			if c.From != "" {
				w.line(4, "- name: %s", scalar(c.Name))
				w.column(c)
			}
		}
	}
}

// writeChecks takes over the checks of the table that is followed, if all of its columns are there.
func (d *drawn) writeChecks(w *yamlWriter) {
	if d.like == nil || len(d.like.Checks) == 0 {
		return
	}
	var left []string
	begun := false
	for _, c := range d.like.Checks {
		lacks := slices.ContainsFunc(d.lacking, func(n string) bool {
			return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(n) + `\b`).MatchString(c.SQL)
		})
		if lacks {
			left = append(left, c.Name)
			continue
		}
		if !begun {
			begun = true
			w.line(3, "checks:")
		}
		w.line(4, "- name: %s", scalar(c.Name))
		w.line(5, "sql: %s", quoted(c.SQL))
		for _, kv := range [][2]string{{"severity", c.Severity}, {"message", c.Message}, {"warn_if", c.WarnIf}, {"error_if", c.ErrorIf}} {
			if kv[1] != "" {
				w.line(5, "%s: %s", kv[0], quoted(kv[1]))
			}
		}
	}
	if len(left) > 0 {
		w.line(3, "# checks of %s that need columns which are not here: %s", d.like.name, strings.Join(left, ", "))
	}
}
