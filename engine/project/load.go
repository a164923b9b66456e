package project

import (
	"context"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

type loaded struct{}

// Load reads the project file, profile, packages, macro files and docs blocks. On mistakes of
// the user it gives all of them; the project is nil when no more can be read from it.
func Load(ctx context.Context, o Options) (*Project, diag.List) {
	return nil, diag.List{}
}

// Parse reads templates and YAML and makes the manifest's nodes, not yet linked. The manifest
// holds what could be read even when the list has errors.
func Parse(ctx context.Context, p *Project, r Renderer) (*manifest.Manifest, diag.List) {
	return manifest.New(p.Name), nil
}
