package report

import (
	"math"
	"strconv"
	"strings"
	"time"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// fetch asks the queries of a section.
func (a *assembly) fetch(p *place) error {
	for i := range a.spec.Data {
		d := &a.spec.Data[i]
		if !in(d.Sections, p.kind) || a.failed[d.Name] {
			continue
		}
		if err := a.query(p, d); err != nil {
			return err
		}
	}
	return nil
}

func (a *assembly) query(p *place, d *manifest.ReportData) error {
	node := a.nodeOf(d.Name)
	rows, err := a.source.Rows(a.ctx, node, d.Query, p.names.plain())
	if err != nil {
		a.failed[d.Name] = true
		return a.mistake(err)
	}
	if rows.More {
		a.failed[d.Name] = true
		a.diags.Add(diag.Errorf(diag.BadValue, d.Query.Pos, "%s gives more than %d rows, and a report shows few", d.Name, len(rows.Values)).
			WithHint("group or limit them in the query"))
		return nil
	}
	data := &block.Data{Name: d.Name, Query: p.key(d.Name), Rows: rows.Values}
	for _, c := range rows.Columns {
		data.Columns = append(data.Columns, block.Field{Name: c.Name, Type: c.Type, Format: block.FormatOf(c.Type)})
	}
	if data.Rows == nil {
		data.Rows = [][]block.Value{}
	}
	if len(data.Rows) == 0 && len(a.out.Meta.Scope) == 0 && strings.Contains(d.Query.SQL, "unit.sql") {
		a.diags.Add(diag.Warnf(diag.BadScope, d.Query.Pos, "%s gives no rows: unit.sql lists no unit, for none are declared", d.Name).
			WithHint("leave it out of the query; or declare them in the project file: scope: {entity: {values: {ACME: {units: [A, B]}}}}"))
	}
	if err := a.describe(p, d, data, node); err != nil {
		return err
	}
	for i := range data.Columns {
		normalise(data, i)
	}
	if !a.isolated(d, data) || a.failed[d.Name] {
		a.failed[d.Name] = true
		return nil
	}
	if anyOrder(rows.SQL) {
		settle(data)
	}
	a.unique(d, data)
	p.Data[d.Name] = data
	relations := rows.Relations
	if relations == nil {
		relations = []Relation{}
	}
	a.out.Queries[data.Query] = Query{Node: string(node), SQL: dedent(rows.SQL), Relations: relations, Rows: len(rows.Values)}
	return nil
}

// dedent takes off the indent that all lines of a query have, which is that of the file.
func dedent(sql string) string {
	lines := strings.Split(strings.TrimSpace(sql), "\n")
	lines[0] = sql[:strings.Index(sql, strings.TrimSpace(lines[0]))] + lines[0]
	lines[0] = lines[0][strings.LastIndexByte(lines[0], '\n')+1:]
	least := -1
	for _, l := range lines {
		if body := strings.TrimLeft(l, " "); body != "" && (least < 0 || len(l)-len(body) < least) {
			least = len(l) - len(body)
		}
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight(l[min(max(least, 0), len(l)):], " ")
	}
	return strings.Join(lines, "\n")
}

// nodeOf gives the node that a query belongs to: that of the first block that shows it.
func (a *assembly) nodeOf(data string) manifest.ID {
	for i := range a.spec.Blocks {
		if b := &a.spec.Blocks[i]; b.Data == data && b.Node != "" {
			return b.Node
		}
	}
	return a.spec.Node
}

// describe says what the columns mean, as far as the report tells.
func (a *assembly) describe(p *place, d *manifest.ReportData, data *block.Data, node manifest.ID) error {
	for _, c := range d.Columns {
		i := data.Index(c.Name)
		if i < 0 {
			a.noColumn(c.Pos, "the query of "+d.Name, c.Name, data)
			a.failed[d.Name] = true
			continue
		}
		f := &data.Columns[i]
		if c.Format != "" {
			f.Format = c.Format
		}
		var err error
		if f.Label, err = a.label(p, node, c.Label, ""); err != nil {
			return err
		}
		if f.Unit, err = a.label(p, node, c.Unit, ""); err != nil {
			return err
		}
	}
	for i := range data.Columns {
		if f := &data.Columns[i]; f.Label == "" {
			f.Label = a.word(labelOf(f.Name))
		}
	}
	for _, k := range d.Key {
		i := data.Index(k)
		if i < 0 {
			a.noColumn(d.Pos, "key: the query of "+d.Name, k, data)
			a.failed[d.Name] = true
			continue
		}
		data.Key = append(data.Key, data.Columns[i].Name)
	}
	return nil
}

// noColumn reports a column that the rows do not have.
func (a *assembly) noColumn(pos diag.Pos, what, column string, data *block.Data) {
	a.diags.Add(diag.Errorf(diag.UnknownColumn, pos, "%s has no column %q", what, column).
		WithHint("%s", or(diag.DidYouMean(column, data.Names()), "it has "+strings.Join(data.Names(), ", "))))
}

// anyOrder reports a query whose rows come in another order each time: it groups and does not sort.
// Others keep the order of what they read, which somebody may count on.
func anyOrder(sql string) bool {
	words := plainSQL(sql)
	return !strings.Contains(words, "order by") && (strings.Contains(words, "group by") || strings.Contains(words, "distinct"))
}

func plainSQL(sql string) string { return strings.Join(strings.Fields(strings.ToLower(sql)), " ") }

// vague reports data of which no row is meant where none is named: there are several, and the query
// does not say which comes first. A figure of the first one is right by luck.
func (r *Report) vague(d *block.Data) bool {
	return len(d.Rows) > 1 && !strings.Contains(plainSQL(r.Queries[d.Query].SQL), "order by")
}

// settle orders rows that come in any order, so that the same data gives the same report: by the key,
// or by all columns.
func settle(data *block.Data) {
	columns := data.Key
	if len(columns) == 0 {
		columns = data.Names()
	}
	for i := len(columns) - 1; i >= 0; i-- { // each sort keeps the order of the one before
		at := data.Index(columns[i])
		order := seq(len(data.Rows))
		sortRows(order, func(row int) block.Value { return data.Rows[row][at] }, false)
		sorted := make([][]block.Value, len(order))
		for to, from := range order {
			sorted[to] = data.Rows[from]
		}
		data.Rows = sorted
	}
}

// unique warns of a key that several rows have: a figure of it cannot be traced to one.
func (a *assembly) unique(d *manifest.ReportData, data *block.Data) {
	if len(data.Key) == 0 {
		return
	}
	seen := make(map[string]bool, len(data.Rows))
	for i := range data.Rows {
		k := data.RowKey(i)
		if seen[k] {
			a.diags.Add(diag.Warnf(diag.BadKey, d.Pos, "%s: several rows have the key %s", data.Query, k).
				WithHint("name all the columns that tell rows apart: key: [%s, …]", strings.Join(data.Key, ", ")))
			return
		}
		seen[k] = true
	}
}

// normalise gives the values of a column one Go type, so that what is read again is what was
// written: exact numbers where decimals or money are, times in columns of time.
func normalise(data *block.Data, column int) {
	f := &data.Columns[column]
	money := block.IsMoney(f.Format)
	for _, row := range data.Rows {
		row[column] = normal(row[column], f.Type, money)
	}
}

func normal(v block.Value, t block.Type, money bool) block.Value { //nolint:revive // money is exact whatever its type
	switch x := v.(type) {
	case nil:
		return nil
	case int64:
		switch {
		case t == block.Decimal || money:
			return block.Number(strconv.FormatInt(x, 10))
		case t == block.Float:
			return float64(x)
		}
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil // there is no such number in JSON, and none in a report
		}
		if t == block.Decimal || money {
			return block.Number(strconv.FormatFloat(x, 'f', -1, 64))
		}
		if t == block.Integer {
			return block.Number(strconv.FormatFloat(x, 'f', -1, 64))
		}
	case block.Number:
		if n, err := strconv.ParseInt(string(x), 10, 64); err == nil && t == block.Integer && !money {
			return n
		}
	case time.Time:
		if t == block.Date {
			return time.Date(x.Year(), x.Month(), x.Day(), 0, 0, 0, 0, time.UTC)
		}
		return x.UTC()
	case string:
		x = strings.ToValidUTF8(x, "\ufffd")
		if t == block.Date {
			if at, err := time.Parse(time.DateOnly, x); err == nil {
				return at
			}
		}
		return x
	}
	return v
}
