package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// field is a field as fields_get tells it.
type field struct {
	name   string
	Type   string `json:"type"`
	Label  string `json:"string"`
	Store  *bool  `json:"store"` // Odoo 8 does not tell
	Digits any    `json:"digits"`
	Search *bool  `json:"searchable"`

	at     int    // of its cell
	nameAt int    // of the cell with the name, of a many2one; -1 if nobody wants it
	named  string // what that cell's column is called
}

func (f *field) stored() bool { return f.Store == nil || *f.Store }

func (f *field) binary() bool { return f.Type == "binary" || f.Type == "image" }

// model is a model of a server, of which some fields are read.
type model struct {
	c       *client
	s       *settings
	byName  map[string]*field
	fields  []*field // that are read, id first
	binary  []string // stored and left out
	dated   bool     // records have a write_date
	domain  []any    // which records are read
	context map[string]any
	company int64 // 0 if none was chosen
	places  int   // decimal places of money
}

// model learns the fields of the table's model. The columns are those that store them; without
// any, all are wanted.
func (c *client) model(ctx context.Context, columns []manifest.ExtractColumn) (*model, error) {
	m := &model{c: c, s: c.s, byName: map[string]*field{}, context: map[string]any{"active_test": false}, places: 2}
	if c.s.lang != "" {
		m.context["lang"] = c.s.lang
	}
	q := call{model: c.s.model, method: "fields_get", args: map[string]any{
		"attributes": []string{"type", "string", "store", "digits", "searchable"}, "context": m.context,
	}}
	b, err := c.call(ctx, q)
	var f *fault
	switch {
	case errors.As(err, &f) && f.noModel():
		return nil, c.missing(ctx)
	case err != nil:
		return nil, c.explain(err, "model")
	}
	if err := json.Unmarshal(b, &m.byName); err != nil {
		return nil, c.unfit("does not say which fields " + c.s.model + " has").WithErr(err)
	}
	for name, f := range m.byName {
		f.name, f.nameAt = name, -1
	}
	m.byName["id"] = &field{name: "id", Type: "integer", nameAt: -1}
	if f := m.byName["write_date"]; f != nil && f.Type == "datetime" && f.stored() {
		m.dated = true
	}
	err = errors.Join(m.choose(columns), m.unknownIn(c.s.domain))
	if err != nil {
		return nil, err
	}
	if err := m.owned(ctx); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(m.fields, func(f *field) bool { return f.Type == "monetary" }) {
		m.currencies(ctx)
	}
	return m, ctx.Err()
}

// choose picks the fields to read: those that are named, else those that columns store, else all
// that are stored.
func (m *model) choose(columns []manifest.ExtractColumn) error {
	var l diag.List
	names := m.s.fields
	stores := slices.ContainsFunc(columns, func(c manifest.ExtractColumn) bool { return c.From == "" })
	m.callNames()
	all := slices.Sorted(maps.Keys(m.byName))
	for _, name := range all {
		if f := m.byName[name]; f.binary() && f.stored() {
			m.binary = append(m.binary, name)
		}
	}
	if len(names) == 0 {
		for _, name := range all {
			f := m.byName[name]
			switch {
			case f.binary():
			case stores && slices.ContainsFunc(columns, func(c manifest.ExtractColumn) bool { return takes(&c, name) || f.named != "" && takes(&c, f.named) }),
				!stores && f.stored():
				names = append(names, name)
			}
		}
	}
	m.fields = []*field{m.byName["id"]}
	for _, name := range names {
		f := m.byName[name]
		switch {
		case f == nil:
			l = append(l, m.unknown("fields", name))
		case f.binary():
			l = append(l, diag.Errorf(diag.BadValue, m.s.t.OptionAt("fields"), "%s of %s is a file, which no column can hold", name, m.s.model).
				WithHint("leave it out"))
		case name != "id":
			m.fields = append(m.fields, f)
		}
	}
	for i := range columns {
		l = append(l, m.homeless(&columns[i])...)
	}
	n := 0
	for _, f := range m.fields {
		f.at, n = n, n+1
		if f.named != "" && (!stores || slices.ContainsFunc(columns, func(c manifest.ExtractColumn) bool { return takes(&c, f.named) })) {
			f.nameAt, n = n, n+1
		}
	}
	return l.Err()
}

