package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/jinja"
	"atlas/engine/project"
	"atlas/engine/source"
)

// topic is a reference that is printed from a registry, so that it cannot rot.
type topic struct {
	short string
	print func(a *app, w io.Writer)
}

// topics are the references of `atlas help`.
func topics() map[string]topic {
	return map[string]topic{
		"topics":           {"this list", (*app).helpTopics},
		"errors":           {"the error codes and what they mean", (*app).helpErrors},
		"selectors":        {"the language of --select and --exclude", (*app).helpSelectors},
		"materializations": {"how models persist", (*app).helpMaterializations},
		"extract":          {"extraction files: an example, the keys, types and locales", (*app).helpExtract},
		"checks":           {"the kinds of check that validate knows", (*app).helpChecks},
		"templates":        {"statements, filters, tests and functions of the template language", (*app).helpTemplates},
		"formats":          {"formats of figures, with an example in two languages", (*app).helpFormats},
		"reports":          {"reports: an example, blocks, charts, names in texts, colours", (*app).helpReports},
		"decks":            {"decks of slides: an example, layouts, names in texts", (*app).helpDecks},
		"powerpoint":       {"a presentation of your own that decks fill: tags, alternative texts, notes", (*app).helpPowerPoint},
		"workbooks":        {"workbooks and comparisons: an example, formats, colours, functions", (*app).helpWorkbooks},
		"schemas":          {"the JSON Schemas of the project's YAML files", (*app).helpSchemas},
	}
}

func (a *app) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command or topic]",
		Short: "Explain a command or a topic",
		Example: `  atlas help topics
  atlas help selectors
  atlas help build`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			if args[0] == "schemas" && len(args) == 2 {
				return a.helpSchema(args[1])
			}
			if t, ok := topics()[args[0]]; ok {
				t.print(a, a.term.out)
				return nil
			}
			if cmd, rest, err := root.Find(args); err == nil && cmd != root && len(rest) == 0 {
				return cmd.Help()
			}
			e := &usageError{msg: "there is no command or topic " + args[0], hint: "atlas help topics lists the topics"}
			names := make([]string, 0, len(topics()))
			for n := range topics() {
				names = append(names, n)
			}
			for _, c := range root.Commands() {
				names = append(names, c.Name())
			}
			if near, ok := diag.Nearest(args[0], names); ok {
				e.hint = "did you mean atlas help " + near + "?"
			}
			return e
		},
	}
}

// columnsOf prints pairs aligned.
func columnsOf(w io.Writer, pairs [][2]string) {
	width := 0
	for _, p := range pairs {
		width = max(width, len([]rune(p[0])))
	}
	for _, p := range pairs {
		fmt.Fprintln(w, strings.TrimRight("  "+pad(p[0], width)+"  "+p[1], " "))
	}
}

func (a *app) helpTopics(w io.Writer) {
	var pairs [][2]string
	for name, t := range topics() {
		pairs = append(pairs, [2]string{name, t.short})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i][0] < pairs[j][0] })
	columnsOf(w, pairs)
}

func (a *app) helpErrors(w io.Writer) {
	var pairs [][2]string
	for code, text := range diag.Explain() {
		pairs = append(pairs, [2]string{string(code), text})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i][0] < pairs[j][0] })
	columnsOf(w, pairs)
}

func (a *app) helpSelectors(w io.Writer) {
	fmt.Fprintln(w, "A selector names nodes; operators widen or narrow it.")
	fmt.Fprintln(w)
	columnsOf(w, [][2]string{
		{"orders", "the node of that name; a folder or package selects what is in it"},
		{"+orders", "and all that it is made from; 2+orders goes two steps up"},
		{"orders+", "and all that is made from it; orders+1 goes one step down"},
		{"@orders", "orders, what is made from it, and all that those need"},
		{"a b", "either (a space, or --select twice)"},
		{"a,b", "both (a comma)"},
		{"stg_*", "any that match: * ? [abc]"},
		{"--exclude x", "taken away last"},
	})
	fmt.Fprintln(w, "\nMethods, as in tag:daily:")
	var pairs [][2]string
	for _, m := range graph.Methods() {
		pairs = append(pairs, [2]string{m.Name + ":", m.Short})
	}
	columnsOf(w, pairs)
}

func (a *app) helpMaterializations(w io.Writer) {
	fmt.Fprintln(w, "materialized: one of")
	for _, n := range a.engine.Strategies.Names() {
		fmt.Fprintln(w, "  "+n)
	}
	fmt.Fprintln(w, "  ephemeral")
	fmt.Fprintln(w, "or a {% materialization name, default %} of the project or one of its packages.")
}

