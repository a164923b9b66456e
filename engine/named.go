package engine

import (
	"strings"

	"atlas/engine/diag"
)

// noneNamed says that nothing of a kind has a name: the nearest one, else all there are, else where
// such a thing is declared.
func noneNamed(what, name string, known []string, where string) *diag.Diagnostic {
	d := diag.Errorf(diag.NothingMatches, diag.Pos{}, "no %s is named %s", what, name)
	switch near := diag.DidYouMean(name, known); {
	case near != "":
		d.Hint = near
	case len(known) > 0:
		d.Hint = "there are " + strings.Join(known, ", ")
	default:
		d.Hint = where
	}
	return d
}
