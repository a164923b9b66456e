package manifest

import "atlas/engine/diag"

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
	Snapshot  string // canonical CSV, relative to the project's root
	OnBadCell string // "null" keeps the row with the cell empty and reports it; "reject" keeps the row out
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
	From        string            // `from: sheet`: the value is the sheet's name, then Map; no header is needed
	Description string
}

// Check is one validation of loaded rows.
type Check struct {
	Pos      diag.Pos
	Name     string // reason code, as QA exports show it
	SQLPos   diag.Pos
	SQL      string // a boolean expression that holds for a good row; a row where it is null passes, as in SQL's check constraints
	Severity string // "error" or "warn"
	Message  string
	WarnIf   string // how many rows warn: "> 0" by default, "> 5", ">= 1%" of the scope's rows
	ErrorIf  string // how many rows fail a check of severity error: "> 0" by default; below it the check only warns
}

// OptionAt gives where the value of a table's key stands, or the table if that is not known.
func (t *ExtractTable) OptionAt(key string) diag.Pos {
	if p, ok := t.OptionPos[key]; ok {
		return p
	}
	return t.Pos
}
