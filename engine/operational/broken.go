package operational

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"atlas/engine/diag"
)

// broken are rows that refer to a table's rows which do not exist.
type broken struct {
	parent string
	owner  *work    // whose rows they are, else whose rows they refer to
	rows   []string // "12 rows of orders"
}

// keys reports rows that would refer to nothing, one problem a table that lacks rows: deferred
// keys are only refused at the commit, without saying where.
func (t *transaction) keys(ctx context.Context, works []*work) error {
	var list []*broken
	seen := map[string]bool{}
	for _, w := range works {
		for _, table := range t.cat.around(w.p.Table) {
			if seen[table] {
				continue
			}
			seen[table] = true
			owner := ownerOf(works, table, w)
			err := each(ctx, t.c, "select \"parent\", count(*)\nfrom pragma_foreign_key_check(?)\ngroup by 1\norder by 1", []any{table}, func(rows *sql.Rows) error {
				var parent string
				var n int64
				if err := rows.Scan(&parent, &n); err != nil {
					return err
				}
				list = addBroken(list, parent, owner, fmt.Sprintf("%d rows of %s", n, table))
				return nil
			})
			if err != nil {
				return t.failed(w.p, err)
			}
		}
	}
	return t.explain(ctx, list)
}

// ownerOf gives the publication of a table, else the one whose change of another was the reason to look.
func ownerOf(works []*work, table string, otherwise *work) *work {
	for _, w := range works {
		if strings.EqualFold(w.p.Table, table) {
			return w
		}
	}
	return otherwise
}

func addBroken(list []*broken, parent string, owner *work, rows string) []*broken {
	for _, b := range list {
		if strings.EqualFold(b.parent, parent) {
			b.rows = append(b.rows, rows)
			return list
		}
	}
	return append(list, &broken{parent, owner, []string{rows}})
}

func (t *transaction) explain(ctx context.Context, list []*broken) error {
	var l diag.List
	for _, b := range list {
		d := diag.Errorf(diag.BadPublication, b.owner.p.Pos, "publication %s: %s would refer to rows that %s does not have", b.owner.p.Name, strings.Join(b.rows, ", "), b.parent).
			WithHint("publish %s with it, or see why the relation's keys differ; nothing was published", b.parent)
		there, err := b.owner.count(ctx, "select exists (select 1 from "+quote(b.parent)+")")
		if err != nil {
			return t.failed(b.owner.p, err)
		}
		if there == 0 {
			d.Hint = b.parent + " is empty: atlas seed loads look-ups, a publication anything else; nothing was published"
		}
		l = append(l, d)
	}
	return l.Err()
}
