package source

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What is remembered of a column: distinct texts, and the rows beyond which only a part is looked at.
const (
	sketchTexts = 1500
	sketchFull  = 10000
	sketchEvery = 16
)

func itoa(n int) string { return strconv.Itoa(n) }

// profile is what was seen in one column.
type profile struct {
	filled  int64
	kinds   map[Kind]int64
	first   map[Kind]string // the first cell of a kind: "C17"
	timed   bool            // some date has a time of day
	scale   int             // most digits after the point of a number
	large   float64         // largest number, without its sign
	big     int64           // whole numbers of 10,000 and more,
	round   int64           // and those of them that are multiples of 100
	serials int64           // numbers that may be days
	texts   map[string]*seenText
	more    int64 // texts beyond those that are remembered
}

type seenText struct {
	n    int64
	cell string
	like Kind
}

func (p *profile) add(c Cell, row, col int) {
	p.filled++
	p.kinds[c.Kind]++
	if p.kinds[c.Kind] == 1 {
		p.first[c.Kind] = CellName(row, col)
	}
	switch c.Kind {
	case Empty:
	case Date:
		p.timed = p.timed || c.Time.Hour()+c.Time.Minute()+c.Time.Second() > 0
	case Number:
		p.number(c.Text)
	case Text, Clock, Broken, Bool:
		text := strings.TrimSpace(c.Text)
		if len(text) > 200 {
			text = strings.ToValidUTF8(text[:200], "")
		}
		if t := p.texts[text]; t != nil {
			t.n++
		} else if len(p.texts) < sketchTexts {
			p.texts[strings.Clone(text)] = &seenText{n: 1, cell: CellName(row, col), like: c.Kind}
		} else {
			p.more++
		}
	}
}

func (p *profile) number(text string) {
	d, ok := cellNumber(text)
	if !ok {
		return
	}
	f, _ := strconv.ParseFloat(text, 64)
	if f < 0 {
		f = -f
	}
	p.large = max(p.large, f)
	if !d.noisy(0) {
		n := len(d.frac)
		if n > 6 {
			for n = 2; n < 6 && !d.noisy(n); n++ {
			}
		}
		p.scale = max(p.scale, n)
	}
	if f == float64(int64(f)) {
		p.whole(int64(f))
		if f >= 20000 && f <= 80000 {
			p.serials++
		}
	}
}

// whole counts a whole number without its sign.
func (p *profile) whole(n int64) {
	if n < 10000 {
		return
	}
	if p.big++; n%100 == 0 {
		p.round++
	}
}

// merge adds what another sheet has in the same column.
func (p *profile) merge(o *profile) {
	p.filled += o.filled
	for k, n := range o.kinds {
		if p.kinds[k] == 0 {
			p.first[k] = o.first[k]
		}
		p.kinds[k] += n
	}
	p.timed, p.scale, p.large = p.timed || o.timed, max(p.scale, o.scale), max(p.large, o.large)
	p.big, p.round, p.serials, p.more = p.big+o.big, p.round+o.round, p.serials+o.serials, p.more+o.more
	for t, s := range o.texts {
		if have := p.texts[t]; have != nil {
			have.n += s.n
		} else if len(p.texts) < sketchTexts {
			p.texts[t] = &seenText{s.n, s.cell, s.like}
		} else {
			p.more += s.n
		}
	}
}

// watcher takes the rows below a header. Short rows are held back: with data behind them they are
// subtotals and captions, which are skipped; at the end they are notes, which end the data.
type watcher struct {
	*looked
	width int // columns with a name
	last  int // the last row that is not blank
	held  []Row
	gaps  []int // blank rows in front of each held row
}

// totals are the words for a sum, in the languages of the locales: facts of language.
var totals = regexp.MustCompile(`(?i)^(sub|grand)?[ -]?(total(s|e|en|es)?|totaal|jumlah|summe|gesamt|suma|somme|sum|zwischensumme|subtotaal|soma|合計|小計)\b`)

