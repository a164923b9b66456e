package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func strftimeMethod(d *DateTime) Func {
	return func(c *Call) (Value, error) {
		format, err := strArg(c, 0, "format")
		if err != nil {
			return nil, err
		}
		return strftime(d, format), nil
	}
}

// strftime writes a datetime by C's directives; unknown ones are kept.
func strftime(d *DateTime, format string) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 >= len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		flag := byte(0)
		if strings.IndexByte("-_0^#", format[i]) >= 0 && i+1 < len(format) {
			flag = format[i]
			i++
		}
		s, ok := directive(d, format[i])
		if !ok {
			b.WriteByte('%')
			if flag != 0 {
				b.WriteByte(flag)
			}
			b.WriteByte(format[i])
			continue
		}
		b.WriteString(flagged(s, flag))
	}
	return b.String()
}

func flagged(s string, flag byte) string {
	switch flag {
	case '-':
		if t := strings.TrimLeft(s, "0 "); t != "" {
			return t
		}
		return "0"
	case '_':
		t := strings.TrimLeft(s, "0")
		if t == "" {
			t = "0"
		}
		return strings.Repeat(" ", len(s)-len(t)) + t
	case '^':
		return strings.ToUpper(s)
	}
	return s
}

// directive gives the text of one strftime directive.
func directive(d *DateTime, c byte) (string, bool) {
	t := d.t
	switch c {
	case '%':
		return "%", true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case 'c':
		return strftime(d, "%a %b %e %H:%M:%S %Y"), true
	case 'x', 'D':
		return strftime(d, "%m/%d/%y"), true
	case 'X', 'T':
		return strftime(d, "%H:%M:%S"), true
	case 'F':
		return isoDate(t), true
	case 'R':
		return strftime(d, "%H:%M"), true
	case 'r':
		return strftime(d, "%I:%M:%S %p"), true
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return strings.ToLower(t.Format("PM")), true
	case 'z':
		if d.naive {
			return "", true
		}
		return strings.ReplaceAll(isoOffset(d.offset()), ":", ""), true
	case 'Z':
		if d.naive {
			return "", true
		}
		return d.zoneName(), true
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	}
	if s, ok := dayDirective(t, c); ok {
		return s, true
	}
	return clockDirective(t, c)
}

func dayDirective(t time.Time, c byte) (string, bool) {
	switch c {
	case 'a':
		return t.Format("Mon"), true
	case 'A':
		return t.Format("Monday"), true
	case 'b', 'h':
		return t.Format("Jan"), true
	case 'B':
		return t.Format("January"), true
	case 'd':
		return fmt.Sprintf("%02d", t.Day()), true
	case 'e':
		return fmt.Sprintf("%2d", t.Day()), true
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), true
	case 'm':
		return fmt.Sprintf("%02d", t.Month()), true
	case 'y':
		return fmt.Sprintf("%02d", t.Year()%100), true
	case 'Y':
		return strconv.Itoa(t.Year()), true
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100), true
	case 'w':
		return strconv.Itoa(int(t.Weekday())), true
	case 'u':
		return strconv.Itoa(int((t.Weekday()+6)%7 + 1)), true
	case 'U':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int(t.Weekday()))/7), true
	case 'W':
		return fmt.Sprintf("%02d", (t.YearDay()+6-int((t.Weekday()+6)%7))/7), true
	case 'V':
		_, w := t.ISOWeek()
		return fmt.Sprintf("%02d", w), true
	case 'G':
		y, _ := t.ISOWeek()
		return strconv.Itoa(y), true
	case 'g':
		y, _ := t.ISOWeek()
		return fmt.Sprintf("%02d", y%100), true
	}
	return "", false
}

func clockDirective(t time.Time, c byte) (string, bool) {
	switch c {
	case 'H':
		return fmt.Sprintf("%02d", t.Hour()), true
	case 'k':
		return fmt.Sprintf("%2d", t.Hour()), true
	case 'I':
		return fmt.Sprintf("%02d", (t.Hour()+11)%12+1), true
	case 'l':
		return fmt.Sprintf("%2d", (t.Hour()+11)%12+1), true
	case 'M':
		return fmt.Sprintf("%02d", t.Minute()), true
	case 'S':
		return fmt.Sprintf("%02d", t.Second()), true
	case 'f':
		return fmt.Sprintf("%06d", t.Nanosecond()/1000), true
	}
	return "", false
}

