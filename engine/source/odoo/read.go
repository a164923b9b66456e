package odoo

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"atlas/engine/diag"
	"atlas/engine/source"
)

// A reading goes by write_date. Odoo tells it cut to seconds, while its database keeps
// microseconds and compares with those: "written later than the last second read" would give the
// records of that second again, and "written later than its end" would lose those of them that
// the page had no room for. So a page that is full is followed by one of everything from its last
// second on without the records of that second that were read; and a second that alone fills a
// page is read by itself, in order of id.
//
// write_date is when a record's transaction began. Transactions end later, in any order: one may
// show records that are older than others which were read before. Every reading therefore notes
// the second before which nothing can come any more, and the next begins there: the last second
// read, but not later than the overlap before the page was asked for.

// state is where a reading stands; see source.Request.Keep.
type state struct {
	Of    string `json:"of"`              // the model's address and the company
	From  string `json:"from,omitempty"`  // all that was written before this second has been read
	Stage string `json:"stage,omitempty"` // of a reading that is under way: what it reads
	At    string `json:"at,omitempty"`    // …and that it has read what was written before this second
	ID    int64  `json:"id,omitempty"`    // …and of this second, or of all, what has this id or a lower one
	Asked string `json:"asked,omitempty"` // …and when the first page of a crowded second was asked for
	Swept string `json:"swept,omitempty"` // when deleted records were looked for last
}

// Stages of a reading.
const (
	stageUndated = "undated" // records that have no write_date, in order of id
	stageDated   = "dated"   // the others, by write_date
	stageCrowded = "crowded" // those of one second, in order of id
	stageWhole   = "whole"   // all records of a model that keeps no write_date, in order of id
)

// walk is one reading.
type walk struct {
	m     *model
	r     source.Request
	st    state
	seen  []int64 // records of the second st.At that were read
	began time.Time
	done  bool // all rows have been given
	swept bool // all ids have been given
}

// begin goes on from the request's state.
func (m *model) begin(r source.Request) (*walk, error) {
	w := &walk{m: m, r: r, began: r.Clock().UTC()}
	of := m.s.address()
	if m.company != 0 {
		of += fmt.Sprintf("?company=%d", m.company)
	}
	if r.Since != nil {
		if err := json.Unmarshal(r.Since, &w.st); err != nil {
			return nil, diag.Errorf(diag.BadFile, r.Table.Pos, "where the last reading of %s ended cannot be read: %v", r.Table.Table, err).
				WithHint("atlas extract --overwrite reads everything again")
		}
		if w.st.Of != of {
			return nil, diag.Errorf(diag.BadValue, r.Table.OptionAt("odoo"), "%s was read from %s up to now, and is to be read from %s", r.Table.Snapshot, w.st.Of, of).
				WithHint("atlas extract --overwrite reads everything from there; records of both would be mixed otherwise")
		}
	}
	w.st.Of = of
	if w.st.Swept == "" { // whatever is deleted from now on is looked for later
		w.st.Swept = w.began.Format(stampLayout)
	}
	if !m.dated && w.st.Stage != stageWhole {
		w.st.Stage, w.st.ID = stageWhole, 0
	}
	if m.dated && (w.st.Stage == "" || w.st.Stage == stageWhole) {
		w.st.Stage, w.st.At, w.st.ID = stageUndated, w.st.From, 0
	}
	return w, nil
}

// finished is the state of a reading that is whole.
func (w *walk) finished() state {
	return state{Of: w.st.Of, From: w.st.From, Swept: w.st.Swept}
}

func (w *walk) keep(s state) error {
	if w.r.Keep == nil {
		return nil
	}
	return w.r.Keep(s)
}

// rows gives the records.
func (w *walk) rows(ctx context.Context) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		for w.st.Stage != "" {
			q := w.query()
			got, ok, err := w.read(ctx, q, yield)
			if err == nil && ok {
				if err = w.stuck(q, got); err == nil {
					w.advance(q, got)
					err = w.keep(w.st)
				}
			}
			if err != nil {
				yield(source.Row{}, err)
			}
			if err != nil || !ok {
				return
			}
		}
		w.done = true
	}
}

// query is one page to ask for.
type query struct {
	domain []any
	order  string
	limit  int
}

func (w *walk) query() query {
	q := query{domain: append([]any{}, w.m.domain...), order: "id asc", limit: w.m.s.page}
	add := func(name, op string, v any) { q.domain = append(q.domain, []any{name, op, v}) }
	switch w.st.Stage {
	case stageUndated:
		add("write_date", "=", false)
		add("id", ">", w.st.ID)
	case stageCrowded:
		add("write_date", ">=", w.st.At)
		add("write_date", "<", after(w.st.At))
		add("id", ">", w.st.ID)
		if len(w.seen) > 0 {
			add("id", "not in", w.seen)
		}
	case stageWhole:
		add("id", ">", w.st.ID)
	default:
		q.order = "write_date asc, id asc"
		switch {
		case w.st.At == "":
			add("write_date", "!=", false)
		case len(w.seen) == 0:
			add("write_date", ">=", w.st.At)
		default:
			q.domain = append(q.domain, "|", []any{"write_date", ">=", after(w.st.At)}, "&", []any{"write_date", ">=", w.st.At}, []any{"id", "not in", w.seen})
		}
	}
	return q
}

// after gives the second after one.
func after(second string) string {
	at, err := time.Parse(stampLayout, second)
	if err != nil {
		return second
	}
	return at.Add(time.Second).Format(stampLayout)
}

// got says what a page held.
type got struct {
	records     int
	first, last string  // write_date of its first and last record
	id          int64   // of the last
	same        []int64 // records of the last second
	asked       time.Time
}

