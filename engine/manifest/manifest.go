// Package manifest is the vocabulary that every stage shares: nodes, relations, columns and the
// set of them all. It is data only: it reads no file, renders no template and opens no database.
//
// The words are dbt's. See artifact for the manifest.json that other tools read.
package manifest

import (
	"strings"
	"time"

	"atlas/engine/diag"
)

// ID names a node for good: dbt's unique_id, "model.atlas.orders".
type ID string

// Kind is dbt's resource type.
type Kind string

// The kinds of node.
const (
	Model     Kind = "model"
	Seed      Kind = "seed"
	Snapshot  Kind = "snapshot"
	Test      Kind = "test"
	UnitTest  Kind = "unit_test"
	Source    Kind = "source"
	Analysis  Kind = "analysis"
	Operation Kind = "operation"
	Exposure  Kind = "exposure"

	ReportKind Kind = "report" // a report of the project
	BlockKind  Kind = "block"  // one block of a report
	DeckKind   Kind = "deck"   // a presentation of a report
	SlideKind  Kind = "slide"  // one slide of a deck, as written
)

// Relation names a table or view. The parts are as the warehouse spells them, unquoted;
// Database or Schema may be empty, which leaves the choice to the session.
type Relation struct{ Database, Schema, Name string }

// IsZero reports whether the relation names nothing.
func (r Relation) IsZero() bool { return r == Relation{} }

// Key compares relations as DuckDB and most warehouses do: without regard to case.
func (r Relation) Key() string {
	return strings.ToLower(r.Database + "\x00" + r.Schema + "\x00" + r.Name)
}

// String gives the dotted name, unquoted, for people.
func (r Relation) String() string {
	parts := make([]string, 0, 3)
	for _, p := range []string{r.Database, r.Schema, r.Name} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}

// Ref is one ref() call.
type Ref struct {
	Package string // "" leaves the search to the resolver
	Name    string
	Version string // "" is the latest
	Pos     diag.Pos
}

// SourceRef is one source() call.
type SourceRef struct {
	Source, Table string
	Pos           diag.Pos
}

// Column is a column as the project describes it.
type Column struct {
	Name        string
	Description string
	DataType    string
	Quote       bool
	Tags        []string
	Meta        *Map
	Constraints []*Map
	DocBlocks   []ID
	Pos         diag.Pos
}

// Node is a vertex of the graph. Fields that only one kind has stand in the pointer named after
// it, nil for the others. A node is immutable once graph.Resolve is done with it.
type Node struct {
	ID      ID
	Kind    Kind
	Package string
	Name    string
	FQN     []string

	Path     string   // file relative to its package's root: "models/marts/orders.sql"
	SubPath  string   // file relative to its resource folder: "marts/orders.sql"
	Root     string   // absolute folder of the package
	Pos      diag.Pos // where it is declared; File is relative to the running project's root
	PatchPos diag.Pos // where YAML describes it; zero if nowhere

	Raw      string   // template source
	RawPos   diag.Pos // where Raw begins (a snapshot block begins inside its file)
	Checksum string   // sha256 of the file, hex

	Config      Config // merged: project file < folder < YAML < config()
	Unrendered  Config // the same before templates in it were rendered
	Description string
	Columns     []Column
	Tags        []string
	Meta        *Map
	Relation    Relation
	Alias       string

	Refs    []Ref
	Sources []SourceRef
	Macros  []ID // macros it calls, as far as parsing can tell

	Uses      []ID // further nodes it depends on, known by ID: a report's blocks, a deck's slides
	DependsOn []ID // set by graph.Resolve, in order of first use: sources, refs, then Uses

	Access          string // "public", "protected", "private"
	Group           string
	Version         string
	LatestVersion   string
	DeprecationDate string
	PrimaryKey      []string // inferred by graph.Resolve where the project does not say
	Constraints     []*Map   // model-level constraints of a contract
	DocBlocks       []ID     // docs blocks that Description was taken from

	Test     *TestSpec
	UnitTest *UnitTestSpec
	Source   *SourceTable
	Exposure *ExposureSpec
	Seed     *SeedFile
}

// Shows reports a kind whose nodes show what others hold and leave nothing in the warehouse:
// exposures, and all that reports are made of.
func (k Kind) Shows() bool { return k == Exposure || k.OfReports() }

// OfReports reports a kind that dbt does not have: reports, decks and their parts.
func (k Kind) OfReports() bool { return k == ReportKind || k == DeckKind || k.IsPart() }

// IsPart reports a kind whose nodes are parts of another: they are named with it, "block:report.name".
func (k Kind) IsPart() bool { return k == BlockKind || k == SlideKind }

// Executable reports whether a run has something to do for the node.
func (n *Node) Executable() bool { return n.Kind != Source && !n.Kind.Shows() }

