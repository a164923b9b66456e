package project

import (
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// fileKind is what a file of a package is read as.
type fileKind uint8

const (
	modelFile fileKind = iota
	seedFile
	snapshotFile
	analysisFile
	testFile    // singular tests
	genericFile // macro files of tests/generic
	macroFile
	docsFile
	propertiesFile
	extractFile
	reportFile
	deckFile
	publicationFile
	fixtureFile
)

// scanner walks a package's resource folders.
type scanner struct {
	pkg    *Package
	show   func(string) string
	ignore *ignoreList
	files  []*File
}

// scanFiles lists a package's files, sorted by path within each kind. Each file is listed once a
// kind, whatever folders overlap.
func scanFiles(pkg *Package, show func(string) string) []*File {
	s := &scanner{pkg: pkg, show: show, ignore: readIgnore(filepath.Join(pkg.Root, ".dbtignore"))}
	p := pkg.Paths
	type want struct {
		folders []string
		kind    fileKind
		exts    []string
	}
	var generic, fixtures []string
	for _, t := range p.Tests {
		generic = append(generic, path.Join(t, "generic"))
		fixtures = append(fixtures, path.Join(t, "fixtures"))
	}
	all := unique(p.Models, p.Seeds, p.Snapshots, p.Analyses, p.Macros, p.Tests, p.Functions)
	wants := []want{
		{p.Macros, macroFile, []string{".sql"}},
		{generic, genericFile, []string{".sql"}},
		{p.Models, modelFile, []string{".sql", ".py"}},
		{p.Snapshots, snapshotFile, []string{".sql"}},
		{p.Analyses, analysisFile, []string{".sql"}},
		{p.Tests, testFile, []string{".sql"}},
		{p.Seeds, seedFile, []string{".csv"}},
		{p.Docs, docsFile, []string{".md"}},
		{all, propertiesFile, []string{".yml", ".yaml"}},
		{fixtures, fixtureFile, []string{".csv", ".sql"}},
		{p.Sources, extractFile, []string{".yml", ".yaml"}},
		{p.Reports, reportFile, []string{".yml", ".yaml"}},
		{p.Reports, deckFile, []string{".md"}},
		{p.Operational, publicationFile, []string{".yml", ".yaml"}},
	}
	byFolder := map[string][]string{}
	list := func(folder string) []string {
		if got, ok := byFolder[folder]; ok {
			return got
		}
		var got []string
		s.walk(folder, map[string]bool{}, func(rel string) { got = append(got, rel) })
		sort.Strings(got)
		byFolder[folder] = got
		return got
	}
	for _, w := range wants {
		seen := map[string]bool{}
		for _, folder := range w.folders {
			for _, rel := range list(folder) {
				if !hasExt(rel, w.exts) || seen[rel] || skipped(w.kind, folder, rel) {
					continue
				}
				seen[rel] = true
				s.add(w.kind, folder, rel)
			}
		}
	}
	return s.files
}

// skipped leaves generic tests and fixtures out of the singular tests.
func skipped(kind fileKind, folder, rel string) bool {
	if kind != testFile {
		return false
	}
	sub := subPath(folder, rel)
	return strings.HasPrefix(sub, "generic/") || strings.HasPrefix(sub, "fixtures/")
}

func (s *scanner) add(kind fileKind, folder, rel string) {
	abs := filepath.Join(s.pkg.Root, filepath.FromSlash(rel))
	shown := rel
	if s.pkg.Prefix != "" {
		shown = s.pkg.Prefix + "/" + rel
	}
	s.files = append(s.files, &File{Package: s.pkg, Path: rel, Folder: folder, Shown: shown, Abs: abs, kind: kind})
}

// walk gives every file below a folder, relative to the package's root. Links to folders are
// followed once.
func (s *scanner) walk(folder string, seen map[string]bool, yield func(rel string)) {
	dir := filepath.Join(s.pkg.Root, filepath.FromSlash(folder))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		rel := path.Join(folder, name)
		isDir := e.IsDir()
		if e.Type()&os.ModeSymlink != 0 {
			full := filepath.Join(dir, name)
			info, err := os.Stat(full)
			if err != nil {
				continue
			}
			if isDir = info.IsDir(); isDir {
				real := realPath(full)
				if seen[real] {
					continue
				}
				seen[real] = true
			}
		}
		switch {
		case isDir && name == "node_modules" && s.pkg.Paths.ReportsUnsaid && folder == reportsFolder: // of a tool that shows pages
		case isDir:
			if !s.ignore.matches(rel, true) {
				s.walk(rel, seen, yield)
			}
		case strings.IndexByte(".#~", name[0]) >= 0:
		case !s.ignore.matches(rel, false):
			yield(rel)
		}
	}
}

func hasExt(rel string, exts []string) bool {
	ext := strings.ToLower(path.Ext(rel))
	for _, e := range exts {
		if ext == e {
			return true
		}
	}
	return false
}

// subPath gives a file's path inside its resource folder.
func subPath(folder, rel string) string {
	if folder == "." || folder == "" {
		return rel
	}
	return strings.TrimPrefix(strings.TrimPrefix(rel, folder), "/")
}

func unique(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}
