package slides

import (
	"fmt"
	"sort"
	"strings"

	"atlas/engine/deck"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

const pixels = 96 // an inch

// geometry gives the rules that place the parts of slides, from the measures of package deck, and
// the brand's logo.
func (b *builder) geometry() string {
	var w strings.Builder
	for _, title := range []string{"top", "middle", "none"} {
		l := manifest.Layout{Title: title}
		fmt.Fprintf(&w, ".title-%s .slide-head { %s }\n.title-%s .slide-body { %s }\n", title, place(deck.HeadBox(l)), title, place(deck.BodyBox(l)))
	}
	fmt.Fprintf(&w, ".slide-foot { %s }\n.slide-logo { %s }\n", place(deck.FootBox()), place(deck.LogoBox()))
	fmt.Fprintf(&w, ".slide-body { column-gap: %s; row-gap: %s }\n", px(deck.ColumnGap), px(deck.RowGap))
	fmt.Fprintf(&w, ":root { --cover-size: %gpt; --title-size: %gpt; --subtitle-size: %gpt; --body-size: %gpt; --label-size: %gpt; --footnote-size: %gpt }\n",
		deck.CoverSize, deck.TitleSize, deck.SubtitleSize, deck.BodySize, deck.LabelSize, deck.FootnoteSize)
	names := make([]string, 0, len(b.doc.Layouts))
	for n := range b.doc.Layouts {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		for _, r := range b.doc.Layouts[n].Regions {
			fmt.Fprintf(&w, ".layout-%s .region-%s { grid-area: %d / %d / span %d / span %d }\n", slug(n), slug(r.Name), r.Y+1, r.X+1, r.H, r.W)
		}
	}
	w.WriteString(b.logos())
	return w.String()
}

func place(b deck.Box) string {
	return fmt.Sprintf("left: %s; top: %s; width: %s; height: %s", px(b.X), px(b.Y), px(b.W), px(b.H))
}

func px(inches float64) string { return fmt.Sprintf("%.4gpx", inches*pixels) }

// logos gives the rules of the brand's logo: the one for dark surfaces where the surface is dark.
func (b *builder) logos() string {
	t := b.doc.Theme
	if t.Logo == nil {
		return ""
	}
	on := func(selector, name string) string {
		return selector + " { background-image: url(\"./" + name + "\") }\n"
	}
	out := on(".slide-logo", "logo.svg")
	if t.LogoDark == nil {
		return out
	}
	out += on("[data-theme=\"dark\"] .slide-logo", "logo-dark.svg")
	if theme.Contrast(t.Light["on-accent"], "FFFFFF") > theme.Contrast(t.Light["on-accent"], "000000") {
		return out + on(".slide.surface-accent .slide-logo", "logo.svg")
	}
	return out + on(".slide.surface-accent .slide-logo", "logo-dark.svg")
}
