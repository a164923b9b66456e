package source

import "context"

// Annotator is a source whose files can be copied with marks in them, for a person to mend and to
// put back in place of the original. What an earlier copy was marked with is taken out first: the
// marks of a copy are always those of its last making.
type Annotator interface {
	// Annotate copies the file in to the file out, both paths on disk, with marks. The copy is
	// written aside and renamed, so out may be in. A file that cannot be copied so gives a
	// *diag.Diagnostic whose message follows the file's name.
	Annotate(ctx context.Context, in, out string, marks []Mark, o AnnotateOptions) (*Annotated, error)
}

// Mark is one thing to show a person in a file. A mark whose sheet or cell the file does not have
// is listed in the copy all the same.
type Mark struct {
	Sheet    string
	Row, Col int    // from 1; Col 0 means the whole row, Row 0 the whole sheet
	Cols     []int  // of a whole row: the columns that it is made of; none means every cell that it has
	Severity string // "error", or else a warning
	Code     string // short: invalid_date
	Message  string // a sentence
	Value    string // of the cell, as a person knows it; may be empty
}

// AnnotateOptions are the wishes for one copy. The zero value speaks English.
type AnnotateOptions struct {
	Title    string       // name of the sheet that lists the marks; "" is "Atlas findings"
	Heading  string       // its first line; "" counts errors and warnings
	Intro    string       // what to do about them; "" says it in one sentence
	Columns  [6]string    // heads of the list: severity, code, message, sheet, cell, value
	Words    [2]string    // what an error and a warning are called
	Comments CommentLimit // how many cells of a sheet get a comment
}

// CommentLimit bounds the comments of a sheet; 0 means 2,000, for spreadsheets get slow with more.
type CommentLimit int

// Annotated says what a copy has become.
type Annotated struct {
	Sheet       string   // name of the sheet that lists the marks
	Cells       int      // cells that were coloured
	Comments    int      // cells that were commented
	Uncommented int      // marked cells without a comment, for want of room or because a conversation is there
	Unplaced    int      // marks that are only listed: the file has no such sheet or cell
	Unlisted    int      // marks for which the list had no room
	Notes       []string // sentences about what the copy has lost
}
