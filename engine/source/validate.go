package source

import (
	"context"
	_ "embed" // the schema of the report
	"errors"
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
	Lookup   Lookup // finds what checks look up elsewhere; nil where no check does
	Now      func() time.Time
	Progress func(Progress)
	// Marks gets every finding that has a place in a file, table by table; nil is not asked.
	Marks func(t *manifest.ExtractTable, f Finding) error
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
	Exports     []string          `json:"exports"` // QA files, relative to the root
	Path        string            `json:"-"`       // of the report, relative to the root
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
	Rows   int64          `json:"rows"`              // of the scope, and month
	OnFail string         `json:"on_fail,omitempty"` // "stop" or "continue": whether a failed check ends a chain of stages
	Checks []*CheckReport `json:"checks"`
}

// Stops gives the failed checks, named table.check, whose tables declare that a failure ends a
// chain of stages.
func (v *Validation) Stops() []string {
	var out []string
	for _, t := range v.Tables {
		for _, c := range t.Checks {
			if t.OnFail == "stop" && c.Status == Fail {
				out = append(out, t.Table+"."+c.Name)
			}
		}
	}
	return out
}

// CheckReport is the outcome of one check.
type CheckReport struct {
	Name       string    `json:"name"`           // reason code
	Kind       string    `json:"kind,omitempty"` // what is checked: sql, range, lookup …
	Columns    []string  `json:"columns,omitempty"`
	Severity   string    `json:"severity"`
	Status     string    `json:"status"`
	Message    string    `json:"message"`
	Found      int64     `json:"found"` // findings; Findings may hold fewer
	BelowLimit bool      `json:"below_limit,omitempty"`
	Months     []int64   `json:"months,omitempty"` // findings by month: without one, January to December
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
	Cell     string        `json:"cell,omitempty"`   // the first of Cells
	Cells    []string      `json:"cells,omitempty"`  // where the check's columns stand: "C12"
	Column   string        `json:"column,omitempty"` // what Cell holds
	Value    string        `json:"value,omitempty"`  // of Cell
	Month    int           `json:"month,omitempty"`
	Values   *manifest.Map `json:"values"` // by column, as text; null where the row has none
}

// keptFindings is how many findings of a check the JSON report lists; QA exports have all.
const keptFindings = 500

//go:embed schemas/validation.json
var reportSchema []byte

// ReportSchema gives the JSON Schema of the JSON report.
func ReportSchema() []byte { return reportSchema }

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
	v := &validation{s: s, o: o}
	v.report = &Validation{Format: 2, Month: o.Month, GeneratedAt: o.Now().UTC().Truncate(time.Second)}
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
	s      adapter.Session
	o      ValidateOptions
	report *Validation
	qa     []*qaTable // by table, in order
}

func (v *validation) table(ctx context.Context, decl *manifest.ExtractTable) error {
	t, err := prepare(decl)
	if err != nil {
		return err
	}
	c := &checking{v: v, t: t, rel: RawRelation(decl, v.o.Database), report: &TableReport{Source: decl.Source, Table: decl.Table, OnFail: decl.OnFail}}
	found, err := v.s.Relation(ctx, c.rel)
	if err != nil {
		return err
	}
	if found == nil {
		return diag.Errorf(diag.UnknownRelation, decl.Pos, "%s.%s is not loaded", decl.Source, decl.Table).WithHint("run atlas load first")
	}
	c.rel = found.Relation
	if c.places, err = c.readPlaces(); err != nil {
		return err
	}
	if c.qa, err = newQATable(decl, v.spoolDir()); err != nil {
		return err
	}
	v.qa = append(v.qa, c.qa)
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
