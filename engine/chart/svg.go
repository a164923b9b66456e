package chart

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"

	"atlas/engine/block"
	"atlas/engine/theme"
)

// SVG draws a chart block as an SVG file of a size, the same bytes for the same block. Texts are texts,
// placed without what simple programs do not know. It stops when ctx ends.
func SVG(ctx context.Context, b *block.Block, t *theme.Theme, dark bool, f *block.Formatter, width, height float64) ([]byte, error) {
	option := OptionFor(b, t, dark, f, width, height)
	text, err := render(ctx, t, string(option), width, height)
	if err != nil {
		return nil, err
	}
	return []byte(settle(text, t, b.Alt)), nil
}

var (
	pageOnly  = regexp.MustCompile(` (?:class="zr[^"]*"|pointer-events="[^"]*"|ecmeta_[a-z_]+="[^"]*"|baseProfile="[^"]*"|xml:space="preserve")`)
	styleRule = regexp.MustCompile(`(?s)<style[^>]*>.*?</style>\s*`)
	ids       = regexp.MustCompile(`\bzr\d+-`)
	textStart = regexp.MustCompile(`<text [^>]*>`)
	baseline  = regexp.MustCompile(` dominant-baseline="([a-z-]+)"`)
	ownY      = regexp.MustCompile(` y="([-\d.e]+)"`)
	styleSize = regexp.MustCompile(`font-size:([\d.]+)px`)
	unseen    = regexp.MustCompile(`<path d="[^"]*"(?: transform="[^"]*")? fill="none"></path>\n?`)
	clear     = regexp.MustCompile(`<path [^>]*fill-opacity="0"[^>]*stroke-width="0"[^>]*></path>\n?`)
	emptyText = regexp.MustCompile(`<text [^>]*></text>\n?`)
)

// settle makes a drawing stand alone: no rules for pointers, ids of its own, texts on their baselines.
func settle(svg string, t *theme.Theme, alt string) string {
	svg = styleRule.ReplaceAllString(svg, "")
	svg = pageOnly.ReplaceAllString(svg, "")
	svg = unseen.ReplaceAllString(svg, "")
	svg = clear.ReplaceAllString(svg, "")
	svg = emptyText.ReplaceAllString(svg, "")
	svg = strings.Map(legal, svg)
	svg = textStart.ReplaceAllStringFunc(svg, func(tag string) string { return onBaseline(tag, t) })
	svg = strings.ReplaceAll(svg, "font-family:"+t.Text.Families()+";", "")
	svg = strings.ReplaceAll(svg, "font-weight:400;", "")
	svg = ids.ReplaceAllString(svg, "\x00")
	sum := sha256.Sum256([]byte(svg))
	svg = strings.ReplaceAll(svg, "\x00", "c"+hex.EncodeToString(sum[:4])+"-")
	var b strings.Builder
	b.WriteString("<svg ")
	if alt != "" {
		b.WriteString(`role="img" aria-label="`)
		_ = xml.EscapeText(&b, []byte(alt)) // a Builder does not fail
		b.WriteString(`" `)
	}
	b.WriteString(`font-family="` + t.Text.Families() + `" `)
	return strings.Replace(svg, "<svg ", b.String(), 1)
}

// legal drops characters that no XML file may have.
func legal(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

// onBaseline moves a text that is centred on its place onto its baseline, which every program knows.
func onBaseline(tag string, t *theme.Theme) string {
	m := baseline.FindStringSubmatch(tag)
	if m == nil {
		return tag
	}
	size := 12.0
	if s := styleSize.FindStringSubmatch(tag); s != nil {
		size, _ = strconv.ParseFloat(s[1], 64)
	}
	face := t.Text.Face(false)
	shift := 0.0
	switch m[1] {
	case "central", "middle":
		shift = (face.Ascent - face.Descent) / 2
	case "hanging", "text-before-edge":
		shift = face.Ascent
	case "text-after-edge":
		shift = -face.Descent
	}
	y := 0.0
	if s := ownY.FindStringSubmatch(tag); s != nil {
		y, _ = strconv.ParseFloat(s[1], 64)
	}
	tag = ownY.ReplaceAllString(baseline.ReplaceAllString(tag, ""), "")
	return strings.Replace(tag, "<text", `<text y="`+formatFloat(math.Round((y+shift*size)*100)/100)+`"`, 1)
}

func formatFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