// GroupName gives the group that the node belongs to, whether it stands in its properties or its
// config; "" if in none.
func (n *Node) GroupName() string {
	if n.Group != "" {
		return n.Group
	}
	return n.Config.String("group")
}

// Ephemeral reports whether the node lives only as a CTE inside its children.
func (n *Node) Ephemeral() bool {
	return n.Kind == Model && n.Config.Materialized() == "ephemeral"
}

// TestSpec is what only a data test has.
type TestSpec struct {
	Generic   bool
	Type      string // "not_null"; the macro is test_<Type>
	Namespace string // package named in the YAML ("dbt_utils.x"); "" if none
	Column    string // column it is attached to; "" on a model
	Args      *Map   // arguments as in the YAML, without model and column_name
	Attached  ID     // the node it tests, set by graph.Resolve; "" for singular tests
	Target    string // the template expression for `model`: "ref('orders')"
}

// UnitTestSpec is what only a unit test has, in dbt's shape.
type UnitTestSpec struct {
	Model     string // name of the tested model; Node.Refs holds it as a ref
	Given     []*Map // input, rows, format, fixture
	Expect    *Map   // rows, format, fixture
	Overrides *Map   // macros, vars, env_vars; nil if none
	Versions  *Map   // include, exclude; nil if none
}

// SourceTable is what only a source has.
type SourceTable struct {
	SourceName        string // the group: source('raw', …)
	SourceDescription string
	Loader            string
	Identifier        string // name in the warehouse
	LoadedAtField     string
	LoadedAtQuery     string
	Freshness         *Map
	External          *Map
	SourceMeta        *Map
	Quoting           *Map            // database, schema, identifier: whether names are quoted
	Extract           []*ExtractTable // where its rows come from, if Atlas loads it
}

// SeedFile is what only a seed has.
type SeedFile struct {
	File string // absolute path of the CSV
}

// ExposureSpec is what only kinds that show data have.
type ExposureSpec struct {
	Type, Label, Maturity, URL string
	OwnerName, OwnerEmail      string
}

// MacroKind tells macros from the blocks that dbt registers as macros.
type MacroKind string

// The kinds of macro.
const (
	PlainMacro      MacroKind = "macro"
	TestMacro       MacroKind = "test"
	Materialization MacroKind = "materialization"
)

// Macro describes a macro for lineage and documentation; its code stays in compile.
type Macro struct {
	ID          ID // "macro.dbt_utils.star"
	Kind        MacroKind
	Package     string
	Name        string // as called: "star", "test_not_null", "materialization_table_default"
	Path        string
	Root        string
	Pos         diag.Pos
	Source      string // the block's text
	Description string
	Arguments   []MacroArgument
	Meta        *Map
	PatchPos    diag.Pos
	DependsOn   []ID
	Languages   []string // of a materialization; empty is SQL alone
}

// MacroArgument is a documented argument.
type MacroArgument struct{ Name, Type, Description string }

// Doc is a docs block.
type Doc struct {
	ID       ID // "doc.atlas.order_status"
	Package  string
	Name     string
	Path     string
	Contents string
}

// Manifest is a parsed project: all its nodes and what hangs on them.
type Manifest struct {
	Project      string                  // name of the root package
	Nodes        map[ID]*Node            // enabled nodes of every kind
	Disabled     map[ID][]*Node          // nodes switched off by config
	Macros       map[ID]*Macro           //
	Docs         map[ID]*Doc             //
	Order        []ID                    // topological, set by graph.Resolve; ties by ID
	Children     map[ID][]ID             // set by graph.Resolve
	Extracts     []*Extract              // declared extractions
	Workbooks    []*Workbook             // spreadsheets to write
	Comparisons  []*Comparison           // loaded rows beside modelled ones, to write
	Publications []*Publication          // what goes into the operational store
	Reports      []*Report               // declared reports, by name
	Decks        []*Deck                 // declared decks, by name
	Layouts      []Layout                // the project's own layouts of slides
	Brands       []*Brand                // by name
	Translations map[string]Translations // by locale
	Groups       map[string]*Map         // name → owner and so on
	Packages     []string                // all packages, root first
	Entries      map[string][]*Map       // YAML entries that are kept and not run, by section: metrics, semantic_models, saved_queries, functions
	Metadata     map[string]string       // adapter_type and the like, for artifacts
	Parsed       time.Time
}

// New makes an empty manifest.
func New(project string) *Manifest {
	return &Manifest{
		Project: project, Nodes: map[ID]*Node{}, Disabled: map[ID][]*Node{}, Macros: map[ID]*Macro{},
		Docs: map[ID]*Doc{}, Children: map[ID][]ID{}, Groups: map[string]*Map{}, Metadata: map[string]string{},
	}
}
