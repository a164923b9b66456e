package operational

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// The differ's own reading of a catalogue fails on names with quotes, on keys that name no column
// and on the text of some indexes. This one asks SQLite for everything, in four questions whatever
// the number of tables.
const (
	columnsOf = `select m.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
from sqlite_master as m, pragma_table_xinfo(m.name) as x
where m.type = 'table'
order by m.rowid, x.cid`
	indexesOf = `select m.name, l.name, l."unique", l.origin, l.partial, x.name
from sqlite_master as m, pragma_index_list(m.name) as l, pragma_index_xinfo(l.name) as x
where m.type = 'table' and x.key
order by m.rowid, l.seq, x.seqno`
	keysOf = `select m.name, k.id, k."table", k."from", k."to", k.on_update, k.on_delete
from sqlite_master as m, pragma_foreign_key_list(m.name) as k
where m.type = 'table'
order by m.rowid, k.id, k.seq`
)

// readTables reads the tables, their keys and indexes.
func (s *schemaState) readTables(ctx context.Context, q querier) error {
	for _, o := range s.of("table") {
		s.tables.AddTables(schema.NewTable(o.Name).SetSchema(s.tables))
	}
	if err := s.readColumns(ctx, q); err != nil {
		return err
	}
	if err := s.readIndexes(ctx, q); err != nil {
		return err
	}
	return s.readKeys(ctx, q)
}

func (s *schemaState) readColumns(ctx context.Context, q querier) error {
	keys := map[*schema.Table]map[int]*schema.Column{}
	err := each(ctx, q, columnsOf, nil, func(rows *sql.Rows) error {
		var table, name, typ string
		var notNull bool
		var value sql.NullString
		var pk, hidden int
		if err := rows.Scan(&table, &name, &typ, &notNull, &value, &pk, &hidden); err != nil {
			return err
		}
		t, ok := s.tables.Table(table)
		if !ok {
			return nil
		}
		c := &schema.Column{Name: name, Type: &schema.ColumnType{Raw: typ, Type: &schema.StringType{T: typ}, Null: !notNull}}
		if value.Valid {
			c.Default = &schema.RawExpr{X: value.String}
		}
		if hidden > 1 {
			c.Attrs = append(c.Attrs, &schema.GeneratedExpr{})
		}
		if pk > 0 {
			if keys[t] == nil {
				keys[t] = map[int]*schema.Column{}
			}
			keys[t][pk] = c
		}
		t.AddColumns(c)
		return nil
	})
	for t, columns := range keys {
		var ordered []*schema.Column
		for i := 1; i <= len(columns); i++ {
			ordered = append(ordered, columns[i])
		}
		t.SetPrimaryKey(schema.NewPrimaryKey(ordered...))
	}
	return err
}

func (s *schemaState) readIndexes(ctx context.Context, q querier) error {
	constraints := map[string][]string{} // by index of a constraint: its columns
	tables := map[string]string{}
	err := each(ctx, q, indexesOf, nil, func(rows *sql.Rows) error {
		var table, name, origin string
		var unique, partial bool
		var column sql.NullString // of an expression there is none
		if err := rows.Scan(&table, &name, &unique, &origin, &partial, &column); err != nil {
			return err
		}
		t, ok := s.tables.Table(table)
		if !ok || origin == "pk" {
			return nil
		}
		if origin == "u" {
			constraints[name], tables[name] = append(constraints[name], column.String), t.Name
			return nil
		}
		i, ok := t.Index(name)
		if !ok {
			i = schema.NewIndex(name).SetUnique(unique)
			if partial {
				i.Attrs = append(i.Attrs, &schema.Check{Name: "where"})
			}
			t.AddIndexes(i)
		}
		part := schema.NewExprPart(&schema.RawExpr{})
		if c, ok := t.Column(column.String); ok && column.Valid {
			part = schema.NewColumnPart(c)
		}
		i.AddParts(part)
		return nil
	})
	for name, columns := range constraints {
		t := tables[name]
		s.uniques[t] = append(s.uniques[t], strings.Join(columns, ","))
		slices.Sort(s.uniques[t])
	}
	return err
}

// partial reports whether an index holds only some rows.
func partial(i *schema.Index) bool { return len(i.Attrs) > 0 }

func (s *schemaState) readKeys(ctx context.Context, q querier) error {
	var last *schema.ForeignKey
	var lastTable string
	lastID := -1
	return each(ctx, q, keysOf, nil, func(rows *sql.Rows) error {
		var table, parent, from, onUpdate, onDelete string
		var to sql.NullString // a key that names no column refers to the primary key
		var id int
		if err := rows.Scan(&table, &id, &parent, &from, &to, &onUpdate, &onDelete); err != nil {
			return err
		}
		t, ok := s.tables.Table(table)
		if !ok {
			return nil
		}
		ref := schema.NewTable(parent) // it may not be there
		for _, o := range s.tables.Tables {
			if strings.EqualFold(o.Name, parent) {
				ref = o
			}
		}
		if table != lastTable || id != lastID {
			last = &schema.ForeignKey{Table: t, RefTable: ref, OnUpdate: schema.ReferenceOption(onUpdate), OnDelete: schema.ReferenceOption(onDelete)}
			lastTable, lastID = table, id
			t.AddForeignKeys(last)
		}
		if c, ok := t.Column(from); ok {
			last.Columns = append(last.Columns, c)
		}
		name := to.String
		if !to.Valid && ref.PrimaryKey != nil && len(last.RefColumns) < len(ref.PrimaryKey.Parts) {
			name = ref.PrimaryKey.Parts[len(last.RefColumns)].C.Name
		}
		c, ok := ref.Column(name)
		if !ok {
			c = schema.NewColumn(name)
		}
		last.RefColumns = append(last.RefColumns, c)
		return nil
	})
}
