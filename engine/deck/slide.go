package deck

import (
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// footnoteSlot is the slot of what every layout has a place for.
const footnoteSlot = "footnote"

// slideMaker makes one slide of one section.
type slideMaker struct {
	*assembly
	decl    *manifest.Slide
	scope   *Scope
	layout  manifest.Layout
	source  *jinja.SourceMap
	text    string // the rendered body
	figures []block.Figure
	blocks  []*block.Block
	regions map[string][]Item
	step    int            // clicks so far
	slots   map[string]int // slot → the click at which what follows in it appears
	out     Slide
	found   diag.List
}

// slide makes one slide and says what is wrong with it.
func (a *assembly) slide(s *manifest.Slide, tmpl *jinja.Template, sc *Scope) (Slide, diag.List) {
	m := &slideMaker{assembly: a, decl: s, scope: sc, regions: map[string][]Item{}, slots: map[string]int{}}
	m.out.Layout = s.Layout
	layout, known := a.layout(s.Layout)
	if known != nil {
		m.found.Add(diag.Errorf(diag.BadSlide, s.Pos, "there is no layout %q", s.Layout).
			WithHint("%s", near(s.Layout, known, "there are ")))
		layout, _ = a.layout("")
		m.out.Layout = manifest.DefaultLayout
	}
	m.layout = layout
	if m.out.Layout == "" {
		m.out.Layout = manifest.DefaultLayout
	}
	sc.reads(tmpl)
	text, source, err := tmpl.RenderMapped(a.state(sc))
	if err != nil {
		m.found.Add(err)
		return m.out, m.found
	}
	m.text, m.source, m.figures, m.blocks = text, source, sc.Take(), sc.takeBlocks()
	for i := range m.figures {
		m.figures[i].Origin.Block = string(s.Node)
	}
	m.fill(split(text))
	return m.out, m.found
}

// pos gives the place in the deck of an offset of the rendered body.
func (m *slideMaker) pos(offset int) diag.Pos {
	if p := m.source.Pos(offset); !p.IsZero() {
		return p
	}
	return m.decl.Pos
}

func (m *slideMaker) errorf(offset int, hint, format string, args ...any) {
	m.found.Add(diag.Errorf(diag.BadSlide, m.pos(offset), format, args...).WithHint("%s", hint))
}

// fill puts the parts of a body in their places.
func (m *slideMaker) fill(b body) {
	for _, x := range b.mistakes {
		m.errorf(x.at, x.hint, "%s", x.message)
	}
	m.out.Title = m.line(b.title)
	m.out.Subtitle = m.line(b.subtitle)
	if !b.notes.empty() {
		m.out.Notes = block.MarkdownProse(dedent(m.text[b.notes.from:b.notes.to]), m.figures)
	}
	if v, ok := m.decl.Front.Get("title"); ok && m.out.Title.IsZero() {
		if s, ok := v.(string); ok {
			m.out.Title = block.Prose{Text: s}
		}
	}
	for _, p := range b.parts {
		m.part(p)
	}
	m.out.Steps = m.step
	for _, r := range m.layout.Regions {
		if items := m.regions[r.Name]; len(items) > 0 {
			m.out.Regions = append(m.out.Regions, Content{Region: r.Name, Items: items})
		}
	}
	m.adopt()
	for _, key := range []string{"image", "background"} {
		if v, ok := m.decl.Front.Get(key); ok {
			if s, ok := v.(string); ok && strings.Contains(s, ".") {
				m.picture(s, m.decl.Pos)
			}
		}
	}
}

func (m *slideMaker) picture(name string, pos diag.Pos) {
	if d := m.assembly.picture(name, pos); d != nil {
		m.found.Add(d)
	}
}

// line reads a title or subtitle.
func (m *slideMaker) line(s span) block.Prose {
	if s.empty() {
		return block.Prose{}
	}
	p, mistakes := line(m.text[s.from:s.to], m.figures)
	for _, x := range mistakes {
		m.warn(s.from+x.At, x)
	}
	return p
}

func (m *slideMaker) warn(offset int, x block.Mistake) {
	m.found.Add(diag.Warnf(diag.BadSlide, m.pos(offset), "%s", x.Message).WithHint("%s", x.Hint))
}

// line reads a text of one line: the words and figures of its Markdown.
func line(marked string, figures []block.Figure) (block.Prose, []block.Mistake) {
	if strings.TrimSpace(marked) == "" {
		return block.Prose{}, nil
	}
	const word = "\u2060" // what follows it can be no list, no heading
	t, mistakes := block.ReadMarkdown(word+marked, figures)
	for i := range mistakes {
		mistakes[i].At = max(0, mistakes[i].At-len(word))
	}
	var p block.Prose
	for _, x := range t.Paragraphs {
		if p.Text != "" {
			p.Text += " "
		}
		for _, r := range x.Runs {
			r.Text = strings.ReplaceAll(r.Text, word, "")
			if r.Figure != nil {
				p.Figures = append(p.Figures, block.Quoted{At: len(p.Text), Length: len(r.Text), Figure: *r.Figure})
			}
			p.Text += r.Text
			if r.Break {
				p.Text += " "
			}
		}
		p.Text += x.Raw
	}
	p.Text = strings.NewReplacer("\n", " ", "\t", " ", "\r", " ").Replace(p.Text) // of values; a byte each, so that figures stay in place
	return p, mistakes
}

// part puts one part of the body in its region.
func (m *slideMaker) part(p part) {
	if p.slot == footnoteSlot && !m.has(footnoteSlot) {
		m.footnote(p)
		return
	}
	slot := p.slot
	if slot == "" {
		slot = manifest.DefaultRegion
	}
	if !m.has(slot) {
		if p.kind != partStep && (p.kind == partSlot || p.slot == "") {
			m.noPlace(p, slot)
		}
		return
	}
	switch p.kind {
	case partSlot:
	case partStep:
		m.step++
		m.slots[slot] = m.step
	case partBlock:
		m.block(p, slot)
	case partText:
		m.markdown(p, slot)
	}
}

func (m *slideMaker) footnote(p part) {
	switch p.kind {
	case partText:
		more, mistakes := line(strings.TrimSpace(p.text), m.figures)
		for _, x := range mistakes {
			m.warn(p.at, x)
		}
		m.out.Footnote = joined(m.out.Footnote, more)
	case partBlock:
		m.errorf(p.at, "put it in a region of the layout", "a block cannot stand in the footnote")
	default:
	}
}

func (m *slideMaker) has(region string) bool {
	for _, r := range m.layout.Regions {
		if r.Name == region {
			return true
		}
	}
	return false
}

func (m *slideMaker) regionNames() []string {
	var names []string
	for _, r := range m.layout.Regions {
		names = append(names, r.Name)
	}
	return append(names, footnoteSlot)
}

// noPlace tells that the layout has no region for something.
func (m *slideMaker) noPlace(p part, slot string) {
	names := m.regionNames()
	if p.kind == partSlot {
		m.errorf(p.at, near(slot, append(names, "step"), "it has "), "the layout %s has no region %q", m.layout.Name, slot)
		return
	}
	at := p.at + len(p.text) - len(strings.TrimLeft(p.text, " \t\n"))
	what := "this text"
	if p.kind == partBlock {
		what = "this block"
	}
	m.errorf(at, "put it below ::"+names[0]+"::, or choose a layout that has the region default", "the layout %s has no place for %s outside of its regions", m.layout.Name, what)
}

func (m *slideMaker) block(p part, slot string) {
	if p.block < 0 || p.block >= len(m.blocks) {
		return
	}
	item := Item{Block: m.blocks[p.block], Step: m.slots[slot]}
	if p.bullet {
		m.step++
		item.Step = m.step
	}
	m.pictures(item.Block, m.pos(p.at))
	m.regions[slot] = append(m.regions[slot], item)
}

// pictures reads the pictures of a block, and of those in its columns.
func (m *slideMaker) pictures(b *block.Block, pos diag.Pos) {
	if b.Image != nil {
		m.picture(b.Image.File, pos)
	}
	for _, p := range []*block.Prose{b.Text} {
		if p != nil {
			m.picturesOf(block.Markdown(*p), pos)
		}
	}
	if b.Callout != nil {
		m.picturesOf(block.Markdown(b.Callout.Text), pos)
	}
	for _, c := range b.Columns {
		for _, inner := range c.Of {
			m.pictures(inner, pos)
		}
	}
}

func (m *slideMaker) picturesOf(t block.RichText, pos diag.Pos) {
	for _, p := range t.Paragraphs {
		if p.Kind == block.Picture {
			m.picture(p.Image, pos)
		}
	}
}

func (m *slideMaker) markdown(p part, slot string) {
	t, mistakes := block.ReadMarkdown(p.text, m.figures)
	for _, x := range mistakes {
		m.warn(p.at+x.At, x)
	}
	last := 0
	for i := range t.Paragraphs {
		q := &t.Paragraphs[i]
		if q.Step > 0 {
			last = max(last, q.Step)
			q.Step += m.step
		}
		if q.Kind == block.Picture {
			at := max(0, strings.Index(p.text, q.Image))
			m.picture(q.Image, m.pos(p.at+at))
		}
	}
	m.regions[slot] = append(m.regions[slot], Item{Text: &t, Step: m.slots[slot]})
	m.step += last
}

// adopt lets a slide without a title take that of what it shows: a title block at the top of a
// region, or else the one block that it shows.
func (m *slideMaker) adopt() {
	if !m.out.Title.IsZero() || m.layout.Title == "none" || m.adoptHeading() {
		return
	}
	if m.layout.Title == "middle" || len(m.out.Regions) != 1 || len(m.out.Regions[0].Items) != 1 {
		return
	}
	item := &m.out.Regions[0].Items[0]
	if item.Block == nil || item.Block.Title.IsZero() {
		return
	}
	b := *item.Block
	m.out.Title, m.out.Subtitle = b.Title, b.Subtitle
	b.Title, b.Subtitle = block.Prose{}, block.Prose{}
	item.Block = &b
}

func (m *slideMaker) adoptHeading() bool {
	for i := range m.out.Regions {
		r := &m.out.Regions[i]
		b := r.Items[0].Block
		if b == nil || b.Kind != block.Title || b.Heading == nil || b.Empty != "" {
			continue
		}
		m.out.Title = *b.Heading
		if m.out.Subtitle.IsZero() {
			m.out.Subtitle = b.Subtitle
		}
		if r.Items = r.Items[1:]; len(r.Items) == 0 {
			m.out.Regions = append(m.out.Regions[:i], m.out.Regions[i+1:]...)
		}
		return true
	}
	return false
}

// joined puts one text behind another.
func joined(a, b block.Prose) block.Prose {
	if a.IsZero() {
		return b
	}
	out := block.Prose{Text: a.Text + " " + b.Text, Figures: append([]block.Quoted(nil), a.Figures...)}
	for _, q := range b.Figures {
		q.At += len(a.Text) + 1
		out.Figures = append(out.Figures, q)
	}
	return out
}

// dedent takes away the white space that all lines of a text begin with.
func dedent(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	indent := -1
	for i, l := range lines {
		if strings.TrimSpace(l) == "" || i == 0 { // the first one begins behind <!--
			continue
		}
		if n := len(l) - len(strings.TrimLeft(l, " \t")); indent < 0 || n < indent {
			indent = n
		}
	}
	for i, l := range lines {
		if i == 0 {
			lines[i] = strings.TrimLeft(l, " \t")
		} else if indent > 0 && len(l) >= indent {
			lines[i] = l[indent:]
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
