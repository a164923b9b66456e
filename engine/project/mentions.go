package project

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// mention is a name that stands in a report or a deck, to be looked up once all names are known.
type mention struct {
	name string
	pos  diag.Pos
	len  int // runes; 0 is the name's
}

func (m mention) mark(d *diag.Diagnostic) *diag.Diagnostic {
	d.Pos = m.pos
	if d.Len = m.len; d.Len == 0 {
		d.Len = utf8.RuneCountInString(m.name)
	}
	return d
}

// columnMention is a column of some data; data "" is that of the block it stands in.
type columnMention struct {
	data   string
	column mention
}

// mentions is what a block, a slide or a text names.
type mentions struct {
	data    []mention
	columns []columnMention
	blocks  []mention
	whole   bool // a name is computed: it may be any
}

// add takes the mentions of a part.
func (m *mentions) add(o mentions) {
	m.data = append(m.data, o.data...)
	m.columns = append(m.columns, o.columns...)
	m.blocks = append(m.blocks, o.blocks...)
	m.whole = m.whole || o.whole
}

// dataNames gives the names of all data that is mentioned, once each.
func (m *mentions) dataNames() []string {
	var out []string
	note := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, d := range m.data {
		note(d.name)
	}
	for _, c := range m.columns {
		note(c.data)
	}
	return out
}

// textCalls is a parsed text: what it calls and which names it reads.
type textCalls struct {
	calls []jinja.StaticCall
	reads []jinja.StaticRead
	tree  *jinja.Template // nil for an expression
}

// parseText reads a template; a condition is an expression unless it holds templates. False means
// that there is nothing in it, or that it does not parse, which is reported.
func (r *reportReader) parseText(t manifest.Template, condition textKind) (textCalls, bool) {
	o := jinja.Options{Start: t.Pos, NoteReads: true}
	if condition == expressionText && t.Text != "" && !jinja.HasTags(t.Text) {
		x, err := jinja.ParseExpr(t.Pos.File, t.Text, o)
		if err != nil {
			r.diags.Add(err)
			return textCalls{}, false
		}
		return textCalls{calls: x.Calls(), reads: x.StaticReads()}, true
	}
	if !jinja.HasTags(t.Text) {
		return textCalls{}, false
	}
	tree, err := jinja.Parse(t.Pos.File, t.Text, o)
	if err != nil {
		r.diags.Add(err)
		return textCalls{}, false
	}
	return textCalls{calls: tree.Calls(), reads: tree.StaticReads(), tree: tree}, true
}

// textKind says how a text is read.
type textKind uint8

const (
	plainText      textKind = iota // text with templates in it
	expressionText                 // one expression, as under when:
)

// dictMethods are the names on data that are no data.
//
//nolint:gochecknoglobals // a constant table
var dictMethods = []string{"get", "items", "keys", "values"}

// mentionsOf finds which blocks and data a text names, by block('x'), figure('x.y') and data.x.
func (r *reportReader) mentionsOf(t textCalls) mentions {
	var m mentions
	for i := range t.calls {
		c := &t.calls[i]
		switch c.Name {
		case "block", "has_block":
			if name, pos, ok := literalText(c, 0); ok {
				m.blocks = append(m.blocks, mention{name: name, pos: pos})
			} else {
				m.whole = true
			}
		case "figure":
			r.figureCall(c, &m)
		case "fmt":
			if format, pos, ok := literalText(c, 1); ok {
				r.checkFormat(format, pos)
			}
		}
	}
	for _, read := range t.reads {
		r.checkFields(read)
		if read.Name != "data" || !read.Global {
			continue
		}
		if read.Key == "" || slices.Contains(dictMethods, read.Key) {
			m.whole = true
			continue
		}
		m.data = append(m.data, mention{name: read.Key, pos: read.Pos, len: read.Len})
	}
	return m
}