// callNames gives the second columns of many2one fields their names.
func (m *model) callNames() {
	for _, f := range m.byName {
		if f.Type != "many2one" {
			continue
		}
		f.named = f.name + "_name"
		if _, taken := m.byName[f.named]; taken {
			f.named = f.name + "_display_name"
		}
	}
}

// homeless reports a column that stores a field which is not read.
func (m *model) homeless(c *manifest.ExtractColumn) diag.List {
	if c.From != "" || c.Default != nil {
		return nil
	}
	for _, f := range m.fields {
		if takes(c, f.name) || f.named != "" && takes(c, f.named) {
			return nil
		}
	}
	for name, f := range m.byName {
		if takes(c, name) || f.named != "" && takes(c, f.named) {
			return diag.List{diag.Errorf(diag.BadHeader, c.Pos, "column %s stores %s, which is not among the fields that are read", c.Name, name).
				WithHint("add %s to fields", name)}
		}
	}
	d := diag.Errorf(diag.BadHeader, c.Pos, "column %s stores no field of %s", c.Name, m.s.model)
	d.Hint = m.near(append(slices.Clone(c.Headers), c.Name)...)
	return diag.List{d}
}

// unknown is the error of a field that the model does not have.
func (m *model) unknown(option, name string) *diag.Diagnostic {
	d := diag.Errorf(diag.BadValue, m.s.t.OptionAt(option), "%s: model %s has no field %q", option, m.s.model, name)
	d.Hint = m.near(name)
	return d
}

// near names a field that is nearly called so, by its technical name or its label.
func (m *model) near(names ...string) string {
	all := slices.Sorted(maps.Keys(m.byName))
	for _, name := range names {
		for _, n := range all {
			if source.Fold(m.byName[n].Label) == source.Fold(name) && n != name {
				return "did you mean " + n + ", which Odoo shows as " + m.c.s.scrub(m.byName[n].Label) + "?"
			}
		}
		if hint := diag.DidYouMean(name, all); hint != "" {
			return hint
		}
	}
	return "Odoo shows the fields' names in developer mode; the user may not see all of them"
}

// owned adds to the domain what keeps the records of other companies out.
func (m *model) owned(ctx context.Context) error {
	m.domain = append([]any{}, m.s.domain...)
	if m.s.company == nil {
		return nil
	}
	if err := m.findCompany(ctx); err != nil {
		return err
	}
	m.context["allowed_company_ids"] = []int64{m.company}
	own := m.byName["company_id"]
	switch {
	case m.s.model == "res.company":
		m.domain = append(m.domain, []any{"id", "=", m.company})
	case own != nil && own.Type == "many2one" && (own.Search == nil || *own.Search):
		if m.s.shared == nil || *m.s.shared {
			m.domain = append(m.domain, "|", []any{"company_id", "=", m.company}, []any{"company_id", "=", false})
		} else {
			m.domain = append(m.domain, []any{"company_id", "=", m.company})
		}
	case m.s.shared == nil || !*m.s.shared:
		return diag.Errorf(diag.BadValue, m.s.t.OptionAt("company"), "records of %s belong to no company, so those of one cannot be told from the others'", m.s.model).
			WithHint("shared: true reads all of them, if every company may see them; else narrow them by a domain beside it")
	}
	return nil
}

