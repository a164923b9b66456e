package source

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"atlas/engine/diag"
)

// File is one file that a table is read from.
type File struct {
	Name string // as the column _file shows it: relative to the root and slash-separated, or an address
	Path string // where it is on disk
}

// Files finds the files that a table's option names. A name with * ? or [ ] stands for all that
// match, in order; a folder for its files that have one of the endings; an address (https://, s3://)
// for a copy under Downloads. A file that is not there is reported under the code with the nearest
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
	found, err := localFiles(r, option, names, code, endings)
	if err != nil {
		return nil, err
	}
	out := make([]File, len(found))
	for i, name := range found {
		out[i] = File{Name: name, Path: filepath.Join(r.Root, filepath.FromSlash(name))}
	}
	return out, nil
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

func localFiles(r Request, option string, names []string, code diag.Code, endings []string) ([]string, error) {
	pos := r.Table.OptionAt(option)
	var out []string
	var l diag.List
	for _, name := range names {
		path := filepath.Join(r.Root, filepath.FromSlash(name))
		if !strings.ContainsAny(name, "*?[") {
			if info, err := os.Stat(path); err != nil || info.IsDir() {
				l = append(l, missingFile(code, pos, name, path, endings))
				continue
			}
			out = append(out, filepath.ToSlash(filepath.Clean(filepath.FromSlash(name))))
			continue
		}
		found, err := glob(r.Root, name)
		if err != nil {
			l = append(l, diag.Errorf(diag.BadValue, pos, "%q is no pattern of file names: %v", name, err))
		} else if len(found) == 0 {
			l = append(l, missingFile(code, pos, name, path, endings))
		}
		out = append(out, found...)
	}
	return slices.Compact(out), l.Err()
}

// glob gives the matches of a pattern without hidden files and the lock files of open workbooks.
func glob(root, pattern string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range found {
		base := filepath.Base(f)
		if strings.HasPrefix(base, "~$") || strings.HasPrefix(base, ".") {
			continue
		}
		rel, err := filepath.Rel(root, f)
		if err != nil {
			return nil, err
		}
		out = append(out, filepath.ToSlash(rel))
	}
	sort.Strings(out)
	return out, nil
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
		if !strings.HasPrefix(n, "~$") && contains(endings, strings.ToLower(filepath.Ext(n))) {
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
