package jinja

import (
	"os"
	"testing"

	"github.com/nikolalohinski/gonja/v2"
	"github.com/nikolalohinski/gonja/v2/exec"

	"atlas/engine/jinja"
)

func source(b *testing.B) string {
	b.Helper()
	src, err := os.ReadFile("../../engine/jinja/testdata/model.sql")
	if err != nil {
		b.Fatal(err)
	}
	return string(src)
}

func atlasVars() jinja.Vars {
	return jinja.Vars{
		"config":         jinja.Func(func(*jinja.Call) (jinja.Value, error) { return "", nil }),
		"ref":            jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return `"db"."main"."` + c.Args[0].(string) + `"`, nil }),
		"is_incremental": jinja.Func(func(*jinja.Call) (jinja.Value, error) { return true, nil }),
		"var":            jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return c.Args[1], nil }),
		"this":           `"db"."main"."orders"`,
	}
}

func gonjaVars() *exec.Context {
	return exec.NewContext(map[string]any{
		"config":         func(*exec.VarArgs) string { return "" },
		"ref":            func(va *exec.VarArgs) string { return `"db"."main"."` + va.Args[0].String() + `"` },
		"is_incremental": func(*exec.VarArgs) bool { return true },
		"var":            func(va *exec.VarArgs) any { return va.Args[1].Interface() },
		"this":           `"db"."main"."orders"`,
	})
}

func BenchmarkParseRenderAtlas(b *testing.B) {
	src, vars := source(b), atlasVars()
	for b.Loop() {
		t, err := jinja.Parse("model.sql", src, jinja.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Render(&jinja.State{Vars: vars}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseRenderGonja(b *testing.B) {
	src, vars := source(b), gonjaVars()
	for b.Loop() {
		t, err := gonja.FromString(src)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.ExecuteToString(vars); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRenderAtlas(b *testing.B) {
	t, err := jinja.Parse("model.sql", source(b), jinja.Options{})
	if err != nil {
		b.Fatal(err)
	}
	vars := atlasVars()
	for b.Loop() {
		if _, err := t.Render(&jinja.State{Vars: vars}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRenderGonja(b *testing.B) {
	t, err := gonja.FromString(source(b))
	if err != nil {
		b.Fatal(err)
	}
	vars := gonjaVars()
	for b.Loop() {
		if _, err := t.ExecuteToString(vars); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSameText shows that the engines do the same work: the text is the same but for the order in
// which gonja walks dicts.
func TestSameText(t *testing.T) {
	src, err := os.ReadFile("../../engine/jinja/testdata/model.sql")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := jinja.Parse("model.sql", string(src), jinja.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := ours.Render(&jinja.State{Vars: atlasVars()})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := gonja.FromString(string(src))
	if err != nil {
		t.Fatal(err)
	}
	b, err := theirs.ExecuteToString(gonjaVars())
	if err != nil {
		t.Fatal(err)
	}
	if a != b {
		t.Logf("ours:\n%s", a)
		t.Logf("gonja:\n%s", b)
		t.Error("the texts differ")
	}
}
