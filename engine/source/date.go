package source

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The canonical texts of a date and a timestamp.
const (
	dateLayout      = "2006-01-02"
	timestampLayout = "2006-01-02 15:04:05.999999"
)

// formatTime gives a date, with its time of day if it has one.
func formatTime(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format(dateLayout)
	}
	return t.Format(timestampLayout)
}

// maxSerial is 9999-12-31, the last day that spreadsheets know.
const maxSerial = 2958465

var (
	errNotDate  = errors.New("is not a date")
	errNoOrder  = errors.New("is no date without a locale that says whether the day or the month comes first")
	errNoDay60  = errors.New("is 29 February 1900, which spreadsheets know and calendars do not")
	errNoSerial = errors.New("is not the serial number of a day")
)

// SerialTime gives the time that a spreadsheet means by a serial number, to the millisecond. In
// the 1900 system day 1 is 1900-01-01 and day 60 the 29 February that never was; in the 1904
// system day 0 is 1904-01-01.
func SerialTime(serial float64, date1904 bool) (time.Time, error) {
	if !(serial >= 0) || serial >= maxSerial+1 { // NaN too
		return time.Time{}, errNoSerial
	}
	ms := int64(serial*86400000 + 0.5)
	day := ms / 86400000
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		if day > maxSerial-1462 {
			return time.Time{}, errNoSerial
		}
	case day == 60:
		return time.Time{}, errNoDay60
	case day > maxSerial || day == 0:
		return time.Time{}, errNoSerial
	case day < 60:
		epoch = epoch.AddDate(0, 0, 1)
	}
	return epoch.AddDate(0, 0, int(day)).Add(time.Duration(ms%86400000) * time.Millisecond), nil
}

// parseTime reads a date as people of the locale write it, with or without a time of day. A
// date that the calendar does not have is an error, never another date.
func (l *Locale) parseTime(s string) (time.Time, error) {
	s = trimSpace(s)
	if len(s) < 5 || len(s) > 80 {
		return time.Time{}, errNotDate
	}
	s, clock, offset, err := splitClock(s)
	if err != nil {
		return time.Time{}, err
	}
	words := dateWords(s)
	if len(words) > 1 && l.days[Fold(words[0])] {
		words = words[1:]
	}
	day, err := l.readDate(words)
	if err != nil {
		return time.Time{}, err
	}
	return day.Add(clock - offset), nil
}

// splitClock takes the time of day, and an offset from UTC after it, off the end of a text.
func splitClock(s string) (rest string, clock, offset time.Duration, err error) {
	s = colons(s)
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, 0, 0, nil
	}
	start := strings.LastIndexFunc(s[:colon], func(r rune) bool { return r < '0' || r > '9' }) + 1
	if start == 0 {
		return "", 0, 0, errNotDate
	}
	rest = trimSpace(s[:start])
	rest = strings.TrimRight(rest, ",")
	if r, ok := strings.CutSuffix(rest, "T"); ok && endsWithDigit(r) {
		rest = r
	}
	clock, offset, err = parseClock(s[start:])
	return rest, clock, offset, err
}

func endsWithDigit(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }

// colons spells the time of day with colons where it stands with dots after a whole date:
// "07/01/2026 10.30", as Indonesian and German write it.
func colons(s string) string {
	at := strings.LastIndexByte(s, ' ')
	if at < 0 || strings.Contains(s, ":") || len(dateWords(s[:at])) < 3 {
		return s
	}
	parts := strings.Split(s[at+1:], ".")
	if len(parts) != 2 && len(parts) != 3 || len(parts[0]) > 2 {
		return s
	}
	for i, p := range parts {
		if !allDigits(p) || i > 0 && len(p) != 2 {
			return s
		}
	}
	return s[:at+1] + strings.Join(parts, ":")
}

// parseClock reads "8:30", "08:30:15.25", "8:30 PM", "08:30Z", "08:30+07:00".
func parseClock(s string) (clock, offset time.Duration, err error) {
	up := strings.ToUpper(trimSpace(s))
	if t, ok := strings.CutSuffix(up, "Z"); ok {
		up = t
	} else if i := strings.LastIndexAny(up, "+-"); i > 0 {
		if offset, err = parseOffset(up[i:]); err != nil {
			return 0, 0, err
		}
		up = trimSpace(up[:i])
	}
	half := ""
	for _, h := range []string{"AM", "PM"} {
		if t, ok := strings.CutSuffix(up, h); ok {
			up, half = trimSpace(t), h
		}
	}
	parts := strings.Split(up, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, 0, errNotDate
	}
	hour, err1 := number(parts[0], 23)
	minute, err2 := number(parts[1], 59)
	if half != "" && (hour < 1 || hour > 12) {
		return 0, 0, errNotDate
	}
	if half != "" {
		hour %= 12
	}
	if half == "PM" {
		hour += 12
	}
	clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	var err3 error
	if len(parts) == 3 {
		whole, frac, _ := strings.Cut(parts[2], ".")
		var sec, micro int
		sec, err3 = number(whole, 59)
		if frac != "" && err3 == nil {
			micro, err3 = number((frac + "000000")[:6], 999999)
		}
		clock += time.Duration(sec)*time.Second + time.Duration(micro)*time.Microsecond
	}
	return clock, offset, errors.Join(err1, err2, err3)
}

