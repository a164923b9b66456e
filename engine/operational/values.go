package operational

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"atlas/engine/adapter"
)

// Value gives a value of the warehouse as the store keeps it; typ is its column's type there.
// Booleans are 0 and 1; exact numbers are their digits, which a numeric column of the store turns
// into a number; dates are ISO text, so that they compare as they should;
// lists and structs are JSON.
func Value(v any, typ string) any {
	switch v := v.(type) {
	case nil, int64, float64, string, []byte:
		return v
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case *big.Int:
		return v.String()
	case adapter.Decimal:
		return string(v)
	case time.Time:
		if strings.EqualFold(typ, "date") {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04:05.999999")
	case []any, json.Marshaler: // lists and structs
		b, err := json.Marshal(v)
		if err != nil { // a number that JSON has not
			return fmt.Sprint(v)
		}
		return string(b)
	default:
		return fmt.Sprint(v)
	}
}
