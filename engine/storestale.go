package engine

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/manifest"
	"atlas/engine/operational"
)

// stale names what was published of this scope and would be other rows now.
func (p *publishing) stale(ctx context.Context, store *operational.Store) error {
	records, err := store.Records(ctx)
	if err != nil {
		return err
	}
	for _, r := range standing(records) {
		i := slices.IndexFunc(p.Manifest.Publications, func(m *manifest.Publication) bool { return m.Name == r.Publication })
		if i < 0 {
			continue
		}
		m := p.Manifest.Publications[i]
		period, ok := p.periodOf(m, r.Period)
		if !ok {
			continue
		}
		x, err := p.publication(ctx, m, period)
		if err != nil {
			continue // it cannot be published now: whoever asks for it is told
		}
		if scope, _ := x.Place(); scope != r.Scope {
			continue // another entity's, whose relations are not in this database
		}
		_, sum, err := operational.Hash(ctx, x)
		if err != nil {
			return err
		}
		if sum != r.Hash {
			p.report.Stale = append(p.report.Stale, Stale{r.Publication, r.Period, r.At.Format(time.DateOnly)})
		}
	}
	return nil
}

// periodOf reads the period of a record; ok is false for another year than the chosen one.
func (p *publishing) periodOf(m *manifest.Publication, label string) (*operational.Period, bool) {
	year, month, _ := strings.Cut(label, "-")
	if label != "" && year != p.scopeValue("year") {
		return nil, false
	}
	n, _ := strconv.Atoi(month)
	period := p.period(m, n)
	return period, (period == nil) == (label == "")
}

// standing gives the last record of each publication, scope and period, without the months that a
// whole year was published over since.
func standing(records []operational.Record) []operational.Record {
	type place struct{ publication, scope, period string }
	last := map[place]int{}
	for i, r := range records {
		last[place{r.Publication, r.Scope, r.Period}] = i
	}
	var out []operational.Record
	for i, r := range records {
		if last[place{r.Publication, r.Scope, r.Period}] != i {
			continue
		}
		if year, _, monthly := strings.Cut(r.Period, "-"); monthly {
			if over, ok := last[place{r.Publication, r.Scope, year}]; ok && over > i {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}
