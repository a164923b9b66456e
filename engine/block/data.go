package block

import (
	"strconv"
	"strings"
	"time"
)

// Index gives the place of a column by name, without regard to case where no name is the same; -1
// if there is none.
func (d *Data) Index(column string) int {
	for i := range d.Columns {
		if d.Columns[i].Name == column {
			return i
		}
	}
	for i := range d.Columns {
		if strings.EqualFold(d.Columns[i].Name, column) {
			return i
		}
	}
	return -1
}

// Names lists the columns.
func (d *Data) Names() []string {
	out := make([]string, len(d.Columns))
	for i := range d.Columns {
		out[i] = d.Columns[i].Name
	}
	return out
}

// RowKey names a row by the values of the key columns, "period=2026-02-01,unit=TM"; "#3" is the
// third row of data without a key.
func (d *Data) RowKey(row int) string {
	var parts []string
	for _, k := range d.Key {
		i := d.Index(k)
		if i < 0 {
			continue
		}
		parts = append(parts, keyText(k)+"="+keyText(PlainText(d.Rows[row][i])))
	}
	if len(parts) == 0 {
		return "#" + strconv.Itoa(row+1)
	}
	return strings.Join(parts, ",")
}

func keyText(s string) string {
	if !strings.ContainsAny(s, `\,=`) {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, ",", `\,`, "=", `\=`).Replace(s)
}

// Figure gives a value with its origin. A row or column below zero gives a figure without a value.
func (d *Data) Figure(row, column int) Figure {
	f := Figure{Origin: Origin{Query: d.Query}}
	if column >= 0 {
		f.Format = d.Columns[column].Format
		f.Origin.Column = d.Columns[column].Name
	}
	if row >= 0 && row < len(d.Rows) {
		f.Origin.Row = d.RowKey(row)
		if column >= 0 {
			f.Value = d.Rows[row][column]
		}
	}
	return f
}

// Find gives the first row whose columns have these values, as PlainText writes them; -1 if there is
// none.
func (d *Data) Find(values map[string]string) int {
	for i := range d.Rows {
		if d.matches(i, values) {
			return i
		}
	}
	return -1
}

func (d *Data) matches(row int, values map[string]string) bool {
	for k, v := range values {
		i := d.Index(k)
		if i < 0 || PlainText(d.Rows[row][i]) != v {
			return false
		}
	}
	return true
}

// PlainText writes a value the same in every language: 2026-02-01, 1250000.00, true; "" of nil.
func PlainText(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case Number:
		return string(v)
	case time.Time:
		if IsDate(v) {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04:05.999999999")
	default:
		return ""
	}
}
