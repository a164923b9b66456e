package pptx

import "atlas/engine/diag"

// Validate says what is wrong with a package.
func Validate(p *Package) diag.List { return nil }
