package deck

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/theme"
)

// brandPictures are pictures of the theme, not of the project.
const brandPictures = "brand:"

// picture reads a picture into the document's media; the diagnostic says why it cannot be shown.
func (a *assembly) picture(name string, pos diag.Pos) *diag.Diagnostic {
	name = strings.TrimSpace(name)
	if name == "" || strings.HasPrefix(name, brandPictures) {
		return nil
	}
	if _, ok := a.doc.Media[name]; ok {
		return nil
	}
	if d, ok := a.missing[name]; ok {
		return at(d, pos)
	}
	data, d := a.read(name)
	if d != nil {
		a.missing[name] = d
		return at(d, pos)
	}
	a.doc.Media[name] = data
	return nil
}

func at(d *diag.Diagnostic, pos diag.Pos) *diag.Diagnostic {
	c := *d
	c.Pos = pos
	return &c
}

func (a *assembly) read(name string) ([]byte, *diag.Diagnostic) {
	if scheme, _, ok := strings.Cut(name, ":"); ok && !strings.Contains(scheme, "/") {
		return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "the picture %s is not in the project", name).
			WithHint("a deck is shown without a network: keep the picture below the project and name its path")
	}
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") && a.folder == "" {
		return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "the picture %s is not in the project", name).
			WithHint("name a path below the project's folder")
	}
	switch strings.ToLower(path.Ext(clean)) {
	case ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp":
	default:
		return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "%s is no picture that can be shown", name).
			WithHint("pictures are .svg, .png, .jpg, .gif and .webp files")
	}
	if a.o.ReadFile == nil {
		return nil, a.noFile(name)
	}
	var err error
	for _, p := range []string{clean, path.Join(a.folder, clean)} { // from the project's root, or beside the deck
		if strings.HasPrefix(p, "../") {
			continue
		}
		var data []byte
		if data, err = a.o.ReadFile(p); err == nil {
			return data, harm(name, data)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "the picture %s cannot be read: %s", name, err).WithErr(err)
		}
	}
	return nil, a.noFile(name)
}

// harm tells why a picture is more than a picture: an SVG that stands in a folder of slides can be
// opened as a page.
func harm(name string, data []byte) *diag.Diagnostic {
	if strings.ToLower(path.Ext(name)) != ".svg" {
		return nil
	}
	d := theme.CheckSVG(name, data)
	if d == nil {
		return nil
	}
	return diag.Errorf(diag.BadFile, diag.Pos{}, "the picture %s: %s", d.Pos, d.Msg).WithHint("%s", d.Hint).WithErr(d.Err)
}

func (a *assembly) noFile(name string) *diag.Diagnostic {
	d := diag.Errorf(diag.BadFile, diag.Pos{}, "there is no picture %s", name).WithHint("name its path from the project's folder, or from the deck's")
	if a.o.Files == nil {
		return d
	}
	if s := diag.DidYouMean(name, a.o.Files()); s != "" {
		return d.WithHint("%s", s)
	}
	for _, f := range a.o.Files() {
		if path.Base(f) == path.Base(name) {
			return d.WithHint("did you mean %q?", f)
		}
	}
	return d
}
