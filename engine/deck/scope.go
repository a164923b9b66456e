package deck

import (
	"strconv"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// Marks of a block in a rendered text, of the same private range as those of figures.
const (
	blockStart = "\ue003"
	blockEnd   = "\ue004"
)

// Scope is what a template of a deck sees about one section of a report: the names of the report's
// own texts, report (its meta), block() and has_block(). It serves one goroutine.
type Scope struct {
	own     *report.Names
	report  *report.Report
	section *report.Section
	spec    *manifest.Report
	words   manifest.Translations
	written map[string]bool // texts that templates translate as they are written
	vars    jinja.Vars
	blocks  []*block.Block
}

// NewScope gives the names of a section; nil is the total. Translations may be nil, and so may the
// report's declaration: it tells blocks that a condition left out from those that do not exist.
func NewScope(r *report.Report, s *report.Section, f *block.Formatter, t manifest.Translations, spec *manifest.Report) *Scope {
	if s == nil {
		s = &r.Total
	}
	sc := &Scope{own: report.NewNames(r, s, f, t), report: r, section: s, spec: spec, words: t, written: map[string]bool{}, vars: jinja.Vars{}}
	for k, v := range sc.own.Vars() {
		sc.vars[k] = jinja.FromGo(v)
	}
	sc.vars["report"] = metaDict(&r.Meta)
	sc.vars["_"] = jinja.Func(sc.translate)
	sc.vars["block"] = jinja.Func(sc.block)
	sc.vars["has_block"] = jinja.Func(sc.hasBlock)
	return sc
}

func metaDict(m *report.Meta) *jinja.Dict {
	d := jinja.NewDict()
	for _, e := range [][2]string{
		{"name", m.Report},
		{"node", m.Node},
		{"title", m.Title},
		{"entity", m.Entity},
		{"entity_label", m.EntityLabel},
		{"period", m.Period},
		{"period_label", m.PeriodLabel},
		{"type", m.Type},
		{"start", m.Start},
		{"end", m.End},
		{"generated_at", m.GeneratedAt},
		{"locale", m.Locale},
		{"currency", m.Currency},
		{"brand", m.Brand},
	} {
		d.Set(e[0], e[1])
	}
	d.Set("scope", jinja.FromGo(m.Scope))
	return d
}

// Lookup gives a name.
func (s *Scope) Lookup(name string) (jinja.Value, bool) { return s.vars.Lookup(name) }

// Names lists the names, for "did you mean".
func (s *Scope) Names() []string { return s.vars.Names() }

// Section is the part of the report that the names are about.
func (s *Scope) Section() *report.Section { return s.section }

// Take gives the figures that figure() gave since they were last taken, by the index of their marks.
func (s *Scope) Take() []block.Figure { return s.own.Take() }

// Prose reads a text that was rendered with the names and is no Markdown: its figures are those that
// figure() gave since the last call.
func (s *Scope) Prose(marked string) block.Prose { return s.own.Prose(marked) }

// Set adds a name, or gives one another meaning.
func (s *Scope) Set(name string, v any) { s.vars[name] = jinja.FromGo(v) }

// Block finds a block for the section: its own, or the total's; nil if there is none.
func (s *Scope) Block(name string) *block.Block {
	if b := s.section.Blocks[name]; b != nil {
		return b
	}
	return s.report.Total.Blocks[name]
}

// sectionOf finds a section of the report by code, without regard to case; "" and "total" are the total.
// It gives nil if there is none.
func sectionOf(r *report.Report, code string) *report.Section {
	if code == "" || strings.EqualFold(code, "total") {
		return &r.Total
	}
	if s := r.Units[code]; s != nil {
		return s
	}
	for c, s := range r.Units {
		if strings.EqualFold(c, code) {
			return s
		}
	}
	return nil
}

// reads notes the texts that a template translates: they are the project's own, and their Markdown
// counts.
func (s *Scope) reads(t *jinja.Template) {
	for _, c := range t.Calls() {
		if c.Name == "_" && len(c.Args) == 1 && c.Args[0].Literal {
			s.written[jinja.Str(c.Args[0].Value)] = true
		}
	}
}

// translate is _('text'). What the project has written is Markdown, here or in its translations; a
// value that nothing translates stays a value.
func (s *Scope) translate(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("text")
	if err != nil {
		return nil, err
	}
	if m, ok := args[0].(jinja.Markup); ok {
		return m, nil
	}
	text := jinja.Str(args[0])
	if to, ok := s.words[text]; ok {
		return jinja.Markup(to), nil
	}
	if s.written[text] {
		return jinja.Markup(text), nil
	}
	return text, nil
}

// block is block('name', section='TM') of a deck.
func (s *Scope) block(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "section?")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	found, err := s.find(c, name, args[1])
	if err != nil || found == nil {
		return "", err
	}
	s.blocks = append(s.blocks, found)
	return jinja.Markup(blockStart + strconv.Itoa(len(s.blocks)-1) + blockEnd), nil
}

