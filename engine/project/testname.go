package project

import (
	"crypto/md5" //nolint:gosec // dbt's names need it
	"encoding/hex"
	"sort"
	"strings"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// maxTestName is the length from which a test's name is cut and hashed: names of relations and
// files stay below 64 letters.
const maxTestName = 64

// testNames makes a generic test's names from its type, what it tests and its arguments, as dbt
// does: the short one names its relation and file, the full one its node.
func testNames(testType, target string, args *manifest.Map) (short, full string) {
	keys := append([]string(nil), args.Keys()...)
	sort.Strings(keys)
	var flat []string
	for _, k := range keys {
		if k == "model" {
			continue
		}
		v, _ := args.Get(k)
		switch v := v.(type) {
		case *manifest.Map:
			for _, sub := range v.Keys() {
				x, _ := v.Get(sub)
				flat = append(flat, cleanName(pyStr(x)))
			}
		case []any:
			for _, x := range v {
				flat = append(flat, cleanName(pyStr(x)))
			}
		default:
			flat = append(flat, cleanName(pyStr(v)))
		}
	}
	id := testType + "_" + target
	full = id + "_" + strings.Join(flat, "__")
	if len(full) < maxTestName {
		return full, full
	}
	if len(id) > 30 {
		id = id[:30]
	}
	return id + "_" + md5Hex(full), full
}

// cleanName turns every run of other characters than letters, digits and underscores into one
// underscore.
func cleanName(s string) string {
	var b strings.Builder
	run := false
	for i := range len(s) {
		c := s[i]
		if isNameByte(c) {
			b.WriteByte(c)
			run = false
			continue
		}
		if !run {
			b.WriteByte('_')
		}
		run = true
	}
	return b.String()
}

// testHash tells tests of one name apart: ten digits of a hash over the name and what the test is
// made of, in the spelling that Python's repr gives.
func testHash(name, namespace, testType string, kwargs *manifest.Map) string {
	var b strings.Builder
	b.WriteString(name)
	b.WriteString("{'kwargs': ")
	hashable(&b, kwargs)
	b.WriteString(", 'name': ")
	b.WriteString(pyRepr(testType))
	b.WriteString(", 'namespace': ")
	if namespace == "" {
		namespace = "None"
	}
	b.WriteString(pyRepr(namespace))
	b.WriteString("}")
	sum := md5Hex(b.String())
	return sum[len(sum)-10:]
}

// hashable writes a value with sorted keys and every scalar as text.
func hashable(b *strings.Builder, v any) {
	switch v := v.(type) {
	case *manifest.Map:
		keys := append([]string(nil), v.Keys()...)
		sort.Strings(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteString(", ")
			}
			x, _ := v.Get(k)
			b.WriteString(pyRepr(k))
			b.WriteString(": ")
			hashable(b, x)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			hashable(b, x)
		}
		b.WriteByte(']')
	default:
		b.WriteString(pyRepr(pyStr(v)))
	}
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// pyStr is Python's str() of a plain value.
func pyStr(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return jinja.Str(jinja.FromGo(v))
}

// pyRepr is Python's repr() of a text.
func pyRepr(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '\'' || c == '\\' {
			return jinja.Repr(s)
		}
	}
	return "'" + s + "'"
}
