package materialize_test

import (
	"errors"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/builtin"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/materialize"
)

// rel is where the model of these tests stands.
var rel = manifest.Relation{Schema: "s", Name: "m"}

func duckdb(t *testing.T) adapter.Adapter {
	t.Helper()
	a, err := builtin.Adapters().Get("duckdb")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func columns(spec string) []adapter.Column {
	var out []adapter.Column
	for _, word := range strings.Fields(spec) {
		name, typ, _ := strings.Cut(word, ":")
		if typ == "" {
			typ = "INTEGER"
		}
		out = append(out, adapter.Column{Name: name, Type: typ})
	}
	return out
}

func facts(t *testing.T, existing adapter.RelationType, config ...any) materialize.Facts {
	t.Helper()
	a := duckdb(t)
	f := materialize.Facts{
		Node:   &manifest.Node{ID: "model.p.m", Name: "m", Pos: diag.Pos{File: "models/m.sql"}, Config: manifest.NewConfig(manifest.NewMap(config...))},
		Target: rel, Query: "select 1 as a", Dialect: a.Dialect(), Caps: a.Caps(),
		Held: columns("a b"), Offered: columns("a b"),
	}
	if existing != "" {
		f.Existing = &adapter.RelationInfo{Relation: rel, Type: existing}
	}
	return f
}

// plan gives the statements of a plan, one a line, and its label.
func plan(t *testing.T, s materialize.Strategy, f materialize.Facts) (string, materialize.Plan) {
	t.Helper()
	p, err := s.Plan(f)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	main := 0
	for _, step := range p.Steps {
		b.WriteString(strings.Join(strings.Fields(step.SQL), " ") + "\n")
		if step.Why == "" {
			t.Errorf("no reason is given for %s", step.SQL)
		}
		if step.Main {
			main++
		}
	}
	if p.Type == adapter.Table && main != 1 {
		t.Errorf("%d steps count the rows", main)
	}
	return b.String(), p
}

const (
	built = "create table \"s\".\"m__atlas_new\" as select 1 as a\n"
	named = "alter table \"s\".\"m__atlas_new\" rename to \"m\"\n"
)

func TestBuildPlans(t *testing.T) {
	dropTable, dropView := "drop table if exists \"s\".\"m\" cascade\n", "drop view if exists \"s\".\"m\" cascade\n"
	view := "create or replace view \"s\".\"m\" as select 1 as a\n"
	inc := materialize.Incremental{}
	tests := []struct {
		name     string
		strategy materialize.Strategy
		existing adapter.RelationType
		full     bool
		want     string
		label    string
	}{
		{"table over nothing", materialize.Table{}, "", false, built + named, "table"},
		{"table over table", materialize.Table{}, adapter.Table, false, built + dropTable + named, "table"},
		{"table over view", materialize.Table{}, adapter.View, false, built + dropView + named, "table"},
		{"view over nothing", materialize.View{}, "", false, view, "view"},
		{"view over view", materialize.View{}, adapter.View, false, view, "view"},
		{"view over table", materialize.View{}, adapter.Table, false, dropTable + view, "view"},
		{"incremental over nothing", inc, "", false, built + named, "incremental, full build"},
		{"incremental over view", inc, adapter.View, false, built + dropView + named, "incremental, full build"},
		{"incremental, full refresh", inc, adapter.Table, true, built + dropTable + named, "incremental, full build"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(t, tt.existing)
			f.FullRefresh = tt.full
			got, p := plan(t, tt.strategy, f)
			if got != tt.want || p.Label != tt.label {
				t.Errorf("%s:\n%swant %s:\n%s", p.Label, got, tt.label, tt.want)
			}
			if reader, ok := tt.strategy.(materialize.ColumnReader); ok && reader.NeedsColumns(f) {
				t.Error("the columns are asked for and not needed")
			}
		})
	}
}

func TestLeftoversWithoutTransactions(t *testing.T) {
	f := facts(t, "")
	f.Caps.TxDDL = false
	if got, _ := plan(t, materialize.Table{}, f); !strings.HasPrefix(got, "drop table if exists \"s\".\"m__atlas_new\"") {
		t.Errorf("leftovers stay:\n%s", got)
	}
}

func TestIndexes(t *testing.T) {
	list := func(entries ...any) []any { return entries }
	f := facts(t, adapter.Table, "indexes", list(manifest.NewMap("columns", list("a")), manifest.NewMap("columns", list("a", "b c"), "unique", true)))
	got, _ := plan(t, materialize.Table{}, f)
	want := "create index \"m_a_idx\" on \"s\".\"m\" (\"a\")\ncreate unique index \"m_a_b c_idx\" on \"s\".\"m\" (\"a\", \"b c\")\n"
	if !strings.HasSuffix(got, named+want) {
		t.Errorf("plan is\n%s", got)
	}
	for _, bad := range []any{manifest.NewMap("unique", true), "a", manifest.NewMap("columns", list())} {
		_, err := materialize.Table{}.Plan(facts(t, "", "indexes", list(bad)))
		mustDiagnose(t, err, diag.BadConfig, "indexes: entry 1 has no columns")
	}
}

