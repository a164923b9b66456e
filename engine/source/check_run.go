package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// checking runs the checks of one table.
type checking struct {
	v      *validation
	t      *table
	rel    manifest.Relation
	report *TableReport
	places map[string]map[string]int // file and sheet → column → number of its cells' column
	qa     *qaTable
}

// readPlaces reads where the snapshot's cells stood.
func (c *checking) readPlaces() (map[string]map[string]int, error) {
	meta, err := readMeta(filepath.Join(c.v.o.Root, filepath.FromSlash(c.t.Snapshot)))
	if err != nil || meta == nil {
		return nil, err
	}
	out := map[string]map[string]int{}
	for _, s := range meta.Sections {
		out[s.File+"\x00"+s.Sheet] = s.Columns
	}
	return out, nil
}

// locate names the cells that a finding is about: the first column that its section has comes
// first, for columns of other years may be absent.
func (c *checking) locate(f *Finding, columns []string) {
	places := c.places[f.File+"\x00"+f.Sheet]
	for _, name := range columns {
		col := places[name]
		if f.Column == "" || f.Cell == "" && col > 0 {
			f.Column, f.Value = name, ""
			if v, _ := f.Values.Get(name); v != nil {
				f.Value = fmt.Sprint(v)
			}
		}
		if col > 0 && f.Row > 0 {
			f.Cells = append(f.Cells, CellName(int(f.Row), col))
			f.Cell = f.Cells[0]
		}
	}
}

func (c *checking) run(ctx context.Context) error {
	var err error
	if c.report.Rows, err = queryCount(ctx, c.v.s, "select count(*)\nfrom "+c.v.o.Dialect.Relation(c.rel)+"\nwhere "+c.where(), c.params()...); err != nil {
		return err
	}
	if c.report.Rows == 0 && c.v.o.Month == 0 {
		if err := c.unloaded(); err != nil {
			return err
		}
	}
	if err := c.rejected(); err != nil {
		return err
	}
	k := &kindReader{t: c.t, rel: c.rel, d: c.v.o.Dialect, scope: c.v.o.Scope, look: c.v.o.Lookup}
	var rules []rule
	for _, check := range append(c.columnChecks(), c.t.Checks...) {
		rules = append(rules, k.compile(check))
	}
	l := k.list
	if len(l) > 0 {
		return l.Err()
	}
	for _, r := range rules {
		err := c.check(ctx, r)
		var d *diag.Diagnostic
		if err != nil && (ctx.Err() != nil || !errors.As(err, &d)) {
			return err
		}
		l.Add(err)
	}
	return l.Err()
}

// unloaded complains about a table without rows of the scope, unless its snapshot has none either.
func (c *checking) unloaded() error {
	n, err := countRows(filepath.Join(c.v.o.Root, filepath.FromSlash(c.t.Snapshot)))
	missing := errors.Is(err, fs.ErrNotExist)
	if err == nil && n == 0 {
		return nil
	}
	if err != nil && !missing {
		return err
	}
	d := diag.Errorf(diag.MissingSnapshot, c.t.Pos, "%s.%s has no rows of this scope", c.t.Source, c.t.Table)
	if missing {
		return d.WithHint("run atlas extract and atlas load first")
	}
	return d.WithHint("run atlas load first: %s has %s", c.t.Snapshot, plural(n, "row"))
}

func (c *checking) where() string {
	where := scopeSQL(c.v.o.Dialect, c.v.o.Scope)
	if m := c.v.o.Month; m > 0 {
		where += fmt.Sprintf(" and %s = %d", c.monthSQL(), m)
	}
	return where
}

func (c *checking) params() []any { return scopeValues(c.v.o.Scope) }

// monthSQL gives the month that a row belongs to: its sheet's, else its date's.
func (c *checking) monthSQL() string {
	d := c.v.o.Dialect
	month := d.Quote(monthColumn)
	if date := c.t.rules.dateColumn(c.t.ExtractTable); date != "" {
		month = "coalesce(" + month + ", extract(month from " + d.Quote(date) + "))"
	}
	return month
}