func parseOffset(s string) (time.Duration, error) {
	digits := strings.ReplaceAll(s[1:], ":", "")
	if len(digits) != 2 && len(digits) != 4 {
		return 0, errNotDate
	}
	hours, err1 := number(digits[:2], 15)
	minutes, err2 := 0, error(nil)
	if len(digits) == 4 {
		minutes, err2 = number(digits[2:], 59)
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		d = -d
	}
	return d, errors.Join(err1, err2)
}

func number(s string, most int) (int, error) {
	if s == "" || len(s) > 6 || !allDigits(s) {
		return 0, errNotDate
	}
	n, _ := strconv.Atoi(s)
	if n > most {
		return 0, errNotDate
	}
	return n, nil
}

// dateWords splits a text into its runs of digits and of letters.
func dateWords(s string) []string {
	var words []string
	var b strings.Builder
	kind := 0 // 1 digits, 2 letters
	flush := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
		kind = 0
	}
	for _, r := range s {
		k := 0
		switch {
		case r >= '0' && r <= '9':
			k = 1
		case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
			k = 2
		case strings.ContainsRune("/.-,", r) || unicode.IsSpace(r):
		default:
			return nil // a sign that no date has
		}
		if k != kind {
			flush()
		}
		if k != 0 {
			b.WriteRune(r)
		}
		kind = k
	}
	flush()
	return words
}

// readDate reads the words of a date: three numbers, or two and a month's name.
func (l *Locale) readDate(words []string) (time.Time, error) {
	var parts []string
	month, monthAt := 0, -1
	for i, w := range words {
		switch m := l.Month(w); {
		case allDigits(w):
			parts = append(parts, w)
		case m > 0 && month == 0:
			month, monthAt = m, len(parts)
		case l.filler[Fold(w)], i > 0 && isOrdinal(words[i-1], w):
		default:
			return time.Time{}, errNotDate
		}
	}
	switch {
	case month == 0 && len(parts) == 1 && len(parts[0]) == 8: // 20260203
		p := parts[0]
		return makeDate(p[:4], atoi(p[4:6]), p[6:])
	case month == 0 && len(parts) == 3 && len(parts[0]) == 4:
		return makeDate(parts[0], atoi(parts[1]), parts[2])
	case month == 0 && len(parts) == 3 && l.order == "mdy":
		return makeDate(parts[2], atoi(parts[0]), parts[1])
	case month == 0 && len(parts) == 3 && l.order == "dmy":
		return makeDate(parts[2], atoi(parts[1]), parts[0])
	case month == 0 && len(parts) == 3:
		return time.Time{}, errNoOrder
	case month > 0 && len(parts) == 2 && len(parts[0]) == 4: // 2026 Feb 3
		return makeDate(parts[0], month, parts[1])
	case month > 0 && len(parts) == 2 && monthAt < 2: // 3 February 2026, February 3, 2026
		return makeDate(parts[1], month, parts[0])
	default:
		return time.Time{}, errNotDate
	}
}

func isOrdinal(before, w string) bool {
	if !allDigits(before) {
		return false
	}
	switch strings.ToLower(w) {
	case "st", "nd", "rd", "th":
		return true
	default:
		return false
	}
}

func atoi(s string) int {
	if len(s) > 2 {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// makeDate checks a date against the calendar. Two digits of a year mean 1930 to 2029, as
// spreadsheets have it.
func makeDate(year string, month int, day string) (time.Time, error) {
	d := atoi(day)
	y, err := strconv.Atoi(year)
	switch {
	case err != nil || (len(year) != 2 && len(year) != 4) || month < 0 || d < 0:
		return time.Time{}, errNotDate
	case len(year) == 2 && y < 30:
		y += 2000
	case len(year) == 2:
		y += 1900
	case y == 0:
		return time.Time{}, errors.New("has the year 0")
	}
	if month < 1 || month > 12 {
		return time.Time{}, fmt.Errorf("has the month %d", month)
	}
	t := time.Date(y, time.Month(month), d, 0, 0, 0, 0, time.UTC)
	if d < 1 || t.Month() != time.Month(month) {
		return time.Time{}, fmt.Errorf("is no day of the calendar: %s %d has %d days", time.Month(month), y, daysIn(y, month))
	}
	return t, nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
