package spreadsheet

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
)

// The limits of the file format.
const (
	maxRows     = 1_048_576
	maxColumns  = 16_384
	maxCellText = 32_767 // UTF-16 units
	maxDigits   = 15     // a number keeps no more
	maxName     = 31     // UTF-16 units of a sheet's name
)

type kind uint8

const (
	blank kind = iota
	number
	text
	boolean
	failure // an error value: #DIV/0!
)

// value is what a cell holds. Text of a number is the number as it is written, which is exact
// where num is only near; "" writes num.
type value struct {
	kind kind
	num  float64
	text string
}

func numeric(f float64) value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return value{kind: failure, text: "#NUM!"}
	}
	return value{kind: number, num: f}
}

func textual(s string) value { return value{kind: text, text: s} }

func truth(b bool) value {
	if b {
		return value{kind: boolean, num: 1}
	}
	return value{kind: boolean}
}

func failed(code string) value { return value{kind: failure, text: code} }

// written gives a number as the file has it.
func (v value) written() string {
	if v.text != "" {
		return v.text
	}
	if a := math.Abs(v.num); a != 0 && (a < 1e-9 || a >= 1e21) {
		return strconv.FormatFloat(v.num, 'E', -1, 64)
	}
	return strconv.FormatFloat(v.num, 'f', -1, 64)
}

// valueOf takes a value of the warehouse. Exact is false where a number has more digits than a
// cell keeps, and stands as text.
func valueOf(v any, column adapter.Column) (out value, exact bool) {
	switch v := v.(type) {
	case nil:
		return value{}, true
	case bool:
		return truth(v), true
	case int64:
		return exactNumber(strconv.FormatInt(v, 10))
	case *big.Int:
		return exactNumber(v.String())
	case adapter.Decimal:
		return exactNumber(string(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return textual(strconv.FormatFloat(v, 'g', -1, 64)), true
		}
		return numeric(v), true
	case time.Time:
		return moment(v, column.Type), true
	case string:
		return textual(v), true
	case []byte:
		return textual(fmt.Sprintf("\\x%x", v)), true
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return textual(fmt.Sprint(v)), true
		}
		return textual(string(b)), true
	}
}

// exactNumber makes a cell of decimal text. Beyond fifteen digits it stays text, for a cell would
// silently round it.
func exactNumber(s string) (value, bool) {
	if digits(s) > maxDigits {
		return textual(s), false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return textual(s), true
	}
	return value{kind: number, num: f, text: s}, true
}

// digits counts what a number needs: neither zeros in front nor zeros behind the point count.
func digits(s string) int {
	s = strings.TrimLeft(s, "+-")
	if strings.Contains(s, ".") {
		s = strings.TrimRight(s, "0")
	}
	s = strings.ReplaceAll(s, ".", "")
	return len(strings.TrimRight(strings.TrimLeft(s, "0"), "0"))
}

// firstDay is the earliest day whose number all programs agree on.
//
//nolint:gochecknoglobals // a constant
var (
	firstDay = time.Date(1900, time.March, 1, 0, 0, 0, 0, time.UTC)
	dayZero  = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
)

// moment makes a date or timestamp of a time; those that a cell cannot hold stay text.
func moment(t time.Time, columnType string) value {
	t = t.UTC()
	if t.Before(firstDay) || t.Year() > 9999 {
		if isDate(columnType) {
			return textual(t.Format(time.DateOnly))
		}
		return textual(t.Format(time.DateTime))
	}
	seconds := t.Unix() - dayZero.Unix()
	days := seconds / 86_400
	if rest := seconds % 86_400; rest != 0 || t.Nanosecond() != 0 {
		day := float64(days) + (float64(rest)+float64(t.Nanosecond())/1e9)/86_400
		return value{kind: number, num: day, text: strconv.FormatFloat(math.Round(day*1e10)/1e10, 'f', -1, 64)}
	}
	return value{kind: number, num: float64(days), text: strconv.FormatInt(days, 10)}
}

func isDate(columnType string) bool { return strings.EqualFold(columnType, "date") }

// formatOf gives the format of a warehouse's type, where the project names none.
func formatOf(columnType string) string {
	t := strings.ToUpper(columnType)
	base, scale, _ := strings.Cut(t, "(")
	switch base {
	case "DATE":
		return "date"
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "INT", "INT4", "INT8":
		return "integer"
	case "DECIMAL", "NUMERIC":
		if strings.HasSuffix(strings.ReplaceAll(scale, " ", ""), ",0)") {
			return "integer"
		}
		return "decimal"
	case "FLOAT", "DOUBLE", "REAL":
		return "decimal"
	case "BOOLEAN":
		return "general"
	}
	if strings.HasPrefix(base, "TIMESTAMP") || base == "DATETIME" {
		return "datetime"
	}
	return "text"
}
