package deck

import "atlas/engine/manifest"

// The stage is a wide slide, in inches; at 96 pixels an inch it is 1280 by 720. All media place
// what stands on it by the boxes of this file, so that a slide looks the same in each.
const (
	StageWidth  = 40.0 / 3
	StageHeight = 7.5
	Margin      = 0.6        // free on all four sides
	ColumnGap   = 0.25       // between the 12 columns of the grid
	RowGap      = 1.0 / 6    // between its 12 rows
	HeadHeight  = 1.2        // a title of two lines and a subtitle
	HeadGap     = 0.1        // below the head
	FootHeight  = 0.35       // footnote, number
	FootGap     = 0.1        // above the foot
	LogoWidth   = 1.6        // at most, in the upper right corner
	LogoHeight  = 0.4        // at most
	gridCells   = 12         // columns, and rows
	inside      = 2 * Margin // what two margins take
)

// Sizes of type in points.
const (
	CoverSize    = 40.0 // titles in the middle of a slide
	TitleSize    = 28.0
	SubtitleSize = 16.0
	BodySize     = 14.0
	LabelSize    = 11.0
	FootnoteSize = 9.0
)

// Box is a place on the stage, in inches from the upper left corner.
type Box struct{ X, Y, W, H float64 }

// HeadBox is where title and subtitle stand, from its top down; a title in the middle of the slide
// takes the whole height and stands at its centre, with what regions hold below it.
func HeadBox(l manifest.Layout) Box {
	b := Box{X: Margin, Y: Margin, W: StageWidth - inside - LogoWidth - ColumnGap, H: HeadHeight}
	switch l.Title {
	case "middle":
		b.H = StageHeight - inside - FootHeight - FootGap
	case "none":
		b.H = 0
	}
	return b
}

// BodyBox is the grid's place: below the head, or from the upper margin where no title stands on top.
func BodyBox(l manifest.Layout) Box {
	top := Margin + HeadHeight + HeadGap
	if l.Title == "none" || l.Title == "middle" {
		top = Margin
	}
	return Box{X: Margin, Y: top, W: StageWidth - inside, H: StageHeight - Margin - FootHeight - FootGap - top}
}

// RegionBox is the place of one region of a layout.
func RegionBox(l manifest.Layout, r manifest.Region) Box {
	body := BodyBox(l)
	column := (body.W - (gridCells-1)*ColumnGap) / gridCells
	row := (body.H - (gridCells-1)*RowGap) / gridCells
	x, y, w, h := float64(r.X), float64(r.Y), float64(r.W), float64(r.H)
	return Box{
		X: body.X + x*(column+ColumnGap), Y: body.Y + y*(row+RowGap),
		W: w*column + (w-1)*ColumnGap, H: h*row + (h-1)*RowGap,
	}
}

// FootBox is the line of footnote, footer and number at the lower margin.
func FootBox() Box {
	return Box{X: Margin, Y: StageHeight - Margin - FootHeight, W: StageWidth - inside, H: FootHeight}
}

// LogoBox is where the logo stands, in the box's upper right corner.
func LogoBox() Box {
	return Box{X: StageWidth - Margin - LogoWidth, Y: Margin, W: LogoWidth, H: LogoHeight}
}
