package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reviewed are the periods that the business review is held against the truth for: of every type, a
// year under way, of which only the reported months count, and a month of the entity's first unit alone.
var reviewed = []struct {
	code, from, to string
	part           bool
}{
	{"2026-02", "2026-02", "2026-02", false},
	{"2025-Q4", "2025-10", "2025-12", false},
	{"2025", "2025-01", "2025-12", false},
	{"2025-01..2025-06", "2025-01", "2025-06", false},
	{"2026", "2026-01", "2026-12", false},
	{"2026-02", "2026-02", "2026-02", true},
}

// checkReviews makes the business review of an entity and holds its figures against what the
// generator meant, what is drawn against the report's rows, and every file against the other entity.
func (w *workshop) checkReviews(entity string) {
	w.t.Helper()
	truth := readLedger(w.t, entity)
	strangers := wordsOfOthers(w.t, entity)
	for _, p := range reviewed {
		out := filepath.Join(w.dir, "review")
		args, name, least := []string(nil), entity+"-"+p.code, 100
		if p.part {
			args, name, least = []string{"--unit", truth.units[0]}, name+"-"+truth.units[0], 30
		}
		name += "-en-US"
		w.atlas(append([]string{"report", "business_review", "--entity", entity, "--period", p.code, "--locale", "en-US", "--no-pdf", "--output", out}, args...)...)
		folder := filepath.Join(out, name)
		r := readReview(w.t, filepath.Join(folder, name+".json"))
		if strings.TrimSpace(strings.Join(r.Meta.Scope, "")) == "" {
			w.t.Fatalf("%s %s: the report has no units", entity, p.code)
		}
		w.checkSections(r, truth, p.from, p.to)
		drawn := w.checkDrawn(r, filepath.Join(folder, "slides", "print.html"))
		if drawn < least {
			w.t.Errorf("%s %s: only %d figures are drawn with their origin", entity, p.code, drawn)
		}
		texts := textsBelow(w.t, folder)
		for name, text := range texts {
			if m := strangers.FindString(text); m != "" {
				w.t.Errorf("%s %s: %s names %q of another entity", entity, p.code, name, strings.TrimSpace(m))
			}
		}
		w.checkPresentation(r, texts)
	}
}

// checkSections compares the sums of all sections.
func (w *workshop) checkSections(r *review, truth *ledger, from, to string) {
	w.t.Helper()
	sections := map[string][]string{"": r.Meta.Scope}
	for code, s := range r.Units {
		sections[code] = []string{code}
		if len(s.Members) > 0 {
			sections[code] = s.Members
		}
	}
	asked := truth.reported(from, to)
	for code, units := range sections {
		s := &r.Total
		if code != "" {
			s = r.Units[code]
		}
		where := r.Meta.Entity + " " + r.Meta.Period + " " + code
		equal := func(column string, got any, want *big.Rat) {
			w.t.Helper()
			if x := exact(got); x == nil || x.Cmp(want) != 0 {
				w.t.Errorf("%s: %s is %v, meant was %s", where, column, got, want.FloatString(2))
			}
		}
		h := s.Data["headline"].row(0)
		for column, measure := range map[string]string{
			"net_revenue": "net_revenue", "gross_revenue": "gross_revenue", "discount_amount": "discount_amount",
			"orders": "orders", "new_students": "new_students", "target_revenue": "target revenue", "target_students": "target students",
		} {
			equal("headline."+column, h[column], truth.sum(measure, units, asked))
		}
		equal("headline.previous_year_revenue", h["previous_year_revenue"], truth.sum("net_revenue", units, yearBefore(asked)))
		equal("headline.revenue_ytd", h["revenue_ytd"], truth.sum("net_revenue", units, truth.reported(to[:4]+"-01", to)))
		for name, column := range map[string]string{"units": "net_revenue", "programs": "net_revenue"} {
			equal("the sum of "+name, s.Data[name].total(column), truth.sum("net_revenue", units, asked))
		}
		equal("the sum of new students of programs", s.Data["programs"].total("new_students"), truth.sum("new_students", units, asked))
		if code == "" {
			for _, name := range []string{"schools", "school_levels", "channels"} {
				if len(units) < len(truth.units) { // they are about all units or about none
					equal("the sum of "+name, s.Data[name].total("net_revenue"), new(big.Rat))
					continue
				}
				equal("the sum of "+name, s.Data[name].total("net_revenue"), truth.sum("net_revenue", units, asked))
			}
			if len(units) == len(truth.units) {
				equal("the sum of first_time", s.Data["first_time"].total("students"), truth.sum("new_students", units, asked))
			}
		}
		if b := s.Data["bridge"]; b != nil {
			equal("the end of the bridge", b.row(len(b.Rows) - 1)["amount"], truth.sum("net_revenue", units, asked))
			equal("the steps of the bridge", b.total("amount"), new(big.Rat).Mul(big.NewRat(2, 1), truth.sum("net_revenue", units, asked)))
		}
	}
}

