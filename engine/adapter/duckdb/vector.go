package duckdb

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unsafe"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// vector is one column of a chunk, or a part of a nested one: DuckDB's own memory, read in place.
type vector struct {
	kind     *kind
	data     unsafe.Pointer
	valid    unsafe.Pointer // nil: no nulls
	children []vector
}

// openVector takes the addresses of a flat vector and of its children. For MAP the children are
// those of its hidden struct: keys and values.
func openVector(v binding.Vector, k *kind) vector {
	out := vector{kind: k, data: binding.VectorGetData(v), valid: binding.VectorGetValidity(v)}
	switch k.id {
	case binding.TypeList:
		out.children = []vector{openVector(binding.ListVectorGetChild(v), k.children[0])}
	case binding.TypeArray:
		out.children = []vector{openVector(binding.ArrayVectorGetChild(v), k.children[0])}
	case binding.TypeMap:
		entries := binding.ListVectorGetChild(v)
		for i, c := range k.children {
			out.children = append(out.children, openVector(binding.StructVectorGetChild(entries, binding.IdxT(i)), c))
		}
	case binding.TypeStruct:
		for i, c := range k.children {
			out.children = append(out.children, openVector(binding.StructVectorGetChild(v, binding.IdxT(i)), c))
		}
	case binding.TypeUnion:
		// The first child of a union's struct is the tag.
		out.children = []vector{openVector(binding.StructVectorGetChild(v, 0), &kind{id: binding.TypeUTinyInt})}
		for i, c := range k.children {
			out.children = append(out.children, openVector(binding.StructVectorGetChild(v, binding.IdxT(i+1)), c))
		}
	}
	return out
}

func (v *vector) null(row uint64) bool {
	if v.valid == nil {
		return false
	}
	word := *(*uint64)(unsafe.Add(v.valid, row/64*8))
	return word&(1<<(row%64)) == 0
}

// at reads a fixed-width cell.
func at[T any](v *vector, row uint64) T {
	var zero T
	return *(*T)(unsafe.Add(v.data, uintptr(row)*unsafe.Sizeof(zero)))
}

type (
	huge     struct{ lower, upper uint64 }
	interval struct {
		months, days int32
		micros       int64
	}
	listEntry struct{ offset, length uint64 }
)

// inlineText is the longest text that DuckDB keeps inside its 16-byte handle.
const inlineText = 12

// text reads a cell without copying it; it lives as long as the chunk.
func (v *vector) text(row uint64) string {
	handle := unsafe.Add(v.data, uintptr(row)*16)
	n := *(*uint32)(handle)
	if n <= inlineText {
		return unsafe.String((*byte)(unsafe.Add(handle, 4)), n)
	}
	return unsafe.String(*(**byte)(unsafe.Add(handle, 8)), n)
}

// value gives a cell as the contract of adapter.Rows has it.
func (v *vector) value(row uint64) (any, error) {
	if v.null(row) {
		return nil, nil
	}
	switch v.kind.id {
	case binding.TypeBoolean:
		return at[byte](v, row) != 0, nil
	case binding.TypeVarchar:
		return strings.Clone(v.text(row)), nil
	case binding.TypeTinyInt:
		return int64(at[int8](v, row)), nil
	case binding.TypeSmallInt:
		return int64(at[int16](v, row)), nil
	case binding.TypeInteger:
		return int64(at[int32](v, row)), nil
	case binding.TypeBigInt:
		return at[int64](v, row), nil
	case binding.TypeUTinyInt:
		return int64(at[uint8](v, row)), nil
	case binding.TypeUSmallInt:
		return int64(at[uint16](v, row)), nil
	case binding.TypeUInteger:
		return int64(at[uint32](v, row)), nil
	case binding.TypeFloat:
		return widen(at[float32](v, row)), nil
	case binding.TypeDouble:
		return at[float64](v, row), nil
	case binding.TypeDecimal:
		return v.decimal(row), nil
	case binding.TypeDate, binding.TypeTimestamp, binding.TypeTimestampTZ, binding.TypeTimestampS,
		binding.TypeTimestampMS, binding.TypeTimestampNS, binding.TypeTime, binding.TypeTimeNS,
		binding.TypeTimeTZ, binding.TypeInterval:
		return v.temporal(row), nil
	case binding.TypeSQLNull:
		return nil, nil
	case binding.TypeList, binding.TypeArray, binding.TypeMap, binding.TypeStruct, binding.TypeUnion:
		return v.nested(row)
	}
	return v.rare(row)
}

func (v *vector) rare(row uint64) (any, error) {
	switch v.kind.id {
	case binding.TypeUBigInt:
		n := at[uint64](v, row)
		return narrow(new(big.Int).SetUint64(n)), nil
	case binding.TypeHugeInt:
		return narrow(signedBig(at[huge](v, row))), nil
	case binding.TypeUHugeInt:
		return narrow(unsignedBig(at[huge](v, row))), nil
	case binding.TypeBigNum:
		return narrow(bigNum(v.text(row))), nil
	case binding.TypeEnum:
		return v.label(row)
	case binding.TypeUUID:
		return uuidText(at[huge](v, row)), nil
	case binding.TypeBlob, binding.TypeGeometry:
		return []byte(v.text(row)), nil
	case binding.TypeBit:
		return bitText(v.text(row)), nil
	}
	return nil, fmt.Errorf("values of type %s cannot be read; cast the column to VARCHAR or JSON", v.kind)
}

