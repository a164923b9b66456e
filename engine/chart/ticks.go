package chart

import (
	"math"
	"strconv"
	"strings"

	"atlas/engine/block"
)

// scale is one value axis: its ends, the step of its lines, and what is written at them.
type scale struct {
	min, max, step float64
	texts          []string
}

// values are where the lines are that something is written at.
func (s scale) values() []float64 {
	out := make([]float64, len(s.texts))
	for i := range out {
		out[i] = s.min + float64(i)*s.step
	}
	return out
}

// maxLines is how many light lines may cross a chart besides its base.
const maxLines = 4

// scaleOf lays an axis over values from lo to hi with round steps. With tight ends it ends at the
// data, for charts whose values are labelled.
func (p *plot) scaleOf(lo, hi float64, format string, tight bool) scale { //nolint:revive // tight is the property itself
	if lo == hi {
		switch {
		case lo == 0:
			hi = 1
		case lo > 0:
			lo = 0
		default:
			hi = 0
		}
	}
	var first, s scale
	for try := range 4 { // until the format can write the values at the lines
		s = p.lines(lo, hi, try, format)
		if try == 0 {
			first = s
		}
		if p.exact(s) {
			break
		}
	}
	if !p.exact(s) {
		s = first
	}
	s.texts = p.withoutZeros(s.texts)
	if tight {
		s.min, s.max = lo, hi
	}
	return s
}

// lines lays the lines of an axis, with the finest round step that keeps them few; each try takes the
// next larger one.
func (p *plot) lines(lo, hi float64, try int, format string) scale {
	step := roundStep((hi - lo) / maxLines)
	for {
		low, high := math.Floor(lo/step+1e-9)*step, math.Ceil(hi/step-1e-9)*step
		if math.Round((high-low)/step) <= maxLines {
			if try == 0 {
				s := scale{min: low, max: high, step: step}
				s.texts = p.ticks(s, format, math.Max(math.Abs(low), math.Abs(high)))
				if !p.exact(s) {
					if smaller := p.ticks(s, format, step); len(smaller) > 0 {
						s.texts = smaller
					}
				}
				return s
			}
			try--
		}
		step = roundStep(step * 1.01)
	}
}

// ticks writes the values at the lines, in the unit of a size.
func (p *plot) ticks(s scale, format string, size float64) []string {
	var out []string
	for i := 0; i <= int(math.Round((s.max-s.min)/s.step)); i++ {
		v := s.min + float64(i)*s.step
		if math.Abs(v) < s.step/1e6 {
			v = 0
		}
		out = append(out, p.tick(v, format, size))
	}
	return out
}

// exact reports that what is written at the lines is where they are: the format rounds none of them.
func (p *plot) exact(s scale) bool {
	point := strings.Trim(p.f.Format(0.5, "number"), "05")
	ratio := 0.0
	for i, t := range s.texts {
		v := s.min + float64(i)*s.step
		if math.Abs(v) < s.step/1e6 {
			continue
		}
		read := readTick(t, point)
		if read == 0 {
			return false
		}
		if r := read / math.Abs(v); ratio == 0 {
			ratio = r
		} else if math.Abs(r-ratio) > ratio*1e-6 {
			return false
		}
	}
	if ratio == 0 {
		return true
	}
	// all rounded alike is no better: a scale has a power of ten
	power := math.Log10(ratio)
	return math.Abs(power-math.Round(power)) < 1e-6
}

// readTick reads the digits of a text.
func readTick(text, point string) float64 {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.HasPrefix(text[i:], point) && !strings.Contains(b.String(), "."):
			b.WriteByte('.')
		}
	}
	v, err := strconv.ParseFloat(strings.TrimRight(b.String(), "."), 64)
	if err != nil {
		return 0
	}
	return v
}

// tick writes one value of an axis, all of them in the unit of the largest.
func (p *plot) tick(v float64, format string, largest float64) string {
	if v == 0 {
		return p.f.Format(int64(0), format)
	}
	if power, _ := p.f.Unit(format, largest); power > 0 {
		format = p.f.CodeFor(format, largest)
	}
	return p.f.Format(shortFloat(v), format)
}

// shortFloat rounds away what adding steps left behind.
func shortFloat(v float64) block.Value {
	if v == 0 {
		return int64(0)
	}
	digits := math.Pow(10, 12-math.Ceil(math.Log10(math.Abs(v))))
	if r := math.Round(v*digits) / digits; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r
	}
	return v
}

// roundStep gives the smallest of 1, 2, 2.5 and 5 times a power of ten that is at least x.
func roundStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 2.5, 5} {
		if f*power >= x*(1-1e-9) {
			return f * power
		}
	}
	return 10 * power
}

// withoutZeros drops the decimals of ticks where all of them are zero.
func (p *plot) withoutZeros(texts []string) []string {
	point := strings.Trim(p.f.Format(0.5, "number"), "05")
	if point == "" {
		return texts
	}
	out := make([]string, len(texts))
	for i, t := range texts {
		whole, rest, ok := strings.Cut(t, point)
		if !ok {
			out[i] = t
			continue
		}
		tail := strings.TrimLeft(rest, "0")
		if len(tail) == len(rest) || tail != "" && tail[0] >= '1' && tail[0] <= '9' {
			return texts
		}
		out[i] = whole + tail
	}
	return out
}

// span is the range of values that an axis has to show.
type span struct {
	lo, hi float64
	any    bool
}

func (s *span) add(v float64) {
	if !s.any {
		s.lo, s.hi, s.any = v, v, true
		return
	}
	s.lo, s.hi = math.Min(s.lo, v), math.Max(s.hi, v)
}

// fromZero widens the range to zero.
func (s *span) fromZero() {
	s.lo, s.hi = math.Min(s.lo, 0), math.Max(s.hi, 0)
}

// widest is the width of the widest text.
func (p *plot) widest(texts []string, size float64) float64 {
	w := 0.0
	for _, t := range texts {
		w = math.Max(w, p.width(t, size))
	}
	return w
}