var drawnFigure = regexp.MustCompile(`<data class="figure" value="([^"]*)" data-block="[^"]*" data-query="([^"]*)" data-row="([^"]*)" data-column="([^"]*)">`)

// checkDrawn finds each drawn figure in the report by the origin that it carries, and tells how many
// there are. Sums and changes are computed while drawing; what they are made of is drawn beside them.
func (w *workshop) checkDrawn(r *review, file string) int {
	w.t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	count := 0
	for _, m := range drawnFigure.FindAllSubmatch(page, -1) {
		value, query, row, column := html.UnescapeString(string(m[1])), string(m[2]), html.UnescapeString(string(m[3])), string(m[4])
		if row == "total" || row == "other" || strings.Contains(column, "/") {
			continue
		}
		data := r.query(query)
		if data == nil {
			w.t.Errorf("%s: a figure is from query %s, which the report does not have", file, query)
			continue
		}
		found := data.find(row)
		if found == nil {
			w.t.Errorf("%s: a figure is from row %q of %s, which is not there", file, row, query)
			continue
		}
		want, known := found[column]
		a, b := exact(value), exact(want)
		if !known || (a == nil) != (b == nil) || a != nil && a.Cmp(b) != 0 {
			w.t.Errorf("%s: %s of row %q of %s is drawn as %s, the report has %v", file, column, row, query, value, want)
		}
		count++
	}
	return count
}

// checkPresentation looks for the figures of the period's first message in the presentation.
func (w *workshop) checkPresentation(r *review, texts map[string]string) {
	w.t.Helper()
	revenue := exact(r.Total.Data["headline"].row(0)["net_revenue"])
	scale, unit := int64(1e6), " M"
	if revenue.Cmp(big.NewRat(1e9, 1)) >= 0 {
		scale, unit = 1e9, " B"
	}
	shown := "Rp " + new(big.Rat).Quo(revenue, big.NewRat(scale, 1)).FloatString(1) + unit
	shown = strings.Replace(shown, ".0 ", " ", 1)
	for name, text := range texts {
		if strings.Contains(name, ".pptx!ppt/slides/slide2.xml") {
			if !strings.Contains(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text), shown) {
				w.t.Errorf("%s %s: %s does not say %s", r.Meta.Entity, r.Meta.Period, name, shown)
			}
			return
		}
	}
	w.t.Errorf("%s %s: there is no presentation", r.Meta.Entity, r.Meta.Period)
}

// review is a report.json as a stranger reads it.
type review struct {
	Meta struct {
		Entity string   `json:"entity"`
		Period string   `json:"period"`
		Scope  []string `json:"scope"`
	} `json:"meta"`
	Total reviewPart             `json:"total"`
	Units map[string]*reviewPart `json:"units"`
}

type reviewPart struct {
	Members []string               `json:"members"`
	Data    map[string]*reviewData `json:"data"`
}

type reviewData struct {
	Query   string                  `json:"query"`
	Columns []struct{ Name string } `json:"columns"`
	Key     []string                `json:"key"`
	Rows    [][]any                 `json:"rows"`
}

func readReview(t *testing.T, file string) *review {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := &review{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *review) query(name string) *reviewData {
	parts := []*reviewPart{&r.Total}
	for _, p := range r.Units {
		parts = append(parts, p)
	}
	for _, p := range parts {
		for _, d := range p.Data {
			if d.Query == name {
				return d
			}
		}
	}
	return nil
}

func (d *reviewData) row(n int) map[string]any {
	out := map[string]any{}
	for i, c := range d.Columns {
		out[c.Name] = d.Rows[n][i]
	}
	return out
}

// find gives the row that an origin means: "#1", or its key as "code=A,part=1".
func (d *reviewData) find(row string) map[string]any {
	for n := range d.Rows {
		r := d.row(n)
		var key []string
		for _, k := range d.Key {
			key = append(key, k+"="+textOf(r[k]))
		}
		if len(key) > 0 && strings.Join(key, ",") == row || len(key) == 0 && row == "#"+textOf(json.Number(big.NewInt(int64(n+1)).String())) {
			return r
		}
	}
	return nil
}

func (d *reviewData) total(column string) string {
	sum := new(big.Rat)
	for n := range d.Rows {
		if x := exact(d.row(n)[column]); x != nil {
			sum.Add(sum, x)
		}
	}
	return sum.FloatString(2)
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		return ""
	}
}

