package duckdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// sink is one column of a chunk that is being filled.
type sink struct {
	kind  *kind
	vec   binding.Vector
	data  unsafe.Pointer
	valid unsafe.Pointer // nil until the first null
}

func openSink(v binding.Vector, k *kind) sink {
	return sink{kind: k, vec: v, data: binding.VectorGetData(v)}
}

// native reports whether a sink can hold the type; the others are cast from text by DuckDB.
func (k *kind) native() bool {
	switch k.id {
	case binding.TypeInterval, binding.TypeBit, binding.TypeBigNum, binding.TypeTimeTZ, binding.TypeTimeNS,
		binding.TypeGeometry, binding.TypeVariant, binding.TypeSQLNull, binding.TypeAny:
		return false
	}
	return !k.nested()
}

func store[T any](s *sink, row uint64, v T) {
	*(*T)(unsafe.Add(s.data, uintptr(row)*unsafe.Sizeof(v))) = v
}

func (s *sink) null(row uint64) {
	if s.valid == nil {
		binding.VectorEnsureValidityWritable(s.vec)
		s.valid = binding.VectorGetValidity(s.vec)
	}
	word := (*uint64)(unsafe.Add(s.valid, row/64*8))
	*word &^= 1 << (row % 64)
}

// put converts a value and writes it.
func (s *sink) put(row uint64, v any) error {
	if v == nil {
		s.null(row)
		return nil
	}
	switch s.kind.id {
	case binding.TypeVarchar:
		return s.putText(row, v)
	case binding.TypeBoolean:
		b, err := toBool(v)
		if err != nil {
			return err
		}
		store(s, row, b)
	case binding.TypeDecimal:
		return s.putDecimal(row, v)
	case binding.TypeFloat, binding.TypeDouble:
		f, err := toFloat(v)
		if err != nil {
			return err
		}
		if s.kind.id == binding.TypeFloat {
			store(s, row, float32(f))
			return nil
		}
		store(s, row, f)
	case binding.TypeTinyInt, binding.TypeSmallInt, binding.TypeInteger, binding.TypeBigInt, binding.TypeUTinyInt,
		binding.TypeUSmallInt, binding.TypeUInteger, binding.TypeUBigInt, binding.TypeHugeInt, binding.TypeUHugeInt:
		return s.putInteger(row, v)
	case binding.TypeDate, binding.TypeTime, binding.TypeTimestamp, binding.TypeTimestampTZ,
		binding.TypeTimestampS, binding.TypeTimestampMS, binding.TypeTimestampNS:
		return s.putTemporal(row, v)
	default:
		return s.putRare(row, v)
	}
	return nil
}

func (s *sink) putRare(row uint64, v any) error {
	switch s.kind.id {
	case binding.TypeBlob:
		switch v := v.(type) {
		case []byte:
			binding.VectorAssignStringElementLen(s.vec, binding.IdxT(row), v)
			return nil
		case string:
			binding.VectorAssignStringElementLen(s.vec, binding.IdxT(row), []byte(v))
			return nil
		}
	case binding.TypeUUID:
		h, err := parseUUID(asText(v))
		if err != nil {
			return err
		}
		store(s, row, h)
		return nil
	case binding.TypeEnum:
		return s.putLabel(row, asText(v))
	}
	return unfit(v, s.kind)
}

// putText writes a text; short ones straight into their handle, as DuckDB lays them out.
func (s *sink) putText(row uint64, v any) error {
	text, ok := v.(string)
	if !ok {
		if s.kind.json {
			raw, err := json.Marshal(v)
			if err != nil {
				return err
			}
			text = string(raw)
		} else {
			text = asText(v)
		}
	} else if s.kind.json && !json.Valid([]byte(text)) {
		return fmt.Errorf("%s is no JSON", show(text))
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("%s is not in UTF-8", show(text))
	}
	if len(text) > inlineText {
		binding.UnsafeVectorAssignStringElementLen(s.vec, binding.IdxT(row), unsafe.Slice(unsafe.StringData(text), len(text)))
		return nil
	}
	var handle [16]byte
	*(*uint32)(unsafe.Pointer(&handle)) = uint32(len(text))
	copy(handle[4:], text)
	store(s, row, handle)
	return nil
}

