package report

import "atlas/engine/block"

// figureKeys are the keys of a figure: a value, what it is, and where it is from.
func figureKeys() object {
	return object{
		"value": object{"description": "null is a gap; numbers of the type decimal are exact texts"},
		"type":  object{"enum": []string{"decimal", "date", "timestamp"}}, "format": textOf(), "origin": ref("origin"),
	}
}

// withFigure is a figure with further keys.
func withFigure(required []string, more object) object {
	keys := figureKeys()
	for k, v := range more {
		keys[k] = v
	}
	out := closed(append([]string{"value", "origin"}, required...), keys)
	out["allOf"] = []any{ref("exact")}
	return out
}

// definitions are the parts that all reports are made of.
func definitions() object {
	out := object{
		"exact": object{
			"if":   object{"properties": object{"type": object{"const": "decimal"}}, "required": []string{"type"}},
			"then": object{"properties": object{"value": object{"type": "string", "pattern": exactPattern}}},
		},
		"origin": closed([]string{"query", "column"}, object{
			"query": textOf(), "row": object{"type": "string", "description": "the key's values, #3 of data without a key, or total"}, "column": textOf(),
		}),
		"figure": withFigure(nil, nil),
		"prose": closed([]string{"text"}, object{
			"text": textOf(),
			"figures": listOf(closed([]string{"at", "length", "figure"}, object{
				"at": object{"type": "integer", "minimum": 0}, "length": object{"type": "integer", "minimum": 1}, "figure": ref("figure"),
			})),
		}),
		"query": closed([]string{"node", "sql", "relations", "rows"}, object{
			"node": textOf(), "sql": textOf(), "rows": object{"type": "integer"},
			"relations": listOf(closed([]string{"node", "name"}, object{"node": textOf(), "name": textOf(), "loaded_at": textOf(), "stale": object{"type": "boolean"}})),
		}),
		"data": object{"type": "object", "required": []string{"query", "columns", "rows"}, "properties": object{
			"query": textOf(), "key": listOf(textOf()), "columns": listOf(object{"type": "object"}), "rows": listOf(object{"type": "array"}),
		}},
		"kpi": withFigure([]string{"label"}, object{
			"label": textOf(), "target": ref("figure"), "share": number(), "spark": listOf(ref("figure")),
			"compare": listOf(withFigure([]string{"label"}, object{"label": textOf(), "verdict": object{"enum": []string{string(block.Good), string(block.Bad)}}})),
		}),
		"table": closed([]string{"columns", "lines"}, object{
			"columns": listOf(closed([]string{"name", "label"}, object{
				"name": textOf(), "label": textOf(), "unit": textOf(), "format": textOf(), "left": object{"type": "boolean"}, "bar": object{"type": "boolean"}, "width": number(),
			})),
			"lines": listOf(closed([]string{"kind", "cells"}, object{
				"kind":  object{"enum": []string{string(block.RowLine), string(block.GroupLine), string(block.SubtotalLine), string(block.TotalLine), string(block.OtherLine)}},
				"cells": listOf(withFigure(nil, object{"style": textOf(), "bar": number(), "heat": number()})),
			})),
		}),
		"image":   closed([]string{"file"}, object{"file": textOf(), "caption": textOf()}),
		"columns": listOf(closed([]string{"width", "blocks"}, object{"width": number(), "blocks": listOf(textOf())})),
		"callout": closed([]string{"style", "text"}, object{"style": object{"enum": []string{"info", "good", "bad", "warning"}}, "title": ref("prose"), "text": ref("prose")}),
		"progress": listOf(closed([]string{"label", "value", "share"}, object{
			"label": textOf(), "value": ref("figure"), "target": ref("figure"), "share": number(),
		})),
	}
	for k, v := range chartDefinitions() {
		out[k] = v
	}
	return out
}

func number() object { return object{"type": "number"} }

func chartDefinitions() object {
	var types []string
	for _, t := range block.ChartTypes() {
		types = append(types, t[0])
	}
	return object{
		"label": closed([]string{"value", "text"}, object{"value": object{}, "type": figureKeys()["type"], "text": textOf()}),
		"branch": closed([]string{"name", "value"}, object{
			"name": textOf(), "value": ref("figure"), "children": listOf(ref("branch")),
		}),
		"series": closed([]string{"column", "label", "type"}, object{
			"column": textOf(), "label": textOf(), "type": object{"enum": types}, "as": textOf(), "right": object{"type": "boolean"}, "format": textOf(),
			"labels": object{"type": "boolean"}, "invert": object{"type": "boolean"}, "values": listOf(ref("figure")),
		}),
		"chart": closed([]string{"type", "series", "labels"}, object{
			"type": object{"enum": types}, "categories": listOf(ref("label")), "series": listOf(ref("series")), "horizontal": object{"type": "boolean"},
			"percent": object{"type": "boolean"}, "time": object{"type": "boolean"}, "labels": object{"enum": []string{"all", "none", "last"}},
			"format": textOf(), "right_format": textOf(), "category_label": textOf(), "rows": listOf(ref("label")),
			"links":  listOf(closed([]string{"from", "to", "value"}, object{"from": textOf(), "to": textOf(), "value": ref("figure")})),
			"tree":   listOf(ref("branch")),
			"points": listOf(closed([]string{"x", "y"}, object{"name": textOf(), "x": ref("figure"), "y": ref("figure"), "size": ref("figure")})),
			"totals": listOf(object{"type": "boolean"}), "min": number(), "max": number(), "target": ref("figure"), "ratio": number(),
		}),
	}
}
