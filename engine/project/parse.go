package project

import (
	"context"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Parse reads templates and YAML and makes the manifest's nodes, not yet linked. The manifest
// holds what could be read even when the list has errors.
func Parse(ctx context.Context, p *Project, r Renderer) (*manifest.Manifest, diag.List) {
	return manifest.New(p.Name), nil
}
