package workbook

import (
	"fmt"
	"regexp"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// sheetRule is one entry of the key sheets.
type sheetRule struct {
	name          string // the sheet of that name,
	pattern       *regexp.Regexp
	only          bool // or the only visible one
	month         int
	months        map[string]int // folded sheet name → month
	monthByLocale bool
	layout        source.Layout
}

// readSheetRules reads the key sheets; every mistake is reported.
func readSheetRules(t *manifest.ExtractTable) ([]*sheetRule, error) {
	v, ok := t.Options.Get("sheets")
	if !ok || v == nil {
		return []*sheetRule{{only: true}}, nil
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	p := &ruleReader{t: t}
	for _, x := range list {
		if m, isMap := x.(*manifest.Map); isMap {
			p.mapping(m)
			continue
		}
		p.rules = append(p.rules, &sheetRule{name: fmt.Sprint(x)})
	}
	if len(p.rules) == 0 && len(p.list) == 0 {
		p.fail("sheets is an empty list")
	}
	return p.rules, p.list.Err()
}

type ruleReader struct {
	t     *manifest.ExtractTable
	rules []*sheetRule
	list  diag.List
}

func (p *ruleReader) fail(format string, args ...any) {
	p.list = append(p.list, diag.Errorf(diag.BadValue, p.t.OptionAt("sheets"), format, args...))
}

// mapping reads {name|names|pattern, month, header_row, merge_header_rows, data_start_row}.
func (p *ruleReader) mapping(m *manifest.Map) {
	var base sheetRule
	var names []string
	for _, key := range m.Keys() {
		v, _ := m.Get(key)
		switch key {
		case "name", "names":
			names = append(names, source.Texts(v)...)
		case "pattern":
			re, err := regexp.Compile("(?i)" + fmt.Sprint(v))
			if err != nil {
				p.fail("sheets: the pattern %q is no regular expression: %v", v, err)
				re = regexp.MustCompile("")
			}
			base.pattern = re
		case "month":
			p.month(&base, v)
		case "header_row":
			base.layout.HeaderRow = p.row(key, v)
		case "merge_header_rows":
			base.layout.HeaderRows = p.row(key, v)
		case "data_start_row":
			base.layout.DataRow = p.row(key, v)
		default:
			known := []string{"name", "names", "pattern", "month", "header_row", "merge_header_rows", "data_start_row"}
			p.fail("sheets has an unknown key %q: there are %s", key, strings.Join(known, ", "))
		}
	}
	switch {
	case base.pattern != nil && len(names) > 0:
		p.fail("sheets: give either names or a pattern")
	case base.pattern != nil:
		p.rules = append(p.rules, &base)
	case len(names) == 0:
		p.fail("sheets: a mapping needs name, names or pattern")
	}
	for _, n := range names {
		r := base
		r.name = n
		p.rules = append(p.rules, &r)
	}
}

func (p *ruleReader) row(key string, v any) int {
	n, err := source.Count(v)
	if err != nil {
		p.fail("sheets: %s must be a row number from 1, not %v", key, v)
	}
	return n
}

func (p *ruleReader) month(r *sheetRule, v any) {
	switch v := v.(type) {
	case *manifest.Map:
		r.months = map[string]int{}
		for _, name := range v.Keys() {
			x, _ := v.Get(name)
			r.months[source.Fold(name)] = p.monthNumber(x)
		}
	case string:
		if v != "locale" {
			p.fail(`sheets: month is a number, a mapping of sheet names, or "locale", not %q`, v)
		}
		r.monthByLocale = true
	default:
		r.month = p.monthNumber(v)
	}
}

func (p *ruleReader) monthNumber(v any) int {
	n, err := source.Count(v)
	if err != nil || n > 12 {
		p.fail("sheets: a month is a number from 1 to 12, not %v", v)
		return 0
	}
	return n
}

// choice is a sheet to read.
type choice struct {
	sheet *sheet
	rule  *sheetRule
	month int
	area  *area // the part of it that is read; nil for all
}

// picker chooses sheets over all the workbooks of a table.
type picker struct {
	t       *manifest.ExtractTable
	rules   []*sheetRule
	wanted  *wanted // the range that is read of each; nil for all
	filling filling
	found   []int // sheets that each rule chose
	files   []string
	seen    []seenSheet
}

// newPicker reads the driver's keys; every mistake is reported.
func newPicker(t *manifest.ExtractTable) (*picker, error) {
	var l diag.List
	p := &picker{t: t}
	var err error
	p.rules, err = readSheetRules(t)
	l.Add(err)
	p.wanted, err = readWanted(t)
	l.Add(err)
	p.filling, err = readFilling(t)
	l.Add(err)
	p.found = make([]int, len(p.rules))
	return p, l.Err()
}

// elsewhere reports whether the range says itself on which sheet it is.
func (p *picker) elsewhere() bool {
	return p.wanted != nil && p.rules[0].only && (p.wanted.place == nil || p.wanted.sheet != "")
}

// choose gives what is read of one workbook.
func (p *picker) choose(file string, b *book) ([]choice, error) {
	p.files = append(p.files, file)
	if p.wanted == nil || p.wanted.place != nil && !p.elsewhere() {
		chosen, err := p.chooseSheets(file, b.sheets)
		for i := range chosen {
			if p.wanted != nil {
				chosen[i].area = &area{Range: *p.wanted.place}
			}
		}
		return chosen, err
	}
	r := &resolver{t: p.t, w: p.wanted, file: file, b: b}
	if p.wanted.place != nil {
		p.found[0]++
		s := findSheet(b.sheets, p.wanted.sheet)
		if s == nil {
			return nil, noSheet(p.t.OptionAt("range"), file, p.wanted.sheet, b.sheets)
		}
		return []choice{{sheet: s, rule: p.rules[0], area: &area{Range: *p.wanted.place}}}, nil
	}
	var err error
	if r.names, err = b.names(); err != nil {
		return nil, err
	}
	if p.elsewhere() {
		p.found[0]++
		to, err := r.anywhere()
		return []choice{{sheet: to.sheet, rule: p.rules[0], area: &to.area}}, err
	}
	chosen, err := p.chooseSheets(file, b.sheets)
	if err != nil {
		return nil, err
	}
	var l diag.List
	for i := range chosen {
		to, err := r.on(chosen[i].sheet)
		l.Add(err)
		chosen[i].area = &to.area
	}
	return chosen, l.Err()
}

// noSheet says that a sheet is not there, and which are.
func noSheet(pos diag.Pos, where, name string, sheets []*sheet) *diag.Diagnostic {
	d := diag.Errorf(diag.MissingSheet, pos, "%s has no sheet %q", where, name)
	var names []string
	for _, s := range sheets {
		names = append(names, s.name)
	}
	d.Hint = "there are " + listSheets(sheets)
	if near, ok := diag.Nearest(name, names); ok {
		d.Hint = fmt.Sprintf("did you mean %q? %s", near, d.Hint)
	}
	return d
}

type seenSheet struct {
	file string
	*sheet
}

// overlooked warns of hidden sheets that a pattern would choose if they were visible.
func (p *picker) overlooked(file string, sheets []*sheet, chosen []choice) diag.List {
	taken := map[*sheet]bool{}
	for _, c := range chosen {
		taken[c.sheet] = true
	}
	var l diag.List
	for _, s := range sheets {
		for _, r := range p.rules {
			if s.hidden && !taken[s] && r.pattern != nil && r.pattern.MatchString(strings.TrimSpace(s.name)) {
				taken[s] = true
				l = append(l, diag.Warnf(diag.MissingSheet, p.t.OptionAt("sheets"), "%s: the sheet %q is hidden and was not read", file, s.name).
					WithHint("unhide it, or give its name under sheets"))
			}
		}
	}
	return l
}

// chooseSheets gives the sheets of one workbook, each once, in the order of the rules.
func (p *picker) chooseSheets(file string, sheets []*sheet) ([]choice, error) {
	var l diag.List
	var out []choice
	taken := map[*sheet]bool{}
	for _, s := range sheets {
		p.seen = append(p.seen, seenSheet{file, s})
	}
	for i, r := range p.rules {
		found := r.matches(sheets)
		if r.only && len(found) > 1 {
			l = append(l, diag.Errorf(diag.MissingSheet, p.t.OptionAt("workbook"), "%s has %d sheets and table %s does not say which to read",
				file, len(found), p.t.Table).WithHint("add sheets: %s", listSheets(found)))
			continue
		}
		p.found[i] += len(found)
		for _, s := range found {
			if taken[s] {
				continue
			}
			taken[s] = true
			month, err := p.monthOf(r, s)
			l.Add(err)
			out = append(out, choice{sheet: s, rule: r, month: month})
		}
	}
	return out, l.Err()
}

func (r *sheetRule) matches(sheets []*sheet) []*sheet {
	var out []*sheet
	for _, s := range sheets {
		switch {
		case r.name != "" && s.name == r.name:
			return []*sheet{s}
		case r.name != "" && sameName(s.name, r.name),
			r.pattern != nil && !s.hidden && r.pattern.MatchString(strings.TrimSpace(s.name)),
			r.only && !s.hidden:
			out = append(out, s)
		}
	}
	if r.name != "" && len(out) > 1 {
		return out[:1]
	}
	return out
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// monthOf gives the month that a sheet stands for.
func (p *picker) monthOf(r *sheetRule, s *sheet) (int, error) {
	switch {
	case r.months != nil:
		if m, ok := r.months[source.Fold(s.name)]; ok {
			return m, nil
		}
		if r.pattern != nil {
			for _, group := range r.pattern.FindStringSubmatch(strings.TrimSpace(s.name)) {
				if m, ok := r.months[source.Fold(group)]; ok {
					return m, nil
				}
			}
		}
		return 0, diag.Errorf(diag.BadValue, p.t.OptionAt("sheets"), "sheet %q is chosen but month does not say which month it is", s.name).
			WithHint("add %q: 1 … 12 to month, or make the pattern narrower", s.name)
	case r.monthByLocale:
		l, err := source.LookupLocale(p.t.Locale)
		if err != nil {
			return 0, diag.Errorf(diag.BadValue, p.t.OptionAt("locale"), "%v", err)
		}
		for _, w := range strings.Fields(source.Fold(s.name)) {
			if m := l.Month(w); m > 0 {
				return m, nil
			}
		}
		return 0, diag.Errorf(diag.BadValue, p.t.OptionAt("sheets"), "sheet %q is chosen but its name has no month of %s", s.name, l.Name)
	default:
		return r.month, nil
	}
}

// missing reports the rules that chose nothing in any workbook.
func (p *picker) missing() error {
	var l diag.List
	for i, r := range p.rules {
		if p.found[i] > 0 {
			continue
		}
		var all []*sheet
		for _, s := range p.seen {
			all = append(all, s.sheet)
		}
		where := fmt.Sprintf("%d workbooks", len(p.files))
		if len(p.files) == 1 {
			where = p.files[0]
		}
		pos := p.t.OptionAt("sheets")
		var d *diag.Diagnostic
		switch {
		case r.only:
			d = diag.Errorf(diag.MissingSheet, p.t.OptionAt("workbook"), "%s has no visible sheet", where)
			d.Hint = "there are " + listSheets(all)
		case r.pattern != nil:
			d = diag.Errorf(diag.MissingSheet, pos, "no visible sheet of %s matches %s", where, strings.TrimPrefix(r.pattern.String(), "(?i)"))
			d.Hint = "there are " + listSheets(all)
		default:
			d = noSheet(pos, where, r.name, all)
		}
		l = append(l, d)
	}
	return l.Err()
}

func listSheets(sheets []*sheet) string {
	if len(sheets) == 0 {
		return "no worksheets at all"
	}
	var parts []string
	for _, s := range sheets {
		name := fmt.Sprintf("%q", s.name)
		if s.hidden {
			name += " (hidden)"
		}
		parts = append(parts, name)
		if len(parts) == 24 && len(sheets) > 24 {
			parts = append(parts, "…")
			break
		}
	}
	return strings.Join(parts, ", ")
}