func (s *sink) putLabel(row uint64, text string) error {
	for i, l := range s.kind.labels {
		if l != text {
			continue
		}
		switch s.kind.storage {
		case binding.TypeUTinyInt:
			store(s, row, uint8(i))
		case binding.TypeUSmallInt:
			store(s, row, uint16(i))
		default:
			store(s, row, uint32(i))
		}
		return nil
	}
	return fmt.Errorf("%s is none of the column's labels", show(text))
}

func (s *sink) putDecimal(row uint64, v any) error {
	var n int64
	text, ok := v.(string)
	if d, isDecimal := v.(adapter.Decimal); isDecimal {
		text, ok = string(d), true
	}
	if ok {
		if n, ok = shortDecimal(text, int(s.kind.scale)); ok && s.kind.width <= 18 {
			return s.storeDecimal(row, n, text)
		}
	} else if text, ok = numberText(v); !ok {
		return unfit(v, s.kind)
	}
	big, err := scaled(text, int(s.kind.scale))
	if err != nil {
		return err
	}
	if s.kind.width <= 18 {
		if !big.IsInt64() {
			return tooWide(text, s.kind)
		}
		return s.storeDecimal(row, big.Int64(), text)
	}
	h, fits := hugeFrom(big)
	if !fits || big.CmpAbs(tenTo(int(s.kind.width))) >= 0 {
		return tooWide(text, s.kind)
	}
	store(s, row, h)
	return nil
}

func tooWide(text string, k *kind) error { return fmt.Errorf("%s does not fit %s", show(text), k) }

func (s *sink) storeDecimal(row uint64, n int64, text string) error {
	limit := int64(1)
	for range s.kind.width {
		limit *= 10
	}
	if n >= limit || n <= -limit {
		return tooWide(text, s.kind)
	}
	switch s.kind.storage {
	case binding.TypeSmallInt:
		store(s, row, int16(n))
	case binding.TypeInteger:
		store(s, row, int32(n))
	default:
		store(s, row, n)
	}
	return nil
}

// shortDecimal reads a plain number of up to 17 digits whose fraction fits the scale; it gives
// false for everything else, which scaled then judges.
func shortDecimal(s string, scale int) (int64, bool) {
	neg := false
	if s != "" && s[0] == '-' {
		neg, s = true, s[1:]
	}
	if s == "" || len(s) > 17 || scale > 17 {
		return 0, false
	}
	var n int64
	frac := -1
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '.' && frac < 0 && i > 0:
			frac = 0
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			if frac >= 0 {
				frac++
			}
		default:
			return 0, false
		}
	}
	frac = max(frac, 0)
	if frac > scale || len(s)+scale-frac > 18 {
		return 0, false
	}
	for range scale - frac {
		n *= 10
	}
	if neg {
		n = -n
	}
	return n, true
}

// scaled gives the number times 10^scale, rounded half away from zero.
func scaled(text string, scale int) (*big.Int, error) {
	n, have, ok := parseDecimal(text)
	if !ok {
		return nil, fmt.Errorf("%s is no number", show(text))
	}
	if have <= scale {
		return n.Mul(n, tenTo(scale-have)), nil
	}
	q, r := new(big.Int).QuoRem(n, tenTo(have-scale), new(big.Int))
	if r.Abs(r).Lsh(r, 1).Cmp(tenTo(have-scale)) >= 0 {
		q.Add(q, big.NewInt(int64(n.Sign())))
	}
	return q, nil
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// numberText gives a number's digits; false for what is no number.
func numberText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case adapter.Decimal:
		return string(v), true
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), !math.IsNaN(v) && !math.IsInf(v, 0)
	case *big.Int:
		return v.String(), true
	}
	return "", false
}

