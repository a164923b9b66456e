package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

func (a *app) showCommand() *cobra.Command {
	var inline, output string
	var limit int
	var failures bool
	cmd := &cobra.Command{
		Use:   "show [node]",
		Short: "Print rows of a model, a seed, a source, or any SQL",
		Long: `Print the first rows of what a node selects. A model is read as its SQL stands now, not as it was
last built; --failures prints the rows that a test finds.`,
		Example: `  atlas show orders
  atlas show orders --limit 20 --output csv
  atlas show --inline "select count(*) from {{ ref('orders') }}"
  atlas show --failures unique_orders_order_id`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (inline == "") == (len(args) == 0) {
				return &usageError{msg: "show needs a node, or SQL by --inline", hint: "atlas list shows the nodes"}
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			o := engine.ShowOptions{Inline: inline, Limit: limit, Failures: failures, Open: a.openOptions(false), Log: a.log}
			if len(args) > 0 {
				o.Name = args[0]
			}
			rows, err := w.Show(cmd.Context(), o)
			if err != nil {
				return err
			}
			if a.term.events && !cmd.Flags().Changed("output") {
				return a.rowEvents(rows)
			}
			return a.printRows(rows, output)
		},
	}
	cmd.Flags().StringVar(&inline, "inline", "", "show the rows of this `SQL`, which may use templates")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, json or csv")
	cmd.Flags().IntVar(&limit, "limit", 5, "how many rows at most; -1 shows all")
	cmd.Flags().BoolVar(&failures, "failures", false, "the node is a test: show the rows that it finds")
	var selects []string
	cmd.Flags().StringArrayVarP(&selects, "select", "s", nil, "the node, as dbt has it")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return run(cmd, append(args, selects...)) }
	return cmd
}

func (a *app) printRows(r *engine.Rows, output string) error {
	t := newTable(r.Columns, r.Rows)
	if output == "csv" {
		t.blankNulls()
	}
	switch output {
	case "json":
		return t.json(a.term.out)
	case "csv":
		return t.csv(a.term.out)
	case "table":
	default:
		return &usageError{msg: "--output " + output + " is not one of table, json, csv"}
	}
	if r.Title != "" {
		a.term.say("%s", a.term.paint("bold", r.Title))
	}
	t.text(a.term.out, a.term.paint)
	switch {
	case len(r.Rows) == 0:
		a.term.say("no rows")
	case r.More:
		a.term.say("%s", a.term.paint("dim", fmt.Sprintf("the first %s; --limit -1 shows all", count(int64(len(r.Rows)), "row", "rows"))))
	default:
		a.term.say("%s", a.term.paint("dim", count(int64(len(r.Rows)), "row", "rows")))
	}
	return nil
}

// rowEvents gives each row as an event.
func (a *app) rowEvents(r *engine.Rows) error {
	for _, row := range r.Rows {
		m := &manifest.Map{}
		for i, v := range row {
			m.Set(r.Columns[i].Name, jsonValue(v, r.Columns[i].Type))
		}
		a.term.event("row", map[string]any{"row": m})
	}
	a.term.event("shown", map[string]any{"title": r.Title, "rows": len(r.Rows), "more": r.More})
	return nil
}

func isNumeric(typ string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(typ), "(")
	switch base {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL":
		return true
	default:
		return false
	}
}

// cell gives a value as a person reads it.
func cell(v any, typ string) string {
	switch v := v.(type) {
	case nil:
		return "∅"
	case time.Time:
		return timeText(v, typ)
	case []byte:
		return fmt.Sprintf("\\x%x", v)
	case []any, interface{ MarshalJSON() ([]byte, error) }:
		if n, ok := v.(*big.Int); ok {
			return n.String()
		}
		b, err := json.Marshal(jsonValue(v, typ))
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(b)
	default:
		return fmt.Sprint(v)
	}
}

func timeText(t time.Time, typ string) string {
	switch {
	case strings.EqualFold(typ, "DATE"):
		return t.Format(time.DateOnly)
	case strings.Contains(strings.ToUpper(typ), "WITH TIME ZONE"):
		return t.Format("2006-01-02 15:04:05.999999-07:00")
	default:
		return t.Format("2006-01-02 15:04:05.999999")
	}
}

// jsonValue gives a value as JSON has it: exact numbers stay numbers.
func jsonValue(v any, typ string) any {
	switch v := v.(type) {
	case adapter.Decimal:
		return json.Number(v)
	case *big.Int:
		return json.Number(v.String())
	case time.Time:
		return timeText(v, typ)
	case []byte:
		return fmt.Sprintf("\\x%x", v)
	default:
		return v
	}
}
