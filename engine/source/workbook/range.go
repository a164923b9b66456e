package workbook

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// wanted is the key range: a part of a sheet, by its place or by a name that the workbook gives it.
type wanted struct {
	text  string
	sheet string        // of a place, if it names one
	place *source.Range // nil for a name
}

// area is a range found in a workbook.
type area struct {
	source.Range
	fields []string // the columns' names, from FirstCol on, where no row of the sheet has them
}

// readWanted reads the key range; nil if there is none.
func readWanted(t *manifest.ExtractTable) (*wanted, error) {
	v, ok := t.Options.Get("range")
	if !ok || v == nil {
		return nil, nil
	}
	text, isText := v.(string)
	text = strings.TrimPrefix(strings.TrimSpace(text), "=")
	if !isText || text == "" {
		return nil, diag.Errorf(diag.BadValue, t.OptionAt("range"), "range cannot be %v", v).
			WithHint("give a defined name, an Excel table's name, or a reference: Sheet1!B5:H200")
	}
	w := &wanted{text: text}
	r := parsePointer(text)
	switch {
	case r.fault != "" && strings.ContainsAny(text, "!:("):
		return nil, diag.Errorf(diag.BadValue, t.OptionAt("range"), "range: %s %s", text, r.fault).
			WithHint("give one rectangle of one sheet: Sheet1!B5:H200")
	case r.fault != "":
		return w, nil
	}
	w.sheet, w.place = r.sheet, &r.Range
	_, hasSheets := t.Options.Get("sheets")
	if r.sheet != "" && hasSheets {
		return nil, diag.Errorf(diag.BadValue, t.OptionAt("range"), "range: %s names a sheet, and so does sheets", text).
			WithHint("leave out sheets, or the sheet before the !")
	}
	return w, single(t, text, r.Range)
}

// single refuses a range of one cell, which has no room for a header and data.
func single(t *manifest.ExtractTable, what string, r source.Range) error {
	if r.FirstRow < r.LastRow || r.FirstCol < r.LastCol {
		return nil
	}
	return diag.Errorf(diag.BadValue, t.OptionAt("range"), "range: %s is a single cell, which is no table", what).
		WithHint("give a rectangle of a header and rows: B5:H200")
}

// pointer is what a formula points to.
type pointer struct {
	sheet string // "" if it names none
	source.Range
	table string // the Excel table that it means instead
	fault string // why it is no range, in words that follow it
}

// parsePointer reads "Sheet1!$B$5:$H$200", "'My sheet'!B:H", "5:200", "Table1[#All]".
func parsePointer(f string) pointer {
	switch {
	case f == "":
		return pointer{fault: "is empty"}
	case strings.Contains(f, "#REF!"):
		return pointer{fault: "points to cells that were deleted (#REF!)"}
	case f[0] == '"' || f[0] == '{' || f[0] >= '0' && f[0] <= '9' && !strings.Contains(f, ":"):
		return pointer{fault: "is a constant, not a range"}
	}
	if name, rest, ok := strings.Cut(f, "["); ok && name != "" && !strings.ContainsAny(name, "!'(") {
		switch strings.ToLower(rest) {
		case "]", "#all]", "#data]", "[#all]]", "[#data]]", "[#headers],[#data]]":
			return pointer{table: name}
		}
		return pointer{fault: "is a part of the Excel table " + name}
	}
	sheet, cells, fault := splitSheet(f)
	if fault != "" {
		return pointer{fault: fault}
	}
	r := pointer{sheet: sheet}
	var ok bool
	if r.Range, ok = parseArea(cells); ok {
		return r
	}
	switch {
	case strings.ContainsRune(cells, '('):
		r.fault = "is a formula, whose cells only Excel can tell"
	case strings.ContainsAny(cells, ",! "):
		r.fault = "points to several areas"
	default:
		r.fault = "is no range of cells"
	}
	return r
}

// splitSheet takes the sheet off the front of a reference.
func splitSheet(f string) (sheet, cells, fault string) {
	if strings.HasPrefix(f, "'") {
		var name strings.Builder
		for rest := f[1:]; ; {
			before, after, ok := strings.Cut(rest, "'")
			name.WriteString(before)
			switch {
			case !ok:
				return "", "", "is no range of cells"
			case strings.HasPrefix(after, "'"): // a quote in the name
				name.WriteByte('\'')
				rest = after[1:]
				continue
			case !strings.HasPrefix(after, "!"):
				return "", "", "is no range of cells"
			}
			sheet, cells = name.String(), after[1:]
			break
		}
	} else if before, after, ok := strings.Cut(f, "!"); ok && !strings.ContainsAny(before, "(,") {
		sheet, cells = before, after
	} else {
		cells = f
	}
	switch {
	case strings.Contains(sheet, "["):
		return "", "", "points to another workbook"
	case strings.Contains(sheet, ":"):
		return "", "", "points to several sheets"
	}
	return sheet, cells, ""
}

