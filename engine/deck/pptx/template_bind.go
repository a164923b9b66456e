package pptx

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/report"
)

// binding says what a shape shows: the first line of its alternative text, or its name, is
// "chart:BLOCK", "table:BLOCK", "image:BLOCK", "image:brand:logo", "text:BLOCK" or "block:BLOCK",
// with "@SECTION" behind it for a section of its own.
type binding struct {
	kind    string
	name    string
	section string
	own     bool   // a section is named
	rest    string // of the alternative text
}

// readBinding reads the binding of a shape.
func readBinding(c *node) (binding, bool) {
	for _, text := range []string{c.attr("descr"), c.attr("title"), c.attr("name")} {
		line, rest, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), "\r", "\n"), "\n")
		kind, name, ok := strings.Cut(strings.TrimSpace(line), ":")
		kind, name = strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			continue
		}
		switch kind {
		case "chart", "table", "image", "text", "block":
			b := binding{kind: kind, name: name, rest: strings.TrimSpace(rest)}
			b.name, b.section, b.own = strings.Cut(name, "@")
			return b, true
		}
	}
	return binding{}, false
}

// bound is a shape with its binding.
type bound struct {
	binding
	node, up *node
	props    *node
	shape    string
	block    *block.Block
}

// bind fills the shapes that are bound to blocks.
func (s *slideFill) bind(ctx context.Context, root *node) error {
	var list []bound
	collect(root, nil, &list)
	for i := range list {
		if err := s.bindOne(ctx, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// collect finds the shapes that are bound, in groups too.
func collect(n, up *node, list *[]bound) {
	if c := properties(n); c != nil {
		if b, ok := readBinding(c); ok {
			*list = append(*list, bound{binding: b, node: n, up: up, props: c, shape: c.attr("name")})
			return
		}
	}
	for _, k := range n.kids {
		if k.name != "" {
			collect(k, n, list)
		}
	}
}

// report gives a section of the report, the total of ""; nil if there is none.
func (f *filler) report(section string) *report.Section {
	if f.doc.Report == nil {
		return nil
	}
	if section == "" || section == "total" {
		return &f.doc.Report.Total
	}
	return f.doc.Report.Units[section]
}

// find gives the block of a binding: the section's, or else the total's.
func (s *slideFill) find(b *bound) *block.Block {
	section := s.section
	if b.own {
		section = b.section
		if s.report(section) == nil {
			s.failf(diag.UnknownRef, b.shape, diag.DidYouMean(section, s.sections("section")), "the report has no section %q", section)
			return nil
		}
	}
	for _, code := range []string{section, ""} {
		if part := s.report(code); part != nil {
			if x := part.Blocks[b.name]; x != nil {
				return x
			}
		}
		if b.own {
			break
		}
	}
	if s.opt.Spec != nil {
		for i := range s.opt.Spec.Blocks {
			if s.opt.Spec.Blocks[i].Name == b.name {
				b.up.drop(func(k *node) bool { return k == b.node }) // a condition left the block out
				return nil
			}
		}
	}
	var names []string
	for _, code := range []string{section, ""} {
		if part := s.report(code); part != nil {
			for name := range part.Blocks {
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	d := diag.Errorf(diag.UnknownRef, diag.Pos{}, "%s:%s names a block that the report does not have%s", b.kind, b.name, s.about(section))
	if d.Hint = diag.DidYouMean(b.name, names); d.Hint == "" {
		d.Hint = "Name a block of the report in the shape's alternative text."
	}
	s.fail(b.shape, d)
	return nil
}

func (s *slideFill) about(section string) string {
	if section == "" {
		return ""
	}
	return " for " + section
}

func (s *slideFill) bindOne(ctx context.Context, b *bound) error {
	if b.kind == "image" && strings.HasPrefix(b.name, "brand:") {
		return s.bindImage(b, b.name)
	}
	if b.block = s.find(b); b.block == nil {
		return nil
	}
	if b.block.Empty != "" {
		return s.draw(ctx, b)
	}
	switch {
	case b.kind == "chart" && b.node.child("a:graphic", "a:graphicData", "c:chart") != nil:
		s.page.shown = append(s.page.shown, b.block)
		return s.bindChart(b)
	case b.kind == "table" && b.node.child("a:graphic", "a:graphicData", "a:tbl") != nil:
		s.page.shown = append(s.page.shown, b.block)
		return s.bindTable(b)
	case b.kind == "image" && b.block.Image != nil:
		return s.bindImage(b, b.block.Image.File)
	case b.kind == "text":
		s.page.shown = append(s.page.shown, b.block)
		s.bindText(b)
		return nil
	default:
		return s.draw(ctx, b)
	}
}

// describe gives a filled shape its alternative text: what is seen, and where it is from.
func (s *slideFill) describe(b *bound) {
	text := or(b.rest, b.block.Alt, b.block.Title.Text, b.block.Name)
	b.props.set("descr", strings.TrimSpace(text)+blockMark(b.block))
	if x, ok := readBinding(b.props); ok {
		b.props.set("name", x.name)
	}
}

// bindChart puts a block's data into the chart in a frame.
func (s *slideFill) bindChart(b *bound) error {
	ref := b.node.child("a:graphic", "a:graphicData", "c:chart")
	if why := bindable(b.block); why != "" {
		s.failf(diag.BadValue, b.shape, fmt.Sprintf("Write block:%s in its alternative text: the block is drawn in the shape's place.", b.name), "%s", why)
		return nil
	}
	part, ok := s.pkg.Target(s.part, ref.attr("r:id"))
	if !ok {
		s.fail(b.shape, damaged("its chart is missing"))
		return nil
	}
	root, err := s.tree(part)
	if err != nil {
		s.fail(b.shape, err)
		return nil
	}
	box, _ := s.boxOf(b.node)
	x := newPlot(s.canvas(), b.block, box)
	body, err := x.workbook()
	if err != nil {
		return fmt.Errorf("write the workbook of chart %s: %w", b.name, err)
	}
	c := &chartFill{root: root, plot: x}
	if err := c.fill(); err != nil {
		s.failf(diag.BadValue, b.shape, "Put a chart of the wanted type there, with any numbers in it.", "%s", err)
		return nil
	}
	for _, r := range s.pkg.Rels(part) {
		if r.ID == root.child("c:externalData").attr("r:id") {
			s.pkg.RemoveRel(part, r.ID)
		}
	}
	book := s.pkg.NewName("ppt/embeddings/Microsoft_Excel_Sheet#.xlsx")
	s.pkg.SetPart(book, workbookType, body)
	c.embed(s.pkg.AddRel(part, RelPackage, book))
	s.save(part, root)
	s.describe(b)
	return nil
}
