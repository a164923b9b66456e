package operational_test

import (
	"math/big"
	"reflect"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
	"atlas/engine/operational"
)

func TestValues(t *testing.T) {
	day := time.Date(2026, 1, 2, 3, 4, 5, 600000000, time.UTC)
	huge, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	for _, c := range []struct {
		in   any
		typ  string
		want any
	}{
		{nil, "INTEGER", nil},
		{true, "BOOLEAN", int64(1)},
		{huge, "HUGEINT", "170141183460469231731687303715884105727"},
		{adapter.Decimal("0.10"), "DECIMAL(18,2)", "0.10"},
		{day, "DATE", "2026-01-02"},
		{day, "TIMESTAMP", "2026-01-02 03:04:05.6"},
		{[]any{int64(1), nil, "x"}, "VARCHAR[]", `[1,null,"x"]`},
		{manifest.NewMap("a", "x"), "STRUCT(a VARCHAR)", `{"a":"x"}`},
	} {
		if got := operational.Value(c.in, c.typ); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v of %s: %#v, want %#v", c.in, c.typ, got, c.want)
		}
	}
}