func mustDiagnose(t *testing.T, err error, code diag.Code, text string) {
	t.Helper()
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Code != code || !strings.Contains(d.Msg, text) {
		t.Errorf("the error is %v, want %s with %s", err, code, text)
	} else if d.Hint == "" {
		t.Errorf("no next step is given for %s", d.Msg)
	}
}

const (
	collect = "create or replace temporary table \"m__atlas_rows\" as select 1 as a\n"
	let     = "drop table \"m__atlas_rows\"\n"
	insert  = "insert into \"s\".\"m\" (\"a\", \"b\") select \"a\", \"b\" from \"m__atlas_rows\"\n"
)

func TestIncrementalStrategies(t *testing.T) {
	list := func(s ...any) []any { return s }
	one := "delete from \"s\".\"m\" where (a) in ( select (a) from \"m__atlas_rows\" )"
	two := "delete from \"s\".\"m\" as DBT_INCREMENTAL_TARGET using \"m__atlas_rows\" as DBT_INCREMENTAL_SOURCE " +
		"where DBT_INCREMENTAL_SOURCE.a = DBT_INCREMENTAL_TARGET.a and DBT_INCREMENTAL_SOURCE.b = DBT_INCREMENTAL_TARGET.b"
	single := "delete from \"s\".\"m\" as DBT_INCREMENTAL_TARGET using \"m__atlas_rows\" as DBT_INCREMENTAL_SOURCE " +
		"where DBT_INCREMENTAL_SOURCE.a = DBT_INCREMENTAL_TARGET.a"
	into := "merge into \"s\".\"m\" as DBT_INTERNAL_DEST using \"m__atlas_rows\" as DBT_INTERNAL_SOURCE "
	clauses := " when matched then update set \"a\" = DBT_INTERNAL_SOURCE.\"a\", \"b\" = DBT_INTERNAL_SOURCE.\"b\"" +
		" when not matched then insert (\"a\", \"b\") values (DBT_INTERNAL_SOURCE.\"a\", DBT_INTERNAL_SOURCE.\"b\")\n"
	tests := []struct {
		name     string
		strategy any
		key      any
		where    []any
		want     string
		label    string
	}{
		{"default", nil, nil, nil, insert, "append"},
		{"default, empty key", nil, "", nil, insert, "append"},
		{"default, no keys", nil, list(), nil, insert, "append"},
		{"default, key", nil, "a", nil, one + "\n" + insert, "delete+insert"},
		{"default, keys", nil, list("a", "b"), nil, two + "\n" + insert, "delete+insert"},
		{"append", "append", nil, nil, insert, "append"},
		{"append ignores the key", "append", "a", list("x"), insert, "append"},
		{"delete+insert", "delete+insert", nil, nil, insert, "delete+insert"},
		{"delete+insert, expression", "delete+insert", "a", list("x > 1", "y"), one + " and x > 1 and y\n" + insert, "delete+insert"},
		{"delete+insert, list of one", "delete+insert", list("a"), nil, single + "\n" + insert, "delete+insert"},
		{"delete+insert, list", "delete+insert", list("a", "b"), list("p"), two + " and p\n" + insert, "delete+insert"},
		{"merge", "merge", nil, nil, into + "on (false)" + clauses, "merge"},
		{"merge, key", "merge", "a", nil, into + "on (DBT_INTERNAL_SOURCE.a = DBT_INTERNAL_DEST.a)" + clauses, "merge"},
		{
			"merge, keys and predicates", "merge", list("a", "b"), list("p or q"),
			into + "on (DBT_INTERNAL_SOURCE.a = DBT_INTERNAL_DEST.a) and (DBT_INTERNAL_SOURCE.b = DBT_INTERNAL_DEST.b) and (p or q)" + clauses, "merge",
		},
	}
	for _, tt := range tests {
		for _, name := range []string{"predicates", "incremental_predicates"} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				f := facts(t, adapter.Table, "incremental_strategy", tt.strategy, "unique_key", tt.key, name, tt.where)
				got, p := plan(t, materialize.Incremental{}, f)
				if want := collect + tt.want + let; got != want {
					t.Errorf("plan is\n%swant\n%s", got, want)
				}
				if p.Label != "incremental, "+tt.label {
					t.Errorf("label is %s", p.Label)
				}
				if !(materialize.Incremental{}).NeedsColumns(f) {
					t.Error("the columns are needed and not asked for")
				}
			})
		}
	}
}

