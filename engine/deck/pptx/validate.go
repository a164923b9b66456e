package pptx

import (
	"fmt"
	"path"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"atlas/engine/diag"
)

// Validate says what would make PowerPoint offer to repair a presentation: parts that are no XML or
// whose elements stand in the wrong order, ids that come twice, relationships to nothing and parts
// that nothing leads to, axes without a partner, labels where the kind of chart has none, charts
// whose workbook holds other values. It gives all of it at once, each with the part's name.
func Validate(p *Package) diag.List {
	v := newValidator(p)
	v.structure()
	for _, name := range p.Names() {
		if v.roots[name] != nil && v.roots[name].name == "c:chartSpace" {
			v.workbook(name, v.roots[name])
		}
	}
	return v.problems
}

// check is Validate without the workbooks of charts, which are not opened.
func check(p *Package) diag.List {
	v := newValidator(p)
	v.structure()
	return v.problems
}

type validator struct {
	pkg      *Package
	order    map[string]map[string]schemaPlace
	parts    map[string]parsed
	roots    map[string]*node
	problems diag.List
}

func newValidator(p *Package) *validator {
	return &validator{pkg: p, order: schema(), roots: map[string]*node{}}
}

func (v *validator) failf(part, format string, args ...any) {
	v.problems = append(v.problems, diag.Errorf(diag.BadDocument, diag.Pos{File: part}, format, args...))
}

func (v *validator) structure() {
	v.parse()
	for _, name := range v.pkg.Names() {
		v.part(name)
	}
	v.relationships()
	v.reached()
	v.identities()
}

// parsed is a part of XML as far as it could be read.
type parsed struct {
	root *node
	err  error
}

// parse reads all parts of XML, several at a time.
func (v *validator) parse() {
	var names []string
	for _, name := range v.pkg.Names() {
		if isXML(v.pkg.ContentType(name)) {
			names = append(names, name)
		}
	}
	list := make([]parsed, len(names))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		g.Go(func() error {
			list[i].root, list[i].err = parseXML(v.pkg.Part(name))
			return nil
		})
	}
	_ = g.Wait()
	v.parts = map[string]parsed{}
	for i, name := range names {
		v.parts[name] = list[i]
	}
}

func isXML(kind string) bool {
	return (strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "/xml")) && !strings.HasSuffix(kind, "svg+xml")
}

// part looks at what is in one part.
func (v *validator) part(name string) {
	kind := v.pkg.ContentType(name)
	if kind == "" {
		v.failf(name, "the part has no content type")
	}
	if !isXML(kind) {
		return
	}
	root, err := v.parts[name].root, v.parts[name].err
	if err != nil {
		v.failf(name, "the part is no XML: %v", err)
		return
	}
	v.roots[name] = root
	if want := typeOfRoot(root.name); want != "" && want != kind && !strings.Contains(kind, "macroEnabled") && !strings.Contains(kind, "template") && !strings.Contains(kind, "slideshow") {
		v.failf(name, "a part of <%s> has the content type %s", root.name, kind)
	}
	v.inOrder(name, "", root)
	v.shapes(name, root)
	v.references(name, root)
	if root.name == "c:chartSpace" {
		v.chart(name, root)
	}
}

// typeOfRoot is the content type of a part by its outermost element.
func typeOfRoot(name string) string {
	switch name {
	case "p:presentation":
		return documentType
	case "p:sldMaster":
		return masterType
	case "p:sldLayout":
		return layoutType
	case "p:sld":
		return slideType
	case "p:notes":
		return notesType
	case "p:notesMaster":
		return notesMasterType
	case "c:chartSpace":
		return chartType
	}
	return ""
}

// inOrder looks whether children stand where the schema has them.
func (v *validator) inOrder(part, parent string, n *node) {
	places := v.order[parent+"/"+n.name]
	if places == nil {
		places = v.order[n.name]
	}
	last, lastName := -1, ""
	for _, k := range n.kids {
		if k.name == "" {
			continue
		}
		if places != nil && known(k.name) {
			place, ok := places[k.name]
			switch {
			case !ok:
				v.failf(part, "<%s> stands in <%s>, which has no place for it", k.name, n.name)
			case place.rank < last:
				v.failf(part, "<%s> stands behind <%s> in <%s>; it comes before", k.name, lastName, n.name)
			case place.rank == last && !place.many:
				v.failf(part, "<%s> stands in <%s> beside <%s>; only one of them may", k.name, n.name, lastName)
			default:
				last, lastName = place.rank, k.name
			}
		}
		if k.name != "a:ext" && k.name != "p:ext" && k.name != "c:ext" || len(k.kids) == 0 {
			v.inOrder(part, n.name, k)
		}
	}
}

