package manifest

import "atlas/engine/diag"

// Extract is one declaration of how a system's tables become raw tables: in the reference
// project one file an entity and year.
type Extract struct {
	Path   string            // the YAML file, relative to the project's root
	Pos    diag.Pos          //
	Scope  map[string]string // values of the project's scope that it covers: entity → IONS, year → 2026
	Tables []*ExtractTable
}

// ExtractTable maps sheets of a workbook, or CSV files, to one raw table.
type ExtractTable struct {
	Pos       diag.Pos
	Scope     map[string]string // of the Extract it stands in
	Source    string            // source name: the raw schema's name in source('raw', …)
	Table     string            // table name in that source
	Driver    string            // "workbook", "csv"
	Options   *Map              // the driver's own keys: file, sheets, header_row, … (see source/workbook)
	Locale    string            // how text figures and dates are written: "id-ID"
	Columns   []ExtractColumn
	Checks    []Check
	Snapshot  string // canonical CSV, relative to the project's root
	OnBadCell string // "null" keeps the row with the cell empty and reports it; "reject" keeps the row out
}

// ExtractColumn is one column of a raw table.
type ExtractColumn struct {
	Pos         diag.Pos
	Name        string
	Headers     []string // header texts that mean this column, compared without case, spaces and accents
	Type        string   // "text" "integer" "decimal(18,2)" "float" "boolean" "date" "timestamp"
	Required    bool     // the header must have it
	Default     any
	Description string
}

// Check is one validation of loaded rows.
type Check struct {
	Pos      diag.Pos
	Name     string // reason code, as QA exports show it
	SQL      string // a boolean expression that holds for a good row
	Severity string // "error" or "warn"
	Message  string
}
