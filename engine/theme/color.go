package theme

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// rgb is a colour in linear light, each part 0 to 1.
type rgb [3]float64

// ParseColor reads "#0B5C8A", "0b5c8a" or "#abc" into six upper-case digits; false for anything else.
func ParseColor(s string) (string, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "#")
	if len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	if len(s) != 6 {
		return "", false
	}
	if _, err := strconv.ParseUint(s, 16, 32); err != nil {
		return "", false
	}
	return strings.ToUpper(s), true
}

func linear(hex string) rgb {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return rgb{}
	}
	var out rgb
	for i := range out {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			out[i] = c / 12.92
		} else {
			out[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return out
}

func (c rgb) hex() string {
	var b [3]int
	for i, v := range c {
		v = math.Min(1, math.Max(0, v))
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		b[i] = int(math.Round(v * 255))
	}
	return fmt.Sprintf("%02X%02X%02X", b[0], b[1], b[2])
}

func (c rgb) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// Contrast gives the ratio between two colours, 1 to 21, as accessibility guidelines count it.
func Contrast(a, b string) float64 {
	x, y := linear(a).luminance(), linear(b).luminance()
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// Mix gives a colour on the way from a (0) to b (1), in steps that look even.
func Mix(a, b string, share float64) string {
	x, y := linear(a).lab(), linear(b).lab()
	for i := range x {
		x[i] += (y[i] - x[i]) * share
	}
	return x.linear().hex()
}

// lab is a colour as the eye sorts it (OKLab): lightness 0 to 1, then two axes of hue.
type lab [3]float64

func (c rgb) lab() lab {
	l := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	m := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	s := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	return lab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func (c lab) linear() rgb {
	l := cube(c[0] + 0.3963377774*c[1] + 0.2158037573*c[2])
	m := cube(c[0] - 0.1055613458*c[1] - 0.0638541728*c[2])
	s := cube(c[0] - 0.0894841775*c[1] - 1.2914855480*c[2])
	return rgb{
		4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
	}
}

func cube(x float64) float64 { return x * x * x }

func (c lab) chroma() float64 { return math.Hypot(c[1], c[2]) }

// at gives the hue of c with another lightness and at most the given chroma, as far as a screen can
// show it.
func (c lab) at(lightness, chroma float64) string {
	own := c.chroma()
	if own == 0 {
		return lab{lightness}.linear().hex()
	}
	for chroma = math.Min(chroma, own); ; chroma -= 0.004 {
		f := math.Max(0, chroma) / own
		out := lab{lightness, c[1] * f, c[2] * f}.linear()
		if f == 0 || shows(out) {
			return out.hex()
		}
	}
}

func shows(c rgb) bool {
	for _, v := range c {
		if v < -0.0005 || v > 1.0005 {
			return false
		}
	}
	return true
}

// fit moves a colour's lightness away from the surface until their contrast is enough; hue stays.
func fit(color, surface string, ratio float64) string {
	if Contrast(color, surface) >= ratio {
		return color
	}
	c, step := linear(color).lab(), -0.005
	if linear(surface).luminance() < 0.18 {
		step = 0.005
	}
	for l := c[0]; l >= 0 && l <= 1; l += step {
		if out := c.at(l, c.chroma()); Contrast(out, surface) >= ratio {
			return out
		}
	}
	return onColor(surface)
}

// onColor gives white or a near black, whichever reads better on a colour.
func onColor(surface string) string {
	for _, c := range []string{"FFFFFF", "161B24"} {
		if Contrast(c, surface) >= 4.5 {
			return c
		}
	}
	return "000000" // where white is below 4.5, black is above
}

// vision is how eyes see a colour in linear light: all colours, without red, without green
// (Machado, Oliveira and Fernandes 2009, at full strength).
func vision() [3][3]rgb {
	return [3][3]rgb{
		{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
		{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
		{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	}
}

// Apart tells how far two colours are for the eyes that tell them apart worst: those that see all
// colours, no red, or no green. Below 0.08 they are taken for one another.
func Apart(a, b string) float64 { return sightOf(a).apart(sightOf(b)) }

// sight is a colour as each of the eyes of vision sees it.
type sight [3]lab

func sightOf(hex string) sight {
	c := linear(hex)
	var out sight
	for i, eye := range vision() {
		out[i] = seen(c, eye).lab()
	}
	return out
}

func (s sight) apart(o sight) float64 {
	least := math.Inf(1)
	for i, x := range s {
		y := o[i]
		least = math.Min(least, (x[0]-y[0])*(x[0]-y[0])+(x[1]-y[1])*(x[1]-y[1])+(x[2]-y[2])*(x[2]-y[2]))
	}
	return math.Sqrt(least)
}

func seen(c rgb, eye [3]rgb) rgb {
	var out rgb
	for i, row := range eye {
		out[i] = math.Min(1, math.Max(0, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return out
}

// cosine of the i-th of 24 directions.
func cosine(i int) float64 { return math.Cos(float64(i) * math.Pi / 12) }
