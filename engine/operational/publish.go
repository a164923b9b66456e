package operational

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
)

// Mode says what a publication does with the rows that are there.
type Mode string

// The modes of a publication. All give the same rows when they run twice.
const (
	Upsert  Mode = "upsert"        // rows of the same key are replaced, others stay
	Replace Mode = "replace_month" // the rows of the scope and period become these, and no others
	Append  Mode = "append"        // rows of new keys are added; one that is there must be the same
)

// Fixed is a column that has one value in every row of a publication.
type Fixed struct {
	Column string
	Value  any // string or int64
}

// Period is what part of a table's time a publication is about.
type Period struct {
	Column   string // a date in ISO text: From <= column < To; or
	From, To string
	Equal    []Fixed // columns of the year and the month
	Label    string  // "2026-02"
}

// Publication is what is to be brought into one table.
type Publication struct {
	Name    string
	Table   string
	Key     []string
	Mode    Mode
	Columns []string // of the table, in the order of the rows' values
	Scope   []Fixed  // rows of another scope are a mistake, and are never touched
	Period  *Period  // rows of another period are a mistake; nil is all of the scope
	Pos     diag.Pos
	// Rows gives the rows: nil, int64, float64, string or []byte each. It is called again when a
	// connection was lost.
	Rows func(ctx context.Context) iter.Seq2[[]any, error]
}

// PublishOptions are the wishes of Publish.
type PublishOptions struct {
	DryRun   bool // count what would change, and change nothing
	Now      func() time.Time
	Progress func(publication string, rows int64)
	Notify   func(format string, args ...any) // a lost connection, a new try
	Sleep    func(ctx context.Context, d time.Duration) error
	Attempts int // 0 is 6
}

// Published is what became of one publication.
type Published struct {
	Publication string        `json:"publication"`
	Table       string        `json:"table"`
	Rows        int64         `json:"rows"`
	Inserted    int64         `json:"inserted"`
	Updated     int64         `json:"updated"`
	Unchanged   int64         `json:"unchanged"`
	Deleted     int64         `json:"deleted"`
	Moved       int64         `json:"moved,omitempty"` // of Updated: rows that stood in another period
	Hash        string        `json:"hash"`            // SHA-256 of the rows, in the order of their key
	Took        time.Duration `json:"-"`
}

// Publish brings publications into the store. Those whose tables refer to one another share one
// transaction, so that what is readable always fits together; each other has its own. A lost
// connection is tried again; whether the last commit was done is read from the history, so that
// nothing is published twice. The results stand in the order of the publications; those of groups
// that were done stay when a later one fails.
func Publish(ctx context.Context, s *Store, list []*Publication, o PublishOptions) ([]*Published, error) {
	o.defaults()
	var cat *catalogue
	err := s.again(ctx, o, "the schema was read", func() (err error) {
		cat, err = readCatalogue(ctx, s.db)
		return err
	})
	if err != nil {
		return nil, err
	}
	var l diag.List
	for _, p := range list {
		l = append(l, cat.check(p)...)
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	var out []*Published
	for _, group := range cat.groups(list) {
		done, err := s.publishGroup(ctx, cat, group, o)
		if err != nil {
			return out, err
		}
		out = append(out, done...)
	}
	slices.SortStableFunc(out, func(a, b *Published) int { return place(list, a.Publication) - place(list, b.Publication) })
	return out, nil
}

func place(list []*Publication, name string) int {
	return slices.IndexFunc(list, func(p *Publication) bool { return p.Name == name })
}

func (o *PublishOptions) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string, int64) {}
	}
	if o.Notify == nil {
		o.Notify = func(string, ...any) {}
	}
	if o.Attempts == 0 {
		o.Attempts = 6
	}
	if o.Sleep == nil {
		o.Sleep = func(ctx context.Context, d time.Duration) error {
			t := time.NewTimer(d)
			defer t.Stop()
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-t.C:
				return nil
			}
		}
	}
}