// known reports an element of the namespaces whose order is known; later versions add their own.
func known(name string) bool {
	return strings.HasPrefix(name, "p:") || strings.HasPrefix(name, "a:") || strings.HasPrefix(name, "c:")
}

// shapes looks at the ids of shapes, at tables, and at what animations name.
func (v *validator) shapes(part string, root *node) {
	seen := map[int64]bool{}
	placeholders := map[string]bool{}
	root.walk(func(n *node) bool {
		switch n.name {
		case "p:cNvPr":
			id := n.int("id")
			if id <= 0 {
				v.failf(part, "a shape %q has no id", n.attr("name"))
			} else if seen[id] {
				v.failf(part, "two shapes have the id %d", id)
			}
			seen[id] = true
		case "p:ph":
			k := n.attr("type") + "/" + n.attr("idx")
			if placeholders[k] && root.name == "p:sld" {
				v.failf(part, "two shapes fill the same placeholder %s", k)
			}
			placeholders[k] = true
		case "a:tbl":
			v.table(part, n)
		case "mc:Fallback":
			return false // it repeats what stands beside it
		}
		return true
	})
	root.child("p:timing").walk(func(n *node) bool {
		if (n.name == "p:spTgt" || n.name == "p:bldP" || n.name == "p:bldGraphic") && !seen[n.int("spid")] {
			v.failf(part, "an animation is about a shape %s that is not there", n.attr("spid"))
		}
		return true
	})
}

// table looks whether each row has as many cells as there are columns.
func (v *validator) table(part string, n *node) {
	columns := len(n.child("a:tblGrid").children("a:gridCol"))
	for i, row := range n.children("a:tr") {
		if cells := len(row.children("a:tc")); cells != columns {
			v.failf(part, "row %d of a table has %d cells and the table %d columns", i+1, cells, columns)
		}
	}
}

// references looks whether each id of a relationship that a part names exists.
func (v *validator) references(part string, root *node) {
	ids := map[string]Rel{}
	for _, r := range v.pkg.Rels(part) {
		ids[r.ID] = r
	}
	root.walk(func(n *node) bool {
		for _, a := range n.attrs {
			if !strings.HasPrefix(a.name, "r:") || a.value == "" {
				continue
			}
			r, ok := ids[a.value]
			if !ok {
				v.failf(part, "<%s %s=%q> names no relationship", n.name, a.name, a.value)
				continue
			}
			if want := relOf(n.name, a.name); want != "" && r.Type != want && !strings.HasPrefix(r.Type, "http://purl.oclc.org/") {
				v.failf(part, "<%s %s=%q> names a relationship of the type %s", n.name, a.name, a.value, path.Base(r.Type))
			}
		}
		return true
	})
}

// relOf is the type of relationship that an element names.
func relOf(element, attribute string) string {
	switch {
	case element == "p:sldId":
		return RelSlide
	case element == "p:sldMasterId":
		return RelMaster
	case element == "p:sldLayoutId":
		return RelLayout
	case element == "p:notesMasterId":
		return RelNoteMaster
	case element == "c:chart" && attribute == "r:id":
		return RelChart
	case element == "a:blip" && attribute == "r:embed":
		return RelImage
	}
	return ""
}

// relationships looks at the ids of relationships and at what they lead to.
func (v *validator) relationships() {
	for _, from := range append([]string{""}, v.pkg.Names()...) {
		seen := map[string]bool{}
		for _, r := range v.pkg.Rels(from) {
			if seen[r.ID] {
				v.failf(from, "two relationships have the id %s", r.ID)
			}
			seen[r.ID] = true
			if !r.External && !v.pkg.Has(r.Target) {
				v.failf(from, "the relationship %s leads to %s, which is not there", r.ID, r.Target)
			}
		}
	}
}

