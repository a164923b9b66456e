// Package findings draws the page of a validation's findings: one HTML file without anything
// beside it, to read, filter and send on. It knows the report of package source and nothing else.
package findings

import (
	"bytes"
	"cmp"
	_ "embed" // the page's template, style and script
	"encoding/json"
	"fmt"
	"html/template"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/source"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// Options are the wishes for one page.
type Options struct {
	Title string // what was validated: "ACME 2026"
}

// page is what the template sees.
type page struct {
	Title     string
	Made      string
	V         *source.Validation
	Rows      string
	Tables    []tableView
	Months    []monthView
	CSS       template.CSS
	JS        template.JS
	Data      template.JS
	Verdict   string
	KeptOut   string
	HasBeyond bool
}

type tableView struct {
	Name   string
	Rows   string
	Checks []checkView
	Passed int
}

type checkView struct {
	Table, Name, Status, Severity, Message, Found, Share, Kind, Place string
	Bar                                                               float64 // width in per cent
}

type monthView struct {
	Label  string
	Errors int64
	Warns  int64
	Height float64
	Warn   float64
}

// finding is one line of the page's table, as its script reads it.
type finding struct {
	T string      `json:"t"`           // table
	C string      `json:"c"`           // check
	S string      `json:"s"`           // severity
	M int         `json:"m"`           // month
	F string      `json:"f"`           // file
	H string      `json:"h,omitempty"` // sheet
	R int64       `json:"r"`           // row
	A string      `json:"a,omitempty"` // cells
	V string      `json:"v,omitempty"` // value
	X string      `json:"x"`           // message
	W [][2]string `json:"w,omitempty"` // the row's values
}

// Render draws the page.
func Render(v *source.Validation, o Options) ([]byte, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("read the page's template: %w", err)
	}
	p := page{Title: o.Title, V: v, Made: v.GeneratedAt.Format("2 January 2006, 15:04 MST"), CSS: template.CSS(pageCSS), JS: template.JS(pageJS)}
	list := []finding{}
	months := make([]monthView, 13)
	var rows int64
	most := int64(1)
	for _, table := range v.Tables {
		for _, c := range table.Checks {
			most = max(most, c.Found)
		}
	}
	for _, table := range v.Tables {
		rows += table.Rows
		tv := tableView{Name: table.Source + "." + table.Table, Rows: thousands(table.Rows)}
		for _, c := range table.Checks {
			if c.Found == 0 {
				tv.Passed++
				continue
			}
			tv.Checks = append(tv.Checks, checkView{
				Table: tv.Name, Name: c.Name, Status: c.Status, Severity: c.Severity, Message: c.Message, Found: thousands(c.Found),
				Share: share(c.Found, table.Rows), Kind: c.Kind, Place: c.Place, Bar: 100 * float64(c.Found) / float64(most),
			})
			p.HasBeyond = p.HasBeyond || c.Found > int64(len(c.Findings))
			for m, n := range c.Months {
				if c.Severity == "error" {
					months[m].Errors += n
				} else {
					months[m].Warns += n
				}
			}
			for _, f := range c.Findings {
				list = append(list, line(tv.Name, c, f))
			}
		}
		slices.SortStableFunc(tv.Checks, func(a, b checkView) int {
			return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(b.Bar, a.Bar)) // fail comes before warn
		})
		p.Tables = append(p.Tables, tv)
	}
	p.KeptOut = plural(v.Summary.Rejected, "row kept out", "rows kept out")
	p.Rows, p.Months, p.Verdict = thousands(rows), bars(months), verdict(v.Summary)
	if p.Data, err = data(list); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("draw the page of findings: %w", err)
	}
	return b.Bytes(), nil
}

// Write draws the page into a file, in one atomic step.
func Write(path string, v *source.Validation, o Options) error {
	b, err := Render(v, o)
	if err != nil {
		return err
	}
	return source.WriteFile(path, b)
}

func line(table string, c *source.CheckReport, f source.Finding) finding {
	out := finding{T: table, C: c.Name, S: c.Severity, M: f.Month, F: filepath.Base(filepath.FromSlash(f.File)), H: f.Sheet, R: f.Row, A: strings.Join(f.Cells, " "), V: f.Value, X: f.Message}
	if out.X == "" {
		out.X = c.Message
	}
	for _, k := range f.Values.Keys() {
		if x, _ := f.Values.Get(k); x != nil {
			out.W = append(out.W, [2]string{k, fmt.Sprint(x)})
		}
	}
	return out
}

// data spells the findings for the script; nothing in it can end the element that it stands in.
func data(list []finding) (template.JS, error) {
	b, err := json.Marshal(list) // which escapes < > & as \u003c …
	if err != nil {
		return "", fmt.Errorf("draw the page of findings: %w", err)
	}
	return template.JS(b), nil
}

// bars scales the months; the first stands for rows without a month and is left out when empty.
func bars(months []monthView) []monthView {
	names := []string{"none", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	most := int64(1)
	for _, m := range months {
		most = max(most, m.Errors+m.Warns)
	}
	var out []monthView
	any := false
	for i, m := range months {
		m.Label = names[i]
		m.Height, m.Warn = 100*float64(m.Errors)/float64(most), 100*float64(m.Warns)/float64(most)
		any = any || m.Errors+m.Warns > 0
		if i > 0 || m.Errors+m.Warns > 0 {
			out = append(out, m)
		}
	}
	if !any {
		return nil
	}
	return out
}

// verdict says in one sentence how it stands.
func verdict(s source.Summary) string {
	switch {
	case s.Fail > 0:
		return fmt.Sprintf("%d of %d checks %s: there are %s to mend", s.Fail, s.Checks, plural(int64(s.Fail), "fails", "fail"), counted(s.Findings))
	case s.Findings > 0:
		return fmt.Sprintf("No check fails; %s to look at", counted(s.Findings))
	default:
		return "Every check passes"
	}
}

func counted(n int64) string { return thousands(n) + " " + plural(n, "finding", "findings") }

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func share(n, of int64) string {
	if of == 0 {
		return ""
	}
	p := 100 * float64(n) / float64(of)
	if p < 0.1 {
		return "< 0.1 %"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + " %"
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
