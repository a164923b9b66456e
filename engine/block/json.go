package block

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// figureJSON is a figure as a file holds it: the value with its type where JSON cannot tell it, and
// no block, which is the one that the figure stands in.
type figureJSON struct {
	Value  json.RawMessage `json:"value"`
	Type   Type            `json:"type,omitempty"`
	Format string          `json:"format,omitempty"`
	Origin Origin          `json:"origin"`
}

// EncodeValue writes a value: null, true, a whole number, a number with a point (a float), or a
// text. Exact numbers and points in time are texts too, and the type says so.
func EncodeValue(v Value) (json.RawMessage, Type, error) {
	switch v := v.(type) {
	case nil:
		return json.RawMessage("null"), "", nil
	case bool:
		return json.RawMessage(strconv.FormatBool(v)), "", nil
	case int64:
		return json.RawMessage(strconv.FormatInt(v, 10)), "", nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return json.RawMessage("null"), "", nil
		}
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return json.RawMessage(s), "", nil
	case Number:
		return quoted(string(v)), Decimal, nil
	case string:
		return quoted(v), "", nil
	case time.Time:
		if IsDate(v) {
			return quoted(v.Format(time.DateOnly)), Date, nil
		}
		return quoted(v.UTC().Format(time.RFC3339Nano)), Timestamp, nil
	default:
		return nil, "", fmt.Errorf("a value of Go type %T has no place in a report", v)
	}
}

func quoted(s string) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return json.RawMessage(`""`) // a text always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// DecodeValue reads what EncodeValue wrote. Texts of the types decimal, date and timestamp are such
// values; a text that is none of its type is an error.
func DecodeValue(raw json.RawMessage, t Type) (Value, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil, nil
	case string(raw) == "true":
		return true, nil
	case string(raw) == "false":
		return false, nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		return textValue(s, t)
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return numberValue(string(raw))
	default:
		return nil, fmt.Errorf("%s is not a value", raw)
	}
}

func textValue(s string, t Type) (Value, error) {
	switch t {
	case Decimal:
		if _, ok := Exact(Number(s)); !ok {
			return nil, fmt.Errorf("%q is not a number", s)
		}
		return Number(s), nil
	case Date:
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return nil, fmt.Errorf("%q is not a date", s)
		}
		return at, nil
	case Timestamp:
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return nil, fmt.Errorf("%q is not a point in time", s)
		}
		return at.UTC(), nil
	default:
		return s, nil
	}
}

func numberValue(s string) (Value, error) {
	if !strings.ContainsAny(s, ".eE") {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n, nil
		}
		return Number(s), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err
}

func (f Figure) encoded() (figureJSON, error) {
	raw, t, err := EncodeValue(f.Value)
	f.Origin.Block = ""
	return figureJSON{Value: raw, Type: t, Format: f.Format, Origin: f.Origin}, err
}

func (x figureJSON) decoded() (Figure, error) {
	v, err := DecodeValue(x.Value, x.Type)
	return Figure{Value: v, Format: x.Format, Origin: x.Origin}, err
}

// MarshalJSON writes the value with its type.
func (f Figure) MarshalJSON() ([]byte, error) {
	x, err := f.encoded()
	if err != nil {
		return nil, err
	}
	return json.Marshal(x)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(b []byte) error {
	var x figureJSON
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	var err error
	*f, err = x.decoded()
	return err
}

// What has a figure in it has the figure's keys beside its own.
type (
	kpiJSON struct {
		Label string `json:"label"`
		figureJSON
		Compare []Compare `json:"compare,omitempty"`
		Target  *Figure   `json:"target,omitempty"`
		Share   float64   `json:"share,omitempty"`
		Spark   []Figure  `json:"spark,omitempty"`
	}
	compareJSON struct {
		Label string `json:"label"`
		figureJSON
		Verdict Verdict `json:"verdict,omitempty"`
	}
	cellJSON struct {
		figureJSON
		Style string  `json:"style,omitempty"`
		Bar   float64 `json:"bar,omitempty"`
		Heat  float64 `json:"heat,omitempty"`
	}
	labelJSON struct {
		Value json.RawMessage `json:"value"`
		Type  Type            `json:"type,omitempty"`
		Text  string          `json:"text"`
	}
)

// MarshalJSON writes the figure's keys beside the others.
func (k KPI) MarshalJSON() ([]byte, error) {
	f, err := k.encoded()
	if err != nil {
		return nil, err
	}
	return json.Marshal(kpiJSON{Label: k.Label, figureJSON: f, Compare: k.Compare, Target: k.Target, Share: k.Share, Spark: k.Spark})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *KPI) UnmarshalJSON(b []byte) error {
	var x kpiJSON
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	f, err := x.decoded()
	*k = KPI{Label: x.Label, Figure: f, Compare: x.Compare, Target: x.Target, Share: x.Share, Spark: x.Spark}
	return err
}

// MarshalJSON writes the figure's keys beside the others.
func (c Compare) MarshalJSON() ([]byte, error) {
	f, err := c.encoded()
	if err != nil {
		return nil, err
	}
	return json.Marshal(compareJSON{Label: c.Label, figureJSON: f, Verdict: c.Verdict})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Compare) UnmarshalJSON(b []byte) error {
	var x compareJSON
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	f, err := x.decoded()
	*c = Compare{Label: x.Label, Figure: f, Verdict: x.Verdict}
	return err
}

// MarshalJSON writes the figure's keys beside the others.
func (c Cell) MarshalJSON() ([]byte, error) {
	f, err := c.encoded()
	if err != nil {
		return nil, err
	}
	return json.Marshal(cellJSON{figureJSON: f, Style: c.Style, Bar: c.Bar, Heat: c.Heat})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Cell) UnmarshalJSON(b []byte) error {
	var x cellJSON
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	f, err := x.decoded()
	*c = Cell{Figure: f, Style: x.Style, Bar: x.Bar, Heat: x.Heat}
	return err
}

// MarshalJSON writes the value with its type.
func (l Label) MarshalJSON() ([]byte, error) {
	raw, t, err := EncodeValue(l.Value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(labelJSON{Value: raw, Type: t, Text: l.Text})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Label) UnmarshalJSON(b []byte) error {
	var x labelJSON
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	v, err := DecodeValue(x.Value, x.Type)
	*l = Label{Value: v, Text: x.Text}
	return err
}