// reached looks for parts that nothing leads to, and for what each kind of part has to lead to.
func (v *validator) reached() {
	seen := map[string]bool{}
	queue := []string{""}
	for len(queue) > 0 {
		from := queue[0]
		queue = queue[1:]
		for _, r := range v.pkg.Rels(from) {
			if k := key(r.Target); !r.External && !seen[k] {
				seen[k] = true
				queue = append(queue, r.Target)
			}
		}
	}
	for _, name := range v.pkg.Names() {
		if !seen[key(name)] {
			v.failf(name, "nothing leads to the part")
		}
		root := v.roots[name]
		if root == nil {
			continue
		}
		needs := map[string][]string{
			"p:sld": {RelLayout}, "p:sldLayout": {RelMaster}, "p:sldMaster": {RelTheme}, "p:notes": {RelNoteMaster, RelSlide},
			"p:notesMaster": {RelTheme}, "p:presentation": {RelMaster},
		}[root.name]
		for _, rel := range needs {
			if v.pkg.Related(name, rel) == "" {
				v.failf(name, "a part of <%s> leads to no %s", root.name, path.Base(rel))
			}
		}
	}
}

// identities looks at the ids of slides, and at those of masters and layouts, which share a range.
func (v *validator) identities() {
	masters := map[int64]string{}
	for _, name := range v.pkg.Names() {
		root := v.roots[name]
		switch {
		case root == nil:
		case root.name == "p:presentation":
			v.slideIDs(name, root)
			v.masterIDs(name, root.child("p:sldMasterIdLst").children("p:sldMasterId"), masters)
		case root.name == "p:sldMaster":
			v.masterIDs(name, root.child("p:sldLayoutIdLst").children("p:sldLayoutId"), masters)
		}
	}
}

func (v *validator) masterIDs(part string, list []*node, seen map[int64]string) {
	for _, n := range list {
		id := n.int("id")
		if id < firstMasterID {
			v.failf(part, "the id %d of a master or layout is below %d", id, int64(firstMasterID))
		}
		if other, ok := seen[id]; ok {
			v.failf(part, "the id %d of a master or layout is there twice, in %s too", id, other)
		}
		seen[id] = part
	}
}

func (v *validator) slideIDs(part string, root *node) {
	slides := map[string]bool{}
	for _, n := range root.child("p:sldIdLst").children("p:sldId") {
		id := n.int("id")
		if id < firstSlideID || id >= firstMasterID {
			v.failf(part, "the slide id %d is outside of %d to %d", id, firstSlideID, int64(firstMasterID-1))
		}
		if slides[n.attr("id")] {
			v.failf(part, "two slides have the id %d", id)
		}
		slides[n.attr("id")] = true
	}
	root.child("p:extLst").walk(func(n *node) bool {
		if n.name == "p14:sldId" && !slides[n.attr("id")] {
			v.failf(part, "a section holds a slide %s that is not there", n.attr("id"))
		}
		return true
	})
}

// cellsOf reads a reference to cells of one column: sheet, column, first and last row.
func cellsOf(ref string) (sheet, column string, from, to int, err error) {
	sheet, cells, ok := strings.Cut(ref, "!")
	if !ok {
		return "", "", 0, 0, fmt.Errorf("%q names no sheet", ref)
	}
	sheet = strings.ReplaceAll(strings.Trim(sheet, "'"), "''", "'")
	first, last, ranged := strings.Cut(strings.ReplaceAll(cells, "$", ""), ":")
	if !ranged {
		last = first
	}
	column, from, err = splitCell(first)
	if err != nil {
		return "", "", 0, 0, err
	}
	end, to, err := splitCell(last)
	if err != nil {
		return "", "", 0, 0, err
	}
	if end != column {
		return "", "", 0, 0, fmt.Errorf("%q names more than one column", ref)
	}
	return sheet, column, from, to, nil
}

func splitCell(cell string) (column string, row int, err error) {
	i := strings.IndexAny(cell, "0123456789")
	if i <= 0 {
		return "", 0, fmt.Errorf("%q is no cell", cell)
	}
	row, err = strconv.Atoi(cell[i:])
	return cell[:i], row, err
}
