package duckdb

import (
	"context"
	"errors"
	"strings"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// relationsSQL lists what there is, temporary relations (database temp) among them.
const relationsSQL = `
select database_name, schema_name, table_name, 'table' as relation_type
from duckdb_tables()
where not internal
union all
select database_name, schema_name, view_name, 'view'
from duckdb_views()
where not internal`

// Relations lists the tables and views of a schema, by name. An empty database is the current
// one, an empty schema the current schema.
func (s *session) Relations(ctx context.Context, database, schema string) ([]adapter.RelationInfo, error) {
	return s.relations(ctx, `
select database_name, schema_name, table_name, relation_type
from (`+relationsSQL+`
)
where lower(database_name) = lower(coalesce(nullif($1, ''), current_database()))
    and lower(schema_name) = lower(coalesce(nullif($2, ''), current_schema()))
order by table_name`, database, schema)
}

// Relation finds one relation. A full name is asked of the catalog directly, in microseconds
// however many relations there are; it comes back as it was asked for, since DuckDB compares
// without case. Parts that are empty leave the choice to the session: a bare name finds a
// temporary relation first, then one of the current schema.
func (s *session) Relation(ctx context.Context, rel manifest.Relation) (*adapter.RelationInfo, error) {
	if rel.Database != "" && rel.Schema != "" {
		return s.lookup(ctx, rel)
	}
	found, err := s.relations(ctx, `
select database_name, schema_name, table_name, relation_type
from (`+relationsSQL+`
)
where lower(table_name) = lower($3)
    and (
        (lower(database_name) = lower(coalesce(nullif($1, ''), current_database()))
            and lower(schema_name) = lower(coalesce(nullif($2, ''), current_schema())))
        or ($1 = '' and $2 = '' and database_name = 'temp')
    )
order by database_name = 'temp' desc
limit 1`, rel.Database, rel.Schema, rel.Name)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// lookup asks for a table's description: DuckDB gives it, or says that the name is a view's, or
// that it is nothing's.
func (s *session) lookup(ctx context.Context, rel manifest.Relation) (*adapter.RelationInfo, error) {
	var info *adapter.RelationInfo
	err := s.locked(func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.detach()
		var d binding.TableDescription
		defer binding.TableDescriptionDestroy(&d)
		if binding.TableDescriptionCreateExt(s.conn, rel.Database, rel.Schema, rel.Name, &d) != binding.StateError {
			info = &adapter.RelationInfo{Relation: rel, Type: adapter.Table}
			return nil
		}
		message := binding.TableDescriptionError(d)
		switch {
		case strings.Contains(message, "No table with that schema+name"):
		case strings.Contains(message, "is not an table"):
			info = &adapter.RelationInfo{Relation: rel, Type: adapter.View}
		default:
			return driverError(ctx, "look up "+rel.String(), message)
		}
		return nil
	})
	return info, err
}

func (s *session) relations(ctx context.Context, sql string, args ...any) ([]adapter.RelationInfo, error) {
	rows, err := s.rowsOf(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	out := make([]adapter.RelationInfo, len(rows))
	for i, r := range rows {
		out[i] = adapter.RelationInfo{
			Relation: manifest.Relation{Database: str(r[0]), Schema: str(r[1]), Name: str(r[2])},
			Type:     adapter.RelationType(str(r[3])),
		}
	}
	return out, nil
}

// Columns gives a relation's columns in order; none if it is absent.
func (s *session) Columns(ctx context.Context, rel manifest.Relation) ([]adapter.Column, error) {
	columns, err := s.Describe(ctx, "from "+dialect{}.Relation(rel))
	var refused *adapter.Error
	if err == nil || !errors.As(err, &refused) {
		return columns, err
	}
	// A view may be there and broken; only a relation that is not there has no columns.
	found, findErr := s.Relation(ctx, rel)
	if findErr != nil || found == nil {
		return nil, findErr
	}
	return nil, err
}

// Describe prepares the query, which binds and types it, and runs nothing.
func (s *session) Describe(ctx context.Context, sql string) ([]adapter.Column, error) {
	var columns []adapter.Column
	err := s.locked(func() error {
		out, err := s.run(ctx, sql, forSchema, nil)
		if err == nil {
			columns = out.columns
		}
		return err
	})
	return columns, err
}
