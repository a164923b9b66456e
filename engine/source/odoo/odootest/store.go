package odootest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Field is a field of a model.
type Field struct {
	Type     string
	Label    string
	Relation string // of many2one
	Computed bool   // not stored
	Digits   []int
	Hidden   bool // Refuses to be read
}

// Model is a model and its records.
type Model struct {
	fields  map[string]Field
	records map[int64]*Record
	byID    []*Record // nil when a change asks for a new order
	byDate  []*Record
	undated bool
	denied  bool
}

// Record is one record.
type Record struct {
	ID      int64
	Values  map[string]any // int64 for a many2one; what is not there is NULL
	Written time.Time      // zero is NULL
}

// Define makes a model. It has id, create_date and write_date beside the fields.
func (s *Server) Define(model string, fields map[string]Field) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields = maps.Clone(fields)
	fields["id"] = Field{Type: "integer", Label: "ID"}
	fields["write_date"] = Field{Type: "datetime", Label: "Last Updated on"}
	s.models[model] = &Model{fields: fields, records: map[int64]*Record{}}
}

// Undate takes write_date from a model, as reports and some small models have none.
func (s *Server) Undate(model string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.models[model]
	m.undated = true
	delete(m.fields, "write_date")
}

// Deny takes the right to read a model.
func (s *Server) Deny(model string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models[model].denied = true
}

// Put writes a record now: values that are there are replaced, others stay.
func (s *Server) Put(model string, id int64, values map[string]any) {
	s.PutAt(model, id, values, s.Now())
}

// PutAt writes a record in a transaction that began then; the zero time is a write_date of NULL.
func (s *Server) PutAt(model string, id int64, values map[string]any, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.models[model]
	r := &Record{ID: id, Values: map[string]any{}, Written: at.UTC().Truncate(time.Microsecond)}
	if old := m.records[id]; old != nil {
		maps.Copy(r.Values, old.Values)
	}
	maps.Copy(r.Values, values)
	m.records[id] = r
	m.byID, m.byDate = nil, nil
}

// Delete deletes records.
func (s *Server) Delete(model string, ids ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.models[model]
	for _, id := range ids {
		delete(m.records, id)
	}
	m.byID, m.byDate = nil, nil
}

// Records gives the records of a model in order of id.
func (s *Server) Records(model string) []*Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.models[model].ordered("id asc"))
}

func (m *Model) ordered(order string) []*Record {
	if m.byID == nil {
		m.byID = slices.SortedFunc(maps.Values(m.records), func(a, b *Record) int { return int(a.ID - b.ID) })
		m.byDate = slices.Clone(m.byID)
		sort.SliceStable(m.byDate, func(i, j int) bool {
			a, b := m.byDate[i].Written, m.byDate[j].Written
			return !a.IsZero() && (b.IsZero() || a.Before(b)) // NULLs are last
		})
	}
	if strings.HasPrefix(order, "write_date asc") {
		return m.byDate
	}
	return m.byID
}

// arguments are those of the methods that are known.
type arguments struct {
	Domain     json.RawMessage `json:"domain"`
	Fields     []string        `json:"fields"`
	Attributes []string        `json:"attributes"`
	Order      string          `json:"order"`
	Limit      int             `json:"limit"`
	Context    struct {
		ActiveTest *bool   `json:"active_test"`
		Companies  []int64 `json:"allowed_company_ids"`
	} `json:"context"`
}

