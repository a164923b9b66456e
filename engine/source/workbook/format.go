package workbook

import "strings"

// class is what a number format makes of a number.
type class uint8

const (
	plain    class = iota
	date           // a date, perhaps with a time of day
	clock          // a time of day
	duration       // hours, minutes or seconds that may exceed a day: [h]:mm
)

// builtinClass classifies the formats that files name by number only. The numbers from 27 to 58
// are dates in the East Asian versions of the format table and unused elsewhere.
func builtinClass(id int) class {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
		return date
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47:
		return clock
	case id == 46:
		return duration
	default:
		return plain
	}
}

// classify reads a format code ("dd/mm/yyyy", `"Rp" #,##0`, "[h]:mm"). Only its first section
// counts, which is that of positive numbers. Texts in quotes, escaped characters and colours and
// locales in brackets mean nothing.
func classify(code string) class {
	hasDate, hasClock := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return classOf(hasDate, hasClock)
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return classOf(hasDate, hasClock)
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return classOf(hasDate, hasClock)
			}
			if elapsed(code[i+1 : i+end]) {
				return duration
			}
			i += end
		case 'y', 'Y', 'd', 'D', 'b', 'B': // b is a year of the Buddha
			hasDate = true
		case 'e', 'E': // a year, unless it begins an exponent
			if i+1 == len(code) || code[i+1] != '+' && code[i+1] != '-' {
				hasDate = true
			}
		case 'h', 'H', 's', 'S':
			hasClock = true
		case 'm', 'M':
			if !hasClock && !minutes(code[i:]) {
				hasDate = true
			}
		case 'G', 'g': // General; a lone g is an era
			if len(code) >= i+7 && strings.EqualFold(code[i:i+7], "general") {
				i += 6
			}
		}
	}
	return classOf(hasDate, hasClock)
}

// minutes reports whether the m at the start of s is minutes: seconds follow.
func minutes(s string) bool {
	rest := strings.TrimLeft(s, "mM")
	return strings.HasPrefix(rest, ":")
}

func elapsed(s string) bool {
	s = strings.ToLower(s)
	return s != "" && (strings.Trim(s, "h") == "" || strings.Trim(s, "m") == "" || strings.Trim(s, "s") == "")
}

func classOf(hasDate, hasClock bool) class {
	switch {
	case hasDate:
		return date
	case hasClock:
		return clock
	default:
		return plain
	}
}