// checkFields warns of what a name does not have: period.lable. A text may ask for it on purpose.
func (r *reportReader) checkFields(read jinja.StaticRead) {
	i := slices.IndexFunc(r.names, func(n manifest.TextName) bool { return n.Name == read.Name })
	if i < 0 || !read.Global || read.Key == "" || r.names[i].Fields == nil || slices.Contains(dictMethods, read.Key) || slices.Contains(r.names[i].Fields, read.Key) {
		return
	}
	m := mention{name: read.Key, pos: read.Pos, len: read.Len}
	r.diags.Add(warning(unknown(m, diag.UndefinedName, r.names[i].Fields, "", "%s has no %q", read.Name, read.Key)))
}

// checkNames warns of names that slides, or texts of reports, do not see.
func (r *reportReader) checkNames(t textCalls) {
	who := "a slide"
	if r.inReport {
		who = "a text of a report"
	}
	for _, read := range t.reads {
		if !read.Global || r.macros.names[read.Name] || slices.Contains(r.known, read.Name) {
			continue
		}
		m := mention{name: read.Name, pos: read.Pos}
		r.diags.Add(warning(unknown(m, diag.UndefinedName, r.known, "", "%s sees no %q", who, read.Name)))
	}
}

func warning(d *diag.Diagnostic) *diag.Diagnostic {
	d.Severity = diag.Warning
	return d
}

// modelNames are the names that every template of the warehouse sees besides macros.
const modelNames = `ref source metric function var env_var config target this env model graph execute adapter api column
	exceptions log print load_result store_result store_raw_result flags modules fromjson tojson fromyaml toyaml set
	set_strict zip zip_strict local_md5 invocation_id run_started_at dbt_version project_name schema database builtins context
	selected_resources return thread_id pre_hooks post_hooks sql render write try_or_compiler_error diff_of_two_dicts
	adapter_macro validation invocation_args_dict dbt_metadata_envs load_agate_table context_macro_stack results schemas
	run_query statement caller varargs kwargs loop`