// parseArea reads "$B$5:$H$200", whole columns "B:H" and whole rows "5:200".
func parseArea(s string) (source.Range, bool) {
	if r, ok := parseRange(s); ok {
		return r, true
	}
	from, to, two := strings.Cut(strings.ReplaceAll(s, "$", ""), ":")
	if !two {
		return source.Range{}, false
	}
	a, err1 := strconv.Atoi(from)
	b, err2 := strconv.Atoi(to)
	if err1 == nil && err2 == nil {
		a, b = min(a, b), max(a, b)
		return source.Range{FirstRow: a, FirstCol: 1, LastRow: b, LastCol: maxColumns}, a > 0 && b <= maxRows
	}
	_, c1, ok1 := parseRef([]byte(from + "1"))
	_, c2, ok2 := parseRef([]byte(to + "1"))
	return source.Range{FirstRow: 1, FirstCol: min(c1, c2), LastRow: maxRows, LastCol: max(c1, c2)}, ok1 && ok2
}

// named is a name that a workbook gives to cells: a defined name or an Excel table.
type named struct {
	name    string
	formula string
	local   *sheet // the sheet that alone knows a defined name
	sheet   *sheet // of a table
	table   *area  // nil for a defined name
}

// maxNames bounds the names of a workbook; maxFormula what one may mean.
const (
	maxNames    = 1 << 16
	maxFormula  = 8 << 10
	maxFormulas = 32 << 20 // bytes of all
)

// names gives the workbook's defined names and Excel tables.
func (b *book) names() ([]named, error) {
	names, table := b.definedNames, b.readTable
	if b.binary {
		names, table = b.binaryNames, b.readBinaryTable
	}
	out, err := names()
	if err != nil {
		return nil, err
	}
	for _, s := range b.sheets {
		rels, err := b.relations(s.part)
		if err != nil && !errors.Is(err, errNoPart) {
			return nil, err
		}
		for _, r := range rels {
			if r.kind != "table" || len(out) > maxNames {
				continue
			}
			n, err := table(s, r.target)
			if err != nil {
				return nil, err
			}
			out = append(out, n...)
		}
	}
	return out, nil
}

func (b *book) definedNames() ([]named, error) {
	var out []named
	size := 0
	err := b.elements(b.main, func(s *scanner) error {
		if string(s.name) != "definedName" || len(out) > maxNames || size > maxFormulas {
			return nil
		}
		n := named{name: strings.TrimPrefix(s.get("name"), "_xlnm.")}
		if at := s.get("localSheetId"); at != "" {
			i, _ := strconv.Atoi(at)
			if n.local = b.sheetAt(i); n.local == nil {
				return nil // of a chart sheet
			}
		}
		hidden := truth(s.get("hidden"))
		f, err := s.plainText("definedName", maxFormula)
		if err != nil {
			return err
		}
		size += len(n.name) + len(f)
		if n.formula = strings.TrimSpace(f); !hidden {
			out = append(out, n)
		}
		return nil
	})
	return out, err
}

// sheetAt gives the worksheet at a place among all sheets.
func (b *book) sheetAt(i int) *sheet {
	for _, s := range b.sheets {
		if s.index == i {
			return s
		}
	}
	return nil
}

// readTable reads the part of an Excel table; it has the names of the table, which mostly are one.
func (b *book) readTable(s *sheet, part string) ([]named, error) {
	var a *area
	var names []string
	headers := true
	err := b.elements(part, func(x *scanner) error {
		switch string(x.name) {
		case "table":
			r, ok := parseRange(x.get("ref"))
			if !ok {
				return errStop
			}
			a = &area{Range: r}
			if n, err := strconv.Atoi(x.get("totalsRowCount")); err == nil && n > 0 {
				a.LastRow = max(a.FirstRow, a.LastRow-n)
			}
			headers = x.get("headerRowCount") != "0"
			names = append(names, x.get("displayName"))
			if n := x.get("name"); n != "" && !strings.EqualFold(n, names[0]) {
				names = append(names, n)
			}
		case "tableColumn":
			if a != nil && !headers && len(a.fields) <= maxColumns {
				a.fields = append(a.fields, string(unescape([]byte(x.get("name")))))
			}
		}
		return nil
	})
	if a == nil {
		return nil, err
	}
	var out []named
	for _, n := range names {
		out = append(out, named{name: n, sheet: s, table: a})
	}
	return out, err
}

