package docs_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/site/docs"
)

// builder makes manifests in code.
type builder struct {
	m  *manifest.Manifest
	in docs.Input
}

func newBuilder(project string) *builder {
	m := manifest.New(project)
	return &builder{m: m, in: docs.Input{
		Manifest: m, Title: project, Catalog: &docs.Catalog{Nodes: map[manifest.ID]docs.CatalogNode{}},
		Compiled: map[manifest.ID]string{}, Results: map[manifest.ID]docs.Result{}, Generator: "atlas 0.1.0",
	}}
}

func (b *builder) node(kind manifest.Kind, name, sub, desc string, parents ...*manifest.Node) *manifest.Node {
	n := &manifest.Node{
		ID: manifest.ID(fmt.Sprintf("%s.%s.%s", kind, b.m.Project, name)), Kind: kind, Package: b.m.Project, Name: name,
		SubPath: sub, Path: "project/" + string(kind) + "s/" + sub, Description: desc,
		Pos: diag.Pos{File: "project/" + string(kind) + "s/" + sub, Line: 1, Col: 1},
	}
	for _, p := range parents {
		n.DependsOn = append(n.DependsOn, p.ID)
	}
	b.m.Nodes[n.ID] = n
	return n
}

func (b *builder) model(layer, name, mat, desc, sql string, parents ...*manifest.Node) *manifest.Node {
	n := b.node(manifest.Model, name, layer+"/"+name+".sql", desc, parents...)
	n.Config = manifest.NewConfig(manifest.NewMap("materialized", mat, "tags", []any{strings.Split(layer, "/")[0]}))
	n.Tags = []string{strings.Split(layer, "/")[0]}
	n.Relation = manifest.Relation{Database: "shop", Schema: "main", Name: name}
	n.Raw = sql
	b.in.Compiled[n.ID] = strings.NewReplacer("{{ ref('", "shop.main.", "') }}", "").Replace(sql)
	b.in.Results[n.ID] = docs.Result{Status: docs.Success, Elapsed: time.Duration(len(name)) * 7 * time.Millisecond, Rows: -1, At: sampleTime()}
	return n
}

func (b *builder) source(group, table, desc string) *manifest.Node {
	n := b.node(manifest.Source, group+"."+table, group+".yml", desc)
	n.Name = table
	n.Source = &manifest.SourceTable{SourceName: group, SourceDescription: "Orders and customers as the shops' workbooks have them.", Identifier: table, Loader: "atlas"}
	n.Relation = manifest.Relation{Database: "shop", Schema: group, Name: table}
	return n
}

func (b *builder) columns(n *manifest.Node, rows int64, cols ...[3]string) {
	c := docs.CatalogNode{Type: "table", Rows: rows}
	for i, col := range cols {
		n.Columns = append(n.Columns, manifest.Column{Name: col[0], Description: col[2], Pos: diag.Pos{File: "models.yml", Line: 10 + i}})
		c.Columns = append(c.Columns, docs.CatalogColumn{Name: col[0], Type: col[1]})
	}
	b.in.Catalog.Nodes[n.ID] = c
}

func (b *builder) test(on *manifest.Node, typ, column string, r docs.Result, args ...any) {
	name := typ + "_" + on.Name + "_" + column
	n := b.node(manifest.Test, name, "schema.yml", "", on)
	n.Test = &manifest.TestSpec{Generic: true, Type: typ, Column: column, Args: manifest.NewMap(args...), Attached: on.ID}
	b.in.Compiled[n.ID] = fmt.Sprintf("select %s\nfrom %s\nwhere %s is null", column, on.Name, column)
	b.in.Results[n.ID] = r
}

func sampleTime() time.Time { return time.Date(2026, 11, 24, 5, 58, 0, 0, time.UTC) }

func pass() docs.Result {
	return docs.Result{Status: docs.Pass, Elapsed: 12 * time.Millisecond, At: sampleTime()}
}

const sampleReadme = `# Corner Shops

Sales of three corner shops, from the **workbooks** that their keepers send each month to the
figures that the owners look at. See [the guide](docs/guide.md) and [Wikipedia](https://en.wikipedia.org).

![a picture](https://example.com/x.png)

## What is where

| Layer | Holds |
|---|---|
| staging | one model a workbook table, cleaned |
| marts | what reports read |

` + "```sh\natlas sync --entity A --year 2026\n```\n\n<script>alert(1)</script>\n"

const orderSQL = `{{ config(materialized='table') }}
{# one row an order #}
-- paid orders only
with orders as (
    select * from {{ ref('stg_orders') }}
    where status in ('paid', 'sent') {% if is_incremental() %} and month > 3 {% endif %}
),
customers as (select * from {{ ref('stg_customers') }})

select
    o.order_id,
    {{ cents('o.amount_cents') }} as amount,
    c."Name" as customer_name,
    count(*) over (partition by o.customer_id order by o.ordered_at) as nth_order,
    cast('{{ var("label") }}' as varchar) as label, 1.5e3 as factor
from orders as o
left join customers as c using (customer_id) /* every order has one */
`