// slideNames are the names that templates of decks, or of reports, see, functions of the language among them.
func (r *reportReader) slideNames() []string {
	out := jinja.Globals()
	for name := range jinja.Builtins(nil) {
		out = append(out, name)
	}
	for _, n := range r.names {
		if !n.Slides || !r.inReport {
			out = append(out, n.Name)
		}
	}
	if r.inReport { // texts of reports are rendered as models are
		out = append(out, strings.Fields(modelNames)...)
	}
	for _, p := range r.p.Packages {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

// figureCall reads figure('data.column', to='column', format='…').
func (r *reportReader) figureCall(c *jinja.StaticCall, m *mentions) {
	name, pos, ok := literalText(c, 0)
	data, column, dotted := strings.Cut(name, ".")
	if !ok {
		m.whole = true
		return
	}
	if !dotted || data == "" || column == "" {
		r.diags.Add(diag.Errorf(diag.BadCall, pos, "figure('%s') names no figure", name).WithLen(utf8.RuneCountInString(name)).
			WithHint("a figure is named data.column: figure('revenue.amount')"))
		return
	}
	m.columns = append(m.columns, columnMention{data: data, column: mention{name: column, pos: pos, len: utf8.RuneCountInString(name)}})
	for _, kw := range c.Kwargs {
		s, isText := kw.Value.(string)
		at := kw.Pos
		at.Col += utf8.RuneCountInString(kw.Name) + len("='")
		switch {
		case !kw.Literal || !isText:
		case kw.Name == "to":
			of, column := data, s // a column of the same data, or data.column of another
			if before, after, dotted := strings.Cut(s, "."); dotted {
				of, column = before, after
				m.data = append(m.data, mention{name: of, pos: at, len: utf8.RuneCountInString(of)})
				at.Col += utf8.RuneCountInString(of) + 1
			}
			m.columns = append(m.columns, columnMention{data: of, column: mention{name: column, pos: at}})
		case kw.Name == "format":
			r.checkFormat(s, at)
		}
	}
}

// literalText gives an argument that is a literal text, and where it begins.
func literalText(c *jinja.StaticCall, i int) (string, diag.Pos, bool) {
	if i >= len(c.Args) || !c.Args[i].Literal {
		return "", c.Pos, false
	}
	s, ok := c.Args[i].Value.(string)
	pos := c.Args[i].Pos
	pos.Col++ // behind the quote
	return s, pos, ok
}

// checkFormat reports a format that does not exist.
func (r *reportReader) checkFormat(format string, pos diag.Pos) {
	if format == "" {
		return
	}
	if d := block.CheckFormat(format); d != nil {
		d.Pos = pos
		r.diags.Add(d.WithLen(utf8.RuneCountInString(format)))
	}
}

// unknown says that a name is not among those that there are.
func unknown(m mention, code diag.Code, names []string, none, format string, args ...any) *diag.Diagnostic {
	d := m.mark(diag.Errorf(code, diag.Pos{}, format, args...))
	if d.Hint = diag.DidYouMean(m.name, names); d.Hint != "" {
		return d
	}
	if len(names) == 0 || len(names) > maxNamedKeys {
		d.Hint = none
		return d
	}
	d.Hint = "there are " + strings.Join(names, ", ")
	if len(names) == 1 {
		d.Hint = "there is " + names[0]
	}
	return d
}

// columnWords are the names that a query can give its columns; any is true where they cannot be
// told from its text: it selects all of a relation, or a template or a pivot makes them.
type columnWords struct {
	declared []string
	words    map[string]bool // in lower case
	any      bool
}

//nolint:gochecknoglobals // compiled constants
var (
	countAll   = regexp.MustCompile(`(?i)count\s*\(\s*\*\s*\)`)
	starColumn = regexp.MustCompile(`(?i)(^|[\s,(.])\*($|[\s,);])|\bexclude\b|\breplace\s*\(|\bpivot\b|\bcolumns\s*\(|\bunnest\b|\bdescribe\b|\bsummarize\b|^\s*from\b`)
	sqlComment = regexp.MustCompile(`--[^\n]*|(?s)/\*.*?\*/`)
	sqlWord    = regexp.MustCompile(`[\pL_][\pL\pN_$]*|"[^"]*"`)
	expression = regexp.MustCompile(`(?s)\{\{-?\s*(.*?)\s*-?\}\}|\{[%#].*?[%#]\}`)
)

// harmless are the names whose values in a query are values and relations, never names of columns.
//
//nolint:gochecknoglobals // a constant table
var harmless = []string{"ref", "source", "period", "unit", "entity", "scope", "locale", "currency"}

// wordsOf reads a query's text.
func wordsOf(d *manifest.ReportData) *columnWords {
	w := &columnWords{words: map[string]bool{}}
	for _, c := range d.Columns {
		w.declared = append(w.declared, c.Name)
	}
	for _, k := range d.Key {
		if !slices.Contains(w.declared, k) {
			w.declared = append(w.declared, k)
		}
	}
	sql := d.Query.SQL
	for _, m := range expression.FindAllStringSubmatch(sql, -1) {
		name := sqlWord.FindString(m[1])
		w.any = w.any || m[1] != "" && !slices.Contains(harmless, name)
		w.any = w.any || m[1] == "" && strings.HasPrefix(m[0], "{%") && strings.Contains(m[0], "for ")
	}
	sql = expression.ReplaceAllString(sql, " x ")
	sql = countAll.ReplaceAllString(sqlComment.ReplaceAllString(sql, " "), "count()")
	w.any = w.any || starColumn.MatchString(sql)
	for _, word := range sqlWord.FindAllString(sql, -1) {
		w.words[strings.ToLower(strings.Trim(word, `"`))] = true
	}
	return w
}

// has reports whether the query may give a column of the name.
func (w *columnWords) has(name string) bool {
	if w.any || w.words[strings.ToLower(name)] {
		return true
	}
	return slices.ContainsFunc(w.declared, func(c string) bool { return strings.EqualFold(c, name) })
}

// names gives what a mistyped column may have meant: the declared ones, then all words of the query.
func (w *columnWords) names() []string {
	out := slices.Clone(w.declared)
	var more []string
	for word := range w.words {
		if !slices.Contains(out, word) {
			more = append(more, word)
		}
	}
	slices.Sort(more)
	return append(out, more...)
}
