package diag

// Code names a kind of mistake for good: it is printed, searched for and documented, and its
// number never changes meaning. The hundreds say which stage found it.
type Code string

// Reading the project: files, YAML, profiles.
const (
	NoProject     Code = "AT0101" // no project file found
	BadYAML       Code = "AT0102" // YAML that does not parse
	UnknownKey    Code = "AT0103" // a key that no schema knows
	BadValue      Code = "AT0104" // a value of the wrong type or outside its range
	MissingKey    Code = "AT0105" // a required key is absent
	NoProfile     Code = "AT0106" // profile or target not found
	DuplicateName Code = "AT0107" // two resources of one name
	OrphanPatch   Code = "AT0108" // YAML that describes a resource that does not exist
	BadScope      Code = "AT0109" // a scope value that the project does not declare
	BadPackage    Code = "AT0110" // a dependency that cannot be used
	BadFile       Code = "AT0111" // a file that cannot be read or is not what its name says
	BadVersion    Code = "AT0112" // a model version that is not declared
)

// Templates.
const (
	TemplateSyntax  Code = "AT0201" // a template that does not parse
	TemplateRuntime Code = "AT0202" // an error while a template is rendered
	UndefinedName   Code = "AT0203" // a name or attribute that does not exist
	BadCall         Code = "AT0204" // wrong arguments to a macro or function
	Raised          Code = "AT0205" // exceptions.raise_compiler_error and its like
	MissingVar      Code = "AT0206" // var() or env_var() without a value or default
)

// The graph.
const (
	UnknownRef     Code = "AT0301" // ref() to a node that does not exist
	UnknownSource  Code = "AT0302" // source() to a table that is not declared
	DisabledRef    Code = "AT0303" // ref() to a disabled node
	Cycle          Code = "AT0304" // nodes that depend on one another
	BadSelector    Code = "AT0305" // a selector that does not parse
	NothingMatches Code = "AT0306" // a selector that matches no node
	AmbiguousRef   Code = "AT0307" // ref() that two packages answer
	UnknownMacro   Code = "AT0308" // a macro or generic test that does not exist
	PrivateRef     Code = "AT0309" // ref() across a group's border
)

// Compiling and running.
const (
	WarehouseError  Code = "AT0501" // the warehouse refused a statement
	WarehouseLocked Code = "AT0502" // another process holds the database
	BadConfig       Code = "AT0503" // a config that the materialization cannot use
	TestFailed      Code = "AT0504" // a data test found rows
	SchemaChanged   Code = "AT0505" // on_schema_change: fail
	Interrupted     Code = "AT0506" // the user or a failure stopped the run
	UnknownColumn   Code = "AT0512" // a column that does not exist
	UnknownRelation Code = "AT0513" // a relation that does not exist
)

// Sources.
const (
	MissingWorkbook Code = "AT0601" // a workbook that is not there
	MissingSheet    Code = "AT0602" // a sheet that the workbook does not have
	BadHeader       Code = "AT0603" // a required column that the header lacks
	BadCell         Code = "AT0604" // a cell that does not have its column's type
	FrozenSnapshot  Code = "AT0605" // a snapshot that exists and was not overwritten
	CheckFailed     Code = "AT0606" // a validation check found rows
	MissingSnapshot Code = "AT0607" // load before extract
	MissingRange    Code = "AT0608" // a range of cells that a workbook does not have
	BadKey          Code = "AT0609" // a row without a key, or a key of more than one row
	WrongCounts     Code = "AT0610" // rows that were read and are neither loaded nor rejected
	Unreachable     Code = "AT0611" // a remote system that does not answer, or not as it should
	Refused         Code = "AT0612" // a remote system that refuses the login or the right to read
	LiteralSecret   Code = "AT0613" // a password that stands in a file; its line is never shown
	MergedCells     Code = "AT0614" // merged cells over rows of data, and nobody said what they mean
	LostDigits      Code = "AT0615" // numbers with more digits than their column keeps
)

// The operational store.
const (
	StoreUnreachable Code = "AT0701" // a store that cannot be opened
	BadSchema        Code = "AT0702" // a schema file that the store cannot take, or that breaks the project's rules
	BadMigration     Code = "AT0703" // a migrations folder that was edited, or a migration that cannot run
	Destructive      Code = "AT0704" // a change that loses data and was not allowed
	SchemaDrift      Code = "AT0705" // a store that is not what its migrations say
	BadPublication   Code = "AT0706" // rows that a publication may not write
)