// columnChecks are the checks that the columns' own declarations ask for.
func (c *checking) columnChecks() []manifest.Check {
	d := c.v.o.Dialect
	var out []manifest.Check
	for i := range c.t.Columns {
		col := &c.t.Columns[i]
		name := d.Quote(col.Name)
		add := func(kind, sql, message string) {
			out = append(out, manifest.Check{Pos: col.Pos, Name: kind + "_" + col.Name, SQL: sql, Message: message, Columns: []string{col.Name}})
		}
		if col.NotNull {
			add("not_null", name+" is not null", "The column "+col.Name+" is empty.")
		}
		if col.Unique {
			add("unique", name+" is null or count(*) over (partition by "+name+") = 1", "The same "+col.Name+" stands in another row.")
		}
		if len(col.Values) > 0 {
			out = append(out, manifest.Check{
				Pos: col.Pos, Name: "accepted_values_" + col.Name, Kind: "lookup", Rule: col.Values, Columns: []string{col.Name},
				Message: "The " + col.Name + " is none of the accepted values.",
			})
		}
	}
	return out
}

// check runs one check: rows where its condition is false are findings.
func (c *checking) check(ctx context.Context, check rule) error {
	r := &CheckReport{
		Name: check.Name, Kind: or(check.Kind, "sql"), Columns: check.columns, Severity: or(check.Severity, "error"), Message: or(check.Message, defaultMessage(check)),
		SQL: check.holds, Pos: check.Pos, Place: check.Pos.String(),
	}
	warnIf, err1 := parseLimit(check.WarnIf)
	errorIf, err2 := parseLimit(check.ErrorIf)
	switch {
	case r.Name == "":
		return diag.Errorf(diag.MissingKey, check.Pos, "a check of table %s has no name", c.t.Table)
	case r.Severity != "error" && r.Severity != "warn":
		return diag.Errorf(diag.BadValue, check.Pos, "check %s: severity is error or warn, not %q", check.Name, check.Severity)
	case err1 != nil || err2 != nil:
		return diag.Errorf(diag.BadValue, check.Pos, "check %s: %v", check.Name, errors.Join(err1, err2))
	}
	var err error
	switch check.Kind {
	case "type":
		err = c.findTyped(ctx, check, r)
	case "reconcile":
		r.SQL = check.groups
		err = c.findGroups(ctx, check, r)
	default:
		err = c.find(ctx, check, r)
	}
	if err != nil {
		return err
	}
	r.judge(warnIf, errorIf, c.report.Rows)
	c.report.Checks = append(c.report.Checks, r)
	return nil
}

// defaultMessage says what a finding of a kind means, where the declaration does not.
func defaultMessage(r rule) string {
	what := strings.Join(r.columns, ", ")
	switch r.Kind {
	case "not_null":
		return "The column " + what + " is empty."
	case "unique":
		return "The same " + what + " stands in another row."
	case "range":
		return "The " + what + " is out of its range."
	case "pattern":
		return "The " + what + " is not written as it should be."
	case "length":
		return "The " + what + " is too short or too long."
	case "type":
		return "The " + what + " " + "is no " + r.parsed.noun() + "."
	case "lookup":
		return "The " + what + " is not known."
	case "equals":
		return "The " + strings.Join(r.Columns, ", ") + " does not add up."
	case "period":
		return "The " + what + " lies outside the year or the sheet's month."
	case "reconcile":
		return "The sums differ."
	default:
		return ""
	}
}

// judge sets the status from the number of findings.
func (r *CheckReport) judge(warnIf, errorIf limit, rows int64) {
	switch {
	case r.Severity == "error" && errorIf.holds(r.Found, rows):
		r.Status = Fail
	case warnIf.holds(r.Found, rows):
		r.Status = Warn
		r.BelowLimit = r.Severity == "error"
	default:
		r.Status = Pass
	}
}

