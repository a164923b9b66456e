package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/block"
	"atlas/engine/spreadsheet"
)

func (a *app) cleanReportCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "clean-report [workbook...]",
		Short: "Write the workbooks of quality and key figures that the project declares",
		Long: `Write the spreadsheets that files under report-paths declare: tables of marts with formulas over
their cells, charts, key figures. The marts must have been built. Comparisons of the marts with the
rows as loaded are written as well. A file is replaced only when the new one is complete; the same
data gives the same bytes.`,
		Example: `  atlas clean-report --entity ACME
  atlas clean-report --entity ACME --year 2026 --output acme.xlsx
  atlas help workbooks`,
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			start := a.now()
			o := engine.CleanReportOptions{Workbooks: args, Output: output, Open: a.openOptions(false), Log: a.log}
			o.Wrote = func(r engine.WorkbookResult) {
				a.term.event("workbook", map[string]any{"name": r.Name, "path": r.Path, "rows": r.Rows, "sheets": r.Sheets, "bytes": r.Bytes})
				a.stage("report", r.Path+"   "+count(int64(len(r.Sheets)), "sheet", "sheets"), r.Rows, a.now().Sub(start))
				a.term.diagnostics(r.Warnings, a.source)
			}
			results, err := w.CleanReport(cmd.Context(), o)
			if err != nil {
				return err
			}
			if err := a.compare(cmd, w); err != nil {
				return err
			}
			if len(results) > 0 {
				a.term.say("%s open %s", a.term.paint("hint", "next:"), a.told(results[0].Path, output))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `file`, or into this folder")
	return cmd
}

// compare writes the comparisons, and says in a line each what they show or lack.
func (a *app) compare(cmd *cobra.Command, w *engine.Workspace) error {
	start := a.now()
	results, err := w.Compare(cmd.Context(), a.openOptions(false))
	if err != nil {
		return err
	}
	for _, r := range results {
		a.term.event("comparison", map[string]any{"name": r.Name, "path": r.Path, "rows": r.Rows, "differ": r.Differ, "missing": len(r.Missing)})
		if len(r.Missing) > 0 {
			a.note("comparison %s is not written: %s (%s)", r.Name, r.Missing[0].Msg, r.Missing[0].Hint)
			continue
		}
		what := "all equal"
		if r.Differ > 0 {
			what = count(r.Differ, "row differs", "rows differ")
		}
		a.stage("compare", r.Path+"   "+what, r.Rows, a.now().Sub(start))
	}
	return nil
}

const workbookExample = `A YAML file in a folder of report-paths (reports by default) declares workbooks and comparisons:

  workbooks:
    - name: clean_report
      file: "output/{{ var('entity') | lower }}-report.xlsx"
      currency: Rp
      theme: {accent: "#0B5C8A", font: Calibri}
      facts: "select sum(revenue) as revenue from {{ ref('monthly') }}"
      sheets:
        - name: Index
          title: Monthly report
          blocks: [{index: true}]
        - name: Revenue
          title: "Revenue is {{ '{:,.0f}'.format(facts.revenue) }}"
          subtitle: Rupiah, net of discounts
          freeze: header
          blocks:
            - kpi:
                - {label: Revenue, value: "=[monthly.total.revenue]", format: money,
                   compare: [{value: "=[monthly.total.revenue]/[monthly.total.target]-1", label: to target}]}
            - name: monthly
              table:
                query: |
                  select month, revenue, target from {{ ref('monthly') }} order by month
                columns:
                  - {name: month, format: month, label: Month}
                  - {name: revenue, format: integer, total: sum}
                  - {name: target, format: integer, total: sum}
                  - {name: growth, label: Δ target, formula: "=[revenue]/[target]-1", format: change, total: formula}
                conditional: [{column: growth, type: "< 0", style: bad}]
            - chart: {type: column, from: monthly, category: month, series: [{column: revenue}, {column: target, as: target}]}
              at: right
  comparisons:
    - name: orders
      file: "output/{{ var('entity') | lower }}-orders.csv"
      key: [year, month]
      measures: [orders, revenue]
      totals: year
      clean: "select … from {{ source('raw', 'orders') }} group by all"
      mart: "select … from {{ ref('monthly') }} group by all"

Queries and texts are templates; refs in them are what the workbook depends on: exposure:clean_report
selects it, and atlas build --select +exposure:clean_report builds what it needs.

In a formula [column] is the row's cell, [total.column] the total's, [block.total.column] another
table's, and [block.column] all its rows, inside SUM, AVERAGE, MIN, MAX or COUNT. A formula that
divides by nothing gives an empty cell.

`

// helpWorkbooks prints the keys, formats and functions of workbooks from what the program knows.
func (a *app) helpWorkbooks(w io.Writer) {
	fmt.Fprint(w, workbookExample)
	fmt.Fprintln(w, "Formats, beside format codes such as #,##0:")
	columnsOf(w, block.Formats())
	fmt.Fprintln(w, "\nTokens of theme, style, tab and as:")
	columnsOf(w, spreadsheet.Tokens())
	fmt.Fprintln(w, "\nFunctions of formulas:")
	var pairs [][2]string
	for _, n := range spreadsheet.Functions() {
		pairs = append(pairs, [2]string{n, spreadsheet.Doc(n)})
	}
	columnsOf(w, pairs)
	fmt.Fprintln(w, "\n"+strings.TrimSpace(`"atlas help schemas reports" prints the JSON Schema for editors, with every key.`))
}