// execute carries out a method.
func (s *Server) execute(model, method string, args arguments) ([]byte, *exception) {
	s.mu.Lock()
	s.calls++
	n, before := s.calls, s.Before
	s.asked = append(s.asked, model+" "+method)
	s.mu.Unlock()
	if before != nil {
		before(n, model, method)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.models[model]
	switch {
	case m == nil && s.Version >= 19:
		return nil, &exception{"werkzeug.exceptions.NotFound", fmt.Sprintf("the model '%s' does not exist", model), http.StatusNotFound}
	case m == nil:
		return nil, &exception{"odoo.exceptions.UserError", fmt.Sprintf("Object %s doesn't exist", model), http.StatusNotFound}
	case method == "fields_get":
		return m.fieldsGet(args.Attributes), nil
	case m.denied:
		return nil, &exception{"odoo.exceptions.AccessError", "You are not allowed to access 'Thing' (" + model + ") records.\n\nThis operation is allowed for the following groups:\n\t- Some Group", http.StatusForbidden}
	}
	found, failed := s.search(model, m, args)
	if failed != nil {
		return nil, failed
	}
	switch method {
	case "search_count":
		return strconv.AppendInt(nil, int64(len(found)), 10), nil
	case "search":
		out := []byte{'['}
		for i, r := range found {
			if i > 0 {
				out = append(out, ", "...)
			}
			out = strconv.AppendInt(out, r.ID, 10)
		}
		return append(out, ']'), nil
	case "search_read":
		return s.read(model, m, found, args.Fields)
	default:
		return nil, &exception{"builtins.AttributeError", "type object '" + model + "' has no attribute '" + method + "'", http.StatusNotFound}
	}
}

// search finds records as Odoo's search does.
func (s *Server) search(model string, m *Model, args arguments) ([]*Record, *exception) {
	match, active, failed := m.compile(model, args.Domain)
	if failed != nil {
		return nil, failed
	}
	for _, part := range strings.Split(args.Order, ",") {
		if name, _, _ := strings.Cut(strings.TrimSpace(part), " "); name != "" && !m.has(name) {
			return nil, &exception{"builtins.ValueError", fmt.Sprintf("Invalid field '%s' on model '%s'", name, model), http.StatusInternalServerError}
		}
	}
	_, archives := m.fields["active"]
	hide := archives && !active && (args.Context.ActiveTest == nil || *args.Context.ActiveTest)
	var out []*Record
	for _, r := range m.ordered(args.Order) {
		if hide && r.Values["active"] != true || len(args.Context.Companies) > 0 && !allowed(r, args.Context.Companies) || !match(r) {
			continue
		}
		out = append(out, r)
		if args.Limit > 0 && len(out) == args.Limit {
			break
		}
	}
	return out, nil
}

// allowed is the usual record rule of companies.
func allowed(r *Record, companies []int64) bool {
	id, ok := r.Values["company_id"].(int64)
	return !ok || slices.Contains(companies, id)
}

func (m *Model) has(name string) bool { _, ok := m.fields[name]; return ok }

func (m *Model) fieldsGet(attributes []string) []byte {
	out := map[string]map[string]any{}
	for name, f := range m.fields {
		all := map[string]any{
			"type": f.Type, "string": f.Label, "store": !f.Computed, "searchable": true, "sortable": true, "required": false, "readonly": false,
		}
		if f.Label == "" {
			all["string"] = name
		}
		if f.Digits != nil {
			all["digits"] = f.Digits
		}
		if f.Relation != "" {
			all["relation"] = f.Relation
		}
		if len(attributes) > 0 {
			maps.DeleteFunc(all, func(k string, _ any) bool { return !slices.Contains(attributes, k) })
		}
		out[name] = all
	}
	b, _ := json.Marshal(out) //nolint:errchkjson // plain values
	return pythonSpaces(b)
}

// read writes records.
func (s *Server) read(model string, m *Model, found []*Record, names []string) ([]byte, *exception) {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(m.fields))
	}
	for _, n := range names {
		if !m.has(n) {
			return nil, &exception{"builtins.ValueError", fmt.Sprintf("Invalid field '%s' on model '%s'", n, model), http.StatusInternalServerError}
		}
		if m.fields[n].Hidden {
			return nil, &exception{"odoo.exceptions.AccessError", "The requested operation can not be completed due to security restrictions.", http.StatusForbidden}
		}
	}
	out := []byte{'['}
	for i, r := range found {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = append(out, `{"id": `...)
		out = strconv.AppendInt(out, r.ID, 10)
		for _, n := range names {
			if n == "id" {
				continue
			}
			out = append(append(append(out, `, "`...), n...), `": `...)
			out = s.value(out, m.fields[n], n, r)
		}
		out = append(out, '}')
	}
	return append(out, ']'), nil
}

// value writes one value as Odoo does: what is not there is false.
func (s *Server) value(out []byte, f Field, name string, r *Record) []byte {
	v := r.Values[name]
	if name == "write_date" {
		if r.Written.IsZero() {
			return append(out, "false"...)
		}
		return append(append(append(out, '"'), r.Written.Format(Stamp)...), '"')
	}
	switch v := v.(type) {
	case nil:
		switch {
		case f.Type == "integer":
			return append(out, '0')
		case f.Type == "float" || f.Type == "monetary":
			return append(out, "0.0"...)
		case strings.HasSuffix(f.Type, "2many"):
			return append(out, "[]"...)
		}
		return append(out, "false"...)
	case int64:
		if f.Type == "many2one" {
			out = strconv.AppendInt(append(out, '['), v, 10)
			return append(append(append(out, ", "...), quote(s.display(f.Relation, v))...), ']')
		}
		return strconv.AppendInt(out, v, 10)
	case float64:
		return appendFloat(out, v)
	case string:
		return append(out, quote(v)...)
	case json.RawMessage:
		return append(out, v...)
	default:
		b, _ := json.Marshal(v) //nolint:errchkjson // values of tests
		return append(out, pythonSpaces(b)...)
	}
}

// appendFloat writes a float as Python does.
func appendFloat(out []byte, v float64) []byte {
	start := len(out)
	format := byte('f')
	if abs := max(v, -v); abs >= 1e16 || abs != 0 && abs < 1e-4 {
		format = 'e'
	}
	out = strconv.AppendFloat(out, v, format, -1, 64)
	if format == 'f' && !strings.Contains(string(out[start:]), ".") {
		out = append(out, ".0"...)
	}
	return out
}

func (s *Server) display(model string, id int64) string {
	if m := s.models[model]; m != nil && m.records[id] != nil {
		if name, ok := m.records[id].Values["name"].(string); ok {
			return name
		}
	}
	return fmt.Sprintf("%s,%d", model, id)
}
