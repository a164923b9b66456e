package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"atlas/engine/block"
	"atlas/engine/manifest"
)

// object is a piece of JSON Schema.
type object = map[string]any

// Schema gives the JSON Schema (2020-12) of one report: its data with their columns and types, its
// blocks with their kinds. The declaration says what must be there, the assembled report what the
// columns are; without one (nil) columns are those that the declaration describes.
func Schema(spec *manifest.Report, r *Report) ([]byte, error) {
	s := &schema{spec: spec, report: r}
	root := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "report " + spec.Name, "type": "object",
		"required": []string{"version", "meta", "queries", "total", "units"}, "additionalProperties": false,
		"properties": object{
			"version": object{"const": schemaVersion},
			"meta":    s.meta(),
			"queries": object{"type": "object", "additionalProperties": ref("query")},
			"total":   s.section("total"),
			"units": object{"type": "object", "additionalProperties": object{
				"type": "object", "if": object{"properties": object{"group": object{"const": true}}, "required": []string{"group"}},
				"then": s.section("group"), "else": s.section("unit"),
			}},
		},
		"$defs": definitions(),
	}
	if spec.Description != "" {
		root["description"] = spec.Description
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("write the schema of %s: %w", spec.Name, err)
	}
	return laidOut(b.Bytes()), nil
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func listOf(item any) object { return object{"type": "array", "items": item} }

func textOf() object { return object{"type": "string"} }

// closed is an object with these keys and no others.
func closed(required []string, properties object) object {
	return object{"type": "object", "required": required, "properties": properties, "additionalProperties": false}
}

type schema struct {
	spec   *manifest.Report
	report *Report
}

func (s *schema) meta() object {
	day := object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	period := closed([]string{"name", "code", "label", "start", "end"}, object{
		"name": object{"enum": []string{"previous", "previous_year"}}, "code": textOf(), "label": textOf(), "start": day, "end": day,
	})
	types := s.spec.Periods
	if len(types) == 0 {
		types = PeriodTypes()
	}
	locales := object{"type": "string"}
	if len(s.spec.Locales) > 0 {
		locales = object{"enum": s.spec.Locales}
	}
	return closed([]string{"report", "entity", "period", "type", "start", "end", "generated_at", "locale", "scope"}, object{
		"report": object{"const": s.spec.Name}, "node": textOf(), "title": textOf(), "entity": textOf(), "entity_label": textOf(),
		"scope_values": object{"type": "object", "additionalProperties": textOf()},
		"period":       object{"type": "string", "pattern": `^\d{4}(-\d{2}|-Q[1-4]|-\d{2}\.\.\d{4}-\d{2})?$`},
		"period_label": textOf(), "type": object{"enum": types}, "start": day, "end": day,
		"generated_at": object{"type": "string", "description": "when the newest of the rows was loaded; empty if nothing says"},
		"locale":       locales, "currency": textOf(), "brand": textOf(), "scope": listOf(textOf()), "comparisons": listOf(period),
	})
}

// section describes the total, a unit or a group.
func (s *schema) section(kind string) object {
	data, blocks := object{}, object{}
	neededData, neededBlocks := []string{}, []string{}
	for i := range s.spec.Data {
		d := &s.spec.Data[i]
		if in(d.Sections, kind) {
			data[d.Name] = s.data(d)
			neededData = append(neededData, d.Name)
		}
	}
	for i := range s.spec.Blocks {
		b := &s.spec.Blocks[i]
		if !in(sectionsOf(s.spec, b), kind) {
			continue
		}
		blocks[b.Name] = s.block(b)
		if b.When.Text == "" {
			neededBlocks = append(neededBlocks, b.Name)
		}
	}
	return closed([]string{"code", "label", "data", "blocks"}, object{
		"code": textOf(), "label": textOf(), "members": listOf(textOf()), "group": object{"type": "boolean"},
		"data": closed(neededData, data), "blocks": closed(neededBlocks, blocks),
	})
}

// data describes the rows of one query: exact columns, a type each.
func (s *schema) data(d *manifest.ReportData) object {
	found := s.find(d.Name)
	if found == nil {
		return ref("data")
	}
	var columns, cells []any
	for _, f := range found.Columns {
		c := object{"name": object{"const": f.Name}, "type": object{"const": string(f.Type)}, "label": textOf(), "format": object{"const": f.Format}, "unit": textOf()}
		columns = append(columns, closed([]string{"name", "type", "label", "format"}, c))
		cells = append(cells, cellType(f))
	}
	exactly := func(items []any) object {
		if len(items) == 0 {
			return object{"type": "array", "maxItems": 0}
		}
		return object{"type": "array", "prefixItems": items, "items": false, "minItems": len(items)}
	}
	out := closed([]string{"query", "columns", "rows"}, object{
		"query": textOf(), "columns": exactly(columns), "rows": listOf(exactly(cells)),
	})
	properties := out["properties"].(object)
	if len(found.Key) > 0 {
		properties["key"] = object{"const": found.Key}
	}
	return out
}

