package engine

import (
	"path/filepath"
	"slices"
	"strings"

	"atlas/engine/diag"
)

// onePlace reports two reports that would be written to one place, or one into the folder of the other;
// it is asked before anything is written. Place gives where a report goes, folders tells that it goes
// into a folder of its own.
func onePlace(made []*Assembled, folders bool, place func(*Assembled) (string, error)) error { //nolint:revive // folders is what is written
	places := make([]string, len(made))
	for i, a := range made {
		at, err := place(a)
		if err != nil {
			return err
		}
		places[i] = filepath.ToSlash(filepath.Clean(at))
		for j, other := range places[:i] {
			inside := folders && (strings.HasPrefix(places[i], other+"/") || strings.HasPrefix(other, places[i]+"/"))
			if places[i] == other || inside {
				return sharedPlace(made[j], a, other, places[i])
			}
		}
	}
	return nil
}

func sharedPlace(first, second *Assembled, at, to string) error {
	pos := func(a *Assembled) diag.Pos {
		if a.Spec.File.Text != "" {
			return a.Spec.File.Pos
		}
		return a.Spec.Pos
	}
	d := diag.Errorf(diag.DuplicateName, pos(second), "the reports %s and %s would write to one place, %s", first.Spec.Name, second.Spec.Name, at)
	if at != to {
		d.Msg = "the report " + second.Spec.Name + " would be written to " + to + ", and the report " + first.Spec.Name + " to " + at + ": one inside of the other"
	}
	if first.Spec != second.Spec {
		return d.WithNote(pos(first), "the other one").WithHint(`give one of them another place: file: "%s-{{ period.code }}"`, second.Spec.Name)
	}
	return d.WithHint("let file: hold what tells them apart: {{ locale }}")
}

// once leaves out a report that is there already in the language, where two names of it were asked for.
func once(made []*Assembled, a *Assembled) bool {
	return !slices.ContainsFunc(made, func(o *Assembled) bool { return o.Spec == a.Spec && o.Report.Meta.Locale == a.Report.Meta.Locale })
}
