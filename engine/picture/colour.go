package picture

import (
	"math"
	"strconv"
	"strings"
)

// readColor reads a colour as style sheets write it, straight red, green, blue, alpha from 0 to 1.
func readColor(s, current string) (c [4]float64, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "none" || s == "":
		return c, false
	case s == "transparent":
		return c, true
	case s == "currentcolor":
		if strings.EqualFold(current, "currentcolor") {
			return [4]float64{0, 0, 0, 1}, true
		}
		return readColor(current, "black")
	case s[0] == '#':
		return hexColor(s[1:])
	}
	name, rest, isFunction := strings.Cut(s, "(")
	if !isFunction {
		hex, known := named(s)
		if !known {
			return [4]float64{0, 0, 0, 1}, true
		}
		return hexColor(hex)
	}
	parts := strings.FieldsFunc(strings.TrimSuffix(rest, ")"), func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) < 3 {
		return c, false
	}
	c[3] = 1
	if len(parts) > 3 {
		c[3] = share(parts[3])
	}
	switch name {
	case "rgb", "rgba":
		for i := range 3 {
			c[i] = math.Min(1, math.Max(0, length(parts[i], 255)/255))
		}
	case "hsl", "hsla":
		c[0], c[1], c[2] = hsl(length(strings.TrimSuffix(parts[0], "deg"), 360), share(parts[1]), share(parts[2]))
	default:
		return c, false
	}
	return c, true
}

func hexColor(s string) (c [4]float64, ok bool) {
	if len(s) == 3 || len(s) == 4 {
		var b strings.Builder
		for _, r := range s {
			b.WriteRune(r)
			b.WriteRune(r)
		}
		s = b.String()
	}
	if len(s) == 6 {
		s += "ff"
	}
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != 8 {
		return c, false
	}
	for i := range 4 {
		c[i] = float64(n>>(24-8*i)&0xff) / 255
	}
	return c, true
}

func hsl(h, s, l float64) (r, g, b float64) {
	f := func(n float64) float64 {
		k := math.Mod(n+h/30+1200, 12)
		return l - s*math.Min(l, 1-l)*math.Max(-1, math.Min(k-3, math.Min(9-k, 1)))
	}
	return f(0), f(8), f(4)
}

// named knows the names that drawing programs write.
func named(s string) (string, bool) {
	names := map[string]string{
		"black": "000", "white": "fff", "red": "f00", "green": "008000", "blue": "00f", "yellow": "ff0", "cyan": "0ff", "aqua": "0ff", "magenta": "f0f",
		"fuchsia": "f0f", "gray": "808080", "grey": "808080", "silver": "c0c0c0", "lightgray": "d3d3d3", "lightgrey": "d3d3d3", "darkgray": "a9a9a9",
		"darkgrey": "a9a9a9", "dimgray": "696969", "gainsboro": "dcdcdc", "whitesmoke": "f5f5f5", "maroon": "800000", "purple": "800080", "lime": "0f0",
		"olive": "808000", "navy": "000080", "teal": "008080", "orange": "ffa500", "gold": "ffd700", "pink": "ffc0cb", "brown": "a52a2a", "crimson": "dc143c",
		"tomato": "ff6347", "coral": "ff7f50", "salmon": "fa8072", "indigo": "4b0082", "violet": "ee82ee", "steelblue": "4682b4", "skyblue": "87ceeb",
		"lightblue": "add8e6", "royalblue": "4169e1", "dodgerblue": "1e90ff", "darkblue": "00008b", "midnightblue": "191970", "slategray": "708090",
		"seagreen": "2e8b57", "forestgreen": "228b22", "darkgreen": "006400", "limegreen": "32cd32", "turquoise": "40e0d0", "darkred": "8b0000",
		"firebrick": "b22222", "darkorange": "ff8c00", "khaki": "f0e68c", "beige": "f5f5dc", "ivory": "fffff0", "lavender": "e6e6fa", "chocolate": "d2691e",
	}
	hex, ok := names[s]
	return hex, ok
}

func premultiplied(c [4]float64, opacity float64) color {
	a := c[3] * opacity
	return color{float32(c[0] * a), float32(c[1] * a), float32(c[2] * a), float32(a)}
}