// findSQL spells a check. The condition stands on lines of its own, and in the select list, so
// that it may use window functions.
func (c *checking) findSQL(check rule) string {
	d := c.v.o.Dialect
	ok, detail := d.Quote(holdsColumn), check.detail
	if detail != "" {
		detail = ", (" + detail + ") as " + d.Quote(detailColumn)
	}
	return "select *\nfrom (\nselect *, (\n" + check.holds + "\n) as " + ok + detail +
		"\nfrom " + d.Relation(c.rel) + "\nwhere " + scopeSQL(d, c.v.o.Scope) + "\n) as checked\nwhere not " + ok + c.monthFilter() + c.inOrder()
}

// inOrder puts findings in the order of the files, which the QA files are merged by.
func (c *checking) inOrder() string {
	d := c.v.o.Dialect
	return "\norder by " + d.Quote(fileColumn) + ", " + d.Quote(sheetColumn) + ", " + d.Quote(rowColumn)
}

// The columns that a check adds to a row.
const (
	holdsColumn  = "_check_holds"
	detailColumn = "_check_detail"
)

// monthFilter narrows the findings, not the rows that the check sees: a duplicate may stand in
// another month.
func (c *checking) monthFilter() string {
	if c.v.o.Month == 0 {
		return ""
	}
	return fmt.Sprintf(" and %s = %d", c.monthSQL(), c.v.o.Month)
}

const exprLine = 4 // line of findSQL on which the expression begins

func (c *checking) find(ctx context.Context, check rule, r *CheckReport) error {
	return c.each(ctx, check, c.findSQL(check), func(f Finding) error {
		f.Check, f.Severity = r.Name, r.Severity
		c.locate(&f, check.columns)
		return c.add(r, f)
	})
}

// each reads rows of the raw table as findings, in order.
func (c *checking) each(ctx context.Context, check rule, sql string, found func(Finding) error) error {
	rows, err := c.v.s.Query(ctx, sql, c.params()...)
	if err != nil {
		return c.explain(check, err)
	}
	defer rows.Close()
	columns := rows.Columns()
	date := c.t.rules.dateColumn(c.t.ExtractTable)
	for rows.Next() {
		f := Finding{Values: manifest.NewMap()}
		dated := 0
		for i, x := range rows.Values() {
			switch name := columns[i].Name; name {
			case fileColumn:
				f.File, _ = x.(string)
			case sheetColumn:
				f.Sheet, _ = x.(string)
			case rowColumn:
				f.Row, _ = x.(int64)
			case monthColumn:
				f.Month = monthOf(x)
			case detailColumn:
				f.Message, _ = x.(string)
			default:
				if findColumn(c.t.ExtractTable, name) != nil {
					f.Values.Set(name, valueText(x))
				}
				if name == date {
					dated = monthOf(x)
				}
			}
		}
		if f.Month == 0 {
			f.Month = dated
		}
		if err := found(f); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return c.explain(check, err)
	}
	return nil
}

// findTyped looks for texts that cannot be read as a type, as the table's locale writes it.
func (c *checking) findTyped(ctx context.Context, check rule, r *CheckReport) error {
	d := c.v.o.Dialect
	conv := &converter{locale: c.t.locale, empty: c.t.rules.empty}
	sql := "select *\nfrom " + d.Relation(c.rel) + "\nwhere " + scopeSQL(d, c.v.o.Scope) + c.monthFilter() + c.inOrder()
	return c.each(ctx, check, sql, func(f Finding) error {
		var bad []string
		for _, name := range check.columns {
			v, _ := f.Values.Get(name)
			if v == nil {
				continue
			}
			if _, err := conv.convert(Cell{Kind: Text, Text: fmt.Sprint(v)}, check.parsed); err != nil {
				bad = append(bad, name)
				f.Message += fmt.Sprintf("%s %q %s. ", name, clip(fmt.Sprint(v), 60), err)
			}
		}
		if len(bad) == 0 {
			return nil
		}
		f.Check, f.Severity, f.Message = r.Name, r.Severity, strings.TrimSpace(f.Message)
		c.locate(&f, bad)
		return c.add(r, f)
	})
}

