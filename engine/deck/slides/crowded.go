package slides

import (
	"encoding/json"

	"atlas/engine/deck"
	"atlas/engine/diag"
)

// Crowded gives warnings of what the print page had to make so small that it is hard to read, or could
// not show whole, by what the page tells (pdf.PrintOptions.Tells), of a document as GoOn gives it. Each
// slide's region is told once.
func Crowded(d *deck.Document, tells string) diag.List {
	var found []struct {
		Slide   string
		Region  string
		Percent int
		Cut     bool
	}
	if json.Unmarshal([]byte(tells), &found) != nil {
		return nil // a page of the project's own may say anything
	}
	var out diag.List
	told := map[[2]string]bool{}
	for _, f := range found {
		key := [2]string{f.Slide, f.Region}
		if told[key] {
			continue
		}
		told[key] = true
		for i := range d.Slides {
			s := &d.Slides[i]
			if s.ID != f.Slide {
				continue
			}
			place, how := "region "+f.Region, "is shown at %d %% of its size"
			if f.Region == "" {
				place = "the title"
			}
			if f.Cut {
				how = "does not fit even at %d %% of its size, and is cut off"
			}
			out.Add(diag.Warnf(diag.DoesNotFit, s.Pos, "slide %s: %s "+how+", as it holds more than fits", s.ID, place, f.Percent).
				WithHint("shorten it, or spread it over two slides"))
		}
	}
	return out
}
