package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

var (
	_ adapter.Exporter   = (*session)(nil)
	_ adapter.FileCopier = (*session)(nil)
)

// Export writes a query's rows to a file.
func (s *session) Export(ctx context.Context, query, path string, o adapter.ExportOptions) (int64, error) {
	format := strings.ToLower(o.Format)
	if format == "" {
		format = formatOf(path)
	}
	options := []string{"format " + format}
	switch format {
	case "csv":
		options = append(options, "header true", "delimiter "+quoteText(orElse(o.Delimiter, ",")))
	case "parquet", "json":
	default:
		return 0, fmt.Errorf("export %s: DuckDB writes csv, parquet and json, not %q", path, format)
	}
	if o.Compression != "" {
		options = append(options, "compression "+quoteText(o.Compression))
	}
	return s.Exec(ctx, "copy (\n"+trimStatement(query)+"\n) to "+quoteText(path)+" ("+strings.Join(options, ", ")+")")
}

func formatOf(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, z := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, z)
	}
	switch filepath.Ext(name) {
	case ".parquet", ".pq":
		return "parquet"
	case ".json", ".ndjson", ".jsonl":
		return "json"
	case ".csv", ".tsv", ".txt":
		return "csv"
	}
	return strings.TrimPrefix(filepath.Ext(name), ".")
}

// CopyTo attaches a new file, copies the relations and detaches it. It runs outside any
// transaction, since DuckDB writes to one database in each.
func (s *session) CopyTo(ctx context.Context, path string, relations []manifest.Relation) (err error) {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("copy to %s: the file exists", path)
	}
	alias := fmt.Sprintf("__atlas_copy_%d", s.w.copies.Add(1))
	if _, err := s.Exec(ctx, "attach "+quoteText(path)+" as "+quoteName(alias)); err != nil {
		return fmt.Errorf("copy to %s: %w", path, err)
	}
	defer func() {
		_, detached := s.Exec(context.WithoutCancel(ctx), "detach "+quoteName(alias))
		err = errors.Join(err, detached)
		if err != nil {
			// The copy is worth nothing now; that it cannot be removed adds nothing.
			_ = os.Remove(path)
			_ = os.Remove(path + ".wal")
		}
	}()
	d := dialect{}
	for _, r := range relations {
		if r.Schema == "" {
			r.Schema = "main"
		}
		to := manifest.Relation{Database: alias, Schema: r.Schema, Name: r.Name}
		sql := d.CreateSchema(alias, r.Schema) + ";\n" + d.CreateTableAs(to, "from "+d.Relation(r), adapter.TableOptions{})
		if _, err := s.Exec(ctx, sql); err != nil {
			return fmt.Errorf("copy %s to %s: %w", r, path, err)
		}
	}
	_, err = s.Exec(ctx, "checkpoint "+quoteName(alias))
	return err
}
