package operational

import (
	"fmt"
	"strings"

	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlite"

	"atlas/engine/diag"
)

// ParseRename reads "orders=sales" or "orders.note=remark".
func ParseRename(text string) (Rename, error) {
	from, to, ok := strings.Cut(text, "=")
	r := Rename{To: strings.TrimSpace(to)}
	r.Table, r.Column, _ = strings.Cut(strings.TrimSpace(from), ".")
	if _, name, dotted := strings.Cut(r.To, "."); dotted {
		r.To = name
	}
	if !ok || r.Table == "" || r.To == "" {
		return r, diag.Errorf(diag.BadValue, diag.Pos{}, "%q renames nothing", text).
			WithHint("write old_table=new_table, or table.old_column=new_column")
	}
	return r, nil
}

// String gives the rename as ParseRename reads it.
func (r Rename) String() string {
	if r.Column == "" {
		return r.Table + "=" + r.To
	}
	return r.Table + "." + r.Column + "=" + r.To
}

// renameTables turns a dropped and an added table into a renamed one. Its columns are compared
// under the new name.
func (p *planner) renameTables(changes []schema.Change) ([]schema.Change, error) {
	for i := range p.renames {
		r := &p.renames[i]
		if r.Column != "" {
			continue
		}
		var old, added *schema.Table
		var rest []schema.Change
		for _, c := range changes {
			switch c := c.(type) {
			case *schema.DropTable:
				if strings.EqualFold(c.T.Name, r.Table) {
					old = c.T
					continue
				}
			case *schema.AddTable:
				if strings.EqualFold(c.T.Name, r.To) {
					added = c.T
					continue
				}
			}
			rest = append(rest, c)
		}
		if old == nil || added == nil {
			continue
		}
		p.plan.steps = append(p.plan.steps, step{"alter table " + quote(old.Name) + " rename to " + quote(added.Name), "rename table " + old.Name + " to " + added.Name})
		p.touched[old.Name], p.touched[added.Name] = true, true
		r.Table = "" // it is used
		p.names[nameToken(old.Name)] = nameToken(added.Name)
		as := *old
		as.Name = added.Name
		p.from.tables.Tables = append(p.from.tables.Tables, &as)
		if o := p.from.object("table", old.Name); o != nil {
			p.from.objects = append(p.from.objects, object{Type: "table", Name: added.Name, Table: added.Name, SQL: o.SQL})
		}
		inner, err := p.driver.TableDiff(bareTable(old, as.Name).SetSchema(added.Schema), added)
		if err != nil {
			return nil, fmt.Errorf("compare table %s: %w", added.Name, err)
		}
		if len(inner) > 0 {
			rest = append(rest, &schema.ModifyTable{T: added, Changes: inner})
		}
		changes = rest
	}
	return changes, nil
}

// renameColumns turns dropped and added columns into renamed ones. Where nothing else changes
// they are renamed in place; renamed is for the table that is made anew.
func (p *planner) renameColumns(table string, changes []schema.Change) (rest []schema.Change, renamed map[string]string, steps []step) {
	renamed = map[string]string{}
	rest = changes
	for i := range p.renames {
		r := &p.renames[i]
		if r.Column == "" || !strings.EqualFold(r.Table, table) {
			continue
		}
		var kept []schema.Change
		var old, added *schema.Column
		for _, c := range rest {
			switch c := c.(type) {
			case *schema.DropColumn:
				if strings.EqualFold(c.C.Name, r.Column) {
					old = c.C
					continue
				}
			case *schema.AddColumn:
				if strings.EqualFold(c.C.Name, r.To) {
					added = c.C
					continue
				}
			}
			kept = append(kept, c)
		}
		if old == nil || added == nil {
			continue
		}
		from, _ := sqlite.FormatType(old.Type.Type)
		to, _ := sqlite.FormatType(added.Type.Type)
		if from != to || old.Type.Null != added.Type.Null || defaultText(old) != defaultText(added) {
			kept = append(kept, &schema.ModifyColumn{From: old, To: added}) // it is another column in more than its name
		}
		rest, renamed[old.Name] = kept, added.Name
		p.names[nameToken(old.Name)] = nameToken(added.Name)
		r.Table = ""
		steps = append(steps, step{
			"alter table " + quote(table) + " rename column " + quote(old.Name) + " to " + quote(added.Name),
			"rename column " + table + "." + old.Name + " to " + added.Name,
		})
		p.touched[table] = true
	}
	return rest, renamed, steps
}

// unused reports the renames that match nothing.
func (p *planner) unused() []error {
	var out []error
	for _, r := range p.renames {
		if r.Table != "" && !r.implied {
			out = append(out, diag.Errorf(diag.BadValue, diag.Pos{}, "the rename %s matches no change: the old name must go and the new one come", r))
		}
	}
	return out
}
