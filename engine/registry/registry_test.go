package registry_test

import (
	"reflect"
	"testing"

	"atlas/engine/registry"
)

func TestRegistry(t *testing.T) {
	r := registry.New[int]("warehouse")
	r.Add("duckdb", 1)
	r.Add("csv", 2)
	if v, err := r.Get("csv"); v != 2 || err != nil {
		t.Errorf("Get gives %d, %v", v, err)
	}
	if v, ok := r.Lookup("duckdb"); v != 1 || !ok {
		t.Errorf("Lookup gives %d, %v", v, ok)
	}
	if v, ok := r.Lookup("nix"); v != 0 || ok {
		t.Errorf("Lookup of nothing gives %d, %v", v, ok)
	}
	if got := r.Names(); !reflect.DeepEqual(got, []string{"csv", "duckdb"}) {
		t.Errorf("Names gives %v", got)
	}
	for name, want := range map[string]string{
		"duckbd": `no warehouse is named "duckbd": did you mean "duckdb"? there are csv, duckdb`,
		"oracle": `no warehouse is named "oracle": there are csv, duckdb`,
	} {
		if _, err := r.Get(name); err == nil || err.Error() != want {
			t.Errorf("Get(%q) says %v, want %s", name, err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a name registered twice does not panic")
		}
	}()
	r.Add("csv", 3)
}
