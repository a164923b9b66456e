package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// deepest bounds how elements may stand in one another.
const deepest = 200

// node is one element, or a piece of text without a name.
type node struct {
	name     string
	attr     map[string]string
	children []*node
	text     string
}

// parse reads an SVG file into its elements.
func parse(svg []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(svg))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var root *node
	var open []*node
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read SVG: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				n.attr[a.Name.Local] = a.Value
			}
			switch {
			case len(open) > deepest:
				return nil, errors.New("read SVG: elements are nested too deeply")
			case len(open) > 0:
				open[len(open)-1].children = append(open[len(open)-1].children, n)
			case root == nil:
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				last := open[len(open)-1]
				last.children = append(last.children, &node{text: string(token)})
			}
		}
	}
	if root == nil || root.name != "svg" {
		return nil, errors.New("read SVG: there is no <svg> element")
	}
	return root, nil
}

func (n *node) index(ids map[string]*node) {
	if id := n.attr["id"]; id != "" && ids[id] == nil {
		ids[id] = n
	}
	for _, c := range n.children {
		c.index(ids)
	}
}

// content is the text inside of an element.
func (n *node) content() string {
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, c := range n.children {
		b.WriteString(c.content())
	}
	return b.String()
}

// size is the size of the root in its units.
func (n *node) size() (w, h float64) {
	box, ok := n.viewBox()
	w, okW := absolute(n.attr["width"])
	h, okH := absolute(n.attr["height"])
	switch {
	case okW && okH:
	case ok && okW && box[2] > 0:
		h = w * box[3] / box[2]
	case ok && okH && box[3] > 0:
		w = h * box[2] / box[3]
	case ok:
		w, h = box[2], box[3]
	default:
		w, h = 300, 150
	}
	return w, h
}

func (n *node) viewBox() (box [4]float64, ok bool) {
	list := numbers(n.attr["viewBox"])
	if len(list) != 4 || list[2] <= 0 || list[3] <= 0 {
		return box, false
	}
	copy(box[:], list)
	return box, true
}

// absolute reads a length that is not relative to anything.
func absolute(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, "%") {
		return 0, false
	}
	v := length(s, 0)
	return v, v > 0
}

// length reads "12", "12px", "1em", "50%" of a whole.
func length(s string, whole float64) float64 {
	s = strings.TrimSpace(s)
	i := len(s)
	for i > 0 && !strings.ContainsRune("0123456789.", rune(s[i-1])) {
		i--
	}
	v, err := strconv.ParseFloat(s[:i], 64)
	if err != nil {
		return 0
	}
	switch strings.ToLower(s[i:]) {
	case "%":
		return v / 100 * whole
	case "pt":
		return v * 4 / 3
	case "pc":
		return v * 16
	case "in":
		return v * 96
	case "cm":
		return v * 96 / 2.54
	case "mm":
		return v * 96 / 25.4
	case "em", "rem":
		return v * 16
	default:
		return v
	}
}

// numbers reads a list of numbers as paths and points write them: "1,2-3.5.5e1".
func numbers(s string) []float64 {
	var out []float64
	for i := 0; i < len(s); {
		v, next, ok := scanNumber(s, i)
		if !ok {
			i++
			continue
		}
		out = append(out, v)
		i = next
	}
	return out
}

// scanNumber reads one number at i.
func scanNumber(s string, i int) (v float64, next int, ok bool) {
	start, digits, dot := i, false, false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	for i < len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c == '.' && !dot:
			dot = true
		case (c == 'e' || c == 'E') && digits && exponent(s[i+1:]):
			i++
			if s[i] == '-' || s[i] == '+' {
				i++
			}
			for i < len(s) && s[i] >= '0' && s[i] <= '9' {
				i++
			}
			v, err := strconv.ParseFloat(s[start:i], 64)
			return v, i, err == nil
		default:
			if !digits {
				return 0, start, false
			}
			v, err := strconv.ParseFloat(s[start:i], 64)
			return v, i, err == nil
		}
		i++
	}
	if !digits {
		return 0, start, false
	}
	v, err := strconv.ParseFloat(s[start:i], 64)
	return v, i, err == nil
}

func exponent(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	return s != "" && s[0] >= '0' && s[0] <= '9'
}
