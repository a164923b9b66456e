package artifact

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"atlas/engine/manifest"
)

// encoder writes JSON as it goes, without building the document first. The first error of the
// writer sticks and is given by flush.
type encoder struct {
	w     io.Writer
	buf   []byte
	comma bool
	ends  []byte // closing brackets of what is open
	err   error
}

const flushAt = 64 << 10

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: w, buf: make([]byte, 0, flushAt+(4<<10))}
}

func (e *encoder) flush() error {
	if e.err == nil && len(e.buf) > 0 {
		_, e.err = e.w.Write(e.buf)
	}
	e.buf = e.buf[:0]
	return e.err
}

// before writes the comma that a value needs.
func (e *encoder) before() {
	if e.comma {
		e.buf = append(e.buf, ',')
	}
	e.comma = true
	if len(e.buf) >= flushAt {
		_ = e.flush()
	}
}

func (e *encoder) open(start, end byte) {
	e.before()
	e.buf = append(e.buf, start)
	e.ends = append(e.ends, end)
	e.comma = false
}

func (e *encoder) object() { e.open('{', '}') }
func (e *encoder) array()  { e.open('[', ']') }

// end closes the innermost object or array.
func (e *encoder) end() {
	e.buf = append(e.buf, e.ends[len(e.ends)-1])
	e.ends = e.ends[:len(e.ends)-1]
	e.comma = true
}

// field writes an object's key; the value follows.
func (e *encoder) field(name string) *encoder {
	e.before()
	e.buf = appendString(e.buf, name)
	e.buf = append(e.buf, ':')
	e.comma = false
	return e
}

func (e *encoder) null() {
	e.before()
	e.buf = append(e.buf, "null"...)
}

func (e *encoder) bool(b bool) {
	e.before()
	e.buf = strconv.AppendBool(e.buf, b)
}

func (e *encoder) int(i int64) {
	e.before()
	e.buf = strconv.AppendInt(e.buf, i, 10)
}

func (e *encoder) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.null()
		return
	}
	e.before()
	e.buf = strconv.AppendFloat(e.buf, f, 'f', -1, 64)
}

func (e *encoder) string(s string) {
	e.before()
	e.buf = appendString(e.buf, s)
}

func (e *encoder) stringOrNull(s string) {
	if s == "" {
		e.null()
	} else {
		e.string(s)
	}
}

// time writes a moment as dbt does: UTC with microseconds and a Z; the zero time is null.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.null()
		return
	}
	e.string(t.UTC().Format("2006-01-02T15:04:05.000000Z"))
}

func (e *encoder) strings(list []string) {
	e.array()
	for _, s := range list {
		e.string(s)
	}
	e.end()
}

func (e *encoder) ids(list []manifest.ID) {
	e.array()
	for _, s := range list {
		e.string(string(s))
	}
	e.end()
}

func (e *encoder) emptyObject() { e.object(); e.end() }
func (e *encoder) emptyArray()  { e.array(); e.end() }

// mapping writes a Map; nil is an empty object.
func (e *encoder) mapping(m *manifest.Map) {
	e.object()
	for _, k := range m.Keys() {
		v, _ := m.Get(k)
		e.field(k).value(v)
	}
	e.end()
}

// merged writes a mapping filled up with defaults.
func (e *encoder) merged(defaults, given *manifest.Map) {
	e.object()
	for _, k := range defaults.Keys() {
		v, set := given.Get(k)
		if !set {
			v, _ = defaults.Get(k)
		}
		e.field(k).value(v)
	}
	for _, k := range given.Keys() {
		if _, done := defaults.Get(k); !done {
			v, _ := given.Get(k)
			e.field(k).value(v)
		}
	}
	e.end()
}

// mappingOrNull writes a Map; nil is null.
func (e *encoder) mappingOrNull(m *manifest.Map) {
	if m == nil {
		e.null()
		return
	}
	e.mapping(m)
}

// value writes anything that a Map may hold.
func (e *encoder) value(v any) {
	switch v := v.(type) {
	case nil:
		e.null()
	case bool:
		e.bool(v)
	case int64:
		e.int(v)
	case int:
		e.int(int64(v))
	case float64:
		e.float(v)
	case string:
		e.string(v)
	case time.Time:
		e.string(formatTime(v))
	case *manifest.Map:
		e.mappingOrNull(v)
	case []any:
		e.array()
		for _, x := range v {
			e.value(x)
		}
		e.end()
	case []string:
		e.strings(v)
	case fmt.Stringer:
		e.string(v.String())
	default:
		e.string(fmt.Sprint(v))
	}
}

// formatTime writes a YAML date or timestamp: a date without a time of day stays one.
func formatTime(t time.Time) string {
	if t.Equal(t.Truncate(24*time.Hour)) && t.Location() == time.UTC {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02T15:04:05.999999Z07:00")
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string. Only what must be escaped is; invalid UTF-8 becomes U+FFFD.
func appendString(buf []byte, s string) []byte {
	buf = append(buf, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			buf = append(buf, s[start:i]...)
			buf = appendEscape(buf, c)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			buf = append(buf, s[start:i]...)
			buf = append(buf, "\ufffd"...)
			start = i + n
		}
		i += n
	}
	buf = append(buf, s[start:]...)
	return append(buf, '"')
}

func appendEscape(buf []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(buf, '\\', c)
	case '\n':
		return append(buf, '\\', 'n')
	case '\r':
		return append(buf, '\\', 'r')
	case '\t':
		return append(buf, '\\', 't')
	default:
		return append(buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
