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
// target that lies outside the project, is the project, or holds a resource folder or a part of
// one is refused before anything is removed. With dry it only says what it would remove.
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

// unclean says why a path must not be removed, or "". Links on the way are followed: a folder is
// where its files are.
func unclean(p *project.Project, path string) string {
	root := realPath(p.Root)
	if within(path, p.Root) && path != filepath.Clean(p.Root) {
		// The last link is not followed: removing it leaves what it points to.
		path = filepath.Join(realPath(filepath.Dir(path)), filepath.Base(path))
	}
	switch {
	case path == root || path == filepath.Clean(p.Root):
		return "is the project itself"
	case !within(path, root):
		return "lies outside the project"
	}
	paths := p.RootPackage().Paths
	for _, list := range [][]string{paths.Models, paths.Seeds, paths.Tests, paths.Analyses, paths.Macros, paths.Snapshots, paths.Docs, paths.Assets, paths.Sources} {
		for _, dir := range list {
			source := filepath.Join(root, filepath.FromSlash(dir))
			switch {
			case within(source, path) || within(realPath(source), path):
				return "holds the project's " + dir
			case source != root && (within(path, source) || within(path, realPath(source))):
				return "is part of the project's " + dir
			}
		}
	}
	return ""
}

// within reports whether a path is a folder or lies in it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// realPath follows the links of as much of a path as exists.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(realPath(parent), filepath.Base(path))
}