// widen keeps the digits that a FLOAT prints with, so that 0.1 stays 0.1.
func widen(f float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return wide
}

func (v *vector) decimal(row uint64) adapter.Decimal {
	switch v.kind.storage {
	case binding.TypeSmallInt:
		return decimalText(int64(at[int16](v, row)), v.kind.scale)
	case binding.TypeInteger:
		return decimalText(int64(at[int32](v, row)), v.kind.scale)
	case binding.TypeBigInt:
		return decimalText(at[int64](v, row), v.kind.scale)
	default:
		n := signedBig(at[huge](v, row))
		if n.IsInt64() {
			return decimalText(n.Int64(), v.kind.scale)
		}
		return adapter.Decimal(point(n.String(), int(v.kind.scale)))
	}
}

func decimalText(n int64, scale uint8) adapter.Decimal {
	return adapter.Decimal(point(strconv.FormatInt(n, 10), int(scale)))
}

// point sets the decimal point into a whole number's digits.
func point(digits string, scale int) string {
	if scale == 0 {
		return digits
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

func (v *vector) label(row uint64) (any, error) {
	var i int
	switch v.kind.storage {
	case binding.TypeUTinyInt:
		i = int(at[uint8](v, row))
	case binding.TypeUSmallInt:
		i = int(at[uint16](v, row))
	default:
		i = int(at[uint32](v, row))
	}
	if i >= len(v.kind.labels) {
		return nil, fmt.Errorf("enum value %d is outside its %d labels", i, len(v.kind.labels))
	}
	return v.kind.labels[i], nil
}

func (v *vector) nested(row uint64) (any, error) {
	switch v.kind.id {
	case binding.TypeList:
		e := at[listEntry](v, row)
		return v.children[0].slice(e.offset, e.length)
	case binding.TypeArray:
		n := uint64(v.kind.length)
		return v.children[0].slice(row*n, n)
	case binding.TypeUnion:
		tag := int(at[uint8](&v.children[0], row))
		if tag >= len(v.kind.fields) {
			return nil, fmt.Errorf("union tag %d is outside its %d members", tag, len(v.kind.fields))
		}
		return v.children[tag+1].value(row)
	case binding.TypeMap:
		return v.mapping(row)
	}
	m := &manifest.Map{}
	for i := range v.children {
		x, err := v.children[i].value(row)
		if err != nil {
			return nil, err
		}
		m.Set(v.kind.fields[i], x)
	}
	return m, nil
}

func (v *vector) mapping(row uint64) (any, error) {
	e := at[listEntry](v, row)
	m := &manifest.Map{}
	for i := e.offset; i < e.offset+e.length; i++ {
		key, err := v.children[0].value(i)
		if err != nil {
			return nil, err
		}
		x, err := v.children[1].value(i)
		if err != nil {
			return nil, err
		}
		m.Set(keyText(key, v.children[0].kind), x)
	}
	return m, nil
}

// keyText spells a map's key; manifest.Map has none but texts.
func keyText(key any, k *kind) string {
	switch key := key.(type) {
	case string:
		return key
	case time.Time:
		if k.id == binding.TypeDate {
			return key.Format(time.DateOnly)
		}
		return key.Format("2006-01-02 15:04:05.999999999")
	default:
		return fmt.Sprint(key)
	}
}

func (v *vector) slice(offset, length uint64) (any, error) {
	out := make([]any, length)
	for i := range length {
		x, err := v.value(offset + i)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// narrow gives an int64 where the number fits.
func narrow(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

func signedBig(h huge) *big.Int {
	n := big.NewInt(int64(h.upper))
	n.Lsh(n, 64)
	return n.Add(n, new(big.Int).SetUint64(h.lower))
}

func unsignedBig(h huge) *big.Int {
	n := new(big.Int).SetUint64(h.upper)
	n.Lsh(n, 64)
	return n.Add(n, new(big.Int).SetUint64(h.lower))
}

// bigNum reads DuckDB's BIGNUM: three bytes of header, then the magnitude, all complemented if
// the number is negative.
func bigNum(raw string) *big.Int {
	if len(raw) < 4 {
		return new(big.Int)
	}
	magnitude := []byte(raw[3:])
	if raw[0]&0x80 != 0 {
		return new(big.Int).SetBytes(magnitude)
	}
	for i := range magnitude {
		magnitude[i] = ^magnitude[i]
	}
	n := new(big.Int).SetBytes(magnitude)
	return n.Neg(n)
}

// uuidText spells a UUID, which DuckDB keeps as a HUGEINT with its sign bit flipped.
func uuidText(h huge) string {
	hi := h.upper ^ 1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, h.lower>>48, h.lower&0xffffffffffff)
}

// bitText spells a bit string: the first byte says how many bits of the next are padding.
func bitText(raw string) string {
	if len(raw) < 2 {
		return ""
	}
	var b strings.Builder
	for i := 1; i < len(raw); i++ {
		fmt.Fprintf(&b, "%08b", raw[i])
	}
	return b.String()[min(int(raw[0]), b.Len()):]
}
