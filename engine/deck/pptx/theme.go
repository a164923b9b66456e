package pptx

import (
	"atlas/engine/deck"
	"atlas/engine/theme"
)

const drawingSpace = "http://schemas.openxmlformats.org/drawingml/2006/main"

// palette is the colours of the document's surface.
func palette(d *deck.Document) theme.Palette {
	if d.Dark {
		return d.Theme.Dark
	}
	return d.Theme.Light
}

// themePart is the theme: colours by the palette, fonts, plain effects. Dark documents have their
// dark colour in dk1, and the master's map of colours turns them around.
func themePart(d *deck.Document, name string) []byte {
	p := palette(d)
	slots := [][2]string{{"dk1", "text"}, {"lt1", "surface"}, {"dk2", "muted"}, {"lt2", "panel"}}
	if d.Dark {
		slots = [][2]string{{"dk1", "surface"}, {"lt1", "text"}, {"dk2", "panel"}, {"lt2", "muted"}}
	}
	slots = append(slots,
		[2]string{"accent1", "accent"}, [2]string{"accent2", "category-2"}, [2]string{"accent3", "category-3"}, [2]string{"accent4", "category-4"},
		[2]string{"accent5", "category-5"}, [2]string{"accent6", "category-6"}, [2]string{"hlink", "accent"}, [2]string{"folHlink", "muted"})
	k := ink{palette: p}
	m := &markup{}
	m.start("a:theme", "xmlns:a", drawingSpace, "name", name)
	m.start("a:themeElements")
	m.start("a:clrScheme", "name", name)
	for _, s := range slots {
		m.start("a:" + s[0])
		m.val("a:srgbClr", k.hex(s[1]))
		m.end()
	}
	m.end()
	m.start("a:fontScheme", "name", name)
	themeFont(m, "a:majorFont", d.Theme.Heading.Family)
	themeFont(m, "a:minorFont", d.Theme.Text.Family)
	m.end()
	m.raw(formats)
	m.end()
	m.leaf("a:objectDefaults")
	m.leaf("a:extraClrSchemeLst")
	m.start("a:custClrLst")
	for _, t := range theme.Tokens() {
		if _, named := schemeColors[t[0]]; !named && p[t[0]] != "" {
			m.start("a:custClr", "name", t[0])
			m.val("a:srgbClr", k.hex(t[0]))
			m.end()
		}
	}
	m.end()
	m.end()
	return m.bytes()
}

func themeFont(m *markup, element, family string) {
	m.start(element)
	// where the family is not installed, the sort of letters tells PowerPoint to take a plain sans, whose
	// widths are those that lines were broken by
	m.leaf("a:latin", "typeface", family, "panose", "020B0604020202020204", "pitchFamily", 34, "charset", 0)
	m.leaf("a:ea", "typeface", "")
	m.leaf("a:cs", "typeface", "")
	m.end()
}

// formats is the part of a theme that says how shapes are filled if nothing else is said: plainly.
const formats = `<a:fmtScheme name="Plain"><a:fillStyleLst>` + plainFill + plainFill + plainFill + `</a:fillStyleLst>` +
	`<a:lnStyleLst>` + plainLine + plainLine + plainLine + `</a:lnStyleLst>` +
	`<a:effectStyleLst>` + plainEffect + plainEffect + plainEffect + `</a:effectStyleLst>` +
	`<a:bgFillStyleLst>` + plainFill + plainFill + plainFill + `</a:bgFillStyleLst></a:fmtScheme>`

const (
	plainFill   = `<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>`
	plainLine   = `<a:ln w="9525" cap="flat" cmpd="sng" algn="ctr">` + plainFill + `<a:prstDash val="solid"/></a:ln>`
	plainEffect = `<a:effectStyle><a:effectLst/></a:effectStyle>`
)

// colorMap writes which colours of the theme are background and text.
func colorMap(m *markup, dark bool) {
	bg, tx := "lt", "dk"
	if dark {
		bg, tx = "dk", "lt"
	}
	m.leaf("p:clrMap", "bg1", bg+"1", "tx1", tx+"1", "bg2", bg+"2", "tx2", tx+"2", "accent1", "accent1", "accent2", "accent2",
		"accent3", "accent3", "accent4", "accent4", "accent5", "accent5", "accent6", "accent6", "hlink", "hlink", "folHlink", "folHlink")
}
