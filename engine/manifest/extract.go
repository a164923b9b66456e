package manifest

import (
	"encoding/json"

	"atlas/engine/diag"
)

// Extract is one declaration of how a system's tables become raw tables: in the reference
// project one file an entity and year.
type Extract struct {
	Path   string            // the YAML file, relative to the project's root
	Pos    diag.Pos          //
	Scope  map[string]string // values of the project's scope that it covers: entity → ACME, year → 2026
	Tables []*ExtractTable
}

// ExtractTable maps sheets of a workbook, or CSV files, to one raw table.
type ExtractTable struct {
	Pos       diag.Pos
	Scope     map[string]string   // of the Extract it stands in
	Source    string              // source name: the raw schema's name in source('raw', …)
	Table     string              // table name in that source
	Driver    string              // "workbook", "csv"
	Options   *Map                // the keys of source.Options and of the driver: workbook, sheets, header_row, …
	OptionPos map[string]diag.Pos // where each option's value stands, as far as known
	Locale    string              // how text figures and dates are written: "id-ID"
	Columns   []ExtractColumn
	Checks    []Check
	Snapshot  string   // canonical CSV, relative to the project's root
	OnBadCell string   // "null" keeps the row with the cell empty and reports it; "reject" keeps the row out
	OnFail    string   // what a failed check of the table means to a chain of stages: "stop" ends it before models are built, "continue" goes on
	Key       []string // columns that tell a row of the scope from every other: load --mode merge and incremental readings go by them
	Drift     string   // what a column means that the declaration does not know: "evolve" takes it in, "freeze" refuses the table, "discard" leaves it out and says so
}

// ExtractColumn is one column of a raw table.
type ExtractColumn struct {
	Pos         diag.Pos
	Name        string
	Headers     []string          // header texts that mean this column, compared without case, spaces and accents
	Type        string            // "text" "integer" "decimal(18,2)" "float" "boolean" "date" "timestamp"
	Required    bool              // the header must have it
	Default     any               // value of an empty cell and of an absent column
	NotNull     bool              // validate: every row must have a value
	Unique      bool              // validate: no value may stand in two rows of the scope
	Values      []any             // validate: the values that are allowed; none allows all
	Map         map[string]string // `map:`, text translated to the project's own word; compared like headers; other text passes through trimmed
	From        string            // `from: sheet`: the value is the sheet's name, then Map; `from: notes`: the texts of the row's cells that no column takes; no header is needed
	Units       map[string]string // `units:`, a text behind a number → the factor that it stands for: {jt: 1000000, kg: 1}
	Scale       string            // `scale:`, the factor of a plain number, of a column in thousands: "1000"
	Description string
}

// Check is one validation of loaded rows.
type Check struct {
	Pos      diag.Pos
	Name     string   // reason code, as QA exports show it
	Kind     string   // the key that says what is checked: "sql", "range", "pattern", "lookup" …; "" is "sql"
	Rule     any      // its value, of every kind but sql
	Columns  []string // the columns that a finding is about; none leaves it to the kind
	Options  *Map     // further keys of the kind: tolerance
	SQLPos   diag.Pos // where the value of Kind stands
	SQL      string   // a boolean expression that holds for a good row; a row where it is null passes, as in SQL's check constraints
	Severity string   // "error" or "warn"
	Message  string
	WarnIf   string // how many rows warn: "> 0" by default, "> 5", ">= 1%" of the scope's rows
	ErrorIf  string // how many rows fail a check of severity error: "> 0" by default; below it the check only warns
}

// Secret is a value of a declaration that comes from the environment. It is rendered when it is
// needed only, and everything that prints or stores it shows the template instead.
type Secret struct {
	Text  string // the template as it stands in the file: "{{ env_var('TOKEN') }}"
	Pos   diag.Pos
	Value func() (string, error) // a *diag.Diagnostic if the environment lacks it
}

// String gives the template, never the value.
func (s *Secret) String() string { return s.Text }

// MarshalJSON gives the template, never the value.
func (s *Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.Text) }

// OptionAt gives where the value of a table's key stands, or the table if that is not known.
func (t *ExtractTable) OptionAt(key string) diag.Pos {
	if p, ok := t.OptionPos[key]; ok {
		return p
	}
	return t.Pos
}