// Reports, decks and slides.
const (
	StaleData      Code = "AT0801" // data that is older than what it is made from
	BadReport      Code = "AT0802" // a report.json that cannot be read, or a report that cannot be put together
	BadSlide       Code = "AT0803" // a slide that cannot be drawn as it is written
	DoesNotFit     Code = "AT0804" // content that needs more room than its place on the slide has
	MissingProgram Code = "AT0805" // a program that Atlas needs and does not find: a browser, LibreOffice
	BadTemplate    Code = "AT0806" // a .pptx template that cannot be filled
	BadDocument    Code = "AT0807" // a PPTX or PDF that breaks its format's rules
)

// Explain gives the one-line meaning of every code, for `atlas help errors`.
func Explain() map[Code]string {
	return map[Code]string{
		NoProject:       "no atlas_project.yml or dbt_project.yml was found",
		BadYAML:         "a YAML file does not parse",
		UnknownKey:      "a key that the file's schema does not know",
		BadValue:        "a value of the wrong type or outside its range",
		MissingKey:      "a required key is absent",
		NoProfile:       "the profile or the target does not exist",
		DuplicateName:   "two resources share one name",
		OrphanPatch:     "a YAML entry describes a resource that does not exist",
		BadScope:        "a scope value that the project does not declare",
		BadPackage:      "a package that cannot be used",
		BadFile:         "a file that cannot be read or is not what its name says",
		BadVersion:      "a model version that is not declared",
		TemplateSyntax:  "a template does not parse",
		TemplateRuntime: "an error while a template was rendered",
		UndefinedName:   "a name or attribute that does not exist",
		BadCall:         "wrong arguments to a macro or function",
		Raised:          "the project's own code raised an error",
		MissingVar:      "var() or env_var() without a value or default",
		UnknownRef:      "ref() to a node that does not exist",
		UnknownSource:   "source() to a table that is not declared",
		DisabledRef:     "ref() to a disabled node",
		Cycle:           "nodes that depend on one another",
		BadSelector:     "a selector that does not parse",
		NothingMatches:  "a selector that matches no node",
		AmbiguousRef:    "ref() that several packages answer",
		UnknownMacro:    "a macro or generic test that does not exist",
		PrivateRef:      "ref() to a private node of another group",
		WarehouseError:  "the warehouse refused a statement",
		WarehouseLocked: "another process holds the database file",
		BadConfig:       "a config that the materialization cannot use",
		TestFailed:      "a data test found failing rows",
		SchemaChanged:   "columns changed where on_schema_change or schema_drift lets them not",
		Interrupted:     "the run was stopped",
		UnknownColumn:   "a column that does not exist",
		UnknownRelation: "a relation that does not exist",
		MissingWorkbook: "a workbook that is not there",
		MissingSheet:    "a sheet that the workbook does not have",
		BadHeader:       "a required column that the header lacks",
		BadCell:         "a cell that does not have its column's type",
		FrozenSnapshot:  "a snapshot that exists and was not overwritten",
		CheckFailed:     "a validation check found rows",
		MissingSnapshot: "load was asked for before extract",
		Unreachable:     "a remote system does not answer, or not as it should",
		Refused:         "a remote system refuses the login or the right to read",
		LiteralSecret:   "a password stands in a file of the project",
		MissingRange:    "a range of cells that the workbook does not have, or that only Excel can tell",
		MergedCells:     "merged cells span rows of data and only the first row has the value",
		LostDigits:      "numbers have more digits than their column keeps and were rounded",
		BadKey:          "a row without a key, or a key that more than one row has",
		WrongCounts:     "the rows that were read are not those that were loaded and rejected",

		StoreUnreachable: "the operational store cannot be opened",
		BadSchema:        "a schema file that the operational store cannot take, or that breaks the project's rules",
		BadMigration:     "the migrations folder was edited, or a migration cannot run",
		Destructive:      "a change of the schema would lose data and was not allowed",
		SchemaDrift:      "the operational store is not what its migrations say",
		BadPublication:   "rows that a publication may not write",
		StaleData:        "data that is older than what it is made from: extract, load or build again",
		BadReport:        "a report.json that cannot be read, or a report that cannot be put together",
		BadSlide:         "a slide that cannot be drawn as it is written",
		DoesNotFit:       "content that needs more room than its place on the slide has",
		MissingProgram:   "a program that Atlas needs is not installed: a browser or LibreOffice",
		BadTemplate:      "a .pptx template that cannot be filled",
		BadDocument:      "a PPTX or PDF that breaks its format's rules",
	}
}