func (s *sink) putInteger(row uint64, v any) error {
	n, ok := v.(int64)
	if !ok {
		text, isNumber := numberText(v)
		if !isNumber {
			return unfit(v, s.kind)
		}
		b, have, ok := parseDecimal(text)
		if !ok {
			return fmt.Errorf("%s is no number", show(text))
		}
		if have > 0 {
			q, r := new(big.Int).QuoRem(b, tenTo(have), new(big.Int))
			if r.Sign() != 0 {
				return fmt.Errorf("%s is no whole number", show(text))
			}
			b = q
		}
		if !b.IsInt64() {
			return s.putHuge(row, b)
		}
		n = b.Int64()
	}
	switch k := s.kind.id; {
	case k == binding.TypeBigInt:
		store(s, row, n)
	case k == binding.TypeInteger && n == int64(int32(n)):
		store(s, row, int32(n))
	case k == binding.TypeSmallInt && n == int64(int16(n)):
		store(s, row, int16(n))
	case k == binding.TypeTinyInt && n == int64(int8(n)):
		store(s, row, int8(n))
	case k == binding.TypeUInteger && n == int64(uint32(n)):
		store(s, row, uint32(n))
	case k == binding.TypeUSmallInt && n == int64(uint16(n)):
		store(s, row, uint16(n))
	case k == binding.TypeUTinyInt && n == int64(uint8(n)):
		store(s, row, uint8(n))
	case k == binding.TypeUBigInt && n >= 0:
		store(s, row, uint64(n))
	default:
		return s.putHuge(row, big.NewInt(n))
	}
	return nil
}

// putHuge writes what no int64 holds, and refuses what the column does not.
func (s *sink) putHuge(row uint64, n *big.Int) error {
	h, fits := hugeFrom(n)
	switch s.kind.id {
	case binding.TypeHugeInt:
		if fits {
			store(s, row, h)
			return nil
		}
	case binding.TypeUHugeInt:
		if n.Sign() >= 0 && n.BitLen() <= 128 {
			lower := new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64))
			store(s, row, huge{lower: lower.Uint64(), upper: new(big.Int).Rsh(n, 64).Uint64()})
			return nil
		}
	case binding.TypeUBigInt:
		if n.IsUint64() {
			store(s, row, n.Uint64())
			return nil
		}
	}
	return fmt.Errorf("%s does not fit %s", n, s.kind)
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	}
	if text, ok := numberText(v); ok {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, fmt.Errorf("%s is no number", show(text))
		}
		return f, nil
	}
	if f, ok := v.(float32); ok {
		return float64(f), nil
	}
	return 0, fmt.Errorf("a %T is no number", v)
}

func toBool(v any) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case int64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case string:
		switch v {
		case "true", "True", "TRUE", "t", "1", "yes":
			return true, nil
		case "false", "False", "FALSE", "f", "0", "no":
			return false, nil
		}
	}
	return false, fmt.Errorf("%s is neither true nor false", show(asText(v)))
}

func parseUUID(s string) (huge, error) {
	var h huge
	digits := 0
	for _, r := range s {
		if r == '-' {
			continue
		}
		d, err := strconv.ParseUint(string(r), 16, 8)
		if err != nil || digits == 32 {
			return huge{}, fmt.Errorf("%s is no UUID", show(s))
		}
		h.upper = h.upper<<4 | h.lower>>60
		h.lower = h.lower<<4 | d
		digits++
	}
	if digits != 32 {
		return huge{}, fmt.Errorf("%s is no UUID", show(s))
	}
	h.upper ^= 1 << 63
	return h, nil
}

// asText spells a value for a text column as DuckDB's cast would.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case float64:
		// A number read from a spreadsheet is often a code: it stays in full.
		if math.Abs(v) < 1e21 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.Format("2006-01-02 15:04:05.999999")
	case []any, *manifest.Map:
		if raw, err := json.Marshal(v); err == nil {
			return string(raw)
		}
	}
	return fmt.Sprint(v)
}

func unfit(v any, k *kind) error { return fmt.Errorf("a %T does not fit %s", v, k) }

// show quotes a text for an error, shortened.
func show(s string) string {
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return strconv.Quote(s)
}

var errTime = errors.New("no time")

// putTemporal writes dates and times.
func (s *sink) putTemporal(row uint64, v any) error {
	n, err := temporalNumber(s.kind.id, v)
	if errors.Is(err, errTime) {
		return fmt.Errorf("%s is no %s", show(asText(v)), s.kind)
	}
	if err != nil {
		return err
	}
	if s.kind.id == binding.TypeDate {
		store(s, row, int32(n))
		return nil
	}
	store(s, row, n)
	return nil
}
