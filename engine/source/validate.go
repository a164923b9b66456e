package source

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// ValidateOptions are the wishes of one validation.
type ValidateOptions struct {
	Root     string
	Dialect  adapter.Dialect
	Database string
	Scope    []ScopeColumn
	Month    int    // 1 to 12 validates that month's rows only, 0 all
	Invalid  string // folder of the QA exports, relative to Root; "" is "invalid" beside the snapshots' folder
	Report   string // folder of the JSON report, relative to Root or absolute; "" is "target/validation"
	Now      func() time.Time
	Progress func(Progress)
}

// The statuses of a check.
const (
	Pass = "pass"
	Warn = "warn"
	Fail = "fail"
)

// The reason codes of what extract found.
const (
	RejectedCheck = "rejected" // a row that was kept out, for a cell without its column's type
	BadCellCheck  = "bad_cell" // a cell without its column's type that was stored as null
)

// Validation is the outcome of Validate: the JSON report, and what a terminal shows.
type Validation struct {
	Format      int               `json:"format"` // of the report: 1
	Scope       map[string]string `json:"scope"`
	Month       int               `json:"month,omitempty"`
	GeneratedAt time.Time         `json:"generated_at"`
	Summary     Summary           `json:"summary"`
	Tables      []*TableReport    `json:"tables"`
	Exports     []string          `json:"exports"`              // QA files, relative to the root
	Unexported  int64             `json:"unexported,omitempty"` // findings that the QA files leave out, beyond the first 200,000 rows
	Path        string            `json:"-"`                    // of the report, relative to the root
}

// Summary counts checks by status, and what they found.
type Summary struct {
	Checks     int   `json:"checks"`
	Pass       int   `json:"pass"`
	Warn       int   `json:"warn"`
	Fail       int   `json:"fail"`
	BelowLimit int   `json:"below_limit"` // of Warn: checks of severity error that found fewer rows than their limit
	Findings   int64 `json:"findings"`
	Rejected   int64 `json:"rejected"` // rows that extract kept out
}

// TableReport is what the checks found in one raw table.
type TableReport struct {
	Source string         `json:"source"`
	Table  string         `json:"table"`
	Rows   int64          `json:"rows"` // of the scope, and month
	Checks []*CheckReport `json:"checks"`
}

// CheckReport is the outcome of one check.
type CheckReport struct {
	Name       string    `json:"name"` // reason code
	Severity   string    `json:"severity"`
	Status     string    `json:"status"`
	Message    string    `json:"message"`
	Found      int64     `json:"found"` // findings; Findings may hold fewer
	BelowLimit bool      `json:"below_limit,omitempty"`
	SQL        string    `json:"sql,omitempty"`
	Pos        diag.Pos  `json:"-"`
	Place      string    `json:"declared_at,omitempty"`
	Findings   []Finding `json:"findings,omitempty"`
}

// Finding is one row that a check is about, or one bad cell.
type Finding struct {
	Check    string        `json:"-"`
	Severity string        `json:"-"`
	Message  string        `json:"message,omitempty"` // where it says more than the check's
	File     string        `json:"file"`
	Sheet    string        `json:"sheet,omitempty"`
	Row      int64         `json:"row"`
	Cell     string        `json:"cell,omitempty"`
	Month    int           `json:"month,omitempty"`
	Values   *manifest.Map `json:"values"` // by column, as text; null where the row has none
}

// keptFindings is how many findings of a check the JSON report lists; QA exports have all.
const keptFindings = 500

