package report

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode/utf8"
)

// Text writes the difference for a terminal; paint colours a piece of text, by the names "bold",
// "good", "bad" and "hint".
func (d *Difference) Text(w io.Writer, paint func(colour, text string) string) error {
	t := &textWriter{w: w, paint: paint}
	t.line("%s", paint("bold", d.heading()))
	if d.Same() {
		t.line("the two reports say the same")
		return t.err
	}
	if len(d.Meta) > 0 {
		t.head("about")
		width := 0
		for _, m := range d.Meta {
			width = max(width, utf8.RuneCountInString(m.Name))
		}
		for _, m := range d.Meta {
			t.line("  %s  %s → %s", padded(m.Name, width), or(m.Old, "–"), or(m.New, "–"))
		}
	}
	if len(d.Added)+len(d.Removed) > 0 {
		t.head("units")
		t.signed(d.Added, d.Removed)
	}
	for _, c := range d.Data {
		t.data(c)
	}
	if len(d.Texts) > 0 {
		t.head("texts")
		for _, x := range d.Texts {
			t.line("  %s · %s", at(x.Section, x.Block), x.Part)
			t.line("  %s", paint("bad", "- "+or(oneLine(x.Old), "–")))
			t.line("  %s", paint("good", "+ "+or(oneLine(x.New), "–")))
		}
	}
	if len(d.Blocks) > 0 {
		t.head("blocks")
		var added, removed []string
		for _, b := range d.Blocks {
			if b.Added {
				added = append(added, at(b.Section, b.Block))
			} else {
				removed = append(removed, at(b.Section, b.Block))
			}
		}
		t.signed(added, removed)
	}
	if len(d.Queries) > 0 {
		t.head("queries that read otherwise")
		t.line("  %s", strings.Join(d.Queries, ", "))
	}
	t.line("\n%s", d.Summary())
	return t.err
}

// heading says what the reports are about.
func (d *Difference) heading() string {
	return strings.TrimSpace(strings.Join(nonEmpty([]string{d.New.Report, d.New.Entity, d.New.PeriodLabel}), " · "))
}

// Summary says in a line how much changed.
func (d *Difference) Summary() string {
	c := d.Count()
	var parts []string
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, plural(n, one, many))
		}
	}
	add(c.Changed, "row changed", "rows changed")
	add(c.Added, "row added", "rows added")
	add(c.Removed, "row removed", "rows removed")
	add(c.Texts, "text changed", "texts changed")
	add(c.Units, "unit came or went", "units came or went")
	add(c.Blocks, "block came or went", "blocks came or went")
	if len(parts) == 0 {
		return "no figure and no text changed"
	}
	return strings.Join(parts, " · ")
}

