package engine_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers is the order of the rooms: a package may import packages of lower lines, never of its
// own line or above. It is the list in ARCHITECTURE.md.
var layers = [][]string{
	{"cmd/atlas"},
	{"engine"},
	{"engine/adapter/builtin", "engine/source/builtin"},
	{"engine/adapter/duckdb", "engine/source/workbook", "engine/source/csv", "engine/source/odoo", "engine/source/jsonfile", "engine/source/parquet", "engine/source/database", "engine/source/rest"},
	{"engine/site", "engine/site/docs", "engine/site/findings", "engine/deck/pptx", "engine/deck/slides", "engine/deck/pdf"},
	{"engine/site/layout", "engine/deck"},
	{"engine/source", "engine/materialize", "engine/datatest", "engine/operational", "engine/spreadsheet", "engine/report"},
	{"engine/chart", "engine/block/html"},
	{"engine/picture"},
	{"engine/theme"},
	{"engine/run"},
	{"engine/compile"},
	{"engine/project", "engine/graph"},
	{"engine/adapter", "engine/artifact", "engine/block"},
	{"engine/jinja", "engine/manifest"},
	{"engine/registry"},
	{"engine/diag"},
}

// drivers may import their contract, manifest and diag, nothing else of the engine.
var drivers = map[string]string{
	"engine/adapter/duckdb":  "engine/adapter",
	"engine/source/workbook": "engine/source",
	"engine/source/csv":      "engine/source",
	"engine/source/odoo":     "engine/source",
	"engine/source/jsonfile": "engine/source",
	"engine/source/parquet":  "engine/source",
	"engine/source/database": "engine/source",
	"engine/source/rest":     "engine/source",
}

// owners are the only rooms that may import a library.
var owners = map[string]string{
	"github.com/goccy/go-yaml":    "engine/project",
	"github.com/duckdb/duckdb-go": "engine/adapter/duckdb",
	"github.com/spf13/cobra":      "cmd/atlas",
	"github.com/spf13/pflag":      "cmd/atlas",
	"github.com/tursodatabase":    "engine/operational",
	"modernc.org/sqlite":          "engine/operational",
	"ariga.io/atlas":              "engine/operational",
	"github.com/dop251/goja":      "engine/chart",
	"golang.org/x/image":          "engine/theme",
}

// suites are conformance suites and what tests drive: code that only tests import.
var suites = map[string]bool{
	"engine/adapter/adaptertest": true, "engine/browsertest": true, "engine/source/sourcetest": true, "engine/source/odoo/odootest": true, "engine/operational/hranatest": true,
}

// forbidden names say nothing of what is in a package.
var forbidden = []string{"utils", "util", "helpers", "common", "base", "manager", "shared", "types", "misc"}

func TestImportsPointDown(t *testing.T) {
	rank := map[string]int{}
	for i, line := range layers {
		for _, p := range line {
			rank[p] = i
		}
	}
	for pkg, imports := range packages(t) {
		if suites[pkg] || pkg == "cmd/sampledata" {
			continue
		}
		own, known := rank[pkg]
		if !known {
			t.Errorf("%s is in no layer: add it to arch_test.go and ARCHITECTURE.md", pkg)
			continue
		}
		for imp, file := range imports {
			for lib, owner := range owners {
				if strings.HasPrefix(imp, lib) && pkg != owner {
					t.Errorf("%s imports %s: only %s may", file, imp, owner)
				}
			}
			inner, ok := strings.CutPrefix(imp, "atlas/")
			if !ok {
				continue
			}
			if contract, isDriver := drivers[pkg]; isDriver {
				if inner != contract && inner != "engine/manifest" && inner != "engine/diag" {
					t.Errorf("%s imports %s: a driver may import only %s, manifest and diag", file, imp, contract)
				}
			}
			if r, ok := rank[inner]; !ok || r <= own {
				t.Errorf("%s imports %s, which is not below it", file, imp)
			}
		}
	}
}

func TestNamesSayWhatIsInside(t *testing.T) {
	for pkg := range packages(t) {
		for _, bad := range forbidden {
			if filepath.Base(pkg) == bad {
				t.Errorf("package %s: %q says nothing", pkg, bad)
			}
		}
	}
}

// packages gives every package's imports, with a file that has each; tests are left out.
func packages(t *testing.T) map[string]map[string]string {
	t.Helper()
	root := repositoryRoot(t)
	out := map[string]map[string]string{}
	for _, top := range []string{"engine", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			pkg := filepath.ToSlash(filepath.Dir(rel))
			if out[pkg] == nil {
				out[pkg] = map[string]string{}
			}
			for _, imp := range f.Imports {
				name, err := strconv.Unquote(imp.Path.Value)
				if err != nil {
					return err
				}
				out[pkg][name] = filepath.ToSlash(rel)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func repositoryRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
