package operational

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// The table of publications that were made.
const publicationTable = own + "publications"

const createPublications = `create table if not exists ` + publicationTable + ` (
	id text not null,
	publication text not null,
	target text not null,
	scope text not null,
	period text not null,
	mode text not null,
	rows integer not null,
	inserted integer not null,
	updated integer not null,
	unchanged integer not null,
	deleted integer not null,
	hash text not null,
	published_at text not null,
	milliseconds integer not null,
	primary key (id, publication)
)`

// Record is an entry of the history of publications.
type Record struct {
	ID, Publication, Table string
	Scope, Period          string // as Publication.Place gives them
	Mode                   Mode
	Rows, Inserted         int64
	Updated, Unchanged     int64
	Deleted                int64
	Hash                   string
	At                     time.Time
}

// Place says what a publication is about, as the history keeps it.
func (p *Publication) Place() (scope, period string) {
	m := map[string]any{}
	for _, f := range p.Scope {
		m[f.Column] = f.Value
	}
	b, _ := json.Marshal(m) // strings and numbers always can
	if p.Period != nil {
		period = p.Period.Label
	}
	return string(b), period
}

// record writes a publication into the history, in its own transaction.
func (t *transaction) record(ctx context.Context, w *work) error {
	scope, period := w.p.Place()
	r := w.result
	_, err := t.c.ExecContext(ctx, "insert into "+publicationTable+
		" (id, publication, target, scope, period, mode, rows, inserted, updated, unchanged, deleted, hash, published_at, milliseconds)"+
		" values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		t.id, w.p.Name, w.p.Table, scope, period, string(w.p.Mode), r.Rows, r.Inserted, r.Updated, r.Unchanged, r.Deleted, r.Hash,
		t.o.Now().UTC().Format(time.RFC3339Nano), r.Took.Milliseconds())
	return err
}

// committed reports whether a transaction of that id is in the history.
func (s *Store) committed(ctx context.Context, id string) (bool, error) {
	list, err := s.Records(ctx)
	for _, r := range list {
		if r.ID == id {
			return true, err
		}
	}
	return false, err
}

// Records gives the history of publications, the oldest first; none if nothing was published yet.
func (s *Store) Records(ctx context.Context) ([]Record, error) {
	there, err := hasTable(ctx, s.db, publicationTable)
	if err != nil || !there {
		return nil, err
	}
	var out []Record
	err = each(ctx, s.db, "select id, publication, target, scope, period, mode, rows, inserted, updated, unchanged, deleted, hash, published_at\nfrom "+
		publicationTable+"\norder by rowid", nil, func(rows *sql.Rows) error {
		var r Record
		var mode, at string
		if err := rows.Scan(&r.ID, &r.Publication, &r.Table, &r.Scope, &r.Period, &mode, &r.Rows, &r.Inserted, &r.Updated, &r.Unchanged, &r.Deleted, &r.Hash, &at); err != nil {
			return err
		}
		r.Mode = Mode(mode)
		r.At, _ = time.Parse(time.RFC3339Nano, at)
		out = append(out, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the history of publications: %w", err)
	}
	return out, nil
}
