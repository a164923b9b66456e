package pptx

import (
	"path"
	"strconv"
	"strings"
)

// copySlide copies a slide with the parts that are its own and gives the copy's name.
func (f *filler) copySlide(part string) string {
	name := f.copyPart(part)
	if root, err := f.tree(name); err == nil {
		root.walk(func(n *node) bool {
			n.drop(func(k *node) bool { return k.name == "p:ext" && k.find("p14:creationId") != nil })
			return true
		})
		root.walk(func(n *node) bool {
			n.drop(func(k *node) bool { return k.name == "p:extLst" && len(k.kids) == 0 })
			return true
		})
		f.save(name, root)
	}
	return name
}

// copyPart copies a part with what belongs to it alone; pictures, layouts and links are shared.
// Comments stay with the first.
func (f *filler) copyPart(part string) string {
	dir, base := path.Split(part)
	ending := path.Ext(base)
	stem := strings.TrimRight(strings.TrimSuffix(base, ending), "0123456789")
	name := f.pkg.NewName(dir + stem + "#" + ending)
	f.pkg.SetPart(name, f.pkg.ContentType(part), f.pkg.Part(part))
	for _, r := range f.pkg.Rels(part) {
		switch {
		case strings.Contains(path.Base(r.Type), "comment"):
			continue
		case r.Type == RelSlide && path.Base(dir) == "notesSlides":
			continue // made new for the copy of the slide
		case !r.External && ownedBy(r.Type) && f.pkg.Has(r.Target):
			r.Target = f.copyPart(r.Target)
		case !r.External && key(r.Target) == key(part):
			r.Target = name
		}
		f.pkg.setRel(name, r)
	}
	if notes := f.pkg.Related(name, RelNotes); notes != "" {
		f.pkg.AddRel(notes, RelSlide, name)
	}
	return name
}

// ownedBy reports kinds of parts that one part alone uses.
func ownedBy(relType string) bool {
	switch path.Base(relType) {
	case "chart", "chartEx", "notesSlide", "package", "oleObject", "chartUserShapes", "chartStyle", "chartColorStyle", "themeOverride",
		"diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing", "tags":
		return true
	}
	return false
}

// finish writes the list of slides and drops what is nobody's.
func (f *filler) finish() {
	list := f.root.child("p:sldIdLst")
	if list == nil {
		list = f.root.make("sldIdLst")
		f.root.insert(list, "p:sldSz", "p:notesSz")
	}
	next := int64(firstSlideID)
	for _, s := range f.slides {
		if n, err := strconv.ParseInt(s.id, 10, 64); err == nil {
			next = max(next, n+1)
		}
	}
	for _, s := range list.children("p:sldId") {
		next = max(next, s.int("id")+1)
	}
	kept := map[string]bool{}
	for _, s := range f.slides {
		kept[key(s.part)] = true
	}
	for _, r := range f.pkg.Rels(f.main) {
		if r.Type == RelSlide && !kept[key(r.Target)] {
			f.pkg.RemoveRel(f.main, r.ID)
			f.pkg.Remove(r.Target)
		}
	}
	list.kids = nil
	f.dropLinks()
	for _, s := range f.slides {
		if s.id == "" {
			s.id = strconv.FormatInt(next, 10)
			next++
		}
		list.kids = append(list.kids, list.make("sldId", "id", s.id, "r:id", f.pkg.AddRel(f.main, RelSlide, s.part)))
	}
	if len(list.kids) == 0 {
		f.root.dropNamed("p:sldIdLst")
	}
	f.sectionList()
	f.root.dropNamed("p:custShowLst", "p:modifyVerifier")
	f.save(f.main, f.root)
	f.cleanPackage()
}

// dropLinks takes away what points to slides that are not there any more.
func (f *filler) dropLinks() {
	for _, s := range f.slides {
		gone := map[string]bool{}
		for _, r := range f.pkg.Rels(s.part) {
			if r.Type == RelSlide && !f.pkg.Has(r.Target) {
				gone[r.ID] = true
				f.pkg.RemoveRel(s.part, r.ID)
			}
		}
		if len(gone) == 0 {
			continue
		}
		root, err := f.tree(s.part)
		if err != nil {
			continue
		}
		root.walk(func(n *node) bool {
			n.drop(func(k *node) bool {
				return strings.HasPrefix(k.name, "a:hlink") && gone[k.attr("r:id")]
			})
			return true
		})
		f.save(s.part, root)
	}
}

// sectionList brings PowerPoint's sections in line with the slides: a copy stands in the section of
// the slide it is of.
func (f *filler) sectionList() {
	var lists []*node
	at := map[string]int{} // section by id of a slide
	f.root.walk(func(n *node) bool {
		if n.name != "p14:sldIdLst" {
			return true
		}
		for _, entry := range n.children("p14:sldId") {
			at[entry.attr("id")] = len(lists)
		}
		n.kids = nil
		lists = append(lists, n)
		return false
	})
	if len(lists) == 0 {
		return
	}
	last := 0
	for _, s := range f.slides {
		if i, ok := at[s.from]; ok {
			last = i
		}
		lists[last].kids = append(lists[last].kids, lists[last].make("sldId", "id", s.id))
	}
}

// cleanPackage makes a plain presentation of templates, shows and files with macros, and drops the
// picture of the template's first slide.
func (f *filler) cleanPackage() {
	f.pkg.SetPart(f.main, documentType, f.pkg.Part(f.main))
	for _, from := range []string{"", f.main} {
		for _, r := range f.pkg.Rels(from) {
			switch path.Base(r.Type) {
			case "vbaProject", "thumbnail":
				f.pkg.RemoveRel(from, r.ID)
			}
		}
	}
	f.properties()
	f.pkg.Prune()
}

// properties gives the file the document's title, and drops what the template counted.
func (f *filler) properties() {
	if part := f.pkg.Related("", RelCore); part != "" && f.doc.Title != "" {
		if root, err := f.tree(part); err == nil && root.child("dc:title") != nil {
			root.child("dc:title").setWords(f.doc.Title)
			f.save(part, root)
		}
	}
	if part := f.pkg.Related("", RelProperties); part != "" {
		if root, err := f.tree(part); err == nil {
			root.dropNamed("TitlesOfParts", "HeadingPairs", "Slides", "Notes", "HiddenSlides", "Words", "Paragraphs", "TotalTime")
			f.save(part, root)
		}
	}
}
