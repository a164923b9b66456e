package duckdb

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	binding "github.com/duckdb/duckdb-go-bindings"
)

// kind is a DuckDB type, read once a statement so that a cell costs no call into C.
type kind struct {
	id       binding.Type
	storage  binding.Type // how a DECIMAL or ENUM is stored
	json     bool
	width    uint8 // DECIMAL
	scale    uint8 // DECIMAL
	length   int   // ARRAY
	labels   []string
	fields   []string // STRUCT and UNION
	children []*kind  // element of LIST and ARRAY; key and value of MAP; fields; members
}

// kindFrom reads a logical type and destroys it.
func kindFrom(t binding.LogicalType) *kind {
	defer binding.DestroyLogicalType(&t)
	k := &kind{id: binding.GetTypeId(t)}
	switch k.id {
	case binding.TypeVarchar:
		k.json = binding.LogicalTypeGetAlias(t) == "JSON"
	case binding.TypeDecimal:
		k.width, k.scale = binding.DecimalWidth(t), binding.DecimalScale(t)
		k.storage = binding.DecimalInternalType(t)
	case binding.TypeEnum:
		k.storage = binding.EnumInternalType(t)
		n := binding.EnumDictionarySize(t)
		for i := range binding.IdxT(n) {
			k.labels = append(k.labels, binding.EnumDictionaryValue(t, i))
		}
	case binding.TypeList:
		k.children = []*kind{kindFrom(binding.ListTypeChildType(t))}
	case binding.TypeArray:
		k.length = int(binding.ArrayTypeArraySize(t))
		k.children = []*kind{kindFrom(binding.ArrayTypeChildType(t))}
	case binding.TypeMap:
		k.children = []*kind{kindFrom(binding.MapTypeKeyType(t)), kindFrom(binding.MapTypeValueType(t))}
	case binding.TypeStruct:
		for i := range binding.StructTypeChildCount(t) {
			k.fields = append(k.fields, binding.StructTypeChildName(t, i))
			k.children = append(k.children, kindFrom(binding.StructTypeChildType(t, i)))
		}
	case binding.TypeUnion:
		for i := range binding.UnionTypeMemberCount(t) {
			k.fields = append(k.fields, binding.UnionTypeMemberName(t, i))
			k.children = append(k.children, kindFrom(binding.UnionTypeMemberType(t, i)))
		}
	}
	return k
}

// nested reports whether values of the type hold other values.
func (k *kind) nested() bool {
	switch k.id {
	case binding.TypeList, binding.TypeArray, binding.TypeMap, binding.TypeStruct, binding.TypeUnion:
		return true
	}
	return false
}

// String gives DuckDB's own spelling, as DESCRIBE shows it.
func (k *kind) String() string {
	switch k.id {
	case binding.TypeDecimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", k.width, k.scale)
	case binding.TypeEnum:
		labels := make([]string, len(k.labels))
		for i, l := range k.labels {
			labels[i] = quoteText(l)
		}
		return "ENUM(" + strings.Join(labels, ", ") + ")"
	case binding.TypeList:
		return k.children[0].String() + "[]"
	case binding.TypeArray:
		return k.children[0].String() + "[" + strconv.Itoa(k.length) + "]"
	case binding.TypeMap:
		return "MAP(" + k.children[0].String() + ", " + k.children[1].String() + ")"
	case binding.TypeStruct:
		return "STRUCT(" + k.members() + ")"
	case binding.TypeUnion:
		return "UNION(" + k.members() + ")"
	case binding.TypeVarchar:
		if k.json {
			return "JSON"
		}
	}
	return typeName(k.id)
}

func (k *kind) members() string {
	parts := make([]string, len(k.fields))
	for i, f := range k.fields {
		parts[i] = fieldName(f) + " " + k.children[i].String()
	}
	return strings.Join(parts, ", ")
}

// fieldName quotes a field of a type as DuckDB does: only where it must.
func fieldName(name string) string {
	plain := name != "" && !slices.Contains(reserved(), strings.ToLower(name))
	for i, r := range name {
		letter := r == '_' || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
		plain = plain && (letter || (i > 0 && r >= '0' && r <= '9'))
	}
	if plain {
		return name
	}
	return quoteName(name)
}

// reserved gives DuckDB's reserved words, sorted.
func reserved() []string {
	return strings.Fields(`all analyse analyze and any array as asc asymmetric both case cast check collate column
		constraint create default deferrable desc describe distinct do else end except false fetch for foreign from
		group having in initially intersect into lambda lateral leading limit not null offset on only or order pivot
		pivot_longer pivot_wider placing primary qualify references returning select show some summarize symmetric
		table then to trailing true union unique unpivot using variadic when where window with`)
}

// typeName spells the types that have no parts.
func typeName(id binding.Type) string {
	switch id {
	case binding.TypeBoolean:
		return "BOOLEAN"
	case binding.TypeTinyInt:
		return "TINYINT"
	case binding.TypeSmallInt:
		return "SMALLINT"
	case binding.TypeInteger, binding.TypeSQLNull: // a column of nulls is an INTEGER to DuckDB
		return "INTEGER"
	case binding.TypeBigInt:
		return "BIGINT"
	case binding.TypeUTinyInt:
		return "UTINYINT"
	case binding.TypeUSmallInt:
		return "USMALLINT"
	case binding.TypeUInteger:
		return "UINTEGER"
	case binding.TypeUBigInt:
		return "UBIGINT"
	case binding.TypeHugeInt:
		return "HUGEINT"
	case binding.TypeUHugeInt:
		return "UHUGEINT"
	case binding.TypeBigNum:
		return "BIGNUM"
	case binding.TypeFloat:
		return "FLOAT"
	case binding.TypeDouble:
		return "DOUBLE"
	case binding.TypeVarchar:
		return "VARCHAR"
	case binding.TypeBlob:
		return "BLOB"
	case binding.TypeBit:
		return "BIT"
	case binding.TypeUUID:
		return "UUID"
	case binding.TypeGeometry:
		return "GEOMETRY"
	case binding.TypeVariant:
		return "VARIANT"
	}
	return timeTypeName(id)
}

func timeTypeName(id binding.Type) string {
	switch id {
	case binding.TypeDate:
		return "DATE"
	case binding.TypeTime:
		return "TIME"
	case binding.TypeTimeNS:
		return "TIME_NS"
	case binding.TypeTimeTZ:
		return "TIME WITH TIME ZONE"
	case binding.TypeTimestamp:
		return "TIMESTAMP"
	case binding.TypeTimestampS:
		return "TIMESTAMP_S"
	case binding.TypeTimestampMS:
		return "TIMESTAMP_MS"
	case binding.TypeTimestampNS:
		return "TIMESTAMP_NS"
	case binding.TypeTimestampTZ:
		return "TIMESTAMP WITH TIME ZONE"
	case binding.TypeInterval:
		return "INTERVAL"
	}
	return "UNKNOWN"
}
