package theme

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"atlas/engine/diag"
)

var errNoReader = errors.New("there is no project to read it from")

// logo reads and checks one logo; "" gives none.
func (r *reader) logo(key, path string) []byte {
	if path == "" {
		return nil
	}
	data, err := r.read(path)
	if err != nil {
		r.errorf(diag.BadFile, "the %s %s cannot be read: %v", key, path, err).Err = err
		return nil
	}
	if problem := CheckSVG(path, data); problem != nil {
		r.problems = append(r.problems, problem.WithNote(r.brand.Pos, "it is the %s of brand %s", key, r.brand.Name))
		return nil
	}
	return data
}

// CheckSVG tells why a file is no SVG picture or might do more than be seen: run scripts, load other
// files. It gives nil for a harmless one; path is shown.
func CheckSVG(path string, data []byte) *diag.Diagnostic {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	depth, style, seenRoot := 0, 0, false
	for {
		line, col := d.InputPos()
		pos := diag.Pos{File: path, Line: line, Col: col}
		bad := func(what string) *diag.Diagnostic {
			return diag.Errorf(diag.BadFile, pos, "the SVG %s", what).
				WithHint("export it again as a plain SVG: shapes and texts, no scripts, no links to other files")
		}
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !seenRoot {
				return bad("has no <svg> element: this is no SVG file")
			}
			return nil
		}
		if err != nil {
			return bad("does not parse: " + err.Error()).WithErr(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := strings.ToLower(token.Name.Local)
			if depth == 0 {
				if name != "svg" || seenRoot {
					return bad("has a <" + token.Name.Local + "> element where <svg> should be the only one: this is no SVG file")
				}
				seenRoot = true
			}
			depth++
			if name == "style" {
				style = depth
			}
			if what := harmOf(name, token.Attr); what != "" {
				return bad(what)
			}
		case xml.EndElement:
			if style == depth {
				style = 0
			}
			depth--
		case xml.CharData:
			if style > 0 && loads(string(token)) {
				return bad("has a style that loads another file")
			}
		case xml.Directive:
			if strings.Contains(strings.ToUpper(string(token)), "ENTITY") {
				return bad("declares entities")
			}
		case xml.ProcInst:
			if token.Target != "xml" {
				return bad("has a processing instruction: " + token.Target)
			}
		}
	}
}

// harmOf tells what an element might do; "" for nothing.
func harmOf(name string, attributes []xml.Attr) string {
	switch name {
	case "script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "audio", "video":
		return "has a <" + name + "> element"
	case "animate", "set", "animatetransform", "animatemotion":
		return "is animated: <" + name + ">"
	}
	for _, a := range attributes {
		key, value := strings.ToLower(a.Name.Local), strings.TrimSpace(a.Value)
		switch {
		case strings.HasPrefix(key, "on"):
			return "has a script in the attribute " + a.Name.Local
		case key == "href" || key == "src":
			if !strings.HasPrefix(value, "#") && !embedded(value) {
				return "links to " + value
			}
		case key == "base" && a.Name.Space != "":
			return "has an xml:base"
		case a.Name.Space != "xmlns" && key != "xmlns" && loads(value):
			return "loads another file in the attribute " + a.Name.Local
		}
	}
	return ""
}

// embedded reports a picture that stands in the file itself.
func embedded(link string) bool {
	lower := strings.ToLower(link)
	for _, kind := range []string{"png", "jpeg", "gif"} {
		if strings.HasPrefix(lower, "data:image/"+kind+";base64,") {
			return true
		}
	}
	return false
}

// loads reports a style that names another file, or hides what it says behind escapes.
func loads(style string) bool {
	s := strings.ToLower(style)
	if strings.Contains(s, "@import") || strings.Contains(s, "javascript:") || strings.Contains(s, "expression(") || strings.Contains(s, `\`) {
		return true
	}
	for {
		_, rest, ok := strings.Cut(s, "url(")
		if !ok {
			return false
		}
		target := strings.TrimLeft(rest, " \t\n\r'\"")
		if !strings.HasPrefix(target, "#") && !embedded(target) {
			return true
		}
		s = rest
	}
}