// findGroups compares sums; a finding is about a group of rows.
func (c *checking) findGroups(ctx context.Context, check rule, r *CheckReport) error {
	rows, err := c.v.s.Query(ctx, check.groups)
	if err != nil {
		return c.explain(check, err)
	}
	defer rows.Close()
	for rows.Next() {
		v := rows.Values()
		text := func(i int) string { s, _ := v[i].(string); return s }
		f := Finding{Check: r.Name, Severity: r.Severity, File: text(0), Sheet: text(1), Values: manifest.NewMap()}
		var group []string
		for i, name := range check.columns {
			group = append(group, name+" "+or(text(5+i), "without a value"))
			f.Values.Set(name, v[5+i])
			if name == monthColumn {
				f.Month, _ = strconv.Atoi(text(5 + i))
			}
		}
		if c.v.o.Month > 0 && f.Month > 0 && f.Month != c.v.o.Month {
			continue
		}
		f.Message = fmt.Sprintf("The sum here is %s, there %s: a difference of %s.", or(text(2), "nothing"), or(text(3), "nothing"), text(4))
		if len(group) > 0 {
			f.Message = strings.Join(group, ", ") + ": the sum here is " + or(text(2), "nothing") + ", there " + or(text(3), "nothing") + ", a difference of " + text(4) + "."
		}
		if err := c.add(r, f); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return c.explain(check, err)
	}
	return nil
}

func (c *checking) add(r *CheckReport, f Finding) error {
	r.Found++
	if r.Months == nil {
		r.Months = make([]int64, 13)
	}
	r.Months[f.Month]++
	if len(r.Findings) < keptFindings {
		r.Findings = append(r.Findings, f)
	}
	if f.Message == "" {
		f.Message = r.Message
	} else if r.Message != "" && f.Check != RejectedCheck && f.Check != BadCellCheck {
		f.Message = r.Message + " " + f.Message
	}
	if c.v.o.Marks != nil && f.File != "" {
		if err := c.v.o.Marks(c.t.ExtractTable, f); err != nil {
			return err
		}
	}
	return c.qa.add(f)
}

// valueText gives a value of the warehouse as the exports show it; nil for null.
func valueText(x any) any {
	switch x := x.(type) {
	case nil:
		return nil
	case string:
		return x
	case adapter.Decimal:
		return string(x)
	case time.Time:
		return formatTime(x)
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	default:
		return fmt.Sprint(x)
	}
}

// explain turns a refused check into a mistake in the declaration.
func (c *checking) explain(check rule, err error) error {
	var e *adapter.Error
	if !errors.As(err, &e) || e.Kind == adapter.InterruptError {
		return err
	}
	code := diag.WarehouseError
	var columns []string
	for i := range c.t.Columns {
		columns = append(columns, c.t.Columns[i].Name)
	}
	at := check.SQLPos
	if at.IsZero() {
		at = check.Pos
	}
	d := diag.Errorf(code, at, "check %s of table %s cannot run: %s", check.Name, c.t.Table, e.Msg).WithErr(err)
	if e.Kind == adapter.BinderError && e.Name != "" {
		d.Code = diag.UnknownColumn
		d.Msg = fmt.Sprintf("check %s: table %s has no column %q", check.Name, c.t.Table, e.Name)
		d.Hint = diag.DidYouMean(e.Name, columns)
	}
	if lines := strings.Split(check.holds, "\n"); d.Hint == "" && len(lines) > 1 {
		if line := e.Line - exprLine + 1; line >= 1 && line <= len(lines) {
			d.Hint = "in its line " + strconv.Itoa(line) + ": " + strings.TrimSpace(lines[line-1])
		}
	}
	if d.Hint == "" {
		d.Hint = "sql is a condition that holds for a good row, such as amount > 0"
	}
	return d
}
