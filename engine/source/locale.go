package source

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"atlas/engine/diag"
)

//go:embed locales.json
var localesJSON []byte

// A Locale is how a language and country write numbers, dates and yes or no. It is a fact of
// language: the words of a business are synonyms in its own declarations.
type Locale struct {
	Name    string
	decimal rune
	group   rune   // '.', ',' or ' '; white space and apostrophes always group as well
	order   string // of day, month, year: "dmy", "mdy" or "ymd"
	months  map[string]int
	days    map[string]bool // names of weekdays, which are skipped in front of a date
	filler  map[string]bool // words between day, month and year
	money   []string        // currency words and signs, longest first
	truth   map[string]bool
	scales  map[string]int // "million": 6
}

// localeFile is one entry of locales.json; lists of words are separated by spaces.
type localeFile struct {
	Decimal, Group, Order string
	Months                []string
	Days, Filler          string
	Currency, True, False string
	Scales                map[string]int
}

// loadLocales reads the embedded table once.
//
//nolint:gochecknoglobals // a constant table, read when first asked for
var loadLocales = sync.OnceValue(func() map[string]*Locale {
	var files map[string]localeFile
	if err := json.Unmarshal(localesJSON, &files); err != nil {
		panic(fmt.Sprintf("source: locales.json: %v", err))
	}
	out := map[string]*Locale{}
	for name, f := range files {
		out[name] = newLocale(name, f, files["en-US"])
	}
	neutral := files["en-US"]
	neutral.Order, neutral.Currency = "ymd", ""
	out[""] = newLocale("", neutral, neutral)
	return out
})

// newLocale makes a locale. The months, weekdays and truth words of English are understood
// everywhere, because spreadsheets write them whatever the language of their owner.
func newLocale(name string, f, english localeFile) *Locale {
	l := &Locale{
		Name: name, decimal: []rune(f.Decimal)[0], group: []rune(f.Group)[0], order: f.Order,
		months: map[string]int{}, days: map[string]bool{}, filler: map[string]bool{}, truth: map[string]bool{},
		scales: f.Scales,
	}
	for _, from := range []localeFile{english, f} { // the locale's own words win
		for i, words := range from.Months {
			for _, w := range strings.Fields(words) {
				l.months[Fold(w)] = i + 1
			}
		}
		for _, w := range strings.Fields(from.Days) {
			l.days[Fold(w)] = true
		}
		for _, w := range strings.Fields(from.True) {
			l.truth[Fold(w)] = true
		}
		for _, w := range strings.Fields(from.False) {
			l.truth[Fold(w)] = false
		}
	}
	l.truth["true"], l.truth["false"], l.truth["1"], l.truth["0"] = true, false, true, false
	for _, w := range strings.Fields(f.Filler) {
		l.filler[Fold(w)] = true
	}
	for w := range l.months { // "mar" is Tuesday in some languages and March in all
		delete(l.days, w)
	}
	l.money = longestFirst(strings.Fields(f.Currency))
	return l
}

func longestFirst(words []string) []string {
	for i := range words {
		for j := i + 1; j < len(words); j++ {
			if len(words[j]) > len(words[i]) {
				words[i], words[j] = words[j], words[i]
			}
		}
	}
	return words
}

// Locales names the locales there are, in no order.
func Locales() []string {
	var names []string
	for n := range loadLocales() {
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}

// LookupLocale finds a locale by its name, "id-ID"; case and "_" for "-" do not matter, and a
// language alone takes its first country. The empty name is a neutral locale: a point before
// decimals, months in English, and no date like 03/02/2026, which means two days.
func LookupLocale(name string) (*Locale, error) {
	all := loadLocales()
	if name == "" {
		return all[""], nil
	}
	want := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	best := ""
	for n := range all {
		low := strings.ToLower(n)
		if low == want {
			return all[n], nil
		}
		if lang, _, _ := strings.Cut(low, "-"); lang == want && (best == "" || n == "en-US" || (best != "en-US" && n < best)) {
			best = n
		}
	}
	if best != "" {
		return all[best], nil
	}
	return nil, fmt.Errorf("no locale is named %q: %s", name, localeHint(name))
}

func localeHint(name string) string {
	if hint := diag.DidYouMean(name, Locales()); hint != "" {
		return hint
	}
	return "there are " + joinSorted(Locales())
}

// Month reads a month's name, long or short, in the locale's language or in English; 0 if it is none.
func (l *Locale) Month(word string) int { return l.months[Fold(word)] }

// Fold reduces a text to what header texts, month names and synonyms are compared by: letters
// and digits in lower case without accents, words separated by one space. A percent sign is a
// word, since "Discount" and "Discount (%)" are two things.
func Fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(unicode.ToLower(r))
		case r == '%':
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteByte('%')
			space = true
		default:
			space = true
		}
	}
	return b.String()
}