// plainText gives the text of an element that has no others in it.
func (s *scanner) plainText(element string, most int) (string, error) {
	var text []byte
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return "", unexpected(err)
		case t == endTag && string(s.name) == element:
			return string(text), nil
		case t == charData:
			text = append(text, s.text...)
		}
		if len(text) > most {
			text = text[:most]
		}
	}
}

// target is where a name points to in one workbook.
type target struct {
	sheet *sheet
	area  area
}

// resolver finds a named range in a workbook.
type resolver struct {
	t     *manifest.ExtractTable
	w     *wanted
	file  string
	b     *book
	names []named
}

func (r *resolver) fail(code diag.Code, format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(code, r.t.OptionAt("range"), format, args...)
}

// on gives the range on a sheet that was chosen otherwise.
func (r *resolver) on(s *sheet) (target, error) {
	var found *named
	for i, n := range r.names {
		if !strings.EqualFold(n.name, r.w.text) {
			continue
		}
		switch {
		case n.local == s:
			return r.resolve(n, s, 0)
		case n.local == nil && (n.sheet == nil || n.sheet == s) && found == nil:
			found = &r.names[i]
		}
	}
	if found == nil {
		return target{}, r.missing(fmt.Sprintf("%s, sheet %q", r.file, s.name))
	}
	out, err := r.resolve(*found, s, 0)
	if err == nil && out.sheet != s {
		err = r.fail(diag.MissingRange, "%s: the range %s is on sheet %q, not on %q", r.file, r.w.text, out.sheet.name, s.name).
			WithHint("leave out sheets, which the range makes needless")
	}
	return out, err
}

// anywhere gives the range where no sheet was chosen.
func (r *resolver) anywhere() (target, error) {
	var found []named
	for _, n := range r.names {
		if strings.EqualFold(n.name, r.w.text) {
			found = append(found, n)
		}
	}
	for _, n := range found {
		if n.local == nil {
			return r.resolve(n, nil, 0)
		}
	}
	switch len(found) {
	case 0:
		return target{}, r.missing(r.file)
	case 1:
		return r.resolve(found[0], found[0].local, 0)
	}
	var sheets []*sheet
	for _, n := range found {
		sheets = append(sheets, n.local)
	}
	return target{}, r.fail(diag.MissingRange, "%s: several sheets have a range %s of their own", r.file, r.w.text).
		WithHint("add sheets: %s", listSheets(sheets))
}

// resolve follows a name to its cells; depth counts the names on the way.
func (r *resolver) resolve(n named, home *sheet, depth int) (target, error) {
	if n.table != nil {
		return target{n.sheet, *n.table}, nil
	}
	where := fmt.Sprintf("%s: the name %s = %s", r.file, n.name, clipText(n.formula, 80))
	ref := parsePointer(n.formula)
	next := ref.table
	if ref.fault != "" && next == "" {
		next = n.formula // a name of another name
	}
	for _, other := range r.names {
		if next != "" && strings.EqualFold(other.name, next) && other.local == nil && depth < 8 {
			return r.resolve(other, home, depth+1)
		}
	}
	if ref.table != "" {
		ref.fault = "is an Excel table that is not there"
	}
	if ref.fault != "" {
		return target{}, r.fail(diag.MissingRange, "%s %s", where, ref.fault).
			WithHint("give the cells themselves: range: Sheet1!B5:H200")
	}
	s := home
	if ref.sheet != "" {
		if s = findSheet(r.b.sheets, ref.sheet); s == nil {
			return target{}, r.fail(diag.MissingRange, "%s is on a sheet that is not there, or is no worksheet", where).
				WithHint("there are %s", listSheets(r.b.sheets))
		}
	}
	if s == nil {
		return target{}, r.fail(diag.MissingRange, "%s does not say on which sheet", where).WithHint("add sheets: …")
	}
	return target{s, area{Range: ref.Range}}, single(r.t, n.name+" = "+n.formula, ref.Range)
}

func (r *resolver) missing(where string) error {
	var all, show []string
	for _, n := range r.names {
		all = append(all, n.name)
		if len(show) < 24 {
			kind := "name"
			if n.table != nil {
				kind = "table"
			}
			show = append(show, fmt.Sprintf("%s (%s)", n.name, kind))
		}
	}
	d := r.fail(diag.MissingRange, "%s has no range %s", where, r.w.text)
	d.Hint = "it has no names and no tables; give the cells: range: Sheet1!B5:H200"
	if len(show) > 0 {
		d.Hint = "there are " + strings.Join(show, ", ")
	}
	if near, ok := diag.Nearest(r.w.text, all); ok {
		d.Hint = fmt.Sprintf("did you mean %q? %s", near, d.Hint)
	}
	return d
}

func findSheet(sheets []*sheet, name string) *sheet {
	for _, s := range sheets {
		if sameName(s.name, name) {
			return s
		}
	}
	return nil
}

func clipText(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return s
}