// findCompany finds the id of the declared company.
func (m *model) findCompany(ctx context.Context) error {
	q := call{model: "res.company", method: "search_read", domain: []any{}, args: map[string]any{"fields": []string{"name"}, "order": "id asc"}}
	b, err := m.c.call(ctx, q)
	if err != nil {
		return m.c.explain(err, "company")
	}
	var rows []struct {
		ID   int64
		Name string
	}
	if err := json.Unmarshal(b, &rows); err != nil {
		return m.c.unfit("does not say which companies there are").WithErr(err)
	}
	var names []string
	var found []int64
	for _, r := range rows {
		names = append(names, m.s.scrub(r.Name))
		if name, ok := m.s.company.(string); ok && strings.EqualFold(strings.TrimSpace(r.Name), name) || m.s.company == any(r.ID) {
			found = append(found, r.ID)
		}
	}
	switch len(found) {
	case 1:
		m.company = found[0]
		return nil
	case 0:
		d := diag.Errorf(diag.BadValue, m.s.t.OptionAt("company"), "%s has no company %v that the user may see", m.s.url.Host, m.s.company)
		if d.Hint = diag.DidYouMean(fmt.Sprint(m.s.company), names); d.Hint == "" {
			d.Hint = "there are " + list(names)
		}
		return d
	default:
		return diag.Errorf(diag.BadValue, m.s.t.OptionAt("company"), "%s has %d companies named %v", m.s.url.Host, len(found), m.s.company).
			WithHint("write the id of the one that is meant: company: %d", found[0])
	}
}

// currencies finds how many decimal places money has: as many as the finest currency in use, and
// two at least, since a currency's own figure may be taken back any day. A user who may not ask
// gets two.
func (m *model) currencies(ctx context.Context) {
	q := call{model: "res.currency", method: "search_read", domain: []any{[]any{"active", "=", true}}, args: map[string]any{"fields": []string{"decimal_places"}}}
	b, err := m.c.call(ctx, q)
	if err != nil {
		return
	}
	var rows []struct {
		Places int `json:"decimal_places"`
	}
	if json.Unmarshal(b, &rows) != nil {
		return
	}
	for _, r := range rows {
		m.places = min(max(m.places, r.Places), 9)
	}
}

// columns describes what the reading gives, in the order of its cells.
func (m *model) columns() []manifest.ExtractColumn {
	var out []manifest.ExtractColumn
	for _, f := range m.fields {
		out = append(out, manifest.ExtractColumn{Name: f.name, Headers: []string{f.name}, Type: f.canonical(m.places), Description: f.Label})
		if f.named != "" {
			out = append(out, manifest.ExtractColumn{Name: f.named, Headers: []string{f.named}, Type: "text"})
		}
	}
	return out
}

// names gives the fields of a row's cells.
func (m *model) names() []string {
	var out []string
	for _, f := range m.fields {
		out = append(out, f.name)
		if f.nameAt >= 0 {
			out = append(out, f.named)
		}
	}
	return out
}

// asked gives the fields to ask the server for.
func (m *model) asked() []string {
	var out []string
	for _, f := range m.fields[1:] {
		out = append(out, f.name)
	}
	if m.dated && !slices.Contains(out, "write_date") {
		out = append(out, "write_date")
	}
	if len(out) == 0 {
		out = []string{"id"} // none would be all
	}
	return out
}

// canonical gives the type of the field's column.
func (f *field) canonical(places int) string {
	switch f.Type {
	case "integer", "many2one", "many2one_reference":
		return "integer"
	case "monetary":
		return fmt.Sprintf("decimal(18,%d)", places)
	case "float":
		if d, ok := f.Digits.([]any); ok && len(d) == 2 {
			p, _ := d[0].(float64)
			s, _ := d[1].(float64)
			if s >= 0 && s <= 18 {
				return fmt.Sprintf("decimal(%d,%d)", int(min(max(p, s+12, 18), 38)), int(s))
			}
		}
		return "float"
	case "boolean":
		return "boolean"
	case "date":
		return "date"
	case "datetime":
		return "timestamp"
	default: // char, text, html, selection, reference, lists of records, json, and what is not invented yet
		return "text"
	}
}
