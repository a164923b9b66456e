package picture

import (
	"math"
	"strconv"
	"strings"
)

// style is the properties that count, inherited or not.
type style struct {
	fill, stroke   string
	color          string
	fillOpacity    float64
	strokeOpacity  float64
	evenOdd        bool
	clipEvenOdd    bool
	pen            pen
	size           float64
	family         string
	bold           bool
	anchor         string
	baseline       string
	hidden         bool
	preserve       bool
	opacity        float64 // not inherited
	clip           string  // not inherited
	none           bool    // display: none
	strokeFirst    bool    // paint-order
	letterSpacing  float64
	stop           string
	stopOpacity    float64
	nonScalingLine bool
}

func initial() style {
	return style{
		fill: "black", stroke: "none", color: "black", fillOpacity: 1, strokeOpacity: 1, size: 16, anchor: "start", opacity: 1, stop: "black", stopOpacity: 1,
		pen: pen{width: 1, cap: "butt", join: "miter", miter: 4},
	}
}

// rule is one rule of a style sheet: a tag, a class or an id.
type rule struct {
	selector     string
	declarations [][2]string
}

// rules gathers the simple rules of the file's style sheets; others do not count.
func (n *node) rules() []rule {
	var out []rule
	if n.name == "style" {
		text := n.content()
		for {
			selectors, rest, ok := strings.Cut(text, "{")
			if !ok {
				break
			}
			body, after, _ := strings.Cut(rest, "}")
			for _, s := range strings.Split(selectors, ",") {
				s = strings.TrimSpace(s)
				if s != "" && !strings.ContainsAny(s, " >:[+~@") {
					out = append(out, rule{s, declarations(body)})
				}
			}
			text = after
		}
	}
	for _, c := range n.children {
		out = append(out, c.rules()...)
	}
	return out
}

func declarations(s string) [][2]string {
	var out [][2]string
	for _, d := range strings.Split(s, ";") {
		if key, value, ok := strings.Cut(d, ":"); ok {
			value, _, _ = strings.Cut(value, "!important")
			out = append(out, [2]string{strings.TrimSpace(key), strings.TrimSpace(value)})
		}
	}
	return out
}

// of gives an element's style under its parent's.
func (s style) of(n *node, rules []rule, whole float64) style {
	s.opacity, s.clip, s.none, s.nonScalingLine = 1, "", false, false
	s.stop, s.stopOpacity = "black", 1
	for key, value := range n.attr {
		s.set(key, strings.TrimSpace(value), whole)
	}
	for _, r := range rules {
		if matches(n, r.selector) {
			for _, d := range r.declarations {
				s.set(d[0], d[1], whole)
			}
		}
	}
	for _, d := range declarations(n.attr["style"]) {
		s.set(d[0], d[1], whole)
	}
	return s
}

func matches(n *node, selector string) bool {
	if selector == "*" {
		return true
	}
	tag, rest := selector, ""
	if i := strings.IndexAny(selector, ".#"); i >= 0 {
		tag, rest = selector[:i], selector[i:]
	}
	if tag != "" && tag != n.name {
		return false
	}
	for rest != "" {
		kind := rest[0]
		name := rest[1:]
		rest = ""
		if i := strings.IndexAny(name, ".#"); i >= 0 {
			name, rest = name[:i], name[i:]
		}
		if kind == '#' && n.attr["id"] != name || kind == '.' && !hasWord(n.attr["class"], name) {
			return false
		}
	}
	return true
}

func hasWord(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}

// set takes one property; whole is what percentages are of.
func (s *style) set(key, value string, whole float64) {
	if value == "inherit" || value == "" {
		return
	}
	switch key {
	case "fill":
		s.fill = value
	case "stroke":
		s.stroke = value
	case "color":
		s.color = value
	case "fill-opacity":
		s.fillOpacity = share(value)
	case "stroke-opacity":
		s.strokeOpacity = share(value)
	case "opacity":
		s.opacity = share(value)
	case "fill-rule":
		s.evenOdd = value == "evenodd"
	case "clip-rule":
		s.clipEvenOdd = value == "evenodd"
	case "clip-path":
		s.clip = value
	case "display":
		s.none = value == "none"
	case "visibility":
		s.hidden = value != "visible"
	case "paint-order":
		s.strokeFirst = strings.HasPrefix(value, "stroke")
	case "stop-color":
		s.stop = value
	case "stop-opacity":
		s.stopOpacity = share(value)
	case "vector-effect":
		s.nonScalingLine = value == "non-scaling-stroke"
	default:
		s.setPen(key, value, whole)
		s.setText(key, value)
	}
}

func (s *style) setPen(key, value string, whole float64) {
	switch key {
	case "stroke-width":
		s.pen.width = length(value, whole)
	case "stroke-linecap":
		s.pen.cap = value
	case "stroke-linejoin":
		s.pen.join = value
	case "stroke-miterlimit":
		s.pen.miter = length(value, 0)
	case "stroke-dashoffset":
		s.pen.offset = length(value, whole)
	case "stroke-dasharray":
		s.pen.dash = nil
		if value != "none" {
			s.pen.dash = numbers(value)
		}
	}
}

func (s *style) setText(key, value string) {
	switch key {
	case "font-size":
		before := s.size
		if v := length(value, before); v > 0 {
			s.size = v
			if strings.HasSuffix(value, "em") && !strings.HasSuffix(value, "rem") {
				s.size = v / 16 * before
			}
		}
	case "font-family":
		s.family = value
	case "font-weight":
		w, err := strconv.Atoi(value)
		s.bold = value == "bold" || value == "bolder" || err == nil && w >= 550
	case "text-anchor":
		s.anchor = value
	case "dominant-baseline", "alignment-baseline":
		s.baseline = value
	case "letter-spacing":
		s.letterSpacing = length(value, 0)
	case "space":
		s.preserve = value == "preserve"
	case "white-space":
		s.preserve = strings.HasPrefix(value, "pre")
	}
}

// share reads "0.5" or "50%".
func share(s string) float64 { return math.Min(1, math.Max(0, length(s, 1))) }