// reading is a datetime being read.
type reading struct {
	year, month, day, hour, minute, second, us int
	yearDay                                    int
	pm, hasPM                                  bool
	offset                                     int
	aware                                      bool
}

// strptime reads a datetime by C's directives.
func strptime(s, format string) (Value, error) {
	r := &reading{year: 1900, month: 1, day: 1}
	rest := s
	mismatch := opErrorf("time data %s does not match format %s", Repr(s), Repr(format))
	for i := 0; i < len(format); {
		c, n := utf8.DecodeRuneInString(format[i:])
		i += n
		if isSpace(c) {
			trimmed := strings.TrimLeftFunc(rest, isSpace)
			if trimmed == rest {
				return nil, mismatch
			}
			rest = trimmed
			continue
		}
		if c != '%' {
			if !strings.HasPrefix(rest, string(c)) {
				return nil, mismatch
			}
			rest = rest[n:]
			continue
		}
		if i >= len(format) {
			return nil, opErrorf("stray %% in format %s", Repr(format))
		}
		d := format[i]
		i++
		expanded := expandDirective(d)
		if expanded != "" {
			format = format[:i] + expanded + format[i:]
			continue
		}
		left, ok := r.read(d, rest)
		if !ok {
			if strings.IndexByte("aAbBdHIjmMpSUwWyYzZf%Gu", d) < 0 {
				return nil, opErrorf("'%c' is a bad directive in format %s", d, Repr(format))
			}
			return nil, mismatch
		}
		rest = left
	}
	if rest != "" {
		return nil, opErrorf("unconverted data remains: %s", rest)
	}
	return r.value()
}

func expandDirective(d byte) string {
	switch d {
	case 'T', 'X':
		return "%H:%M:%S"
	case 'F':
		return "%Y-%m-%d"
	case 'D', 'x':
		return "%m/%d/%y"
	case 'R':
		return "%H:%M"
	case 'c':
		return "%a %b %d %H:%M:%S %Y"
	}
	return ""
}

// number reads at most width digits into a bounded number.
func readNumber(s string, width, least, most int, into *int) (string, bool) {
	n := 0
	for n < width && n < len(s) && isDigit(s[n]) {
		n++
	}
	for ; n > 0; n-- {
		v, err := strconv.Atoi(s[:n])
		if err == nil && v >= least && v <= most {
			*into = v
			return s[n:], true
		}
	}
	return s, false
}

func (r *reading) read(d byte, s string) (string, bool) {
	var skip int
	switch d {
	case '%':
		return strings.CutPrefix(s, "%")
	case 'Y':
		if len(s) < 4 {
			return s, false
		}
		return readNumber(s, 4, 0, 9999, &r.year)
	case 'y':
		rest, ok := readNumber(s, 2, 0, 99, &r.year)
		if r.year += 1900; r.year < 1969 {
			r.year += 100
		}
		return rest, ok
	case 'm':
		return readNumber(s, 2, 1, 12, &r.month)
	case 'd', 'e':
		return readNumber(s, 2, 1, 31, &r.day)
	case 'j':
		return readNumber(s, 3, 1, 366, &r.yearDay)
	case 'H':
		return readNumber(s, 2, 0, 23, &r.hour)
	case 'I':
		r.hasPM = true
		return readNumber(s, 2, 1, 12, &r.hour)
	case 'M':
		return readNumber(s, 2, 0, 59, &r.minute)
	case 'S':
		return readNumber(s, 2, 0, 61, &r.second)
	case 'w', 'u', 'U', 'W':
		return readNumber(s, 2, 0, 53, &skip)
	case 'f':
		return r.readFraction(s)
	case 'z':
		return r.readOffset(s)
	}
	return r.readWord(d, s)
}

func (r *reading) readFraction(s string) (string, bool) {
	n := 0
	for n < 6 && n < len(s) && isDigit(s[n]) {
		n++
	}
	if n == 0 {
		return s, false
	}
	r.us, _ = strconv.Atoi(s[:n] + strings.Repeat("0", 6-n))
	return s[n:], true
}

