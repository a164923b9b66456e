package pptx

import (
	"strconv"
	"strings"

	"atlas/engine/theme"
)

// schemeColors are the tokens that are colours of the PowerPoint theme: shapes name them, so that a
// change of the theme changes them all.
//
//nolint:gochecknoglobals // a compiled constant
var schemeColors = map[string]string{
	"surface": "bg1", "text": "tx1", "panel": "bg2", "muted": "tx2", "accent": "accent1",
	"category-2": "accent2", "category-3": "accent3", "category-4": "accent4", "category-5": "accent5", "category-6": "accent6",
}

// ink is the colours on one background.
type ink struct {
	palette theme.Palette
	surface string // token of the background
	flat    bool   // backgrounds and texts are written out: charts do not see the master's map of colours
	foreign bool   // on a master that others made: its second background and text may be any colour
}

// token gives the token that stands for another on this background: on a coloured one, texts and
// lines take the colour that can be read there.
func (k ink) token(name string) string {
	if k.surface == "" || k.surface == "surface" || k.surface == "panel" {
		return name
	}
	switch name {
	case "text", "muted", "rule", "good", "bad", "warning", "accent":
		return k.onSurface()
	}
	return name
}

// onSurface is the token of text on the background: of those there are, the one that differs most.
func (k ink) onSurface() string {
	if k.surface == "accent" {
		return "on-accent"
	}
	best, most := "text", 0.0
	for _, t := range []string{"text", "surface", "on-accent"} {
		if c := theme.Contrast(k.palette[t], k.palette[k.surface]); c > most {
			best, most = t, c
		}
	}
	return best
}

// hex gives six hexadecimal digits of a token, or of a colour that is written out.
func (k ink) hex(token string) string {
	token = k.token(token)
	if c := k.palette[token]; c != "" {
		return strings.ToUpper(strings.TrimPrefix(c, "#"))
	}
	if c := strings.ToUpper(strings.TrimPrefix(token, "#")); isHex(c) {
		return c
	}
	return strings.ToUpper(k.palette["text"])
}

// color writes the colour of a token, of the theme where it has it.
func (k ink) color(m *markup, token string) {
	scheme, ok := schemeColors[k.token(token)]
	if ok && !(k.flat && (scheme[0] == 't' || scheme[0] == 'b')) && !(k.foreign && scheme[len(scheme)-1] == '2' && scheme[0] != 'a') {
		m.val("a:schemeClr", scheme)
		return
	}
	m.val("a:srgbClr", k.hex(token))
}

// fill writes a solid fill; "" writes none.
func (k ink) fill(m *markup, token string) {
	if token == "" {
		m.leaf("a:noFill")
		return
	}
	m.start("a:solidFill")
	k.color(m, token)
	m.end()
}

// line writes an outline of a width in points; "" writes none.
func (k ink) line(m *markup, token string, width float64) {
	if token == "" {
		m.start("a:ln")
		m.leaf("a:noFill")
		m.end()
		return
	}
	m.start("a:ln", "w", points(width))
	k.fill(m, token)
	m.end()
}

func isHex(s string) bool {
	if len(s) != 6 {
		return false
	}
	_, err := strconv.ParseUint(s, 16, 32)
	return err == nil
}

// contrastWhite is how well white can be read on a colour.
func contrastWhite(hex string) float64 { return theme.Contrast("FFFFFF", hex) }

// readable is the token of text that can be read on a fill.
func readable(k ink, fill string) string {
	best, most := "text", 0.0
	for _, t := range []string{"surface", "text", "on-accent"} {
		if c := theme.Contrast(k.hex(t), k.hex(fill)); c > most {
			best, most = t, c
		}
	}
	return best
}