func TestMergeConfigs(t *testing.T) {
	list := func(s ...any) []any { return s }
	m := manifest.NewMap
	source := func(columns ...string) string {
		for i, c := range columns {
			columns[i] = `"` + c + `" = DBT_INTERNAL_SOURCE."` + c + `"`
		}
		return strings.Join(columns, ", ")
	}
	update := " when matched then update set " + source("a", "b", "c")
	insertion := " when not matched then insert (\"a\", \"b\", \"c\") values (DBT_INTERNAL_SOURCE.\"a\", DBT_INTERNAL_SOURCE.\"b\", DBT_INTERNAL_SOURCE.\"c\")"
	on := "on (DBT_INTERNAL_SOURCE.a = DBT_INTERNAL_DEST.a)"
	tests := []struct {
		name   string
		config []any
		want   string
	}{
		{"using", list("merge_on_using_columns", list("a", "b")), "using (a, b)" + update + insertion},
		{"update condition", list("merge_update_condition", "x > y"), on + strings.Replace(update, "matched", "matched and (x > y)", 1) + insertion},
		{"insert condition", list("merge_insert_condition", "x"), on + update + strings.Replace(insertion, "not matched", "not matched and (x)", 1)},
		{"update columns", list("merge_update_columns", list("B", `"c"`)), on + " when matched then update set " + source("b", "c") + insertion},
		{"exclude columns", list("merge_exclude_columns", list("A", `"b"`)), on + " when matched then update set " + source("c") + insertion},
		{"set expressions", list("merge_update_set_expressions", m("B", "DBT_INTERNAL_DEST.b + 1")), on + " when matched then update set B = DBT_INTERNAL_DEST.b + 1, " + source("a", "c") + insertion},
		{
			"set and exclude", list("merge_update_set_expressions", m("d", "now()"), "merge_exclude_columns", list("a")),
			on + " when matched then update set d = now(), " + source("b", "c") + insertion,
		},
		{
			"clauses of matched only", list("merge_clauses", m("when_matched", list(m("action", "delete", "condition", "x"), m("action", "do_nothing")))),
			on + " when matched and (x) then delete when matched then do nothing" + insertion,
		},
		{
			"clauses of unmatched only", list("merge_clauses", m("when_not_matched", list(
				m("action", "insert", "mode", "explicit", "insert", m("columns", list("a"), "values", list("1"))),
				m("action", "delete", "by", "source"),
				m("action", "error", "condition", list("x", "y"), "error_message", "it's odd")))),
			on + update + " when not matched then insert (a) values (1) when not matched by source then delete" +
				" when not matched and (x) and (y) then error 'it''s odd'",
		},
		{
			"modes", list("merge_clauses", m("when_matched", list(m("action", "update", "mode", "by_position", "condition", "x"), m("action", "update", "mode", "star")),
				"when_not_matched", list(m("action", "insert", "mode", "by_position", "condition", "x"), m("action", "insert", "mode", "star")))),
			on + " when matched and (x) then update by position when matched then update set *" +
				" when not matched and (x) then insert by position when not matched then insert *",
		},
		{
			"explicit clause", list("merge_clauses", m("when_matched", list(m("action", "update", "mode", "explicit", "update", m("include", list("b"), "set_expressions", m("c", "9")))))),
			on + " when matched then update set c = 9, " + source("b") + insertion,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(t, adapter.Table, append(list("incremental_strategy", "merge", "unique_key", "a"), tt.config...)...)
			f.Held, f.Offered = columns("a b c"), columns("c b a extra")
			got, _ := plan(t, materialize.Incremental{}, f)
			want := collect + "merge into \"s\".\"m\" as DBT_INTERNAL_DEST using \"m__atlas_rows\" as DBT_INTERNAL_SOURCE " + tt.want + "\n" + let
			if got != want {
				t.Errorf("plan is\n%swant\n%s", got, want)
			}
		})
	}
}

