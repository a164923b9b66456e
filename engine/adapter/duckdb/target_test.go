package duckdb_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

func list(items ...any) []any { return items }

func TestDatabaseName(t *testing.T) {
	a := duckdb.New()
	for path, want := range map[string]string{
		"": "atlas", ":memory:": "memory", "dev.duckdb": "dev", "data/my.db.duckdb": "my", ".hidden.duckdb": "hidden",
		"my-x.duckdb": "my-x", "a b.duckdb": "a b", "temp.duckdb": "temp_db", "system.db": "system_db", "main.duckdb": "main_db",
		"Temp": "Temp", "noext": "noext", "é.db": "é", "md:": "my_db", "md:sales": "sales", "md:sales?x=1": "sales",
		"motherduck:sales": "sales", "s3://bucket/dir/file.duckdb": "file", "ducklake:meta.ducklake": "meta",
		"ducklake:sqlite:dir/meta.sqlite": "meta",
	} {
		target := adapter.Target{Root: t.TempDir(), Options: manifest.NewMap("path", path)}
		if got := a.Database(target); got != want {
			t.Errorf("%q is called %q, want %q", path, got, want)
		}
		if path == ":memory:" || strings.Contains(path, ":") {
			continue
		}
		w, err := a.Open(t.Context(), target, adapter.OpenOptions{})
		if err != nil {
			t.Errorf("%q: %v", path, err)
			continue
		}
		s, err := w.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := cell(t, s, "select current_database()"); got != want {
			t.Errorf("%q: DuckDB calls it %q, want %q", path, got, want)
		}
		if err := errors.Join(s.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestKeys takes every key of a dbt-duckdb profile.
func TestKeys(t *testing.T) {
	o := manifest.NewMap(
		"type", "duckdb", "schema", "main", "threads", int64(4), "path", ":memory:", "database", "memory",
		"config_options", manifest.NewMap("memory_limit", "1GB"), "settings", manifest.NewMap("TimeZone", "Asia/Jakarta"),
		"extensions", list("json"), "secrets", list(), "attach", list(), "is_ducklake", false, "external_root", "out",
		"keep_open", true, "plugins", list(manifest.NewMap("module", "excel")), "filesystems", list(manifest.NewMap("fs", "s3")),
		"module_paths", list("x"), "retries", manifest.NewMap("connect_attempts", int64(3)), "flights", nil, "disable_transactions", false,
		"remote", nil, "motherduck_token", "secret",
	)
	err := duckdb.New().Check(adapter.Target{Name: "dev", Options: o})
	problems := diag.From(err)
	if problems.Err() != nil || len(problems) != 1 {
		t.Fatalf("problems: %v", problems)
	}
	for _, key := range []string{"plugins", "filesystems", "module_paths", "retries"} {
		if !strings.Contains(problems[0].Msg, key) {
			t.Errorf("the warning %q does not name %s", problems[0].Msg, key)
		}
	}
	if strings.Contains(problems[0].Msg, "disable_transactions") || problems[0].Severity != diag.Warning {
		t.Errorf("warning: %v", problems[0])
	}
}

func TestBadTargets(t *testing.T) {
	a := duckdb.New()
	cases := []struct {
		key   string
		value any
		want  string
	}{
		{"remote", manifest.NewMap("host", "x"), "remote server"},
		{"settings", "memory_limit=1GB", "mapping"},
		{"settings", manifest.NewMap("a b", int64(1)), "no name of a setting"},
		{"extensions", "json", "list"},
		{"extensions", list("json; drop table x"), "no name of an extension"},
		{"extensions", list(int64(3)), "item 1"},
		{"secrets", list("x"), "mapping"},
		{"secrets", list(manifest.NewMap("key_id", "x")), "no type"},
		{"secrets", list(manifest.NewMap("type", "s3", "a) ; drop", "x")), "no name of an option"},
		{"attach", list(manifest.NewMap("alias", "x")), "no path"},
		{"attach", list(manifest.NewMap("path", "x", "type", "sqlite", "options", manifest.NewMap("type", "sqlite"))), "twice"},
		{"attach", list(manifest.NewMap("path", "x", "type", "sqlite) ;")), "no name"},
		{"database", "other", `"dev"`},
		{"use_credential_provider", "gcp", "aws"},
	}
	for _, c := range cases {
		target := adapter.Target{Root: t.TempDir(), Options: manifest.NewMap("path", "dev.duckdb", c.key, c.value)}
		_, err := a.Open(t.Context(), target, adapter.OpenOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v gives %v, want %q", c.key, c.value, err, c.want)
		}
		if diag.From(err)[0].Code == "" {
			t.Errorf("%s: %v has no code", c.key, err)
		}
	}
	err := a.Check(adapter.Target{Name: "dev", Options: manifest.NewMap("setings", manifest.NewMap())})
	if p := diag.From(err); len(p) != 1 || p[0].Code != diag.UnknownKey || !strings.Contains(p[0].Hint, "settings") || p.Err() != nil {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestSettings(t *testing.T) {
	s := memory(t, "settings", manifest.NewMap("TimeZone", "Asia/Jakarta", "preserve_insertion_order", false),
		"config_options", manifest.NewMap("default_order", "desc", "threads", int64(2)))
	for name, want := range map[string]any{
		"TimeZone": "Asia/Jakarta", "preserve_insertion_order": false, "default_order": "DESC", "threads": int64(2),
	} {
		if got := cell(t, s, "select current_setting($1)", name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	bad := adapter.Target{Options: manifest.NewMap("path", ":memory:", "config_options", manifest.NewMap("no_such_option", "x"))}
	if _, err := duckdb.New().Open(t.Context(), bad, adapter.OpenOptions{}); err == nil || !strings.Contains(err.Error(), "no_such_option") {
		t.Errorf("an unknown option: %v", err)
	}
	for name, want := range map[string]string{"no_such_setting": "no_such_setting", "allow_unsigned_extensions": "config_options"} {
		o := manifest.NewMap("path", ":memory:", "settings", manifest.NewMap(name, true))
		w, err := duckdb.New().Open(t.Context(), adapter.Target{Options: o}, adapter.OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Session(t.Context())
		if p := diag.From(err); err == nil || !strings.Contains(p[0].Msg+p[0].Hint, want) {
			t.Errorf("setting %s: %v", name, p)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSecrets(t *testing.T) {
	s := memory(t, "secrets", list(
		manifest.NewMap("type", "http", "bearer_token", "it's; a \"token\"", "scope", list("http://a'b", "http://c"),
			"extra_http_headers", manifest.NewMap("X-Key", "o'clock")),
		manifest.NewMap("type", "http", "name", "my \"secret\"", "scope", "http://d"),
	))
	got := all(t, s, "select name, scope from duckdb_secrets() order by name")
	want := [][]any{
		{"__atlas_secret_1", []any{"http://a'b", "http://c"}},
		{"my \"secret\"", []any{"http://d"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("secrets %v, want %v", got, want)
	}
	o := manifest.NewMap("path", ":memory:", "secrets", list(manifest.NewMap("type", "http", "no_such_key", "hush")))
	_, err := duckdb.New().Open(t.Context(), adapter.Target{Options: o}, adapter.OpenOptions{})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a wrong secret: %v", err)
	}
}

func TestAttach(t *testing.T) {
	target := fileTarget(t, "path", "one's.duckdb")
	w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, "create table t as select 42 as i")
	if err := errors.Join(s.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	target.Options = manifest.NewMap("path", "two.duckdb", "database", "the \"one\"", "attach", list(
		manifest.NewMap("path", "one's.duckdb", "alias", "the \"one\"", "read_only", true),
		manifest.NewMap("path", ":memory:", "alias", "mem", "options", manifest.NewMap("block_size", int64(16384)))))
	w, err = duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err = w.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(s.Close(), w.Close()) })
	if got := duckdb.New().Database(target); got != "the \"one\"" {
		t.Errorf("the database is %q", got)
	}
	rel := manifest.Relation{Database: "the \"one\"", Schema: "main", Name: "t"}
	if found, err := s.Relation(t.Context(), rel); err != nil || found == nil {
		t.Errorf("relation of an attached database: %v, %v", found, err)
	}
	if got := cell(t, s, "from "+duckdb.New().Dialect().Relation(rel)); got != int64(42) {
		t.Errorf("an attached database gives %v", got)
	}
	if _, err := s.Exec(t.Context(), `insert into "the ""one""".t values (1)`); err == nil {
		t.Error("a read-only attachment takes an insert")
	}
	target.Options = manifest.NewMap("path", "three.duckdb", "attach", list(manifest.NewMap("path", "no/such/file.duckdb", "read_only", true)))
	if _, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{}); err == nil || !strings.Contains(err.Error(), "no/such/file.duckdb") {
		t.Errorf("a missing attachment: %v", err)
	}
}

// TestAttachLocked names the holder of an attached file, too.
func TestAttachLocked(t *testing.T) {
	target := fileTarget(t)
	other(t, filepath.Join(target.Root, "held.duckdb"), false)
	target.Options.Set("attach", list(manifest.NewMap("path", "held.duckdb")))
	_, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	var lock *adapter.LockError
	if !errors.As(err, &lock) || lock.Holder.PID == 0 || !strings.HasSuffix(lock.Path, "held.duckdb") {
		t.Errorf("want *adapter.LockError, got %v", err)
	}
}

// TestMotherDuck shows that an md: path reaches DuckDB, which looks for its extension.
func TestMotherDuck(t *testing.T) {
	root := t.TempDir()
	o := manifest.NewMap("path", "md:sales", "motherduck_token", "hush",
		"config_options", manifest.NewMap("extension_directory", root, "autoinstall_known_extensions", false))
	_, err := duckdb.New().Open(t.Context(), adapter.Target{Root: root, Options: o}, adapter.OpenOptions{})
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), "motherduck") || strings.Contains(err.Error(), "hush") {
		t.Errorf("md: gives %v", err)
	}
	if files, err := os.ReadDir(root); err != nil || len(files) != 0 {
		t.Errorf("md: is taken for a file: %v, %v", files, err)
	}
}

func TestExtensions(t *testing.T) {
	none := t.TempDir()
	open := func(extension any, config ...any) error {
		o := manifest.NewMap("path", ":memory:", "extensions", list(extension), "config_options",
			manifest.NewMap(append([]any{"extension_directory", none, "custom_extension_repository", none}, config...)...))
		w, err := duckdb.New().Open(t.Context(), adapter.Target{Root: none, Options: o}, adapter.OpenOptions{})
		if err == nil {
			err = w.Close()
		}
		return err
	}
	for _, built := range []string{"json", "parquet", "icu"} {
		if err := open(built); err != nil {
			t.Errorf("%s, which is built in: %v", built, err)
		}
	}
	for _, c := range []struct {
		extension any
		want      []string
	}{
		{"httpfs", []string{"httpfs", "cannot be fetched", ".duckdb_extension"}},
		{manifest.NewMap("name", "h3", "repo", filepath.Join(none, "it's")), []string{"h3", "cannot be fetched"}},
		{"lib/mine.duckdb_extension", []string{"lib/mine.duckdb_extension", "cannot be loaded"}},
	} {
		err := open(c.extension)
		p := diag.From(err)
		for _, w := range c.want {
			if err == nil || !strings.Contains(p[0].Msg+p[0].Hint, w) {
				t.Errorf("%v: %v, want %q", c.extension, p, w)
			}
		}
	}
}

// buildExtension makes the smallest extension there is: a library with an empty entry point,
// and the notes about itself that DuckDB reads at the end of the file.
func buildExtension(t *testing.T, platform, version string) string {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("SKIPPED: no C compiler to make an extension with")
	}
	dir := t.TempDir()
	source, path := filepath.Join(dir, "tiny.c"), filepath.Join(dir, "tiny.duckdb_extension")
	if err := os.WriteFile(source, []byte("char tiny_init_c_api(void *info, void *access) { return 1; }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), compiler, "-shared", "-fPIC", "-o", path, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	library, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range []string{"", "", "", "C_STRUCT", "v1", version, platform, "4"} {
		field := make([]byte, 32)
		copy(field, note)
		library = append(library, field...)
	}
	library = append(library, make([]byte, 256)...) // where a signature would be
	if err := os.WriteFile(path, library, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExtensionByPath loads an extension from a file, as one does without a network.
func TestExtensionByPath(t *testing.T) {
	platform := cell(t, memory(t), "call pragma_platform()").(string)
	good := buildExtension(t, platform, "v1.2.0")
	target := fileTarget(t, "extensions", list(good))
	_, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if p := diag.From(err); err == nil || !strings.Contains(p[0].Hint, "allow_unsigned_extensions") {
		t.Errorf("an unsigned extension: %v", p)
	}
	unsigned := manifest.NewMap("allow_unsigned_extensions", true)
	target = fileTarget(t, "extensions", list(good), "config_options", unsigned)
	w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := cell(t, s, "select loaded from duckdb_extensions() where extension_name = 'tiny'"); got != true {
		t.Errorf("loaded is %v", got)
	}
	if err := errors.Join(s.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	relative, err := filepath.Rel(target.Root, good)
	if err != nil {
		t.Fatal(err)
	}
	target.Options.Set("extensions", list(relative))
	if w, err = duckdb.New().Open(t.Context(), target, adapter.OpenOptions{}); err != nil {
		t.Fatalf("a path relative to the project: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	wrong := buildExtension(t, "windows_amd64", "v1.2.0")
	target = fileTarget(t, "extensions", list(wrong), "config_options", unsigned)
	_, err = duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if p := diag.From(err); err == nil || !strings.Contains(p[0].Hint, "on this system") {
		t.Errorf("an extension of another system: %v", p)
	}
}

// TestExtensionFile loads a real extension from a file. ATLAS_TEST_EXTENSION names one that
// reads SQLite files; the registries have none for this version of DuckDB.
func TestExtensionFile(t *testing.T) {
	path := os.Getenv("ATLAS_TEST_EXTENSION")
	if path == "" {
		t.Skip("SKIPPED: no extension file: set ATLAS_TEST_EXTENSION to a sqlite_scanner.duckdb_extension for DuckDB " + duckdb.New().Version())
	}
	target := fileTarget(t, "extensions", list(path), "attach", list(manifest.NewMap("path", "lite.sqlite", "type", "sqlite", "alias", "lite")))
	w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if err != nil && strings.Contains(err.Error(), "version") && strings.Contains(diag.From(err)[0].Hint, duckdb.New().Version()) {
		t.Skip("SKIPPED: the file is made for another version, and the error says so: " + diag.From(err)[0].Msg)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, "create table lite.t as select 7 as i")
	if got := cell(t, s, "select i from lite.t"); got != int64(7) {
		t.Errorf("SQLite gives %v", got)
	}
	if found, err := s.Relation(t.Context(), manifest.Relation{Database: "lite", Schema: "main", Name: "t"}); err != nil || found == nil {
		t.Errorf("relation of SQLite: %v, %v", found, err)
	}
	if err := errors.Join(s.Close(), w.Close()); err != nil {
		t.Error(err)
	}
}
