package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	stdpath "path"
	"path/filepath"
	"slices"
	"strings"

	"atlas/engine/diag"
)

// File is one file that a table is read from.
type File struct {
	Name string // as the column _file shows it: relative to the root and slash-separated, or an address
	Path string // where it is on disk
}

// Files finds the files that a table's option names. A name with * ? or [ ] stands for all that
// match, in order, with ** for folders of any depth; a folder for its files that have one of the
// endings; an address (https://, s3://) for a copy under Downloads. A file that is not there is reported under the code with the nearest
// file of its folder that has one of the endings.
func Files(ctx context.Context, r Request, option string, code diag.Code, endings ...string) ([]File, error) {
	v, err := r.Option(option)
	names := Texts(v)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, diag.Errorf(diag.MissingKey, r.Table.Pos, "table %s names no file", r.Table.Table).
			WithHint("add %s: path/to/file%s", option, endings[0])
	}
	var out []File
	var l diag.List
	seen := map[string]bool{}
	for i, name := range names {
		var found []File
		if IsRemote(name) {
			found, err = remoteFile(ctx, r, option, code, name, secretAt(r.Table, option, i))
		} else {
			found, err = localFiles(r, option, name, code, endings)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			var d *diag.Diagnostic
			if !errors.As(err, &d) {
				return nil, err
			}
			l.Add(err)
		}
		for _, f := range found {
			if !seen[f.Path] {
				seen[f.Path] = true
				out = append(out, f)
			}
		}
	}
	return out, l.Err()
}

// FileInputs gives the fingerprints of the files that Files finds.
func FileInputs(ctx context.Context, r Request, option string, code diag.Code, endings ...string) ([]Input, error) {
	files, err := Files(ctx, r, option, code, endings...)
	if err != nil {
		return nil, err
	}
	var out []Input
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sum, size, err := HashFile(f.Path)
		if err != nil {
			return nil, err
		}
		out = append(out, Input{File: f.Name, SHA256: sum, Size: size})
	}
	return out, nil
}

// localFiles gives the files that one name means.
func localFiles(r Request, option, name string, code diag.Code, endings []string) ([]File, error) {
	pos := r.Table.OptionAt(option)
	path := filepath.Join(r.Root, filepath.FromSlash(name))
	if filepath.IsAbs(filepath.FromSlash(name)) {
		path = filepath.FromSlash(name)
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.IsDir():
		return []File{{Name: filepath.ToSlash(filepath.Clean(filepath.FromSlash(name))), Path: path}}, nil
	case err == nil:
		found, err := inFolder(r.Root, path, false, func(rel string) bool { return hasEnding(rel, endings) })
		if err != nil {
			return nil, fmt.Errorf("look into %s: %w", name, err)
		}
		if len(found) == 0 {
			return nil, diag.Errorf(code, pos, "the folder %s has no %s", name, strings.Join(endings, " or ")).WithLen(len([]rune(name))).
				WithHint("folders are not searched deeper: %s/** would be", strings.TrimSuffix(name, "/"))
		}
		return found, nil
	case !strings.ContainsAny(name, "*?["):
		return nil, missingFile(code, pos, name, path, endings)
	}
	found, err := glob(r.Root, name, endings)
	if errors.Is(err, stdpath.ErrBadPattern) {
		return nil, diag.Errorf(diag.BadValue, pos, "%q is no pattern of file names: %v", name, err).WithHint("the signs are * ? [abc] and ** for folders of any depth")
	}
	if err != nil {
		return nil, fmt.Errorf("look for %s: %w", name, err)
	}
	if len(found) == 0 {
		return nil, missingFile(code, pos, name, path, endings)
	}
	return found, nil
}

func hasEnding(name string, endings []string) bool {
	low := strings.ToLower(name)
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(low, e) })
}

// glob gives the matches of a pattern. ** stands for any number of folders, and at the end for
// the files below that have one of the endings.
func glob(root, pattern string, endings []string) ([]File, error) {
	parts := strings.Split(stdpath.Clean(filepath.ToSlash(pattern)), "/")
	fixed := 0
	for fixed < len(parts)-1 && !strings.ContainsAny(parts[fixed], "*?[") {
		fixed++
	}
	for _, p := range parts {
		if _, err := stdpath.Match(p, ""); err != nil {
			return nil, err
		}
	}
	folder, rest := stdpath.Join(parts[:fixed]...), parts[fixed:]
	if parts[0] == "" {
		folder = "/" + folder
	} else {
		folder = filepath.Join(root, filepath.FromSlash(folder))
	}
	deep := slices.Contains(rest, "**") || len(rest) > 1
	return inFolder(root, folder, deep, func(rel string) bool {
		if rest[len(rest)-1] == "**" && !hasEnding(rel, endings) {
			return false
		}
		return matchParts(rest, strings.Split(rel, "/"))
	})
}

// matchParts matches the parts of a path against those of a pattern.
func matchParts(pattern, parts []string) bool {
	for i, p := range pattern {
		if p == "**" {
			if i == len(pattern)-1 {
				return true
			}
			for j := i; j <= len(parts); j++ {
				if matchParts(pattern[i+1:], parts[j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(parts) {
			return false
		}
		if ok, err := stdpath.Match(p, parts[i]); err != nil || !ok {
			return false
		}
	}
	return len(pattern) == len(parts)
}

// inFolder gives a folder's files for whose path below it wanted holds, in order, without hidden
// ones and the lock files of open workbooks.
func inFolder(root, folder string, deep bool, wanted func(rel string) bool) ([]File, error) {
	var out []File
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case path == folder && errors.Is(err, fs.ErrNotExist):
			return filepath.SkipAll
		case err != nil:
			return err
		case path == folder:
			return nil
		case strings.HasPrefix(d.Name(), "~$"), strings.HasPrefix(d.Name(), "."), d.IsDir() && !deep:
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(folder, path)
		if err != nil || !wanted(filepath.ToSlash(rel)) {
			return err
		}
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			return nil // a link to a folder, or to nothing
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		out = append(out, File{Name: filepath.ToSlash(name), Path: path})
		return nil
	})
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

func missingFile(code diag.Code, pos diag.Pos, name, path string, endings []string) *diag.Diagnostic {
	d := diag.Errorf(code, pos, "there is no file %s", name).WithLen(len([]rune(name)))
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return d.WithHint("the folder %s does not exist either", filepath.ToSlash(filepath.Dir(name)))
	}
	var there []string
	for _, e := range entries {
		n := e.Name()
		if !strings.HasPrefix(n, "~$") && hasEnding(n, endings) {
			there = append(there, n)
		}
	}
	if hint := diag.DidYouMean(filepath.Base(name), there); hint != "" {
		return d.WithHint("%s", hint)
	}
	if len(there) == 0 {
		return d.WithHint("the folder %s has no %s", filepath.ToSlash(filepath.Dir(name)), strings.Join(endings, " or "))
	}
	if len(there) > 12 {
		there = append(there[:12:12], "…")
	}
	return d.WithHint("%s has %s", filepath.ToSlash(filepath.Dir(name)), strings.Join(there, ", "))
}
