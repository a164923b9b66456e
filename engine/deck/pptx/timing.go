package pptx

import (
	"sort"
)

// effect is one thing that appears at a click.
type effect struct {
	step      int
	shape     int
	paragraph int // of the shape's text; -1 is the whole shape
	kind      effectKind
}

type effectKind int

const (
	wholeShape effectKind = iota // groups, tables, pictures, lines
	ofText                       // a shape with text, or a paragraph of it
	ofChart
)

// appear remembers that a shape that was drawn appears at the canvas's click, or its paragraphs at
// theirs.
func (c *canvas) appear(id int, text []paragraph) {
	if c.page == nil {
		return
	}
	stepped := false
	for _, p := range text {
		stepped = stepped || p.step > 0
	}
	if stepped {
		for i, p := range text {
			if step := max(c.step, p.step); step > 0 {
				c.timeline = append(c.timeline, effect{step: step, shape: id, paragraph: i, kind: ofText})
			}
		}
		return
	}
	if c.step == 0 {
		return
	}
	kind := wholeShape
	if len(text) > 0 {
		kind = ofText
	}
	c.timeline = append(c.timeline, effect{step: c.step, shape: id, paragraph: -1, kind: kind})
}

// timing writes what appears at which click, as PowerPoint's plainest effect.
func (c *canvas) timing() {
	if len(c.timeline) == 0 {
		return
	}
	list := c.timeline
	sort.SliceStable(list, func(i, j int) bool { return list[i].step < list[j].step })
	m := &c.m
	ids := 0
	next := func() int { ids++; return ids }
	m.start("p:timing")
	m.start("p:tnLst")
	m.start("p:par")
	m.start("p:cTn", "id", next(), "dur", "indefinite", "restart", "never", "nodeType", "tmRoot")
	m.start("p:childTnLst")
	m.start("p:seq", "concurrent", true, "nextAc", "seek")
	m.start("p:cTn", "id", next(), "dur", "indefinite", "nodeType", "mainSeq")
	m.start("p:childTnLst")
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && list[to].step == list[from].step {
			to++
		}
		m.start("p:par")
		timeNode(m, next(), "indefinite")
		m.start("p:par")
		timeNode(m, next(), "0")
		for i, e := range list[from:to] {
			node := "withEffect"
			if i == 0 {
				node = "clickEffect"
			}
			e.write(m, node, next)
		}
		m.end() // childTnLst
		m.end() // cTn
		m.end() // par
		m.end()
		m.end()
		m.end()
		from = to
	}
	m.end()
	m.end()
	for _, x := range [][2]string{{"p:prevCondLst", "onPrev"}, {"p:nextCondLst", "onNext"}} {
		m.start(x[0])
		m.start("p:cond", "evt", x[1], "delay", "0")
		m.start("p:tgtEl")
		m.leaf("p:sldTgt")
		m.end()
		m.end()
		m.end()
	}
	m.end()
	m.end()
	m.end()
	m.end()
	m.end()
	builds(m, list)
	m.end()
}

// timeNode opens a node that begins after a delay, and its children.
func timeNode(m *markup, id int, delay string) {
	m.start("p:cTn", "id", id, "fill", "hold")
	startCondition(m, delay)
	m.start("p:childTnLst")
}

func startCondition(m *markup, delay string) {
	m.start("p:stCondLst")
	m.leaf("p:cond", "delay", delay)
	m.end()
}

func (e effect) write(m *markup, node string, next func() int) {
	attrs := []any{"id", next(), "presetID", 1, "presetClass", "entr", "presetSubtype", 0, "fill", "hold"}
	if e.kind != wholeShape {
		attrs = append(attrs, "grpId", 0)
	}
	m.start("p:par")
	m.start("p:cTn", append(attrs, "nodeType", node)...)
	startCondition(m, "0")
	m.start("p:childTnLst")
	m.start("p:set")
	m.start("p:cBhvr")
	m.start("p:cTn", "id", next(), "dur", "1", "fill", "hold")
	startCondition(m, "0")
	m.end()
	m.start("p:tgtEl")
	m.start("p:spTgt", "spid", e.shape)
	if e.paragraph >= 0 {
		m.start("p:txEl")
		m.leaf("p:pRg", "st", e.paragraph, "end", e.paragraph)
		m.end()
	}
	m.end()
	m.end()
	m.start("p:attrNameLst")
	m.full("p:attrName", "style.visibility")
	m.end()
	m.end()
	m.start("p:to")
	m.leaf("p:strVal", "val", "visible")
	m.end()
	m.end()
	m.end()
	m.end()
	m.end()
}

// builds lists the shapes whose text or chart appears.
func builds(m *markup, list []effect) {
	seen := map[int]bool{}
	open := false
	for _, e := range list {
		if e.kind == wholeShape || seen[e.shape] {
			continue
		}
		seen[e.shape] = true
		if !open {
			m.start("p:bldLst")
			open = true
		}
		if e.kind == ofChart {
			m.start("p:bldGraphic", "spid", e.shape, "grpId", 0)
			m.leaf("p:bldAsOne")
			m.end()
			continue
		}
		attrs := []any{"spid", e.shape, "grpId", 0}
		if e.paragraph >= 0 {
			attrs = append(attrs, "build", "p")
		}
		m.leaf("p:bldP", attrs...)
	}
	if open {
		m.end()
	}
}
