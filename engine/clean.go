package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/project"
)

// Clean removes the project's clean-targets and gives their paths relative to the project. A
// target that lies outside the project, is the project, or holds one of its resource folders is
// refused before anything is removed. With dry it only says what it would remove.
func (e *Engine) Clean(ctx context.Context, o project.Options, dry bool) ([]string, error) {
	p, problems := project.Load(ctx, o)
	if p == nil {
		return nil, problems
	}
	var doomed []string
	var bad diag.List
	for _, target := range p.CleanTargets {
		path := filepath.Join(p.Root, filepath.FromSlash(target))
		if filepath.IsAbs(target) {
			path = filepath.Clean(target)
		}
		if why := unclean(p, path); why != "" {
			bad.Add(diag.Errorf(diag.BadValue, diag.Pos{File: p.File}, "clean-targets: %s %s, so nothing was removed", target, why).
				WithHint("list only folders whose contents can be made again"))
			continue
		}
		if _, err := os.Lstat(path); err == nil {
			doomed = append(doomed, path)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	var removed []string
	for _, path := range doomed {
		rel, err := filepath.Rel(p.Root, path)
		if err != nil {
			rel = path
		}
		if !dry {
			if err := os.RemoveAll(path); err != nil {
				return removed, err
			}
		}
		removed = append(removed, filepath.ToSlash(rel))
	}
	return removed, nil
}

// unclean says why a path must not be removed, or "".
func unclean(p *project.Project, path string) string {
	rel, err := filepath.Rel(p.Root, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "lies outside the project"
	}
	if rel == "." {
		return "is the project itself"
	}
	paths := p.RootPackage().Paths
	for _, list := range [][]string{paths.Models, paths.Seeds, paths.Tests, paths.Analyses, paths.Macros, paths.Snapshots, paths.Sources} {
		for _, dir := range list {
			inside, err := filepath.Rel(path, filepath.Join(p.Root, filepath.FromSlash(dir)))
			if err == nil && inside != ".." && !strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
				return "holds the project's " + dir
			}
		}
	}
	return ""
}
