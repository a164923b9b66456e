package pptx

import (
	"sort"
	"strings"

	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

// templateLayout is a layout of the template with the places that it has.
type templateLayout struct {
	part    string
	name    string
	kind    string // "title", "obj", "twoObj" …
	master  string
	title   *templateHolder
	sub     *templateHolder
	content []*templateHolder // in reading order
	foot    []*templateHolder // footer, number, date
	body    deck.Box          // where content stands that has no place of its own
}

// templateHolder is one place of a layout.
type templateHolder struct {
	ph   *node
	name string
	box  deck.Box
	ok   bool // the place is known
}

// layoutsOf reads the layouts of the template's masters, in their order.
func (f *filler) layoutsOf() []*templateLayout {
	var out []*templateLayout
	for _, m := range f.pkg.Rels(f.main) {
		if m.Type != RelMaster || m.External {
			continue
		}
		master, err := f.tree(m.Target)
		if err != nil {
			f.add(err)
			continue
		}
		for _, id := range master.child("p:sldLayoutIdLst").children("p:sldLayoutId") {
			part, ok := f.pkg.Target(m.Target, id.attr("r:id"))
			if !ok {
				continue
			}
			root, err := f.tree(part)
			if err != nil {
				f.add(err)
				continue
			}
			l := f.layoutOf(part, root, master)
			l.master = m.Target
			out = append(out, l)
		}
	}
	return out
}

func (f *filler) layoutOf(part string, root, master *node) *templateLayout {
	l := &templateLayout{part: part, name: root.child("p:cSld").attr("name"), kind: root.attr("type")}
	for _, sp := range root.child("p:cSld", "p:spTree").children("p:sp") {
		ph := placeholder(sp)
		if ph == nil {
			continue
		}
		h := &templateHolder{ph: ph, name: properties(sp).attr("name")}
		h.box, h.ok = boxOf(sp.child("p:spPr", "a:xfrm"))
		if !h.ok {
			h.box, h.ok = masterBox(master, ph)
		}
		switch ph.attr("type") {
		case "title", "ctrTitle":
			l.title = h
		case "subTitle":
			l.sub = h
		case "ftr", "sldNum", "dt":
			l.foot = append(l.foot, h)
		case "hdr", "sldImg":
		default:
			if h.ok {
				l.content = append(l.content, h)
			}
		}
	}
	sort.SliceStable(l.content, func(i, j int) bool {
		a, b := l.content[i].box, l.content[j].box
		if a.Y+a.H/2 < b.Y || b.Y+b.H/2 < a.Y {
			return a.Y < b.Y
		}
		return a.X < b.X
	})
	l.body = f.freeBox(l)
	return l
}

func masterBox(master, ph *node) (deck.Box, bool) {
	kind := holderKind(ph)
	if kind == "obj" || kind == "pic" || kind == "chart" || kind == "tbl" || kind == "subTitle" {
		kind = "body"
	}
	for _, sp := range master.child("p:cSld", "p:spTree").children("p:sp") {
		if of := placeholder(sp); of != nil && holderKind(of) == kind {
			return boxOf(sp.child("p:spPr", "a:xfrm"))
		}
	}
	return deck.Box{}, false
}

// freeBox is the room for content: what the places for content cover, or what is left between the
// title and the foot.
func (f *filler) freeBox(l *templateLayout) deck.Box {
	if len(l.content) > 0 {
		b := l.content[0].box
		for _, h := range l.content[1:] {
			b = around(b, h.box)
		}
		return b
	}
	size := f.root.child("p:sldSz")
	w, h := float64(size.int("cx"))/perInch, float64(size.int("cy"))/perInch
	if w <= 0 || h <= 0 {
		w, h = deck.StageWidth, deck.StageHeight
	}
	margin := w * deck.Margin / deck.StageWidth
	b := deck.Box{X: margin, Y: margin, W: w - 2*margin, H: h - 2*margin}
	top, bottom := b.Y, b.Y+b.H
	if l.title != nil && l.title.ok {
		b.X, b.W = l.title.box.X, l.title.box.W
		top = l.title.box.Y + l.title.box.H + deck.HeadGap
	}
	if l.sub != nil && l.sub.ok {
		top = max(top, l.sub.box.Y+l.sub.box.H+deck.HeadGap)
	}
	for _, x := range l.foot {
		if x.ok && x.box.Y > h/2 {
			bottom = min(bottom, x.box.Y-deck.FootGap)
		}
	}
	b.Y, b.H = top, max(bottom-top, 0)
	return b
}

// around is the smallest box that two are in.
func around(a, b deck.Box) deck.Box {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return deck.Box{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// inBody gives the place of a region of a deck's layout in a box: the same grid, smaller or larger.
func inBody(body deck.Box, r manifest.Region) deck.Box {
	const cells = 12
	column := (body.W - (cells-1)*deck.ColumnGap) / cells
	row := (body.H - (cells-1)*deck.RowGap) / cells
	if column <= 0 || row <= 0 {
		return body
	}
	return deck.Box{
		X: body.X + float64(r.X)*(column+deck.ColumnGap), Y: body.Y + float64(r.Y)*(row+deck.RowGap),
		W: float64(r.W)*column + float64(r.W-1)*deck.ColumnGap, H: float64(r.H)*row + float64(r.H-1)*deck.RowGap,
	}
}

// plainName makes names comparable: "Two Columns", "two-columns" and "two_columns" are one.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// standIns are the kinds of layout that PowerPoint's own templates have, for layouts of decks that
// the template does not name, best first.
func standIns(layout string, middle bool) []string { //nolint:revive // where the title stands
	switch {
	case layout == "section":
		return []string{"secHead", "title", "titleOnly"}
	case middle:
		return []string{"title", "secHead", "titleOnly"}
	case layout == "full-image":
		return []string{"blank", "titleOnly", "obj"}
	case layout == "default", layout == "":
		return []string{"obj", "tx", "titleOnly"}
	case layout == "two-columns":
		return []string{"twoObj", "titleOnly", "obj"}
	default:
		return []string{"titleOnly", "obj"}
	}
}

// layoutFor finds the layout of the template that slides of a deck's layout stand on: the one that
// the deck's layouts: names, one of the same name, or the standard one that is like it.
func (f *filler) layoutFor(name string, pos diag.Pos) *templateLayout {
	name = or(name, "default")
	if l, ok := f.chosen[name]; ok {
		return l
	}
	f.chosen[name] = f.choose(name, pos)
	return f.chosen[name]
}

func (f *filler) choose(name string, pos diag.Pos) *templateLayout {
	find := func(wanted string) *templateLayout {
		for _, l := range f.layouts {
			if plainName(l.name) == plainName(wanted) {
				return l
			}
		}
		return nil
	}
	if wanted := f.mapped(name); wanted != "" {
		if l := find(wanted); l != nil {
			return l
		}
		var names []string
		for _, l := range f.layouts {
			names = append(names, l.name)
		}
		d := diag.Errorf(diag.BadValue, pos, "layouts: %s: the template %s has no layout %q", name, f.file, wanted)
		if d.Hint = diag.DidYouMean(wanted, names); d.Hint == "" {
			d.Hint = "It has " + strings.Join(names, ", ") + "."
		}
		f.diags = append(f.diags, d)
	}
	if l := find(name); l != nil {
		return l
	}
	kinds := standIns(name, f.doc.Layouts[name].Title == "middle")
	for i := range 2 { // a stand-in of another master would look like another presentation
		for _, kind := range kinds {
			for _, l := range f.layouts {
				if l.kind == kind && (i == 1 || l.master == f.layouts[0].master) {
					return l
				}
			}
		}
	}
	for _, l := range f.layouts {
		if l.title != nil {
			return l
		}
	}
	if len(f.layouts) > 0 {
		return f.layouts[0]
	}
	return nil
}

// mapped is what the deck's front matter says of a layout.
func (f *filler) mapped(name string) string {
	if f.opt.Front == nil {
		return ""
	}
	v, _ := f.opt.Front.Get("layouts")
	m, ok := v.(*manifest.Map)
	if !ok {
		return ""
	}
	s, _ := m.Get(name)
	text, _ := s.(string)
	return text
}

// brand gives the document's theme in the template's colours: what is drawn on its slides is to
// look as if it had been made there. What is good, bad or a warning stays as it is.
func (f *filler) brand() *theme.Theme {
	own := f.doc.Theme
	master := f.pkg.Related(f.main, RelMaster)
	part := f.pkg.Related(master, RelTheme)
	if part == "" {
		return own
	}
	root, err := f.tree(part)
	if err != nil {
		return own
	}
	colors := map[string]string{}
	for _, slot := range root.child("a:themeElements", "a:clrScheme").kidsOf() {
		hex := slot.find("a:srgbClr").attr("val")
		if hex == "" {
			hex = slot.find("a:sysClr").attr("lastClr")
		}
		if isHex(hex) {
			colors[strings.TrimPrefix(slot.name, "a:")] = strings.ToUpper(hex)
		}
	}
	slots := map[string]string{"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
	if m, err := f.tree(master); err == nil {
		for name := range slots {
			if to := m.child("p:clrMap").attr(name); to != "" {
				slots[name] = to
			}
		}
	}
	brand := &manifest.Brand{Name: own.Name, Label: own.Label, Colors: map[string]string{}}
	give := func(token, slot string) {
		if c := colors[slot]; c != "" {
			brand.Colors[token] = c
		}
	}
	give("surface", slots["bg1"])
	give("text", slots["tx1"])
	give("accent", "accent1")
	for i, slot := range []string{"accent1", "accent2", "accent3", "accent4", "accent5", "accent6"} {
		give("category-"+string(rune('1'+i)), slot)
	}
	made, _ := theme.New(brand, nil) // its warnings are about colours that the template chose
	out := *own
	out.Light = theme.Palette{}
	for token, c := range made.Light {
		out.Light[token] = c
	}
	for _, token := range []string{"good", "bad", "warning"} {
		if theme.Contrast(own.Light[token], out.Light["surface"]) >= 3 {
			out.Light[token] = own.Light[token]
		}
	}
	out.Dark = out.Light
	return &out
}

// kidsOf gives the elements in n, none if it is nil.
func (n *node) kidsOf() []*node {
	if n == nil {
		return nil
	}
	var out []*node
	for _, k := range n.kids {
		if k.name != "" {
			out = append(out, k)
		}
	}
	return out
}
