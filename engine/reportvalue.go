package engine

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/block"
	"atlas/engine/manifest"
)

// reportType gives the type of a column of a report by the warehouse's spelling.
func reportType(column string) block.Type {
	t := strings.ToUpper(strings.TrimSpace(column))
	base, _, _ := strings.Cut(t, "(")
	if strings.HasSuffix(t, "]") {
		return block.Text // a list
	}
	switch {
	case base == "DECIMAL" || base == "NUMERIC":
		if strings.HasSuffix(t, ",0)") {
			return block.Integer
		}
		return block.Decimal
	case strings.HasSuffix(base, "INT") || strings.HasSuffix(base, "INTEGER") || base == "LONG" || base == "SHORT":
		return block.Integer
	case base == "DOUBLE" || base == "FLOAT" || base == "REAL" || base == "DOUBLE PRECISION":
		return block.Float
	case base == "BOOLEAN" || base == "BOOL":
		return block.Boolean
	case base == "DATE":
		return block.Date
	case strings.HasPrefix(base, "TIMESTAMP") || base == "DATETIME":
		return block.Timestamp
	default:
		return block.Text
	}
}

// reportValue gives a value of the warehouse as reports hold it.
func reportValue(v any) block.Value {
	switch v := v.(type) {
	case adapter.Decimal:
		return block.Number(v)
	case *big.Int:
		return block.Number(v.String())
	case []byte:
		return hex.EncodeToString(v)
	case []any, *manifest.Map:
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(b)
	default:
		return v
	}
}
