package theme

import (
	"embed"
	"slices"
	"strings"

	"atlas/engine/diag"
)

// Weights of the two faces of a family.
const (
	regular  = 400
	semibold = 600
)

// Inter, under the SIL Open Font License beside it: cut to Latin and the signs of reports, figures of
// equal width by default (the feature pnum gives the others), the optical size for text.
//
//go:embed fonts/inter-regular.ttf fonts/inter-semibold.ttf fonts/inter.woff2
var fontFiles embed.FS

const ownFamily = "Inter"

// fallbacks come after a family: Inter is embedded, the next have Arial's measures, which Inter's are
// close to.
func fallbacks(family string) []string {
	all := []string{ownFamily, "Liberation Sans", "Arial", "Helvetica Neue", "sans-serif"}
	return slices.DeleteFunc(all, func(f string) bool { return strings.EqualFold(f, family) })
}

// inter is the embedded family; a failure to read it would be a broken build.
func inter() Font {
	f := Font{Family: ownFamily, Fallback: fallbacks(ownFamily)}
	f.Regular = mustRead("fonts/inter-regular.ttf")
	f.Bold = mustRead("fonts/inter-semibold.ttf")
	f.Web = mustRead("fonts/inter.woff2")
	f.regular, f.bold = mustParse(f.Regular), mustParse(f.Bold)
	return f
}

func mustRead(name string) []byte {
	data, err := fontFiles.ReadFile(name)
	if err != nil {
		panic("theme: " + err.Error())
	}
	return data
}

func mustParse(data []byte) *Face {
	face, err := ParseFace(data)
	if err != nil {
		panic("theme: the embedded font " + err.Error())
	}
	return face
}

// Face gives the regular or the bold face; a family without files is measured as Inter.
func (f Font) Face(bold bool) *Face {
	if bold {
		return f.bold
	}
	return f.regular
}

// Measure gives the width of one line of text in the unit of size.
func (f Font) Measure(text string, size float64, bold bool) float64 {
	return f.Face(bold).Measure(text, size)
}

// Measure gives the width of one line of text in the font of texts, in the unit of size.
func (t *Theme) Measure(text string, size float64, bold bool) float64 {
	return t.Text.Measure(text, size, bold)
}

// Families is the family with its fallbacks as a style sheet lists them.
func (f Font) Families() string {
	out := make([]string, 0, 1+len(f.Fallback))
	for _, name := range append([]string{f.Family}, f.Fallback...) {
		name = strings.Map(func(r rune) rune {
			if strings.ContainsRune(`"'\;{}<>`, r) || r < ' ' {
				return -1
			}
			return r
		}, name)
		if strings.Contains(name, " ") {
			name = "'" + name + "'"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// brandFace is a font file of a brand, read.
type brandFace struct {
	path string
	data []byte
	face *Face
}

// fonts reads the brand's font files and settles both families.
func (r *reader) fonts(t *Theme) {
	own := inter()
	var faces []brandFace
	for _, path := range r.brand.Files {
		data, err := r.read(path)
		if err != nil {
			r.errorf(diag.BadFile, "the font file %s cannot be read: %v", path, err).Err = err
			continue
		}
		face, err := ParseFace(data)
		if err != nil {
			r.errorf(diag.BadFile, "the font file %s %v", path, err).WithHint("name a .ttf or .otf file that opens in other programs").Err = err
			continue
		}
		face.next = own.regular
		if face.Weight >= 500 {
			face.next = own.bold
		}
		faces = append(faces, brandFace{path, data, face})
	}
	t.Text = r.family(r.brand.Font, own, faces)
	if r.brand.Heading == "" || strings.EqualFold(r.brand.Heading, t.Text.Family) {
		t.Heading = t.Text
	} else {
		t.Heading = r.family(r.brand.Heading, own, faces)
	}
	for _, f := range faces {
		if !strings.EqualFold(f.face.Family, t.Text.Family) && !strings.EqualFold(f.face.Family, t.Heading.Family) {
			r.warnf("the font file %s is of the family %q, which neither font nor heading names", f.path, f.face.Family).
				WithHint("write font: %s, or leave the file out", f.face.Family)
		}
	}
}

// family makes the font of a name: its upright files nearest to regular and semibold. Without files
// it is only named, and measured as Inter, which stands in for it where it is not installed.
func (r *reader) family(name string, own Font, faces []brandFace) Font {
	f := Font{Family: name, Fallback: fallbacks(name), regular: own.regular, bold: own.bold}
	if name == "" {
		f.Family, f.Fallback = ownFamily, own.Fallback
	}
	var regularFace, boldFace *brandFace
	for i := range faces {
		c := &faces[i]
		if c.face.Italic || !strings.EqualFold(c.face.Family, f.Family) {
			continue
		}
		if regularFace == nil || c.face.weightGap(regular) < regularFace.face.weightGap(regular) {
			regularFace = c
		}
		if boldFace == nil || c.face.weightGap(semibold) < boldFace.face.weightGap(semibold) {
			boldFace = c
		}
	}
	switch {
	case regularFace != nil:
		f.Regular, f.regular = regularFace.data, regularFace.face
		f.Bold, f.bold = boldFace.data, boldFace.face
	case strings.EqualFold(f.Family, ownFamily):
		return own
	}
	return f
}

func (r *reader) read(path string) ([]byte, error) {
	if r.readFile == nil {
		return nil, errNoReader
	}
	return r.readFile(path)
}