// read asks for a page and gives its records; false if nobody wants more.
func (w *walk) read(ctx context.Context, q query, yield func(source.Row, error) bool) (got, bool, error) {
	b, err := w.m.c.call(ctx, call{model: w.m.s.model, method: "search_read", domain: q.domain, args: map[string]any{
		"fields": w.m.asked(), "order": q.order, "limit": q.limit, "context": w.m.context,
	}})
	if err != nil {
		return got{}, false, w.m.c.explain(err, w.blame())
	}
	g := got{asked: w.m.c.asked}
	p, err := w.m.page(b)
	if err != nil {
		return g, false, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return g, false, err
		}
		ok, err := p.next()
		if err != nil {
			return g, false, fmt.Errorf("read %s: %w", w.m.s.address(), err)
		}
		if !ok {
			return g, true, nil
		}
		if g.records == 0 {
			g.first = toSecond(p.written)
		}
		if at := toSecond(p.written); at != g.last {
			g.last, g.same = at, g.same[:0]
		}
		g.records++
		g.id = p.id
		g.same = append(g.same, p.id)
		if !yield(source.Row{Number: int(p.id), Cells: p.cells}, nil) {
			return g, false, nil
		}
	}
}

// toSecond cuts the fraction of a second off, should a server tell it.
func toSecond(stamp string) string {
	if len(stamp) > len(stampLayout) {
		return stamp[:len(stampLayout)]
	}
	return stamp
}

// blame names the option that is likely wrong when the server refuses a page.
func (w *walk) blame() string {
	if len(w.m.s.domain) > 0 {
		return "domain"
	}
	return "model"
}

// stuck reports a server that does not keep to the order or the conditions, which would be asked
// for the same page for ever.
func (w *walk) stuck(q query, g got) error {
	if g.records < q.limit {
		return nil
	}
	if w.st.Stage == stageDated && g.last != "" && g.last >= w.st.At || w.st.Stage != stageDated && g.id > w.st.ID {
		return nil
	}
	return w.m.c.unfit("does not give the records of " + w.m.s.model + " in the order that was asked for").
		WithHint("a module of the server may change how the model is searched; domain can narrow it")
}

// advance moves on behind a page.
func (w *walk) advance(q query, g got) {
	full := g.records >= q.limit
	switch w.st.Stage {
	case stageUndated:
		if w.st.ID = g.id; !full {
			w.st.Stage, w.st.ID = stageDated, 0
		}
	case stageWhole:
		if w.st.ID = g.id; !full {
			w.st.Stage, w.st.ID = "", 0
		}
	case stageCrowded:
		if w.st.ID == 0 { // the second is known as it was then
			w.st.Asked = g.asked.Format(stampLayout)
		}
		if w.st.ID = g.id; !full {
			asked, _ := time.Parse(stampLayout, w.st.Asked) // the zero time moves nothing on
			w.sure(after(w.st.At), asked)
			w.st.Stage, w.st.ID, w.st.Asked, w.seen = stageDated, 0, "", nil
		}
	default:
		if g.records > 0 && g.last != w.st.At {
			w.seen = w.seen[:0]
		}
		w.seen = append(w.seen, g.same...)
		switch {
		case g.records == 0:
			if len(w.seen) > 0 { // the last second is whole
				w.sure(after(w.st.At), g.asked)
			}
			w.st.Stage = ""
		case !full:
			w.sure(after(g.last), g.asked)
			w.st.Stage = ""
		case g.first == g.last:
			w.sure(g.last, g.asked)
			w.st.Stage, w.st.ID = stageCrowded, 0
		default:
			w.sure(g.last, g.asked)
		}
		if w.st.Stage == "" {
			w.st = w.finished()
		}
	}
}

// sure notes that all records written before upTo have been read, as they were at that time.
func (w *walk) sure(upTo string, asked time.Time) {
	if w.st.From == w.st.At { // nothing was left open before
		w.st.From = max(w.st.From, min(upTo, asked.Add(-w.m.s.overlap).UTC().Format(stampLayout)))
	}
	w.st.At = upTo
}

// sweeps reports whether it is time to look for deleted records.
func (w *walk) sweeps() bool {
	switch {
	case w.m.s.sweep == never:
		return false
	case w.m.s.sweep == 0 || !w.m.dated:
		return true
	}
	last, err := time.Parse(stampLayout, w.st.Swept)
	now := w.r.Clock().UTC()
	return err != nil || !now.Before(last.Add(w.m.s.sweep)) || last.After(now)
}

// idPage is how many ids are asked for at once.
const idPage = 20_000

// living gives the ids of all records that there are.
func (w *walk) living(ctx context.Context) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		began := w.r.Clock().UTC().Format(stampLayout)
		cells := make([]source.Cell, 1)
		for last, full := int64(0), true; full; {
			domain := append(append([]any{}, w.m.domain...), []any{"id", ">", last})
			b, err := w.m.c.call(ctx, call{model: w.m.s.model, method: "search", domain: domain, args: map[string]any{
				"order": "id asc", "limit": idPage, "context": w.m.context,
			}})
			var ids []int64
			if err != nil {
				err = w.m.c.explain(err, w.blame())
			} else if err = json.Unmarshal(b, &ids); err != nil {
				err = fmt.Errorf("read %s: %w", w.m.s.address(), err)
			}
			if err != nil {
				yield(source.Row{}, err)
				return
			}
			for _, id := range ids {
				cells[0] = source.Cell{Kind: source.Number, Text: fmt.Sprint(id)}
				if !yield(source.Row{Number: int(id), Cells: cells}, nil) {
					return
				}
				last = max(last, id)
			}
			full = len(ids) >= idPage
		}
		w.st.Swept, w.swept = began, true
	}
}