// again runs a step until its connection holds, waiting longer each time.
func (s *Store) again(ctx context.Context, o PublishOptions, while string, step func() error) error {
	wait := 500 * time.Millisecond
	for attempt := 1; ; attempt++ {
		err := step()
		if err == nil || ctx.Err() != nil || !lost(err) {
			return err
		}
		if attempt == o.Attempts {
			return diag.Errorf(diag.StoreUnreachable, diag.Pos{}, "%s was lost %d times while %s: %s", s.name, attempt, while, lastLine(err.Error())).
				WithErr(err).WithHint("nothing was published by halves; run the command again")
		}
		o.Notify("the connection to %s was lost (%s); trying again in %s", s.name, lastLine(err.Error()), wait)
		if err := o.Sleep(ctx, wait); err != nil {
			return err
		}
		wait = min(3*wait, 10*time.Second)
	}
}

// publishGroup runs one transaction, again if its connection was lost. Before it runs again the
// history tells whether the commit was done and only its answer lost.
func (s *Store) publishGroup(ctx context.Context, cat *catalogue, group []*Publication, o PublishOptions) (done []*Published, err error) {
	id, tried := newID(), false
	err = s.again(ctx, o, group[0].Name+" was published", func() error {
		if tried {
			known, err := s.committed(ctx, id)
			if known || err != nil {
				return err
			}
		}
		tried = true
		done, err = s.publishOnce(ctx, cat, group, id, o)
		return err
	})
	return done, err
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it does not fail
	return hex.EncodeToString(b[:])
}

// publishOnce runs a group in one transaction. Where the commit's answer is lost it gives what was
// done beside the error.
func (s *Store) publishOnce(ctx context.Context, cat *catalogue, group []*Publication, id string, o PublishOptions) ([]*Published, error) {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("publish to %s: %w", s.name, err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "begin immediate"); err != nil {
		return nil, fmt.Errorf("publish to %s: %w", s.name, err)
	}
	t := &transaction{c: c, s: s, cat: cat, o: o, id: id}
	err = t.run(ctx, group)
	if err == nil && !o.DryRun {
		if _, err = c.ExecContext(ctx, "commit"); err == nil {
			return t.done, nil
		}
		err = fmt.Errorf("publish to %s: %w", s.name, err)
	}
	if _, back := c.ExecContext(context.WithoutCancel(ctx), "rollback"); back != nil && !s.remote && !strings.Contains(back.Error(), "no transaction") {
		err = errors.Join(err, back)
	}
	return t.done, err
}

// transaction is one group being published.
type transaction struct {
	c    *sql.Conn
	s    *Store
	cat  *catalogue
	o    PublishOptions
	id   string
	done []*Published
}

// run writes parents before children, and deletes children before parents.
func (t *transaction) run(ctx context.Context, group []*Publication) error {
	if _, err := t.c.ExecContext(ctx, "pragma defer_foreign_keys = on"); err != nil {
		return t.failed(group[0], err)
	}
	var works []*work
	for _, p := range group {
		w := &work{transaction: t, p: p, started: t.o.Now(), result: &Published{Publication: p.Name, Table: p.Table}}
		if err := w.write(ctx); err != nil {
			return t.failed(p, err)
		}
		works = append(works, w)
		t.done = append(t.done, w.result)
	}
	for _, w := range slices.Backward(works) {
		if err := w.remove(ctx); err != nil {
			return t.failed(w.p, err)
		}
	}
	if err := t.keys(ctx, works); err != nil {
		return err
	}
	if _, err := t.c.ExecContext(ctx, createPublications); err != nil {
		return t.failed(group[0], err)
	}
	for _, w := range works {
		w.result.Took = t.o.Now().Sub(w.started)
		if err := t.record(ctx, w); err != nil {
			return t.failed(w.p, err)
		}
	}
	return nil
}

// failed says which publication an error is of.
func (t *transaction) failed(p *Publication, err error) error {
	var d *diag.Diagnostic
	if errors.As(err, &d) || lost(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	text := plainError(err)
	x := diag.Errorf(diag.BadPublication, p.Pos, "publication %s: %s refuses the rows: %s", p.Name, p.Table, text).WithErr(err)
	switch {
	case strings.Contains(text, "FOREIGN KEY"):
		x.Hint = "a row refers to one that is not in the store: publish that table as well, or see the relation's keys"
	case strings.Contains(text, "NOT NULL"), strings.Contains(text, "CHECK"):
		x.Hint = "the schema is stricter than the relation: mend the model, or the schema"
	}
	return x
}