// Validate runs the checks of the tables of one scope over their loaded rows. It writes the JSON
// report and the monthly QA exports. A check that cannot run is a mistake in the declaration; all
// are reported, and nothing is written.
func Validate(ctx context.Context, s adapter.Session, tables []*manifest.ExtractTable, o ValidateOptions) (*Validation, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Report == "" {
		o.Report = "target/validation"
	}
	v := &validation{s: s, o: o, exports: newExports()}
	v.report = &Validation{Format: 1, Month: o.Month, GeneratedAt: o.Now().UTC().Truncate(time.Second)}
	var l diag.List
	for _, t := range tables {
		v.report.Scope = t.Scope
		err := v.table(ctx, t)
		var d *diag.Diagnostic
		if err != nil && (ctx.Err() != nil || !errors.As(err, &d)) {
			return nil, err
		}
		l.Add(err)
		if o.Progress != nil {
			o.Progress(Progress{Table: t.Table})
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	return v.report, v.write(tables)
}

// validation is one run of Validate.
type validation struct {
	s       adapter.Session
	o       ValidateOptions
	report  *Validation
	exports *exports
}

func (v *validation) table(ctx context.Context, decl *manifest.ExtractTable) error {
	t, err := prepare(decl)
	if err != nil {
		return err
	}
	c := &checking{v: v, t: t, rel: RawRelation(decl, v.o.Database), report: &TableReport{Source: decl.Source, Table: decl.Table}}
	found, err := v.s.Relation(ctx, c.rel)
	if err != nil {
		return err
	}
	if found == nil {
		return diag.Errorf(diag.UnknownRelation, decl.Pos, "%s.%s is not loaded", decl.Source, decl.Table).WithHint("run atlas load first")
	}
	c.rel = found.Relation
	if err := c.run(ctx); err != nil {
		return err
	}
	v.report.Tables = append(v.report.Tables, c.report)
	for _, r := range c.report.Checks {
		v.report.Summary.add(r)
	}
	return nil
}

func (s *Summary) add(r *CheckReport) {
	s.Checks++
	s.Findings += r.Found
	switch r.Status {
	case Pass:
		s.Pass++
	case Warn:
		s.Warn++
	default:
		s.Fail++
	}
	if r.BelowLimit {
		s.BelowLimit++
	}
}

// checking runs the checks of one table.
type checking struct {
	v      *validation
	t      *table
	rel    manifest.Relation
	report *TableReport
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
	var l diag.List
	for _, check := range append(c.columnChecks(), c.t.Checks...) {
		err := c.check(ctx, check)
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
			out = append(out, manifest.Check{Pos: col.Pos, Name: kind + "_" + col.Name, SQL: sql, Message: message})
		}
		if col.NotNull {
			add("not_null", name+" is not null", "The column "+col.Name+" is empty.")
		}
		if col.Unique {
			add("unique", name+" is null or count(*) over (partition by "+name+") = 1", "The same "+col.Name+" stands in another row.")
		}
		if len(col.Values) > 0 {
			var list []string
			for _, x := range col.Values {
				list = append(list, d.Literal(x))
			}
			add("accepted_values", name+" is null or "+name+" in ("+strings.Join(list, ", ")+")", "The "+col.Name+" is none of the accepted values.")
		}
	}
	return out
}

// check runs one check: rows where its expression is false are findings.
func (c *checking) check(ctx context.Context, check manifest.Check) error {
	r := &CheckReport{Name: check.Name, Severity: check.Severity, Message: check.Message, SQL: check.SQL, Pos: check.Pos, Place: check.Pos.String()}
	if r.Severity == "" {
		r.Severity = "error"
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
	if err := c.find(ctx, check, r); err != nil {
		return err
	}
	r.judge(warnIf, errorIf, c.report.Rows)
	c.report.Checks = append(c.report.Checks, r)
	return nil
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

// findSQL spells a check. The expression stands on lines of its own, and in the select list, so
// that it may use window functions.
func (c *checking) findSQL(check manifest.Check) string {
	d := c.v.o.Dialect
	ok := d.Quote("_check_holds")
	return "select *\nfrom (\nselect *, (\n" + check.SQL + "\n) as " + ok +
		"\nfrom " + d.Relation(c.rel) + "\nwhere " + scopeSQL(d, c.v.o.Scope) + "\n) as checked\nwhere not " + ok + c.monthFilter() +
		"\norder by " + d.Quote(fileColumn) + ", " + d.Quote(sheetColumn) + ", " + d.Quote(rowColumn)
}

// monthFilter narrows the findings, not the rows that the check sees: a duplicate may stand in
// another month.
func (c *checking) monthFilter() string {
	if c.v.o.Month == 0 {
		return ""
	}
	return fmt.Sprintf(" and %s = %d", c.monthSQL(), c.v.o.Month)
}

const exprLine = 4 // line of findSQL on which the expression begins

func (c *checking) find(ctx context.Context, check manifest.Check, r *CheckReport) error {
	rows, err := c.v.s.Query(ctx, c.findSQL(check), c.params()...)
	if err != nil {
		return c.explain(check, err)
	}
	columns := rows.Columns()
	date := c.t.rules.dateColumn(c.t.ExtractTable)
	for rows.Next() {
		f := Finding{Check: r.Name, Severity: r.Severity, Values: manifest.NewMap()}
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
		c.add(r, f)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return c.explain(check, err)
	}
	return nil
}

func (c *checking) add(r *CheckReport, f Finding) {
	r.Found++
	if len(r.Findings) < keptFindings {
		r.Findings = append(r.Findings, f)
	}
	message := f.Message
	if message == "" {
		message = r.Message
	}
	c.v.exports.add(c.t.ExtractTable, f, message)
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
func (c *checking) explain(check manifest.Check, err error) error {
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
	if lines := strings.Split(check.SQL, "\n"); d.Hint == "" && len(lines) > 1 {
		if line := e.Line - exprLine + 1; line >= 1 && line <= len(lines) {
			d.Hint = "in its line " + strconv.Itoa(line) + ": " + strings.TrimSpace(lines[line-1])
		}
	}
	if d.Hint == "" {
		d.Hint = "sql is a condition that holds for a good row, such as amount > 0"
	}
	return d
}

// rejected makes findings of what extract wrote down: the rows that it kept out, and the cells
// that it emptied.
func (c *checking) rejected() error {
	rows := &CheckReport{Name: RejectedCheck, Severity: Warn, Message: "The row was kept out: a cell does not have its column's type.", Pos: c.t.Pos, Place: c.t.Pos.String()}
	cells := &CheckReport{Name: BadCellCheck, Severity: Warn, Message: "A cell does not have its column's type and was emptied.", Pos: c.t.Pos, Place: c.t.Pos.String()}
	path := filepath.ToSlash(filepath.Join(invalidDir(c.v.o.Invalid, c.t.ExtractTable), stem(c.t.ExtractTable)+"-rejects.csv"))
	f, err := os.Open(filepath.Join(c.v.o.Root, filepath.FromSlash(path)))
	if err == nil {
		defer f.Close()
		err = c.readRejects(csv.NewReader(f), rows, cells)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", path, err)
	}
	c.v.report.Summary.Rejected += rows.Found
	for _, r := range []*CheckReport{rows, cells} {
		r.judge(limit{op: ">"}, limit{op: ">"}, c.report.Rows)
		if r.Found > 0 || c.t.reject == (r == rows) {
			c.report.Checks = append(c.report.Checks, r)
		}
	}
	return nil
}

// readRejects reads a rejects file; the lines of one rejected row are one finding.
func (c *checking) readRejects(in *csv.Reader, rows, cells *CheckReport) error {
	header, err := in.Read()
	if err != nil {
		return err
	}
	var row *Finding // the rejected row whose lines are read
	flush := func() {
		if row != nil {
			c.add(rows, *row)
		}
		row = nil
	}
	for {
		rec, err := in.Read()
		if errors.Is(err, io.EOF) {
			flush()
			return nil
		}
		if err != nil {
			return err
		}
		f, rejected := c.rejectFinding(header, rec)
		switch {
		case c.v.o.Month > 0 && f.Month != c.v.o.Month:
		case !rejected:
			c.add(cells, f)
		case row != nil && row.File == f.File && row.Sheet == f.Sheet && row.Row == f.Row:
			row.Message += " " + f.Message
		default:
			flush()
			row = &f
		}
	}
}
