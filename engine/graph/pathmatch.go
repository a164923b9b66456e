package graph

import (
	"path"
	"strings"

	"atlas/engine/manifest"
)

// pathMatcher matches the path method's pattern against the files of the project and their
// folders. Like dbt it knows only the running project's files; a package's node matches by the
// path inside its package where the project has that path too, and by its path in the project.
type pathMatcher struct {
	pattern []string
	exact   string          // the pattern, if it has no wildcard
	known   map[string]bool // path → matches, for the project's files and folders
}

func newPathMatcher(x *index, pattern string) *pathMatcher {
	clean := path.Clean(strings.TrimPrefix(pattern, "./"))
	p := &pathMatcher{pattern: strings.Split(clean, "/"), known: map[string]bool{}}
	if !wild(clean) {
		p.exact = clean
	}
	for _, n := range x.nodes {
		if n.Package == x.m.Project {
			p.learn(n.Path)
			p.learn(patchFile(n))
		} else {
			p.learn(n.Pos.File)
		}
	}
	return p
}

// learn matches a file and every folder above it.
func (p *pathMatcher) learn(file string) {
	for file != "" && file != "." && file != "/" {
		if _, seen := p.known[file]; seen {
			return
		}
		p.known[file] = p.matches(file)
		file = path.Dir(file)
	}
}

func (p *pathMatcher) matches(file string) bool {
	if p.exact != "" {
		return p.exact == file
	}
	return globPath(p.pattern, strings.Split(file, "/"))
}

// match reports whether the node's file, a folder of it, or its YAML file matches.
func (p *pathMatcher) match(n *manifest.Node) bool {
	return p.under(n.Path) || p.known[patchFile(n)] || p.under(n.Pos.File)
}

func (p *pathMatcher) under(file string) bool {
	for file != "" && file != "." && file != "/" {
		if p.known[file] {
			return true
		}
		file = path.Dir(file)
	}
	return false
}

func patchFile(n *manifest.Node) string { return n.PatchPos.File }

// globPath matches segment by segment; ** stands for any number of folders, and at the end for
// folders only, which every file below has.
func globPath(pattern, segments []string) bool {
	if len(pattern) == 0 {
		return len(segments) == 0
	}
	if pattern[0] == "**" {
		for i := 0; i <= len(segments); i++ {
			if globPath(pattern[1:], segments[i:]) {
				return true
			}
		}
		return false
	}
	return len(segments) > 0 && glob(pattern[0], segments[0]) && globPath(pattern[1:], segments[1:])
}
