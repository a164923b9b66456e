package duckdb

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// dialect spells DuckDB's SQL. A query that it puts into a statement begins on a line of its
// own, the second: a place in the statement is a place in the query, one line further down.
type dialect struct{}

var (
	_ adapter.Dialect = dialect{}
	_ adapter.Matcher = dialect{}
)

// Matches spells a regular expression over the whole text.
func (d dialect) Matches(text, pattern string) string {
	return "regexp_full_match(" + text + ", " + quoteText(pattern) + ")"
}

// Name gives "duckdb".
func (dialect) Name() string { return Name }

// Quote quotes an identifier.
func (dialect) Quote(identifier string) string { return quoteName(identifier) }

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteText(s string) string {
	if !strings.Contains(s, "\x00") {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	parts := strings.Split(s, "\x00")
	for i := range parts {
		parts[i] = quoteText(parts[i])
	}
	return "(" + strings.Join(parts, " || chr(0) || ") + ")"
}

// Relation gives the parts that are set, quoted and joined by dots.
func (dialect) Relation(r manifest.Relation) string {
	var parts []string
	for _, p := range []string{r.Database, r.Schema, r.Name} {
		if p != "" {
			parts = append(parts, quoteName(p))
		}
	}
	return strings.Join(parts, ".")
}

// Literal gives an expression of the value. Times are spelled as parameters are bound: in UTC
// a timestamp, in any other zone a timestamp with time zone.
func (d dialect) Literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case string:
		return quoteText(v)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v)
	case float64:
		return floatLiteral(v)
	case *big.Int:
		return v.String()
	case adapter.Decimal:
		if _, _, ok := parseDecimal(string(v)); ok && !strings.ContainsAny(string(v), "eE ") {
			return string(v)
		}
		return quoteText(string(v))
	case time.Time:
		if v.Location() == time.UTC {
			return "timestamp '" + v.Format("2006-01-02 15:04:05.999999") + "'"
		}
		return "timestamptz '" + v.Format("2006-01-02 15:04:05.999999-07:00") + "'"
	case []byte:
		return "from_hex('" + hex.EncodeToString(v) + "')"
	case []string:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = quoteText(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = d.Literal(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *manifest.Map:
		parts := make([]string, 0, v.Len())
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			parts = append(parts, quoteText(k)+": "+d.Literal(x))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return quoteText(fmt.Sprint(v))
	}
}

func floatLiteral(f float64) string {
	switch {
	case math.IsNaN(f):
		return "'nan'::double"
	case math.IsInf(f, 1):
		return "'infinity'::double"
	case math.IsInf(f, -1):
		return "'-infinity'::double"
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, "e") {
		return s + "::double"
	}
	return s
}

// CreateSchema makes a schema if it is not there.
func (d dialect) CreateSchema(database, schema string) string {
	return "create schema if not exists " + d.Relation(manifest.Relation{Database: database, Name: schema})
}

// CreateTableAs makes a table of a query's rows. A temporary table has only a name: database
// and schema are left out.
func (d dialect) CreateTableAs(r manifest.Relation, query string, o adapter.TableOptions) string {
	sql := "create "
	if o.Replace {
		sql += "or replace "
	}
	if o.Temporary {
		sql += "temporary "
		r = manifest.Relation{Name: r.Name}
	}
	return sql + "table " + d.Relation(r) + " as\n" + query
}

// CreateView makes or replaces a view.
func (d dialect) CreateView(r manifest.Relation, query string) string {
	return "create or replace view " + d.Relation(r) + " as\n" + query
}

// CreateTable makes an empty table.
func (d dialect) CreateTable(r manifest.Relation, columns []adapter.Column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "    " + quoteName(c.Name) + " " + c.Type
	}
	return "create table " + d.Relation(r) + " (\n" + strings.Join(parts, ",\n") + "\n)"
}

func noun(r adapter.RelationInfo) string {
	if r.Type == adapter.View {
		return "view"
	}
	return "table"
}

// Drop drops a relation if it is there.
func (d dialect) Drop(r adapter.RelationInfo) string {
	return "drop " + noun(r) + " if exists " + d.Relation(r.Relation) + " cascade"
}

// Rename renames a relation within its schema.
func (d dialect) Rename(r adapter.RelationInfo, newName string) string {
	return "alter " + noun(r) + " " + d.Relation(r.Relation) + " rename to " + quoteName(newName)
}

// AddColumn adds a column at the end.
func (d dialect) AddColumn(r manifest.Relation, c adapter.Column) string {
	return "alter table " + d.Relation(r) + " add column " + quoteName(c.Name) + " " + c.Type
}

// DropColumn drops a column.
func (d dialect) DropColumn(r manifest.Relation, name string) string {
	return "alter table " + d.Relation(r) + " drop column " + quoteName(name)
}

// AlterColumn changes a column's type, casting its values.
func (d dialect) AlterColumn(r manifest.Relation, c adapter.Column) string {
	return "alter table " + d.Relation(r) + " alter column " + quoteName(c.Name) + " type " + c.Type
}

// Comment describes a relation.
func (d dialect) Comment(r adapter.RelationInfo, text string) string {
	return "comment on " + noun(r) + " " + d.Relation(r.Relation) + " is " + quoteText(text)
}

// CommentColumn describes a column.
func (d dialect) CommentColumn(r adapter.RelationInfo, column, text string) string {
	return "comment on column " + d.Relation(r.Relation) + "." + quoteName(column) + " is " + quoteText(text)
}

// Type spells a canonical type; what is not canonical passes as it is.
func (dialect) Type(canonical string) string {
	name, args, _ := strings.Cut(strings.TrimSpace(canonical), "(")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "text", "string", "varchar":
		return "VARCHAR"
	case "integer", "int", "bigint":
		return "BIGINT"
	case "float", "double":
		return "DOUBLE"
	case "boolean", "bool":
		return "BOOLEAN"
	case "date":
		return "DATE"
	case "timestamp":
		return "TIMESTAMP"
	case "decimal", "numeric":
		if args == "" {
			return "DECIMAL(18,3)"
		}
		return "DECIMAL(" + strings.ReplaceAll(strings.TrimSuffix(args, ")"), " ", "") + ")"
	}
	return canonical
}