func (r *reading) readOffset(s string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, "Z"); ok {
		r.aware = true
		return rest, true
	}
	if s == "" || s[0] != '+' && s[0] != '-' {
		return s, false
	}
	var h, m, sec int
	rest, ok := readNumber(s[1:], 2, 0, 23, &h)
	if !ok {
		return s, false
	}
	if rest, ok = readNumber(strings.TrimPrefix(rest, ":"), 2, 0, 59, &m); !ok {
		return s, false
	}
	if after, ok := readNumber(strings.TrimPrefix(rest, ":"), 2, 0, 59, &sec); ok {
		rest = after
	}
	r.aware = true
	r.offset = h*3600 + m*60 + sec
	if s[0] == '-' {
		r.offset = -r.offset
	}
	return rest, true
}

func (r *reading) readWord(d byte, s string) (string, bool) {
	match := func(word string) bool { return len(s) >= len(word) && strings.EqualFold(s[:len(word)], word) }
	switch d {
	case 'b', 'B', 'h':
		for m := time.January; m <= time.December; m++ {
			name := m.String()
			if d != 'B' {
				name = name[:3]
			}
			if match(name) {
				r.month = int(m)
				return s[len(name):], true
			}
		}
	case 'a', 'A':
		for w := time.Sunday; w <= time.Saturday; w++ {
			name := w.String()
			if d == 'a' {
				name = name[:3]
			}
			if match(name) {
				return s[len(name):], true
			}
		}
	case 'p':
		if match("AM") || match("PM") {
			r.pm = s[0]|0x20 == 'p'
			return s[2:], true
		}
	case 'Z':
		for _, name := range []string{"UTC", "GMT"} {
			if match(name) {
				return s[len(name):], true
			}
		}
	}
	return s, false
}

func (r *reading) value() (Value, error) {
	if r.hasPM {
		r.hour %= 12
		if r.pm {
			r.hour += 12
		}
	}
	t := time.Date(r.year, time.Month(r.month), r.day, r.hour, r.minute, r.second, r.us*1000, time.UTC)
	if r.yearDay > 0 {
		t = time.Date(r.year, 1, r.yearDay, r.hour, r.minute, r.second, r.us*1000, time.UTC)
	} else if t.Day() != r.day && r.second < 60 {
		return nil, opErrorf("day is out of range for month")
	}
	if !r.aware {
		return naive(t), nil
	}
	return fixedZone(r.offset).stamp(t), nil
}

// parseISO is datetime.fromisoformat.
func parseISO(s string) (Value, error) {
	bad := opErrorf("Invalid isoformat string: %s", Repr(s))
	r := &reading{}
	rest := s
	var ok bool
	compact := len(s) >= 8 && isDigit(s[4])
	sep := "-"
	if compact {
		sep = ""
	}
	for i, part := range []struct {
		width int
		into  *int
	}{{4, &r.year}, {2, &r.month}, {2, &r.day}} {
		if i > 0 {
			if rest, ok = strings.CutPrefix(rest, sep); !ok {
				return nil, bad
			}
		}
		if rest, ok = readNumber(rest, part.width, 0, 9999, part.into); !ok {
			return nil, bad
		}
	}
	if rest != "" {
		_, n := utf8.DecodeRuneInString(rest)
		if rest, ok = r.isoClock(rest[n:]); !ok || rest != "" {
			return nil, bad
		}
	}
	if r.month < 1 || r.month > 12 || r.day < 1 || r.year < 1 {
		return nil, bad
	}
	return r.value()
}

// isoClock reads hh[:mm[:ss[.ffffff]]] and an offset.
func (r *reading) isoClock(s string) (string, bool) {
	rest, ok := readNumber(s, 2, 0, 23, &r.hour)
	if !ok {
		return s, false
	}
	for _, into := range []*int{&r.minute, &r.second} {
		after := strings.TrimPrefix(rest, ":")
		if next, ok := readNumber(after, 2, 0, 59, into); ok {
			rest = next
		} else if after != rest {
			return s, false
		}
	}
	if rest != "" && (rest[0] == '.' || rest[0] == ',') {
		if rest, ok = r.readFraction(rest[1:]); !ok {
			return s, false
		}
		rest = strings.TrimLeft(rest, "0123456789")
	}
	if rest == "" {
		return "", true
	}
	return r.readOffset(rest)
}