func at(section, name string) string {
	if section == "" {
		return name
	}
	return name + "@" + section
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// textWriter keeps the first error.
type textWriter struct {
	w     io.Writer
	paint func(colour, text string) string
	err   error
}

func (t *textWriter) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintln(t.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

func (t *textWriter) head(s string) { t.line("\n%s", t.paint("bold", s)) }

func (t *textWriter) signed(added, removed []string) {
	for _, s := range added {
		t.line("  %s", t.paint("good", "+ "+s))
	}
	for _, s := range removed {
		t.line("  %s", t.paint("bad", "- "+s))
	}
}

// maxChanges is how many rows of one query are told on a terminal.
const maxChanges = 50

func (t *textWriter) data(c DataChange) {
	t.head(at(c.Section, c.Name))
	for _, x := range c.Columns {
		if x.Added {
			t.signed([]string{"column " + x.Name}, nil)
		} else {
			t.signed(nil, []string{"column " + x.Name})
		}
	}
	for i, r := range c.Rows {
		if i == maxChanges {
			t.line("  … and %s more; --html writes all", plural(len(c.Rows)-i, "row", "rows"))
			return
		}
		t.row(r)
	}
}

func (t *textWriter) row(r RowChange) {
	switch r.Kind {
	case RowAdded:
		t.line("  %s   %s", t.paint("good", "+ "+r.Key), valuesOf(r))
		return
	case RowRemoved:
		t.line("  %s   %s", t.paint("bad", "- "+r.Key), valuesOf(r))
		return
	}
	t.line("  ~ %s", r.Key)
	width := 0
	for _, c := range r.Cells {
		width = max(width, utf8.RuneCountInString(c.Label))
	}
	for _, c := range r.Cells {
		t.line("      %s  %s → %s   %s", padded(c.Label, width), c.Old, c.New, c.Change)
	}
}

// maxCells is how many values tell what a row was that came or went.
const maxCells = 8

func valuesOf(r RowChange) string {
	var parts []string
	for i, c := range r.Cells {
		if i == maxCells {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, c.Label+" "+or(c.New, c.Old))
	}
	return strings.Join(parts, ", ")
}

// HTML writes the difference as one page that needs nothing else.
func (d *Difference) HTML(w io.Writer) error {
	t, err := template.New("diff").Funcs(template.FuncMap{"at": at, "values": valuesOf, "orElse": or}).Parse(diffPage)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	if err := t.Execute(w, struct {
		*Difference
		Heading string
	}{d, d.heading()}); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

const diffPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Changes · {{.Heading}}</title>
<style>
:root { --surface: #fff; --text: #1f2933; --muted: #5f6b78; --rule: #d5dae0; --good: #1b7f4b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --surface: #14181d; --text: #e6eaef; --muted: #9aa6b2; --rule: #343c45; --good: #5cc98c; --bad: #f2837b; } }
body { margin: 0 auto; max-width: 1200px; padding: 24px; background: var(--surface); color: var(--text); font: 16px/1.5 Inter, "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 28px; font-weight: 600; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 18px; font-weight: 600; margin: 40px 0 8px; }
p, caption { color: var(--muted); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 8px 16px 8px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { font-size: 13px; font-weight: 600; color: var(--muted); }
.n { text-align: right; white-space: nowrap; }
.added, .new { color: var(--good); }
.removed, .old { color: var(--bad); }
.text { max-width: 40em; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>{{.Heading}}</h1>
<p>{{if .Same}}The two reports say the same.{{else}}{{.Summary}}{{end}}</p>
{{- if .Meta}}
<h2>About</h2>
<div class="wide"><table>
<thead><tr><th scope="col">What</th><th scope="col">Old</th><th scope="col">New</th></tr></thead>
<tbody>
{{- range .Meta}}
<tr><th scope="row">{{.Name}}</th><td>{{orElse .Old "–"}}</td><td>{{orElse .New "–"}}</td></tr>
{{- end}}
</tbody></table></div>
{{- end}}
{{- with .Added}}
<h2>Units that came</h2>
<p class="added">{{range $i, $u := .}}{{if $i}}, {{end}}+ {{$u}}{{end}}</p>
{{- end}}
{{- with .Removed}}
<h2>Units that went</h2>
<p class="removed">{{range $i, $u := .}}{{if $i}}, {{end}}− {{$u}}{{end}}</p>
{{- end}}
{{- range .Data}}
<h2>{{.Name}}{{if .Section}} · {{.Label}}{{end}}</h2>
{{- range .Columns}}
<p class="{{if .Added}}added{{else}}removed{{end}}">{{if .Added}}+{{else}}−{{end}} column {{.Name}}</p>
{{- end}}
{{- if .Rows}}
<div class="wide"><table>
<thead><tr><th scope="col">Row</th><th scope="col">Column</th><th scope="col" class="n">Old</th><th scope="col" class="n">New</th><th scope="col" class="n">Change</th></tr></thead>
<tbody>
{{- range .Rows}}
{{- $row := .}}
{{- if eq .Kind "changed"}}
{{- range $i, $c := .Cells}}
<tr>{{if not $i}}<th scope="rowgroup" rowspan="{{len $row.Cells}}">{{$row.Key}}</th>{{end}}<td>{{$c.Label}}</td><td class="n">{{$c.Old}}</td><td class="n">{{$c.New}}</td><td class="n">{{$c.Change}}</td></tr>
{{- end}}
{{- else}}
<tr class="{{.Kind}}"><th scope="row">{{if eq .Kind "added"}}+{{else}}−{{end}} {{.Key}}</th><td colspan="4">{{values .}}</td></tr>
{{- end}}
{{- end}}
</tbody></table></div>
{{- end}}
{{- end}}
{{- if .Texts}}
<h2>Texts</h2>
<div class="wide"><table>
<thead><tr><th scope="col">Where</th><th scope="col">Old</th><th scope="col">New</th></tr></thead>
<tbody>
{{- range .Texts}}
<tr><th scope="row">{{at .Section .Block}} · {{.Part}}</th><td class="text old">{{orElse .Old "–"}}</td><td class="text new">{{orElse .New "–"}}</td></tr>
{{- end}}
</tbody></table></div>
{{- end}}
{{- if .Blocks}}
<h2>Blocks</h2>
{{- range .Blocks}}
<p class="{{if .Added}}added{{else}}removed{{end}}">{{if .Added}}+{{else}}−{{end}} {{at .Section .Block}}</p>
{{- end}}
{{- end}}
{{- if .Queries}}
<h2>Queries that read otherwise</h2>
<p>{{range $i, $q := .Queries}}{{if $i}}, {{end}}{{$q}}{{end}}</p>
{{- end}}
</body>
</html>
`
