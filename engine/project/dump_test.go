package project_test

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// dumpReports writes what report-paths declare, one field a line, zero values left out.
func dumpReports(b *strings.Builder, m *manifest.Manifest) {
	for _, r := range m.Reports {
		dump(b, "report "+r.Name, "  ", reflect.ValueOf(*r))
	}
	for _, d := range m.Decks {
		dump(b, "deck "+d.Name, "  ", reflect.ValueOf(*d))
	}
	for _, x := range m.Brands {
		dump(b, "brand "+x.Name, "  ", reflect.ValueOf(*x))
	}
	for _, l := range m.Layouts {
		dump(b, "layout "+l.Name, "  ", reflect.ValueOf(l))
	}
	dump(b, "translations", "  ", reflect.ValueOf(m.Translations))
}

func dump(b *strings.Builder, name, indent string, v reflect.Value) {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		if m, ok := v.Interface().(*manifest.Map); ok {
			fmt.Fprintf(b, "%s%s %s\n", indent, name, jsonText(m))
			return
		}
		v = v.Elem()
		if v.IsZero() {
			fmt.Fprintf(b, "%s%s {}\n", indent, name)
		}
	}
	if v.IsZero() {
		return
	}
	switch x := v.Interface().(type) {
	case diag.Pos:
		fmt.Fprintf(b, "%s%s %d:%d\n", indent, name, x.Line, x.Col)
		return
	case manifest.Template:
		fmt.Fprintf(b, "%s%s %d:%d %q\n", indent, name, x.Pos.Line, x.Pos.Col, x.Text)
		return
	case manifest.Query:
		fmt.Fprintf(b, "%s%s %d:%d %q\n", indent, name, x.Pos.Line, x.Pos.Col, x.SQL)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		fmt.Fprintf(b, "%s%s\n", indent, name)
		for i := range v.NumField() {
			dump(b, v.Type().Field(i).Name, indent+"  ", v.Field(i))
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k == reflect.String {
			fmt.Fprintf(b, "%s%s %q\n", indent, name, v.Interface())
			return
		}
		for i := range v.Len() {
			dump(b, fmt.Sprintf("%s[%d]", name, i), indent, v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, k := range keys {
			dump(b, name+"."+k.String(), indent, v.MapIndex(k))
		}
	default:
		fmt.Fprintf(b, "%s%s %v\n", indent, name, v.Interface())
	}
}