func (w *watcher) row(r Row) {
	filled := w.filled(r)
	text := firstText(r)
	if text == "" {
		return // a blank row counts as a gap by its number
	}
	gap := r.Number - w.last - 1
	w.last = r.Number
	switch {
	case totals.MatchString(text) || w.width > 3 && filled <= 2 && filled*4 <= w.width || filled == 0:
		if w.held, w.gaps = append(w.held, keep(r)), append(w.gaps, gap); len(w.held) > sketchHeld {
			w.flush()
		}
		return
	case w.headerAgain(r):
		w.skip(r)
		return
	}
	w.flush()
	w.blankRun = max(w.blankRun, gap)
	w.data(r)
}

// filled counts the row's cells in columns that have a name.
func (w *watcher) filled(r Row) int {
	n := 0
	for j, c := range r.Cells {
		if !c.Blank() && !c.Merged && j < len(w.columns) && w.columns[j] != nil {
			n++
		}
	}
	return n
}

// headerAgain reports whether a row repeats the header.
func (w *watcher) headerAgain(r Row) bool {
	same, n := 0, 0
	for j, c := range r.Cells {
		if j >= len(w.texts) || c.Blank() {
			continue
		}
		if n++; c.Kind == Text && (Fold(c.Text) == Fold(w.texts[j]) || strings.HasSuffix(Fold(w.texts[j]), " "+Fold(c.Text)) || strings.HasPrefix(Fold(w.texts[j]), Fold(c.Text)+" ")) {
			same++
		}
	}
	return n > 1 && same*3 >= n*2
}

// flush skips the held rows: data follows them.
func (w *watcher) flush() {
	for i, r := range w.held {
		w.blankRun = max(w.blankRun, w.gaps[i])
		w.skip(r)
	}
	w.held, w.gaps = w.held[:0], w.gaps[:0]
}

func (w *watcher) skip(r Row) {
	if w.headerAgain(r) {
		w.skips = addText(w.skips, "^"+regexp.QuoteMeta(strings.ToLower(firstText(r)))+"$")
		return
	}
	p, filled := patternOf(firstText(r)), w.filled(r)
	if p == "" || !totals.MatchString(firstText(r)) && (filled > 1 || filled == 1 && w.skipsData(r)) {
		w.data(r)
		return
	}
	w.skips = addText(w.skips, p)
}

// skipsData reports whether a short row's only text is no caption: a figure, or a text that stands
// elsewhere than in the first columns.
func (w *watcher) skipsData(r Row) bool {
	for j, c := range r.Cells {
		if !c.Blank() && !c.Merged {
			return c.Kind != Text || j > 1
		}
	}
	return true
}

// end makes the rows after the last data the notes that end it.
func (w *watcher) end() {
	for i, r := range w.held {
		p := patternOf(firstText(r))
		total := totals.MatchString(firstText(r))
		switch {
		case p == "" || !total && w.gaps[i] == 0 && len(w.stops) == 0 && w.filled(r) > 1:
			w.data(r)
		case total && i+1 < len(w.held) && len(w.stops) == 0:
			w.skips = addText(w.skips, p)
		default:
			w.stops = addText(w.stops, p)
		}
	}
}

// data takes one row of data; of very long sheets a part.
func (w *watcher) data(r Row) {
	if w.rows++; w.rows > sketchFull && w.rows%sketchEvery != 0 {
		return
	}
	w.sampled++
	for j, c := range r.Cells {
		if j < len(w.columns) && w.columns[j] != nil && !c.Blank() && !c.Merged {
			w.columns[j].add(c, r.Number, j+1)
		}
	}
}

var patternWord = regexp.MustCompile(`^[^\pL\d]*(\pL+)`)

// patternOf gives a pattern for rows that begin like a text: its first word, and all of a total.
func patternOf(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	if m := totals.FindString(text); m != "" {
		return "^" + strings.ReplaceAll(regexp.QuoteMeta(m), " ", " ?")
	}
	at := patternWord.FindString(text)
	if at == "" || len(text) > 150 || len(at) > 30 {
		return ""
	}
	return "^" + regexp.QuoteMeta(at) + `\b`
}

func addText(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) || len(list) >= 24 {
		return list
	}
	return append(list, s)
}