// sample is a small shop with everything that a project can have.
func sample() docs.Input {
	b := newBuilder("shop")
	b.in.Title, b.in.Version, b.in.Scope, b.in.Target, b.in.README = "Corner Shops", "1.0", "A 2026", "dev", sampleReadme
	orders := b.source("raw", "orders", "Orders, a row each, from the monthly workbooks.")
	orders.Source.Extract = []*manifest.ExtractTable{sampleExtract("2025"), sampleExtract("2026")}
	customers := b.source("raw", "customers", "People who bought something.")
	payments := b.source("bank", "payments", "")
	targets := b.node(manifest.Seed, "targets", "targets.csv", "Revenue that each shop is to reach, by month.")
	regions := b.node(manifest.Seed, "regions", "regions.csv", "")
	so := b.model("staging", "stg_orders", "view", "Orders with types, names and `null`s as they should be.", "select * from {{ source('raw', 'orders') }}", orders)
	sc := b.model("staging", "stg_customers", "view", "Customers, one row each.", "select * from {{ source('raw', 'customers') }}", customers)
	sp := b.model("staging", "stg_payments", "view", "", "select * from {{ source('bank', 'payments') }}", payments)
	io := b.model("intermediate", "int_orders", "table", "Orders joined with their customers.\n\nOne row is **one paid order**; refunds are rows of their own with negative amounts.\n\n- amounts are in euro\n- times are UTC", orderSQL, so, sc)
	ip := b.model("intermediate", "int_order_payments", "ephemeral", "Payments matched to orders.", "select 1 from {{ ref('int_orders') }}", io, sp)
	mr := b.model("marts/finance", "mart_revenue", "incremental", "Revenue by month and shop, beside its target.", "select * from {{ ref('int_orders') }} join {{ ref('targets') }} using (month)", io, ip, targets)
	mc := b.model("marts/sales", "mart_customers", "table", "Customers with what they bought, when first and when last.", "select * from {{ ref('int_orders') }}", io, sc, regions)
	snap := b.node(manifest.Snapshot, "customers_history", "customers.sql", "Customers as they were at any time.", sc)
	audit := b.model("marts/sales", "mart_customer_changes", "view", "", "select * from {{ ref('customers_history') }}", snap)
	_ = audit
	dash := b.node(manifest.Exposure, "owners_deck", "exposures.yml", "What the owners look at on the first Monday of a month.", mr, mc)
	dash.Exposure = &manifest.ExposureSpec{Type: "dashboard", Label: "Owners' deck", Maturity: "high", URL: "https://shops.example/deck", OwnerName: "Ada Putri", OwnerEmail: "ada@shops.example"}
	b.columns(orders, 2431, [3]string{"order_id", "VARCHAR", "Number on the receipt"}, [3]string{"amount_cents", "BIGINT", ""}, [3]string{"_file", "VARCHAR", "Workbook that the row came from"})
	b.columns(so, 2428, [3]string{"order_id", "VARCHAR", "Number on the receipt"}, [3]string{"customer_id", "VARCHAR", ""}, [3]string{"status", "VARCHAR", "`paid`, `sent` or `open`"})
	b.columns(io, 2104, [3]string{"order_id", "VARCHAR", "Number on the receipt; see [the till](https://till.example)"}, [3]string{"amount", "DECIMAL(18,2)", "What was paid, in euro"}, [3]string{"customer_name", "VARCHAR", ""}, [3]string{"nth_order", "BIGINT", "1 is the customer's first"}, [3]string{"label", "VARCHAR", ""}, [3]string{"factor", "DOUBLE", ""})
	b.columns(mr, 96, [3]string{"month", "DATE", "First day of the month"}, [3]string{"shop", "VARCHAR", "Short name of the shop"}, [3]string{"revenue", "DECIMAL(18,2)", "Paid orders less refunds"}, [3]string{"target", "DECIMAL(18,2)", "What was planned"})
	io.Columns = append(io.Columns, manifest.Column{Name: "gone", Description: "Was removed in May"})
	io.Meta = manifest.NewMap("owner", "Sales team", "pii", false)
	io.PrimaryKey = []string{"order_id"}
	io.Macros = []manifest.ID{"macro.shop.cents"}
	b.m.Macros["macro.shop.cents"] = &manifest.Macro{
		ID: "macro.shop.cents", Kind: manifest.PlainMacro, Package: "shop", Name: "cents", Path: "macros/cents.sql", Root: "/p", Description: "Cents to euro.",
		Source: "{% macro cents(column) %}\n  ({{ column }} / 100.0)::decimal(18, 2)\n{% endmacro %}", Arguments: []manifest.MacroArgument{{Name: "column", Type: "string", Description: "An expression in cents"}}, Pos: diag.Pos{File: "macros/cents.sql", Line: 1},
	}
	b.test(so, "not_null", "order_id", pass())
	b.test(so, "unique", "order_id", docs.Result{Status: docs.Fail, Failures: 2, Message: "Got 2 results, configured to fail if != 0", Elapsed: 9 * time.Millisecond, At: sampleTime()})
	b.test(so, "accepted_values", "status", docs.Result{Status: docs.Warn, Failures: 1, At: sampleTime()}, "values", []any{"paid", "sent", "open"})
	b.test(io, "unique", "order_id", pass())
	b.test(io, "not_null", "amount", pass())
	b.test(mr, "not_null", "month", pass())
	b.test(mr, "relationships", "shop", docs.Result{Status: docs.Skipped}, "to", "ref('regions')", "field", "shop")
	single := b.node(manifest.Test, "revenue_adds_up", "revenue_adds_up.sql", "Marts and orders agree to the cent.", mr, io)
	single.Test = &manifest.TestSpec{}
	single.Raw = "select sum(revenue) from {{ ref('mart_revenue') }}\nexcept\nselect sum(amount) from {{ ref('int_orders') }}"
	b.in.Results[single.ID] = pass()
	return b.in
}

