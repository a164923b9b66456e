package manifest_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"atlas/engine/manifest"
)

func TestMapJSON(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"b":1,"a":-2.5,"c":[],"d":[1,"x",null,true,false,{"e":{}}]}`, `{"é":"\u00e9\n\"","z":1e3}`,
		`{"big":123456789012345678901234567890}`,
	} {
		var m manifest.Map
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if json.Unmarshal([]byte(text), &want) != nil || json.Unmarshal(out, &got) != nil || !reflect.DeepEqual(want, got) {
			t.Errorf("%s came back as %s", text, out)
		}
	}
	var m manifest.Map
	if err := json.Unmarshal([]byte(`{"z":1,"a":2,"m":3}`), &m); err != nil || !reflect.DeepEqual(m.Keys(), []string{"z", "a", "m"}) {
		t.Errorf("keys %v (%v)", m.Keys(), err)
	}
}

// FuzzMapJSON: the map takes exactly the texts that encoding/json takes as an object or null,
// and with the same values.
func FuzzMapJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":[1,2.5e-3,{"b":null}]}`, `null`, `[1]`, `{"a":01}`, `{"a":"\ud800"}`, `{"a":1,}`, ` { } x`, "{\"a\":\"\t\"}", `{"a":-}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want map[string]any
		wantErr := json.Unmarshal(data, &want)
		var m manifest.Map
		if err := m.UnmarshalJSON(data); (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, encoding/json has %v", err, wantErr)
		}
		if wantErr != nil {
			return
		}
		out, err := json.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%s came back as %s", data, out)
		}
	})
}
