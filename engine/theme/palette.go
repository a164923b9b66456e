package theme

import (
	"math"
	"slices"
	"strconv"
)

// Ratios that are kept between colours that meet.
const (
	textRatio = 4.5
	markRatio = 3.0
	farEnough = 0.1 // between two categories, see Apart
)

// Colours where a brand says nothing.
const (
	lightSurface, darkSurface = "FFFFFF", "12161D"
	lightText, darkText       = "161B24", "E8EBF0"
	ownAccent                 = "2556C4"
)

// lightCategories and darkCategories are the same seven hues on both surfaces. They were searched
// for so that every pair is told apart without red or green vision and stands 3:1 off its surface.
func lightCategories() []string {
	return []string{"2E62C9", "B08826", "24A592", "543282", "B23F3D", "612F01", "4E0131"}
}

func darkCategories() []string {
	return []string{"689CFD", "EAC065", "27A794", "7B5BAE", "B13E3C", "D77624", "FECEE3"}
}

// derive completes a palette from the tokens that are given.
func derive(given Palette, surface, text string, categories []string) Palette {
	p := Palette{}
	for token, color := range given {
		p[token] = color
	}
	set := func(token string, color func() string) {
		if p[token] == "" {
			p[token] = color()
		}
	}
	fixed := func(c string) func() string { return func() string { return c } }
	set("surface", fixed(surface))
	surface = p["surface"]
	set("text", func() string {
		if Contrast(text, surface) >= 7 {
			return text
		}
		return onColor(surface)
	})
	text = p["text"]
	set("panel", func() string { return Mix(surface, text, 0.045) })
	set("rule", func() string { return Mix(surface, text, 0.17) })
	set("muted", func() string { return fit(Mix(surface, text, 0.66), p["panel"], textRatio) })
	set("accent", fixed(fit(ownAccent, surface, textRatio)))
	set("on-accent", func() string { return onColor(p["accent"]) })
	for token, color := range map[string]string{"good": "17734A", "bad": "B3261E", "warning": "8F5A00"} {
		set(token, func() string { return fit(fit(color, surface, textRatio), p["panel"], textRatio) })
	}
	scenarios(p, surface, set)
	categorise(p, surface, categories)
	return p
}

// scenarios derives the colours of the notation: the brand's hue, dark for what happened.
func scenarios(p Palette, surface string, set func(string, func() string)) {
	hue := linear(p["accent"]).lab()
	if linear(surface).luminance() < 0.18 {
		set("scenario-actual", func() string { return fit(hue.at(0.87, 0.05), surface, 7) })
		set("scenario-previous", func() string { return fit(hue.at(0.50, 0.02), surface, markRatio) })
		set("scenario-forecast", func() string { return fit(hue.at(0.75, 0.07), surface, markRatio) })
	} else {
		set("scenario-actual", func() string { return fit(hue.at(0.37, 0.07), surface, 7) })
		set("scenario-previous", func() string { return fit(hue.at(0.70, 0.02), surface, markRatio) })
		set("scenario-forecast", func() string { return fit(hue.at(0.48, 0.08), surface, markRatio) })
	}
	set("scenario-target", func() string { return p["scenario-actual"] })
}

// categorise fills category-1 to category-7: the brand's colour, then those of the list that nobody
// takes for one already there, then whatever is farthest from all of them.
func categorise(p Palette, surface string, list []string) {
	var used []sight
	for i := 1; i <= len(list); i++ {
		if c := p["category-"+strconv.Itoa(i)]; c != "" {
			used = append(used, sightOf(c))
		}
	}
	var grid []candidate
	accent := fit(p["accent"], surface, markRatio)
	pool := append([]string{accent}, withoutHue(list, accent)...)
	for i := 1; i <= len(list); i++ {
		token := "category-" + strconv.Itoa(i)
		if p[token] != "" {
			continue
		}
		at := slices.IndexFunc(pool, func(c string) bool {
			return Contrast(c, surface) >= markRatio && nearest(sightOf(c), used) >= farEnough
		})
		if at >= 0 {
			p[token] = pool[at]
		} else {
			if grid == nil {
				grid = candidates(surface)
			}
			p[token] = farthest(grid, used, onColor(surface))
		}
		used = append(used, sightOf(p[token]))
	}
}

// withoutHue leaves the colour of a hue out, which the brand's stands for.
func withoutHue(list []string, color string) []string {
	c := linear(color).lab()
	if c.chroma() < 0.05 {
		return list
	}
	at, least := -1, 50*math.Pi/180
	for i, o := range list {
		d := linear(o).lab()
		turn := math.Abs(math.Remainder(math.Atan2(c[2], c[1])-math.Atan2(d[2], d[1]), 2*math.Pi))
		if turn < least {
			at, least = i, turn
		}
	}
	if at < 0 {
		return list
	}
	return slices.Delete(slices.Clone(list), at, at+1)
}

// nearest tells how far the most similar of others is from a colour.
func nearest(c sight, others []sight) float64 {
	least := 9.0
	for _, o := range others {
		least = min(least, c.apart(o))
	}
	return least
}

// candidate is a colour that can be told from a surface.
type candidate struct {
	color string
	sight sight
}

// candidates are colours of all hues and lightnesses.
func candidates(surface string) []candidate {
	var out []candidate
	for l := 0.28; l <= 0.9; l += 0.02 {
		for i := range 24 {
			c := lab{l, cosine(i), cosine(i + 18)}.at(l, 0.14)
			if Contrast(c, surface) >= markRatio {
				out = append(out, candidate{c, sightOf(c)})
			}
		}
	}
	return out
}

// farthest gives the candidate that is least like the used ones; without any, the last resort.
func farthest(grid []candidate, used []sight, resort string) string {
	best, distance := resort, -1.0
	for _, c := range grid {
		if d := nearest(c.sight, used); d > distance {
			best, distance = c.color, d
		}
	}
	return best
}