func sampleExtract(year string) *manifest.ExtractTable {
	return &manifest.ExtractTable{
		Pos: diag.Pos{File: "project/sources/a-" + year + ".yml", Line: 6}, Scope: map[string]string{"entity": "A", "year": year},
		Source: "raw", Table: "orders", Driver: "workbook", Locale: "id-ID", OnBadCell: "reject", Snapshot: "project/data/clean/a-" + year + "-orders.csv",
		Options: manifest.NewMap("workbook", "project/data/raw/a/orders-"+year+".xlsx", "sheets", []any{"Januari", "Februari", "Maret"}, "header_row", int64(6), "data_start_row", int64(8)),
		Columns: []manifest.ExtractColumn{
			{Name: "order_id", Headers: []string{"No. Nota", "Nota"}, Type: "text", Required: true},
			{Name: "amount_cents", Headers: []string{"Total Bayar"}, Type: "integer", Default: int64(0)},
		},
		Checks: []manifest.Check{{Name: "missing_number", SQL: "order_id is not null", Severity: "error", Message: "the receipt has no number"}},
	}
}

// generated is a project of n models in the shape that projects have.
func generated(n int) docs.Input {
	b := newBuilder("big")
	r := rand.New(rand.NewPCG(1, 2))
	layers := []string{"staging", "intermediate", "marts"}
	var byLayer [4][]*manifest.Node
	for i := range n / 6 {
		byLayer[0] = append(byLayer[0], b.source(fmt.Sprintf("system_%d", i%7), fmt.Sprintf("table_%03d", i), "A table of a system."))
	}
	areas := []string{"finance", "sales", "people", "supply", "web"}
	for i := range n {
		l := 1
		if i > n*4/10 {
			l = 2
		}
		if i > n*7/10 {
			l = 3
		}
		area := areas[i%len(areas)]
		name := fmt.Sprintf("%s_%s_%04d", []string{"", "stg", "int", "mart"}[l], area, i)
		var parents []*manifest.Node
		for range 1 + r.IntN(3) {
			from := byLayer[l-1]
			if l > 1 && r.IntN(4) == 0 && len(byLayer[l]) > 0 {
				from = byLayer[l]
			}
			near := len(from)*(i-[]int{0, 0, n * 4 / 10, n * 7 / 10}[l])/(n*4/10) + r.IntN(9)
			parents = append(parents, from[max(0, min(len(from)-1, near))])
		}
		sql := "select *\nfrom {{ ref('x') }}\nwhere amount > 0\n"
		m := b.model(layers[l-1]+"/"+area, name, []string{"", "view", "table", "incremental"}[l], "Rows of "+area+", cleaned and joined so that reports can read them.", sql, parents...)
		m.Tags = append(m.Tags, area)
		b.columns(m, int64(r.IntN(100000)), [3]string{"id", "BIGINT", "Key"}, [3]string{"amount", "DECIMAL(18,2)", "Money"}, [3]string{"happened_at", "TIMESTAMP", ""})
		b.test(m, "not_null", "id", pass())
		b.test(m, "unique", "id", pass())
		byLayer[l] = append(byLayer[l], m)
	}
	for i := range 5 {
		e := b.node(manifest.Exposure, fmt.Sprintf("report_%d", i), "exposures.yml", "A report.", byLayer[3][i], byLayer[3][i+5])
		e.Exposure = &manifest.ExposureSpec{Type: "dashboard", OwnerName: "Team"}
	}
	return b.in
}