func exact(v any) *big.Rat {
	if r, ok := new(big.Rat).SetString(textOf(v)); ok {
		return r
	}
	return nil
}

// ledger is the truth of one entity by month, unit and measure.
type ledger struct {
	amounts map[string]*big.Rat // "2026-02 CODE measure"
	months  []string            // that have payments
	units   []string
}

func readLedger(t *testing.T, entity string) *ledger {
	t.Helper()
	l := &ledger{amounts: map[string]*big.Rat{}}
	header, rows := truthOf(t, entity, "revenue.csv", 4)
	for key, values := range rows {
		k := strings.Fields(key)
		month := monthOf(k[1], k[2])
		if !slices.Contains(l.months, month) {
			l.months = append(l.months, month)
		}
		if !slices.Contains(l.units, k[3]) {
			l.units = append(l.units, k[3])
		}
		for i, v := range values {
			l.amounts[month+" "+k[3]+" "+header[4+i]] = exact(v)
		}
	}
	_, rows = truthOf(t, entity, "targets.csv", 6)
	for key, values := range rows {
		if k := strings.Fields(key); k[4] == "ALL" {
			l.amounts[monthOf(k[1], k[2])+" "+k[3]+" target "+k[5]] = exact(values[0])
		}
	}
	slices.Sort(l.months)
	slices.Sort(l.units)
	return l
}

func monthOf(year, month string) string {
	return year + "-" + strings.Repeat("0", 2-len(month)) + month
}

// reported gives the months of a period that have payments.
func (l *ledger) reported(from, to string) []string {
	var out []string
	for _, m := range l.months {
		if from <= m && m <= to {
			out = append(out, m)
		}
	}
	return out
}

func yearBefore(months []string) []string {
	var out []string
	for _, m := range months {
		year, _ := new(big.Int).SetString(m[:4], 10)
		out = append(out, year.Sub(year, big.NewInt(1)).String()+m[4:])
	}
	return out
}

func (l *ledger) sum(measure string, units, months []string) *big.Rat {
	sum := new(big.Rat)
	for _, m := range months {
		for _, u := range units {
			if x := l.amounts[m+" "+u+" "+measure]; x != nil {
				sum.Add(sum, x)
			}
		}
	}
	return sum
}

// wordsOfOthers matches codes and names of every other entity that this one does not have, too.
func wordsOfOthers(t *testing.T, entity string) *regexp.Regexp {
	t.Helper()
	mine, others := map[string]bool{}, map[string]bool{}
	for file, columns := range map[string][]string{
		"entities": {"entity_code", "entity_name"}, "units": {"unit_code", "unit_name"}, "programs": {"program_code", "program_name"},
		"schools": {"school_code", "school_name"},
	} {
		data, err := os.ReadFile(filepath.Join(project, "seeds", file+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			for i, name := range rows[0] {
				if slices.Contains(columns, name) && row[i] != "" {
					if row[slices.Index(rows[0], "entity_code")] == entity {
						mine[row[i]] = true
					} else {
						others[row[i]] = true
					}
				}
			}
		}
	}
	var words []string
	for word := range others {
		if !mine[word] {
			words = append(words, regexp.QuoteMeta(word))
		}
	}
	if len(words) < 20 {
		t.Fatalf("only %d words of other entities were found", len(words))
	}
	slices.Sort(words)
	return regexp.MustCompile(`(?:^|[^A-Za-z0-9_])(` + strings.Join(words, "|") + `)(?:[^A-Za-z0-9_]|$)`)
}

// textsBelow reads every file of a folder that holds texts of the report, the parts of packages and
// of the workbooks inside of them among them; programs and fonts are the same in each report.
func textsBelow(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch name := d.Name(); {
		case strings.HasSuffix(name, ".pptx"):
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return unpack(path, data, out)
		case strings.HasSuffix(name, ".js") && name != "deck-data.js", strings.HasSuffix(name, ".ttf"), strings.HasSuffix(name, ".woff2"):
			return nil
		default:
			data, err := os.ReadFile(path)
			out[path] = string(data)
			return err
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unpack(name string, data []byte, out map[string]string) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		at := name + "!" + f.Name
		if strings.HasSuffix(f.Name, ".xlsx") {
			if err := unpack(at, body, out); err != nil {
				return err
			}
			continue
		}
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") || strings.HasSuffix(f.Name, ".svg") {
			out[at] = string(body)
		}
	}
	return nil
}
