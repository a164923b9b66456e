package manifest

// Defaults gives the keys that dbt's config of a kind always has, with their defaults, in dbt's
// order. It is what manifest.json and the `config.` selector method fill a node's own config
// up with; the caller must not change the map.
func Defaults(k Kind) *Map {
	switch k {
	case Model:
		return nodeDefaults("view", "access", "protected", "freshness", nil)
	case Seed:
		return nodeDefaults("seed", "delimiter", ",", "quote_columns", nil)
	case Snapshot:
		return nodeDefaults("snapshot", "strategy", nil, "target_schema", nil, "target_database", nil,
			"updated_at", nil, "check_cols", nil,
			"snapshot_meta_column_names", NewMap("dbt_valid_to", nil, "dbt_valid_from", nil,
				"dbt_scd_id", nil, "dbt_updated_at", nil, "dbt_is_deleted", nil),
			"dbt_valid_to_current", nil)
	case Test:
		m := commonDefaults()
		return extend(m, "materialized", "test", "severity", "ERROR", "store_failures", nil,
			"store_failures_as", nil, "where", nil, "limit", nil, "fail_calc", "count(*)",
			"warn_if", "!= 0", "error_if", "!= 0")
	case Source:
		return NewMap("enabled", true, "event_time", nil,
			"freshness", NewMap("warn_after", emptyTime(), "error_after", emptyTime(), "filter", nil),
			"loaded_at_field", nil, "loaded_at_query", nil, "meta", NewMap(), "tags", []any{}, "static_analysis", nil)
	case Exposure, ReportKind, BlockKind, DeckKind, SlideKind:
		return NewMap("enabled", true, "tags", []any{}, "meta", NewMap())
	case UnitTest:
		return NewMap("tags", []any{}, "meta", NewMap(), "enabled", true, "static_analysis", nil)
	default: // analyses and operations
		return nodeDefaults("view")
	}
}

func commonDefaults() *Map {
	return NewMap("enabled", true, "alias", nil, "schema", nil, "database", nil, "tags", []any{},
		"meta", NewMap(), "group", nil, "static_analysis", nil)
}

func nodeDefaults(materialized string, more ...any) *Map {
	m := extend(commonDefaults(), "materialized", materialized, "incremental_strategy", nil,
		"batch_size", nil, "lookback", int64(1), "begin", nil, "persist_docs", NewMap(),
		"post-hook", []any{}, "pre-hook", []any{}, "quoting", NewMap(), "column_types", NewMap(),
		"full_refresh", nil, "unique_key", nil, "on_schema_change", "ignore",
		"on_configuration_change", "apply", "grants", NewMap(), "packages", []any{},
		"docs", NewMap("show", true, "node_color", nil),
		"contract", NewMap("enforced", false, "alias_types", true),
		"event_time", nil, "concurrent_batches", nil)
	return extend(m, more...)
}

func emptyTime() *Map { return NewMap("count", nil, "period", nil) }

func extend(m *Map, pairs ...any) *Map {
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Set(pairs[i].(string), pairs[i+1])
	}
	return m
}
