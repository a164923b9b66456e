package compile_test

import (
	"context"
	"fmt"
	"testing"

	"atlas/engine/adapter/duckdb"
	"atlas/engine/compile"
	"atlas/engine/graph"
	"atlas/engine/project"
)

// benchProject is a project of n models of the common kind: a config, two refs, a loop, a macro.
func benchProject(b *testing.B, n int) (*project.Project, string) {
	files := []string{"macros/cents.sql", "{% macro cents(c) %}({{ c }} / 100)::decimal(16, 2){% endmacro %}", "models/m0.sql", "select 1 as id"}
	for i := 1; i < n; i++ {
		files = append(files, fmt.Sprintf("models/m%d.sql", i), fmt.Sprintf(`{{ config(materialized='table') }}
with a as (select * from {{ ref('m%d') }}), b as (select * from {{ ref('m%d') }})
select {%% for c in ['x', 'y', 'z'] %%}{{ cents(c) }} as {{ c }}, {%% endfor %%} {{ dbt.dateadd('day', 1, 'd') }} from a join b using (id)
`, i/2, i/3))
	}
	dir := writeProject(b, files...)
	p, diags := project.Load(context.Background(), project.Options{Dir: dir, ProfilesDir: dir, Env: func(string) (string, bool) { return "", false }})
	if err := diags.Err(); err != nil {
		b.Fatal(err)
	}
	return p, dir
}

func BenchmarkNew(b *testing.B) {
	p, _ := benchProject(b, 2)
	for b.Loop() {
		if _, err := compile.New(p, duckdb.New(), compile.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMacros(b *testing.B) {
	p, _ := benchProject(b, 2)
	c, err := compile.New(p, duckdb.New(), compile.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.Macros()
	}
}

func BenchmarkCompile(b *testing.B) {
	p, _ := benchProject(b, 200)
	c, err := compile.New(p, duckdb.New(), compile.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m, diags := project.Parse(context.Background(), p, c)
	if err := append(diags, graph.Resolve(m)...).Err(); err != nil {
		b.Fatal(err)
	}
	c.SetManifest(m)
	n := m.Nodes["model.demo.m150"]
	for b.Loop() {
		if _, err := c.Compile(context.Background(), n, nil); err != nil {
			b.Fatal(err)
		}
	}
}
