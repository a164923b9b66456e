package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestMessesAreDocumented proves that every function that makes a mess or a layout says what it is.
func TestMessesAreDocumented(t *testing.T) {
	fset := token.NewFileSet()
	for _, name := range []string{"mess.go", "flaws.go", "layout_ions.go", "layout_epn.go", "layout_students.go", "layout_targets.go"} {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			if f.Doc == nil && (strings.HasPrefix(f.Name.Name, "messy") || strings.HasPrefix(f.Name.Name, "ions") || strings.HasPrefix(f.Name.Name, "epn")) {
				t.Errorf("%s: %s has no comment", name, f.Name.Name)
			}
		}
	}
}