const extractExample = `A YAML file in a folder of source-paths says which workbook becomes which raw table:

  extract:
    scope: {entity: ACME, year: 2026}     # if atlas_project.yml has scope: {entity: {column: source_entity}, year: {column: source_year}}
    locale: id-ID                         # how numbers and dates are written
    snapshots: data/clean                 # folder of the CSV snapshots
    tables:
      - source: raw                       # a table that models/*.yml declares under sources:
        table: orders
        workbook: data/orders-2026.xlsx   # or csv: data/orders-*.csv
        sheets: {pattern: "^(Januari|Februari)$", month: locale}
        header_row: 3
        skip_rows: {matching: ["^total"]}
        columns:
          - {name: ordered_on, headers: [Tanggal, Tgl], type: date, required: true}
          - {name: amount, headers: [Total Bayar], type: "decimal(18,2)", not_null: true}
        checks:
          - {name: negative_amount, sql: "amount > 0", message: a payment must be positive}

Keys beside tables and of every table:
  locale       how numbers and dates are written
  on_bad_cell  a cell without its column's type: reject the row (default), or null the cell;
               either way it is listed with its place
  snapshot     the table's CSV file, where snapshots: should not name it

Keys of a column:
  name, type   the raw table's column
  headers      texts that it may have in the header; the first that is there is read
  required     the header must have it; without this a column that is not there is empty
  not_null     validate finds rows without a value
  unique       validate finds values that stand twice
  values       validate finds other values
  map          texts of the file, and what to store for them
  default      the value of empty cells
  from         "sheet" takes the sheet's name

Keys of a check:
  name, sql    a condition that holds for a good row; rows where it is false are findings
  message      what is wrong, for people
  severity     error (default) or warn
  warn_if      how many rows warn: > 0 (default), >= 10, > 1%
  error_if     how many rows fail; fewer only warn

"atlas help schemas extract" prints the JSON Schema for editors.

`

func (a *app) helpExtract(w io.Writer) {
	fmt.Fprint(w, extractExample)
	print := func(title string, options []source.Option) {
		fmt.Fprintln(w, title)
		var pairs [][2]string
		for _, o := range options {
			pairs = append(pairs, [2]string{o.Name, o.Doc})
		}
		columnsOf(w, pairs)
		fmt.Fprintln(w)
	}
	print("Keys for what extract and load do with rows and columns:", source.TableKeys())
	print("More keys of every table:", source.Options())
	for _, name := range a.engine.Sources.Names() {
		if s, ok := a.engine.Sources.Lookup(name); ok {
			print("Keys of the "+name+" driver:", s.Options())
		}
	}
	fmt.Fprintln(w, "Types:   "+strings.Join(source.TypeNames(), ", "))
	fmt.Fprintln(w, "Locales: "+strings.Join(source.Locales(), ", "))
}

// helpChecks lists the kinds of check, and the keys that every check has.
func (a *app) helpChecks(w io.Writer) {
	fmt.Fprint(w, `A check stands under checks: of a table in an extraction file. Rows that it is false for are findings:

    checks:
      - name: negative_amount        # the reason code
        column: amount               # the cell that a finding is about
        range: {min: 0}
        severity: error              # or warn
        message: The amount is negative.
        error_if: "> 1%"             # how many rows fail it: > 0 by default, a number or a share
        warn_if: "> 0"

It has one of these keys, which says what is checked:

`)
	var pairs [][2]string
	for _, o := range source.CheckKinds() {
		pairs = append(pairs, [2]string{o.Name, o.Doc})
	}
	columnsOf(w, pairs)
	fmt.Fprint(w, "\nColumns have not_null, unique, values, range, pattern and length of their own.\nWith on_fail: stop, of the file or of a table, a failed check ends `atlas sync` before any model is built.\n`atlas validate --schema` prints the schema of the report.\n")
}

func (a *app) helpTemplates(w io.Writer) {
	for _, part := range []struct {
		title string
		names []string
	}{
		{"Statements", jinja.Statements()},
		{"Filters", jinja.Filters()},
		{"Tests", jinja.Tests()},
		{"Functions of the language", jinja.Globals()},
	} {
		fmt.Fprintf(w, "%s:\n", part.title)
		line := " "
		for _, n := range part.names {
			if len(line)+1+len(n) > 96 {
				fmt.Fprintln(w, line)
				line = " "
			}
			line += " " + n
		}
		fmt.Fprintf(w, "%s\n\n", line)
	}
}

func (a *app) helpSchemas(w io.Writer) {
	fmt.Fprintln(w, "JSON Schemas of the project's YAML files; `atlas help schemas NAME` prints one:")
	for _, n := range project.Schemas() {
		fmt.Fprintln(w, "  "+n)
	}
}

func (a *app) helpSchema(name string) error {
	text := project.Schema(name)
	if text == nil {
		return &usageError{msg: "there is no schema " + name, hint: "there are " + strings.Join(project.Schemas(), ", ")}
	}
	_, err := a.term.out.Write(text)
	return err
}