// find gives a block that a deck names; nil for one that a condition left out.
func (s *Scope) find(c *jinja.Call, name string, section jinja.Value) (*block.Block, error) {
	var found *block.Block
	switch section {
	case jinja.Missing, nil:
		found = s.Block(name)
	default:
		sec := sectionOf(s.report, jinja.Str(section))
		if sec == nil {
			return nil, hinted(c.Errorf(diag.BadScope, "the report has no section %s", jinja.Repr(section)),
				near(jinja.Str(section), s.codes(), "it has "))
		}
		found = sec.Blocks[name]
	}
	if found != nil {
		return found, nil
	}
	declared, all := s.declared(name)
	if declared != nil && strings.TrimSpace(declared.When.Text) != "" {
		return nil, nil
	}
	if declared != nil || s.elsewhere(name) != "" {
		where := s.elsewhere(name)
		if where == "" {
			where = "no section of this report"
		}
		return nil, hinted(c.Errorf(diag.BadSlide, "the block %s does not stand in this section of the report", name),
			"it stands in "+where+": give the block more sections:, or say block('"+name+"', section='…')")
	}
	return nil, hinted(c.Errorf(diag.BadSlide, "the report %s has no block %q", s.report.Meta.Report, name), near(name, all, "it has "))
}

// hasBlock is has_block('name'): whether block() would show something.
func (s *Scope) hasBlock(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "section?")
	if err != nil {
		return nil, err
	}
	if args[1] == jinja.Missing || args[1] == nil {
		return s.Block(jinja.Str(args[0])) != nil, nil
	}
	sec := sectionOf(s.report, jinja.Str(args[1]))
	return sec != nil && sec.Blocks[jinja.Str(args[0])] != nil, nil
}

// declared finds the declaration of a block, and lists the names of all that are known.
func (s *Scope) declared(name string) (*manifest.ReportBlock, []string) {
	var all []string
	var found *manifest.ReportBlock
	if s.spec != nil {
		for i := range s.spec.Blocks {
			all = append(all, s.spec.Blocks[i].Name)
			if s.spec.Blocks[i].Name == name {
				found = &s.spec.Blocks[i]
			}
		}
		return found, all
	}
	seen := map[string]bool{}
	for _, sec := range s.sections() {
		for n := range sec.Blocks {
			seen[n] = true
		}
	}
	return nil, sortedKeys(seen)
}

func (s *Scope) sections() []*report.Section {
	out := []*report.Section{&s.report.Total}
	for _, code := range s.codes() {
		out = append(out, s.report.Units[code])
	}
	return out
}

func (s *Scope) codes() []string { return sortedKeys(s.report.Units) }

// elsewhere names the sections that have a block of that name.
func (s *Scope) elsewhere(name string) string {
	var in []string
	for _, sec := range s.sections() {
		if sec.Blocks[name] == nil {
			continue
		}
		if sec.Code == "" {
			in = append(in, "the total")
		} else {
			in = append(in, sec.Code)
		}
	}
	return strings.Join(in, ", ")
}

// takeBlocks gives the blocks that block() named, by the index of their marks, and begins anew.
func (s *Scope) takeBlocks() []*block.Block {
	out := s.blocks
	s.blocks = nil
	return out
}

func hinted(err error, hint string) error {
	if d, ok := err.(*diag.Diagnostic); ok { //nolint:errorlint // made right before
		d.Hint = hint
	}
	return err
}

// near says what a name was meant to be, or lists those that there are.
func near(name string, known []string, list string) string {
	if s := diag.DidYouMean(name, known); s != "" {
		return s
	}
	const most = 12
	if len(known) > most {
		return list + strings.Join(known[:most], ", ") + ", …"
	}
	if len(known) == 0 {
		return ""
	}
	return list + strings.Join(known, ", ")
}