func TestBadIncrementalConfigs(t *testing.T) {
	list := func(s ...any) []any { return s }
	m := manifest.NewMap
	merge := func(more ...any) []any {
		return append(list("incremental_strategy", "merge", "unique_key", "a"), more...)
	}
	tests := []struct {
		name   string
		config []any
		text   string
	}{
		{"strategy", list("incremental_strategy", "delete_insert"), `incremental_strategy "delete_insert" is not one of append, delete+insert, merge`},
		{"far off strategy", list("incremental_strategy", "insert_overwrite"), `incremental_strategy "insert_overwrite"`},
		{"on_schema_change", list("on_schema_change", "sync"), `on_schema_change "sync" is not one of`},
		{"both lists", merge("merge_update_columns", list("a"), "merge_exclude_columns", list("b")), "exclude one another"},
		{"nothing to update", merge("merge_exclude_columns", list("a", "b")), "would update no column"},
		{"clauses no mapping", merge("merge_clauses", list("x")), "merge_clauses must be a mapping"},
		{"clauses empty", merge("merge_clauses", m()), "merge_clauses must be a mapping"},
		{"clause no list", merge("merge_clauses", m("when_matched", "x")), "merge_clauses.when_matched must be a list of mappings"},
		{"clause of text", merge("merge_clauses", m("when_not_matched", list(m("action", "insert"), "x"))), "merge_clauses.when_not_matched must be a list"},
		{"action", merge("merge_clauses", m("when_matched", list(m("action", "updaet")))), `merge action "updaet" is not one of`},
		{"no action", merge("merge_clauses", m("when_matched", list(m("mode", "star")))), `merge action "" is not one of`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := materialize.Incremental{}.Plan(facts(t, adapter.Table, tt.config...))
			mustDiagnose(t, err, diag.BadConfig, tt.text)
		})
	}
	f := facts(t, adapter.Table, merge()...)
	f.Caps.Merge = false
	_, err := materialize.Incremental{}.Plan(f)
	mustDiagnose(t, err, diag.BadConfig, "has no merge")
}

func TestOnSchemaChange(t *testing.T) {
	add, drop := "alter table \"s\".\"m\" add column \"c\" DATE\n", "alter table \"s\".\"m\" drop column \"b\"\n"
	retype := "alter table \"s\".\"m\" alter column \"b\" type BIGINT\n"
	into := func(columns string) string {
		return "insert into \"s\".\"m\" (" + columns + ") select " + columns + " from \"m__atlas_rows\"\n"
	}
	tests := []struct{ policy, offered, want string }{
		{"", "a b c:DATE", into(`"a", "b"`)},
		{"ignore", "a", into(`"a", "b"`)}, // the warehouse refuses it, as under dbt
		{"ignore", "a b:BIGINT", into(`"a", "b"`)},
		{"append_new_columns", "a b c:DATE", add + into(`"a", "b", "c"`)},
		{"append_new_columns", "c:DATE a", add + into(`"c", "a"`)},
		{"append_new_columns", "a b:BIGINT", into(`"a", "b"`)},
		{"sync_all_columns", "a c:DATE", add + drop + into(`"a", "c"`)},
		{"sync_all_columns", "a b:BIGINT", retype + into(`"a", "b"`)},
		{"sync_all_columns", "b a", into(`"b", "a"`)},
		{"fail", "b a", into(`"a", "b"`)},
	}
	for _, tt := range tests {
		t.Run(tt.policy+" "+tt.offered, func(t *testing.T) {
			f := facts(t, adapter.Table, "on_schema_change", tt.policy)
			f.Offered = columns(tt.offered)
			got, _ := plan(t, materialize.Incremental{}, f)
			if want := collect + tt.want + let; strings.ReplaceAll(got, "if exists ", "") != want {
				t.Errorf("plan is\n%swant\n%s", got, want)
			}
		})
	}
	for offered, text := range map[string]string{
		"a b c:DATE": "new column c (DATE)", "a": "missing column b (INTEGER)", "a b:BIGINT": "other type for b (BIGINT)",
	} {
		f := facts(t, adapter.Table, "on_schema_change", "fail")
		f.Offered = columns(offered)
		_, err := materialize.Incremental{}.Plan(f)
		mustDiagnose(t, err, diag.SchemaChanged, text)
	}
}

func TestCustomStrategy(t *testing.T) {
	f := facts(t, adapter.Table, "incremental_strategy", "mine", "unique_key", "a")
	var given materialize.StrategyArgs
	f.Custom = func(strategy string, a materialize.StrategyArgs) (string, bool, error) {
		given = a
		return "call mine", strategy == "mine", nil
	}
	if got, p := plan(t, materialize.Incremental{}, f); got != collect+"call mine\n"+let || p.Label != "incremental, mine" {
		t.Errorf("plan %s is\n%s", p.Label, got)
	}
	if given.Target != rel || given.Source.Name != "m__atlas_rows" || !given.SourceTemp || given.UniqueKey != "a" || len(given.Columns) != 2 {
		t.Errorf("it was given %+v", given)
	}
	failed := errors.New("no")
	f.Custom = func(string, materialize.StrategyArgs) (string, bool, error) { return "", false, failed }
	if _, err := (materialize.Incremental{}).Plan(f); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
}
