package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"atlas/engine"
	"atlas/engine/block"
	"atlas/engine/report"
)

// periodFlags are the flags that say which report is wanted.
type periodFlags struct {
	period, kind string
	units        []string
	locale       string
}

func (p *periodFlags) add(f *pflag.FlagSet) {
	f.StringVar(&p.period, "period", "", "a month `2026-02`, a quarter 2026-Q1, a year 2026, or months 2026-01..2026-03")
	f.StringVar(&p.kind, "type", "", "monthly, quarterly, yearly or range; what the period is by default")
	f.StringSliceVar(&p.units, "unit", nil, "only these `units`; a group stands for its units")
	f.StringVar(&p.locale, "locale", "", "language, such as id-ID; the report's first by default")
}

// read gives the period that the flags mean, --year and --month among them, and leaves in those two
// what the project's scope may know of.
func (p *periodFlags) read(a *app) (report.Period, error) {
	if p.period != "" && a.flags.month != "" {
		return report.Period{}, &usageError{msg: "--period and --month both say which months are meant", hint: "leave one of them out"}
	}
	out, err := report.PeriodOf(p.period, a.flags.year, a.flags.month, p.kind)
	if err != nil {
		return out, err
	}
	if p.period != "" && a.flags.year != "" && strconv.Itoa(out.Year()) != a.flags.year {
		return out, &usageError{msg: "--period " + p.period + " is not in --year " + a.flags.year, hint: "leave one of them out"}
	}
	a.flags.year, a.flags.month = "", ""
	if y := out.Year(); y != 0 {
		a.flags.year = strconv.Itoa(y)
	}
	if out.Months == 1 {
		a.flags.month = strconv.Itoa(int(out.Start.Month()))
	}
	a.spare = []string{"year", "month"}
	return out, nil
}

func (a *app) formatCommand() *cobra.Command {
	var p periodFlags
	var o engine.FormatOptions
	cmd := &cobra.Command{
		Use:   "format [report...]",
		Short: "Assemble report.json of a period: figures, tables and charts as data",
		Long: `Ask the queries of the reports that files under report-paths declare, for one entity and period, and
write what they show as one JSON file: every figure with the query, row and column that it is from.
Decks and pages are made of such a file alone. The models must have been built. A file is replaced
only when the new one is complete; the same data gives the same bytes.`,
		Example: `  atlas format --entity ACME --period 2026-02
  atlas format sales --entity ACME --year 2026 --month 1-3 --type quarterly
  atlas format --entity ACME --period 2026 --unit NORTH,SOUTH --locale en-US
  atlas help formats`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Period, err = p.read(a); err != nil {
				return err
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			o.Reports, o.Units, o.Locale = args, p.units, p.locale
			o.Open, o.Log = a.openOptions(false), a.log
			start := a.now()
			o.Wrote = func(r engine.FormatResult) { a.formatted(r, start) }
			results, err := w.Format(cmd.Context(), o)
			if err != nil {
				return err
			}
			if len(results) > 0 {
				a.term.say("%s atlas present --report %s", a.term.paint("hint", "next:"), a.told(results[0].Path, o.Output))
			}
			return nil
		},
	}
	p.add(cmd.Flags())
	cmd.Flags().StringVarP(&o.Output, "output", "o", "", "write to this `file`, or into this folder")
	cmd.Flags().BoolVar(&o.Schema, "schema", false, "write the JSON Schema of the report beside it")
	return cmd
}

// formatted says in a line what was written.
func (a *app) formatted(r engine.FormatResult, start time.Time) {
	m := r.Report.Meta
	var rows, blocks int64
	for _, q := range r.Report.Queries {
		rows += int64(q.Rows)
	}
	blocks = int64(len(r.Report.Total.Blocks))
	for _, s := range r.Report.Units {
		blocks += int64(len(s.Blocks))
	}
	a.term.event("report", map[string]any{
		"report": r.Name, "path": r.Path, "schema": r.Schema, "entity": m.Entity, "period": m.Period, "type": m.Type, "locale": m.Locale,
		"scope": m.Scope, "generated_at": m.GeneratedAt, "queries": len(r.Report.Queries), "rows": rows, "blocks": blocks, "bytes": r.Bytes,
	})
	a.stage("format", fmt.Sprintf("%s   %s, %s", r.Path, count(blocks, "block", "blocks"), count(int64(len(r.Report.Queries)), "query", "queries")), rows, a.now().Sub(start))
	if r.Schema != "" {
		a.term.say("          %s", r.Schema)
	}
	a.term.diagnostics(r.Warnings, a.source)
}

// helpFormats prints the named formats with an example in two languages.
func (a *app) helpFormats(w io.Writer) {
	fmt.Fprint(w, `Formats of figures in reports, decks and workbooks. A report writes them in its language; a
workbook leaves that to the program that opens it.

`)
	at := time.Date(2026, 8, 17, 14, 30, 0, 0, time.UTC)
	examples := map[string]block.Value{
		"percent": block.Number("0.125"), "change": block.Number("0.125"), "points": block.Number("0.015"), "difference": int64(1250), "general": int64(2026),
		"date": at, "month": at, "quarter": at, "year": at, "datetime": at, "text": "as written", "decimal": block.Number("1250000.5"), "number": block.Number("1250000.5"),
	}
	t := table{columns: []string{"format", "of", "id-ID", "en-US"}, numeric: []bool{false, true, true, true}}
	var formatters []*block.Formatter
	for _, l := range []string{"id-ID", "en-US"} {
		f, err := block.NewFormatter(l, "Rp")
		if err != nil {
			return
		}
		formatters = append(formatters, f)
	}
	for _, name := range block.FormatNames() {
		value, ok := examples[name]
		if !ok {
			value = int64(1250000)
		}
		t.rows = append(t.rows, []string{name, block.PlainText(value), formatters[0].Format(value, name), formatters[1].Format(value, name)})
	}
	t.text(w, a.term.paint)
	fmt.Fprint(w, `
A plus in front writes the sign of what is above zero too: +money_compact. Format codes of
spreadsheets do as well: "#,##0.000", "0%", "yyyy-mm-dd". A change of nothing has no sign, a value that
is missing is –, and compact forms take the largest unit of which there is a whole one.

Languages:
`)
	columnsOf(w, block.Locales())
}