// find gives data of a name from any section.
func (s *schema) find(name string) *block.Data {
	if s.report == nil {
		return nil
	}
	for _, sec := range s.report.sections() {
		if d := sec.Data[name]; d != nil {
			return d
		}
	}
	return nil
}

// cellType describes a value of a column.
func cellType(f block.Field) object {
	exact := object{"type": []string{"string", "null"}, "pattern": exactPattern}
	switch f.Type {
	case block.Integer:
		if block.IsMoney(f.Format) {
			return exact
		}
		return object{"type": []string{"integer", "string", "null"}, "pattern": exactPattern}
	case block.Decimal:
		return exact
	case block.Float:
		if block.IsMoney(f.Format) {
			return exact
		}
		return object{"type": []string{"number", "null"}}
	case block.Boolean:
		return object{"type": []string{"boolean", "null"}}
	case block.Date, block.Timestamp:
		return object{"type": []string{"string", "null"}, "pattern": `^\d{4}-\d{2}-\d{2}(T.*)?$`}
	default:
		return object{"type": []string{"string", "null"}}
	}
}

const exactPattern = `^-?\d+(\.\d+)?([eE][+-]?\d+)?$`

// block describes one block: its kind and what comes with it.
func (s *schema) block(b *manifest.ReportBlock) object {
	kind, key := kindOf(b)
	properties := object{
		"id": textOf(), "node": textOf(), "name": object{"const": b.Name}, "kind": object{"const": string(kind)},
		"title": ref("prose"), "subtitle": ref("prose"), "note": ref("prose"), "alt": textOf(), "empty": textOf(), "stale": textOf(),
	}
	if b.Data != "" {
		properties["data"] = object{"const": b.Data}
	}
	required := []string{"id", "node", "name", "kind"}
	if key != "" {
		properties[key] = s.body(b, kind)
		if kind != block.ProgressKind {
			required = append(required, key)
		}
	}
	return closed(required, properties)
}

// kindOf gives the kind of a block, and the key that its content has.
func kindOf(b *manifest.ReportBlock) (block.Kind, string) {
	switch {
	case b.Heading != nil:
		return block.Title, "heading"
	case b.Text != nil:
		return block.TextKind, "text"
	case b.Callout != nil:
		return block.CalloutKind, "callout"
	case b.Image != nil:
		return block.ImageOf, "image"
	case len(b.Columns) > 0:
		return block.Columns, "columns"
	case len(b.KPI) > 0:
		return block.KPIs, "kpi"
	case b.Table != nil:
		return block.TableOf, "table"
	case b.Chart != nil:
		return block.ChartOf, "chart"
	case b.Progress != nil:
		return block.ProgressKind, "progress"
	default:
		return "", ""
	}
}

func (s *schema) body(b *manifest.ReportBlock, kind block.Kind) object {
	switch kind {
	case block.Title, block.TextKind:
		return ref("prose")
	case block.KPIs:
		return object{"type": "array", "items": ref("kpi"), "minItems": len(b.KPI), "maxItems": len(b.KPI)}
	case block.TableOf:
		return s.table(b)
	case block.ChartOf:
		return object{"allOf": []any{ref("chart"), object{"properties": object{"type": object{"const": b.Chart.Type}}}}}
	default:
		return ref(string(kind))
	}
}

// table fixes the columns of a table and the number of cells of a line.
func (s *schema) table(b *manifest.ReportBlock) object {
	var names []string
	for _, c := range b.Table.Columns {
		names = append(names, c.Name)
	}
	if d := s.find(b.Data); len(names) == 0 && d != nil {
		names = slices.DeleteFunc(d.Names(), func(n string) bool { return n == b.Table.GroupBy })
	}
	if len(names) == 0 {
		return ref("table")
	}
	n := len(names)
	return object{"allOf": []any{ref("table"), object{"properties": object{
		"columns": object{"minItems": n, "maxItems": n},
		"lines":   listOf(object{"properties": object{"cells": object{"minItems": n, "maxItems": n}}}),
	}}}}
}
