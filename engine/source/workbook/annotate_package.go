package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// findingsName is the sheet-level name that the list of marks carries. The reader passes over a
// sheet that has it, whatever the sheet is called, and annotating again puts the new list in its place.
const findingsName = "_atlas_findings"

// maxSmall bounds the parts that are taken into memory whole.
const maxSmall = 256 << 20

// dialect is which of the two standards a workbook is written in.
type dialect struct{ main, relations string }

func dialectOf(root []byte) dialect {
	if bytes.Contains(root, []byte("purl.oclc.org/ooxml/spreadsheetml/main")) {
		return dialect{"http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships"}
	}
	return dialect{"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}
}

// part reads a part into memory, in UTF-8; nil if it is not there.
func (a *archive) part(name string) ([]byte, error) {
	r, err := a.open(name)
	if errors.Is(err, errNoPart) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s, err := newScanner(r)
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	b, err := io.ReadAll(io.LimitReader(s.r, maxSmall+1))
	if err == nil && len(b) > maxSmall {
		err = fmt.Errorf("it is larger than %d MB", maxSmall>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	return b, nil
}

// document takes a part apart; empty is what stands for one that is not there.
func (a *archive) document(name, empty string) (*document, error) {
	b, err := a.part(name)
	if err != nil {
		return nil, err
	}
	if b == nil {
		b = []byte(empty)
	}
	d, err := readDocument(b)
	if err != nil {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	return d, nil
}

const noRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`

// relate adds a relation to a part of relations and gives its id.
func (d *document) relate(id, kind, target string) string {
	used := map[string]bool{}
	for _, b := range d.blocks {
		used[attrText(b.open, "Id")] = true
	}
	unique := id
	for i := 2; used[unique]; i++ {
		unique = id + strconv.Itoa(i)
	}
	d.append(fmt.Sprintf(`<Relationship Id="%s" Type="%s" Target="%s"/>`, unique, kind, xmlText(target)))
	return unique
}

// typed says what a new part is.
func (d *document) typed(part, kind string) {
	name := "/" + part
	for _, b := range d.blocks {
		if b.name == "Override" && strings.EqualFold(attrText(b.open, "PartName"), name) {
			return
		}
	}
	d.append(fmt.Sprintf(`<Override PartName="%s" ContentType="%s"/>`, xmlText(name), kind))
}

// typedEnding says what parts with that ending are, unless it is said.
func (d *document) typedEnding(ending, kind string) {
	at := 0
	for i, b := range d.blocks {
		if b.name == "Default" {
			at = i + 1
			if strings.EqualFold(attrText(b.open, "Extension"), ending) {
				return
			}
		}
	}
	d.append(fmt.Sprintf(`<Default Extension="%s" ContentType="%s"/>`, ending, kind))
	last := len(d.blocks) - 1
	b := d.blocks[last]
	d.blocks = slices.Insert(d.blocks[:last], at, b)
}

// remove takes out the children for which gone is true.
func (d *document) remove(gone func(b *block) bool) {
	d.blocks = slices.DeleteFunc(d.blocks, gone)
}

func relationsOf(part string) string {
	dir, base := path.Split(part)
	return path.Join(dir, "_rels", base+".rels")
}

// relative gives the address of a part as seen from another.
func relative(from, to string) string {
	a, b := strings.Split(path.Dir(from), "/"), strings.Split(to, "/")
	if path.Dir(from) == "." {
		a = nil
	}
	for len(a) > 0 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(a)) + strings.Join(b, "/")
}

// listed is a sheet as the workbook lists it.
type listed struct {
	name, part, kind string
}

// readSheets gives all sheets, charts too, and which of them is the list of an earlier copy; -1
// if none is.
func readSheets(d *document, rels map[string]relation) (sheets []listed, findings int) {
	findings = -1
	if b := d.block("sheets"); b != nil {
		for _, item := range b.items {
			tag := firstTag(item)
			r := rels[attrText(tag, "id")]
			sheets = append(sheets, listed{attrText(tag, "name"), r.target, r.kind})
		}
	}
	if b := d.block("definedNames"); b != nil {
		for _, item := range b.items {
			tag := firstTag(item)
			at := number(attrOf(tag, "localSheetId"))
			if attrText(tag, "name") == findingsName && at >= 0 && at < len(sheets) && sheets[at].kind == "worksheet" {
				findings = at
			}
		}
	}
	return sheets, findings
}

// workbookOrder gives the children of the workbook part in the schema's order.
func workbookOrder() []string {
	return []string{
		"fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
		"externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr",
		"smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
	}
}

// addSheet lists a new sheet last.
func addSheet(d *document, ns dialect, name, id string) {
	b := d.need("sheets", workbookOrder())
	highest := 0
	for _, item := range b.items {
		highest = max(highest, number(attrOf(firstTag(item), "sheetId")))
	}
	b.add([]byte(withPrefix(fmt.Sprintf(`<sheet xmlns:r="%s" name="%s" sheetId="%d" r:id="%s"/>`, ns.relations, xmlText(name), highest+1, id), d.prefix)))
}

// showSheet makes a sheet the visible and active one.
func showSheet(d *document, at int) {
	sheets := d.block("sheets")
	if tag := firstTag(sheets.items[at]); attrOf(tag, "state") != nil {
		sheets.items[at] = append(setAttr(nil, tag, "state", "visible"), sheets.items[at][len(tag):]...)
		sheets.dirty = true
	}
	views := d.need("bookViews", workbookOrder())
	if len(views.items) == 0 {
		views.add([]byte(withPrefix(`<workbookView/>`, d.prefix)))
	}
	tag := firstTag(views.items[0])
	views.items[0] = append(setAttr(nil, tag, "activeTab", strconv.Itoa(at)), views.items[0][len(tag):]...)
	views.dirty = true
}

// nameFindings gives the list its names: the one by which it is known, its filter, its heading rows.
func nameFindings(d *document, at int, sheet, filter, head string) {
	b := d.need("definedNames", workbookOrder())
	b.dirty = true
	b.items = slices.DeleteFunc(b.items, func(item []byte) bool {
		tag := firstTag(item)
		name := attrText(tag, "name")
		own := number(attrOf(tag, "localSheetId")) == at
		return name == findingsName || own && (name == "_xlnm._FilterDatabase" || name == "_xlnm.Print_Titles")
	})
	quoted := xmlText(quoteSheet(sheet))
	for _, n := range []struct{ name, hidden, ref string }{
		{findingsName, ` hidden="1"`, "$A$1"},
		{"_xlnm._FilterDatabase", ` hidden="1"`, filter},
		{"_xlnm.Print_Titles", "", head},
	} {
		b.add([]byte(withPrefix(fmt.Sprintf(`<definedName name="%s" localSheetId="%d"%s>`, n.name, at, n.hidden), d.prefix) +
			quoted + "!" + n.ref + "</" + d.prefix + "definedName>"))
	}
}

func quoteSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// freeName makes a name for a sheet that Excel allows and the workbook does not have yet.
func freeName(want string, sheets []listed) string {
	want = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, want)
	want = strings.Trim(want, " '")
	if want == "" {
		want = "Atlas findings"
	}
	shorten := func(n int) string {
		r := []rune(want)
		return strings.TrimRight(string(r[:min(len(r), n)]), " '")
	}
	name := shorten(31)
	taken := func(s listed) bool { return strings.EqualFold(s.name, name) }
	for i := 2; slices.ContainsFunc(sheets, taken); i++ {
		end := fmt.Sprintf(" (%d)", i)
		name = shorten(31-len(end)) + end
	}
	return name
}
