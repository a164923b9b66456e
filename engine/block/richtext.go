package block

// RichText is Markdown read: paragraphs, lists, tables, code and pictures, the same for every medium.
type RichText struct {
	Paragraphs []Paragraph
}

// ParagraphKind is what a paragraph is.
type ParagraphKind string

// The kinds of paragraph.
const (
	Plain     ParagraphKind = "paragraph"
	HeadingOf ParagraphKind = "heading"
	Bullet    ParagraphKind = "bullet"
	Numbered  ParagraphKind = "numbered"
	Quote     ParagraphKind = "quote"
	Code      ParagraphKind = "code"
	Picture   ParagraphKind = "picture"
	Grid      ParagraphKind = "table"
	HTML      ParagraphKind = "html" // web only
)

// Paragraph is one paragraph or list entry.
type Paragraph struct {
	Kind   ParagraphKind
	Level  int // of headings 1 to 6, of lists from 0
	Number int // of a numbered entry
	Runs   []Run
	Step   int       // appears at this click, counted within the text; 0 at once
	Image  string    // path, of a picture; Runs are its alternative text
	Rows   [][][]Run // of a table: rows, cells, runs; the first row is the header
	Align  []string  // of a table's columns: "left", "right", "center"
	Raw    string    // of code and HTML; figures in HTML are marks whose index is one of Runs, their text is HTML
}

// Run is a piece of text in one style.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
	Code   bool
	Strike bool
	Link   string
	Figure *Figure // set if the text is a traced figure
	Break  bool    // a line ends after it
}
