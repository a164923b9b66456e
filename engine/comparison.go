package engine

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// ComparisonResult is one comparison: a file written, or what it lacks.
type ComparisonResult struct {
	Name    string
	Path    string // relative to the project's root
	Rows    int64  // rows of totals among them
	Differ  int64  // rows in which a measure differs
	Missing diag.List
}

// Compare writes the project's comparisons of loaded and modelled rows. A comparison whose
// relations are not built yet is left out and says so in Missing.
func (w *Workspace) Compare(ctx context.Context, open adapter.OpenOptions) ([]ComparisonResult, error) {
	if w.Manifest == nil || len(w.Manifest.Comparisons) == 0 {
		return nil, nil
	}
	var out []ComparisonResult
	err := w.WithSession(ctx, open, func(s adapter.Session) error {
		w.begin("compare", nil, nil)
		for _, c := range w.Manifest.Comparisons {
			r, err := w.compare(ctx, s, c)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

func (w *Workspace) compare(ctx context.Context, s adapter.Session, c *manifest.Comparison) (ComparisonResult, error) {
	r := ComparisonResult{Name: c.Name}
	n := w.Manifest.Nodes[c.Node]
	if err := w.built(ctx, s, []*manifest.Node{n}); err != nil {
		l := diag.From(err)
		if len(l) == 0 || l[0].Code != diag.UnknownRelation {
			return r, err
		}
		r.Missing = l
		return r, nil
	}
	file, err := (&reportData{w: w, s: s, node: n}).Text(ctx, c.File, nil)
	if err != nil {
		return r, err
	}
	if r.Path, err = w.outputPath(file, c.File.Pos, "", false); err != nil {
		return r, err
	}
	sql, err := w.comparisonSQL(ctx, s, c)
	if err != nil {
		return r, err
	}
	rows, err := s.Query(ctx, sql)
	if err != nil {
		return r, fmt.Errorf("compare %s: %w", c.Name, err)
	}
	defer func() { _ = rows.Close() }() // a failure to close says nothing that Err does not
	err = artifact.WriteFile(filepath.Join(w.Project.Root, filepath.FromSlash(r.Path)), func(to io.Writer) error {
		t := &comparing{c: c, out: csv.NewWriter(to), result: &r}
		return t.write(rows)
	})
	return r, err
}

// comparisonSQL joins the two sides by the key. Its columns are the key, and of each measure
// clean_x and mart_x, ordered by the key.
func (w *Workspace) comparisonSQL(ctx context.Context, s adapter.Session, c *manifest.Comparison) (string, error) {
	n := w.Manifest.Nodes[c.Node]
	d := w.Adapter.Dialect()
	var sides [2]string
	var l diag.List
	for i, q := range []manifest.Query{c.Clean, c.Mart} {
		side := []string{"clean", "mart"}[i]
		compiled, err := w.compileText(ctx, s, n, manifest.Template{Text: q.SQL, Pos: q.Pos}, nil)
		if err != nil {
			return "", err
		}
		sides[i] = strings.TrimRight(compiled.SQL, "; \n\t")
		columns, err := s.Describe(ctx, sides[i])
		if err != nil {
			probe := *n
			probe.Pos = q.Pos
			return "", locate(w.Compiler, &probe, compiled, err, sides[i])
		}
		var names []string
		for _, x := range columns {
			names = append(names, x.Name)
		}
		wanted := append([]string(nil), c.Key...)
		for _, m := range c.Measures {
			wanted = append(wanted, m.Name)
		}
		for _, x := range wanted {
			if !hasFold(names, x) {
				l.Add(diag.Errorf(diag.UnknownColumn, q.Pos, "the %s query of the comparison %s has no column %q", side, c.Name, x).
					WithHint("%s", or(diag.DidYouMean(x, names), "it has "+strings.Join(names, ", "))))
			}
		}
		if l.Err() != nil {
			continue
		}
		if err := w.uniqueKey(ctx, s, c, side, sides[i], q.Pos); err != nil {
			return "", err
		}
	}
	if l.Err() != nil {
		return "", l.Err()
	}
	var columns, on []string
	for _, k := range c.Key {
		k = d.Quote(k)
		columns = append(columns, "coalesce(clean."+k+", mart."+k+") as "+k)
		on = append(on, "clean."+k+" is not distinct from mart."+k)
	}
	for _, m := range c.Measures {
		columns = append(columns, "clean."+d.Quote(m.Name)+" as "+d.Quote(m.CleanColumn()), "mart."+d.Quote(m.Name)+" as "+d.Quote(m.MartColumn()))
	}
	var order []string
	for i := range c.Key {
		order = append(order, fmt.Sprint(i+1))
	}
	return "select " + strings.Join(columns, ",\n    ") + "\nfrom (\n" + sides[0] + "\n) as clean\nfull join (\n" + sides[1] + "\n) as mart\n    on " +
		strings.Join(on, " and ") + "\norder by " + strings.Join(order, ", "), nil
}

func hasFold(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

// uniqueKey reports a side with several rows of one key, which a join would multiply.
func (w *Workspace) uniqueKey(ctx context.Context, s adapter.Session, c *manifest.Comparison, side, sql string, pos diag.Pos) error {
	d := w.Adapter.Dialect()
	var key []string
	for _, k := range c.Key {
		key = append(key, d.Quote(k))
	}
	var r Rows
	list := strings.Join(key, ", ")
	if err := r.read(ctx, s, "select "+list+", count(*) from (\n"+sql+"\n) as side group by "+list+" having count(*) > 1 order by "+list, 1); err != nil {
		return fmt.Errorf("compare %s: %w", c.Name, err)
	}
	if len(r.Rows) == 0 {
		return nil
	}
	var at []string
	for i, k := range c.Key {
		at = append(at, k+" "+fmt.Sprint(r.Rows[0][i]))
	}
	return diag.Errorf(diag.BadValue, pos, "the %s query of the comparison %s gives %v rows for %s", side, c.Name, r.Rows[0][len(key)], strings.Join(at, ", ")).
		WithHint("group by the key: %s", strings.Join(c.Key, ", "))
}

// comparing writes the rows of a comparison, with rows of totals.
type comparing struct {
	c      *manifest.Comparison
	out    *csv.Writer
	result *ComparisonResult
	group  string
	some   bool
	sums   [][2]*big.Rat // by measure
}

func (t *comparing) write(rows adapter.Rows) error {
	header := append([]string(nil), t.c.Key...)
	for _, m := range t.c.Measures {
		header = append(header, m.CleanColumn(), m.MartColumn(), m.DifferenceColumn(), m.PercentageColumn())
	}
	if err := t.out.Write(header); err != nil {
		return err
	}
	t.reset()
	at := -1
	for i, k := range t.c.Key {
		if k == t.c.Totals && t.c.Totals != "" {
			at = i
		}
	}
	for rows.Next() {
		values := rows.Values()
		if at >= 0 {
			if g := keyText(values[at]); !t.some || g != t.group {
				if err := t.total(at); err != nil {
					return err
				}
				t.group, t.some = g, true
			}
		}
		if err := t.row(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := t.total(at); err != nil {
		return err
	}
	t.out.Flush()
	return t.out.Error()
}

func (t *comparing) reset() {
	t.sums = make([][2]*big.Rat, len(t.c.Measures))
	for i := range t.sums {
		t.sums[i] = [2]*big.Rat{new(big.Rat), new(big.Rat)}
	}
}

func (t *comparing) row(values []any) error {
	var rec []string
	for i := range t.c.Key {
		rec = append(rec, keyText(values[i]))
	}
	differs := false
	for i := range t.c.Measures {
		clean, mart := values[len(t.c.Key)+2*i], values[len(t.c.Key)+2*i+1]
		a, b := ratOf(clean), ratOf(mart)
		rec = append(rec, keyText(clean), keyText(mart))
		rec = append(rec, difference(a, b)...)
		differs = differs || orZero(a).Cmp(orZero(b)) != 0
		t.sums[i][0].Add(t.sums[i][0], orZero(a))
		t.sums[i][1].Add(t.sums[i][1], orZero(b))
	}
	t.result.Rows++
	if differs {
		t.result.Differ++
	}
	return t.out.Write(rec)
}

// total closes a group of rows.
func (t *comparing) total(at int) error {
	if at < 0 || !t.some {
		return nil
	}
	var rec []string
	for i := range t.c.Key {
		if i == at {
			rec = append(rec, t.group)
		} else {
			rec = append(rec, "total")
		}
	}
	for i := range t.c.Measures {
		a, b := t.sums[i][0], t.sums[i][1]
		rec = append(rec, ratText(a), ratText(b))
		rec = append(rec, difference(a, b)...)
	}
	t.reset()
	t.result.Rows++
	return t.out.Write(rec)
}

func orZero(r *big.Rat) *big.Rat {
	if r == nil {
		return new(big.Rat)
	}
	return r
}

// difference gives mart less clean, and mart as a percentage of clean, empty where clean is none.
func difference(clean, mart *big.Rat) []string {
	if clean == nil && mart == nil {
		return []string{"", ""}
	}
	diff := new(big.Rat).Sub(orZero(mart), orZero(clean))
	if clean == nil || clean.Sign() == 0 {
		return []string{ratText(diff), ""}
	}
	share := new(big.Rat).Quo(orZero(mart), clean)
	return []string{ratText(diff), share.Mul(share, big.NewRat(100, 1)).FloatString(2)}
}

// ratOf takes a number exactly; nil for null and what is no number.
func ratOf(v any) *big.Rat {
	if v == nil {
		return nil
	}
	r, ok := new(big.Rat).SetString(fmt.Sprint(v))
	if !ok {
		return nil
	}
	return r
}

func ratText(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	places := 2
	if n, exact := r.FloatPrec(); exact {
		places = max(n, 2)
	}
	return r.FloatString(min(places, 12))
}

func keyText(v any) string {
	if v == nil {
		return ""
	}
	return plainText(v)
}

func plainText(v any) string {
	if t, ok := plainFact(v).(string); ok {
		return t
	}
	return fmt.Sprint(v)
}
