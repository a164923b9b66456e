package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

const reportExample = `The smallest report is a query and a block, in any project, dbt's too: reports/sales.yml

  reports:
    - name: sales
      data:
        - {name: orders, query: "select status, sum(amount) as amount from {{ ref('orders') }} group by 1"}
      blocks:
        - {name: by_status, data: orders, chart: {type: bar, category: status, series: amount}}

atlas report --period 2026-02 draws it; entities, units, brands and decks are for those who have some.
dbt refuses report-paths and scope (of entities and units) in dbt_project.yml; where dbt runs too, they
stand in an atlas_project.yml beside it, which Atlas reads in its place. A YAML file in a folder of
report-paths (reports by default) declares reports, brands, layouts and translations:

  reports:
    - name: review
      title: "{{ entity.label }} · {{ period.label }}"
      periods: [monthly, quarterly, yearly]      # and range; what it is made for
      locales: [en-US, id-ID]                    # the first is the default
      currency: $
      brand: "{{ entity.code | lower }}"
      data:
        - name: revenue
          sections: [total, unit]                # asked once for all units, and once for each
          key: [month, unit]                     # tells rows apart: a traced figure names them
          query: |
            select month, unit, revenue, target from {{ ref('monthly') }}
            where month between date '{{ period.start }}' and date '{{ period.end }}' and unit in ({{ unit.sql }})
          columns: [{name: revenue, label: Revenue, format: money_compact}, {name: target, format: money_compact}]
        - name: sums                             # key figures are of one row
          sections: [total, unit]
          query: |
            select sum(revenue) as revenue, sum(target) as target from {{ ref('monthly') }}
            where month between date '{{ period.start }}' and date '{{ period.end }}' and unit in ({{ unit.sql }})
      blocks:
        - name: figures
          data: sums
          kpi: [{label: Revenue, value: revenue, target: target, compare: [{label: to target, to: target}]}]
        - name: by_month
          data: revenue
          title: "Revenue is {{ figure('sums.revenue') }}"
          chart: {type: column, category: month, series: [{column: revenue, as: actual}, {column: target, as: target}]}
        - name: rows
          data: revenue
          table: {columns: [{name: unit}, {name: revenue, total: sum, bar: true}]}
  brands:
    - {name: acme, colors: {accent: "#0B5C8A"}, logo: reports/acme.svg}
  translations:
    id-ID: {Revenue: Pendapatan}

atlas format writes it as report.json, atlas present as PPTX and PDF, atlas slides for browsers, atlas
report as all of them. Every block is a node: block:by_month+ selects what shows it, and
atlas build --select +report:review builds what the report needs. Of a column with times, the last day is
whole with at >= date '{{ period.start }}' and at < date '{{ period.after }}'.

`

// helpReports prints the blocks, charts, names and tokens of reports from what the program knows.
func (a *app) helpReports(w io.Writer) {
	fmt.Fprint(w, reportExample)
	fmt.Fprintln(w, "A block is one of")
	columnsOf(w, block.Kinds())
	fmt.Fprintln(w, "\nTypes of chart:")
	columnsOf(w, block.ChartTypes())
	fmt.Fprintln(w, "\nWhat a series stands for (as:), drawn alike everywhere; tokens of the brand do as well:")
	columnsOf(w, block.Scenarios())
	fmt.Fprintln(w, "\nNames in texts; queries see those above data:")
	columnsOf(w, textNames(false))
	fmt.Fprintln(w, "\nTokens of a brand's colors: and dark:, derived where they are not given:")
	columnsOf(w, slices.DeleteFunc(theme.Tokens(), func(t [2]string) bool { return t[1] == "" }))
	fmt.Fprintln(w, "\n"+`"atlas help formats" lists the formats, "atlas help decks" shows a deck, "atlas help schemas reports"
prints the JSON Schema for editors, with every key.`)
}

// fieldsWidth is how many columns a line of fields takes, without their dots.
const fieldsWidth = 64

// textNames gives the names of texts, or those that decks have besides.
func textNames(slides bool) [][2]string {
	var out [][2]string
	for _, n := range manifest.TextNames() {
		if n.Slides == slides {
			out = append(out, [2]string{n.Name, n.Doc})
			if len(n.Fields) > 0 {
				for _, line := range strings.Split(wrap(strings.Join(n.Fields, " "), fieldsWidth), "\n") {
					out = append(out, [2]string{"", "  ." + strings.ReplaceAll(strings.TrimSpace(line), " ", " .")})
				}
			}
		}
	}
	return out
}

const deckExample = `A deck is a Markdown file below report-paths that begins with the report it shows:

  ---
  report: review
  layout: cover                     # the front matter is the first slide's too
  ---
  # {{ entity.label }}
  ## {{ period.label }}

  ---
  layout: chart-and-notes
  name: revenue
  each: unit                        # a slide for each unit; or group, section
  when: data.revenue | length > 0
  ---
  # Revenue is {{ figure('sums.revenue', to='target', as='change') }} to target
  ## {{ unit.label }} · {{ period.label }}

  {{ block('by_month') }}

  ::notes::
  * bullets of stars appear at a click
  - bullets of dashes stand at once
  ::step::
  What follows ::step:: appears at the next click.

  ::footnote::
  Net of discounts.

  <!-- The last comment is for the speaker. -->

Headings of the first and second level at the top are title and subtitle, ::name:: begins a region of
the layout. The same file makes web slides, PPTX and PDF; template: names a .pptx that is filled
(atlas help powerpoint).

`

const ownLooks = `
Web slides, and the PDF that Chromium prints of them, may look otherwise: files below a folder of
report-paths. PPTX does not see them; there a layout is its regions.

  layouts/NAME.html     draws the slides of a layout: a template of HTML, for example
                          {{ head }}<div class="mine">{{ regions.default }}</div>{{ foot }}
                        head has title and subtitle, foot the footnote, footer and number; or one by one
                        title, subtitle, footnote, logo, slide (its front matter, number, id),
                        document (title, locale, footer, slides). What no regions.NAME shows is told.
  components/NAME.html  what layouts include or import: {% import "card" as card %}
  styles/*.css          style sheets, in the order of their names, and pictures and fonts that they name
`

// helpDecks prints the layouts and names of decks from what the program knows.
func (a *app) helpDecks(w io.Writer) {
	fmt.Fprint(w, deckExample)
	fmt.Fprintln(w, "Layouts, with their regions; layouts: of a project's YAML adds more:")
	var pairs [][2]string
	for _, l := range manifest.BuiltinLayouts() {
		var regions []string
		for _, r := range l.Regions {
			regions = append(regions, r.Name)
		}
		pairs = append(pairs, [2]string{l.Name, strings.Join(regions, ", ")})
	}
	columnsOf(w, pairs)
	fmt.Fprint(w, ownLooks)
	fmt.Fprintln(w, "\nNames in slides, beside those of reports:")
	columnsOf(w, textNames(true))
	fmt.Fprintln(w, "\n"+`"atlas help schemas deck" and "atlas help schemas slide" print the keys of the front matter.`)
}
