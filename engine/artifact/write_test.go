package artifact_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "file.txt")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	check(t, artifact.WriteFile(path, text("one")))
	check(t, artifact.WriteFile(path, text("two")))
	broken := errors.New("broken")
	err := artifact.WriteFile(path, func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return broken })
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "two" {
		t.Errorf("after a failed write the file holds %q", got)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	check(t, err)
	if len(left) != 1 {
		t.Errorf("left over: %v", left)
	}
	info, err := os.Stat(path)
	check(t, err)
	if info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestPaths(t *testing.T) {
	m := readManifest(t, dbtManifest)
	target := artifact.Target{Dir: t.TempDir()}
	for id, want := range map[manifest.ID]string{
		"model.nursery.sales":                                 "nursery/models/marts/sales.sql",
		"model.garden_tools.tools":                            "garden_tools/models/shared/tools.sql",
		"test.nursery.unique_sales_sale_id.4620412eb8":        "nursery/models/marts/marts.yml/unique_sales_sale_id.sql",
		"test.nursery.assert_amounts":                         "nursery/tests/assert_amounts.sql",
		"snapshot.nursery.plants_history":                     "nursery/snapshots/plants_history.sql",
		"unit_test.nursery.int_sales_priced.sales_are_priced": "nursery/models/marts/marts.yml/sales_are_priced.sql",
	} {
		name, err := target.WriteCompiled(m.Nodes[id], "select 1\n")
		check(t, err)
		if name != "compiled/"+want {
			t.Errorf("%s is compiled to %s, want compiled/%s", id, name, want)
		}
		if got, _ := os.ReadFile(target.Path(name)); string(got) != "select 1\n" {
			t.Errorf("%s holds %q", name, got)
		}
		if name, err = target.WriteRun(m.Nodes[id], "create"); err != nil || name != "run/"+want {
			t.Errorf("%s runs from %s (%v), want run/%s", id, name, err, want)
		}
	}
}

func TestStateRoundTrip(t *testing.T) {
	target := artifact.Target{Dir: t.TempDir()}
	m := writeAll(t, target)
	s, err := artifact.ReadState(target.Dir, target.Dir)
	check(t, err)
	if got, want := len(s.Manifest().Nodes), len(m.Nodes); got != want {
		t.Errorf("%d nodes, want %d", got, want)
	}
	for id, want := range m.Nodes {
		got := s.Manifest().Nodes[id]
		if got.Raw != want.Raw || !slices.Equal(got.FQN, want.FQN) || !reflect.DeepEqual(got.Refs, want.Refs) || got.PatchPos != want.PatchPos {
			t.Errorf("%s came back different", id)
		}
	}
	if !reflect.DeepEqual(*s.Results(), trimmed(runResults())) {
		t.Errorf("results came back as\n%+v\nwant\n%+v", *s.Results(), trimmed(runResults()))
	}
	if st, ok := s.Status("test.nursery.assert_amounts"); !ok || st != "fail" {
		t.Errorf("status %q, %v", st, ok)
	}
	want := []manifest.ID{"test.nursery.assert_amounts", "seed.nursery.tax_rates", "model.nursery.revenue"}
	if got := s.Results().Retry(false); !slices.Equal(got, want) {
		t.Errorf("retry runs %v, want %v", got, want)
	}
	if fresher, ok := s.Fresher("source.nursery.raw.sales"); fresher || !ok {
		t.Errorf("compared with itself a source is fresher: %v, %v", fresher, ok)
	}
}

// trimmed takes out what run_results.json has no room for.
func trimmed(r artifact.RunResults) artifact.RunResults {
	r.Metadata.Version = ""
	for i := range r.Results {
		if r.Results[i].AdapterResponse == nil {
			r.Results[i].AdapterResponse = manifest.NewMap()
		}
	}
	return r
}

func TestReadStateProblems(t *testing.T) {
	dir := t.TempDir()
	if _, err := artifact.ReadState(dir, ""); err == nil || !strings.Contains(err.Error(), "manifest.json") {
		t.Errorf("an empty folder gives %v", err)
	}
	for name, text := range map[string]string{
		"manifest.json":    `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v4.json"}}`,
		"run_results.json": `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json"}}`,
		"sources.json":     `{`,
	} {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		if _, err := artifact.ReadState(dir, ""); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzString holds the encoder's strings to encoding/json's reading of them.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", `"\`, "a\nb\tc\rd", "é ü 漢", "\x00\x1f\x7f", "bad \xff\xc3 end", "\u2028</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b strings.Builder
		r := artifact.RunResults{Results: []artifact.RunResult{{Message: "x" + s, Status: artifact.Error}}}
		check(t, artifact.WriteRunResults(&b, r))
		var got struct{ Results []struct{ Message string } }
		if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
			t.Fatal(err)
		}
		if want := "x" + strings.ToValidUTF8(s, "\ufffd"); got.Results[0].Message != want && !strings.Contains(s, "\xff") && strings.ToValidUTF8(s, "") == s {
			t.Errorf("%q came back as %q", want, got.Results[0].Message)
		}
	})
}
