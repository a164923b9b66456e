package source

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"atlas/engine/manifest"
)

// sketched is a column of a table, with what was seen of it in all sheets.
type sketched struct {
	manifest.ExtractColumn
	*profile
	hidden  bool
	letter  string   // of the first sheet that has it
	sheets  int      // that have it
	again   []string // further columns of the same header
	remarks []string // comments
}

// columnsOf lays the columns of the group's sheets over each other, by their headers.
func (g *group) columnsOf() []*sketched {
	var out []*sketched
	byText := map[string]*sketched{}
	for _, l := range g.sheets {
		inSheet := map[string]*sketched{}
		for j, text := range l.texts {
			if text == "" {
				continue
			}
			f := Fold(text)
			if f == "" {
				f = "\x00" + text
			}
			if twin := inSheet[f]; twin != nil {
				if twin.hidden && !l.hidden[j+1] {
					twin.hidden, twin.profile, twin.letter = false, l.columns[j], columnName(j+1)
				} else {
					twin.again = addText(twin.again, columnName(j+1))
				}
				continue
			}
			c := byText[f]
			if c == nil {
				c = &sketched{profile: l.columns[j], letter: columnName(j + 1), hidden: l.hidden[j+1]}
				c.Headers = []string{text}
				byText[f] = c
				out = append(out, c)
			} else {
				c.profile.merge(l.columns[j])
				c.hidden = c.hidden && l.hidden[j+1]
			}
			c.sheets++
			inSheet[f] = c
		}
	}
	return out
}

// guessLocale finds the locale that reads most of what is written as text. The second value names
// others that read as much.
func guessLocale(words []string, columns []*sketched, prefer []string) (string, []string) {
	neutral, _ := LookupLocale("")
	type mark struct {
		name string
		n    float64
	}
	var marks []mark
	names := append(Locales(), "")
	for _, name := range names {
		l, _ := LookupLocale(name)
		m := mark{name: name}
		for _, w := range words {
			if l.Month(w) > 0 && neutral.Month(w) == 0 {
				m.n += 3
			}
		}
		for _, c := range columns {
			for t := range c.texts {
				m.n += l.reads(t)
			}
		}
		marks = append(marks, m)
	}
	rank := func(name string) int {
		if name == "" {
			return -1
		}
		if i := slices.Index(prefer, name); i >= 0 {
			return i
		}
		return len(prefer)
	}
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(b.n, a.n), rank(a.name)-rank(b.name), strings.Compare(a.name, b.name))
	})
	var others []string
	if marks[0].name != "" {
		for _, m := range marks[1:] {
			if m.n == marks[0].n {
				others = append(others, m.name)
			}
		}
	}
	return marks[0].name, others
}

// reads marks how well the locale reads a text: 1 for a figure or a date.
func (l *Locale) reads(t string) float64 {
	if len(t) > 60 || allDigits(t) || !strings.ContainsFunc(t, unicode.IsDigit) {
		return 0
	}
	if _, err := l.parseNumber(t); err == nil {
		return 1
	}
	if _, err := l.parseTime(t); err == nil {
		return 1
	}
	return 0
}

// nothings are texts that people write where there is nothing.
func nothing(t string) bool {
	switch strings.ToLower(t) {
	case "-", "–", "—", "--", "n/a", "na", "n.a.", "#n/a", "null", "none", "nil", "nan", "?", ".", "tba", "tbd":
		return true
	default:
		return false
	}
}

// emptyValues gives the texts of the columns that stand for nothing.
func emptyValues(columns []*sketched) []string {
	var out []string
	for _, c := range columns {
		for t, s := range c.texts {
			if s.like == Text && nothing(t) && t != "?" && t != "." {
				out = addText(out, strings.ToLower(t))
			}
		}
	}
	sort.Strings(out)
	return out
}

// judge gives the column's type and remarks on cells that do not have it.
func (c *sketched) judge(conv *converter) {
	var money, ids bool
	dates, numbers, truths, filled := c.kinds[Date], c.kinds[Number], c.kinds[Bool], c.filled
	filled -= c.kinds[Broken]
	for t, s := range c.texts {
		if s.like != Text {
			continue
		}
		cell := Cell{Kind: Text, Text: t}
		if conv.isEmpty(cell) || nothing(t) {
			filled -= s.n
			continue
		}
		v, err := conv.convert(cell, colType{base: "timestamp"})
		if err != nil && strings.Contains(err.Error(), "no day of the calendar") { // somebody meant a date
			dates += s.n
			continue
		}
		if err == nil && !allDigits(t) {
			dates += s.n
			c.timed = c.timed || !strings.HasSuffix(v.text, " 00:00:00")
			continue
		}
		if d, err := conv.decimal(cell); err == nil {
			numbers += s.n
			c.scale = max(c.scale, min(6, len(d.frac)))
			body := strings.TrimLeft(t, "-+( ")
			money = money || startsWithLetter(body) || strings.ContainsAny(t, "$€£¥₹")
			ids = ids || len(t) > 1 && t[0] == '0' && allDigits(t) || t[0] == '+' || allDigits(t) && len(t) > 15
			if n, err := strconv.ParseInt(strings.TrimPrefix(d.String(), "-"), 10, 64); err == nil {
				c.whole(n)
				c.large = max(c.large, float64(n))
			}
			continue
		}
		if b, ok := conv.locale.truth[Fold(t)]; ok && !allDigits(t) {
			_ = b
			truths += s.n
		}
	}
	least := func(n int64) bool { return filled > 0 && n*100 >= filled*80 }
	switch {
	case filled == 0:
		c.Type = "text"
		c.remarks = append(c.remarks, "no cell is filled: the type is a guess")
		return
	case c.more > 0 && c.kinds[Text]*10 > filled*2 && !least(dates) && !least(numbers):
		c.Type = "text"
		return
	case dates*3 >= filled && least(dates+c.serials) || least(dates):
		c.Type = "date"
		if c.timed {
			c.Type = "timestamp"
		}
	case least(truths) && len(c.texts) <= 6:
		c.Type = "boolean"
	case least(numbers) && !ids:
		c.Type = c.numberType(money)
	default:
		c.Type = "text"
		return
	}
	c.doubts(conv)
}

// numberType tells whole numbers from amounts and rates.
func (c *sketched) numberType(money bool) string {
	percent := strings.Contains(strings.Join(c.Headers, " "), "%")
	for t := range c.texts {
		percent = percent || strings.Contains(t, "%")
	}
	switch {
	case percent || c.scale > 0 && c.large <= 1.5 && !money:
		return "decimal(9,4)"
	case c.scale > 2 && !money:
		return fmt.Sprintf("decimal(18,%d)", c.scale)
	case c.scale > 0 || money, c.large >= 10000 && c.big > 0 && c.round*2 >= c.big: // of numbers that name something, one in a hundred is round
		return "decimal(18,2)"
	default:
		return "integer"
	}
}

// doubts remarks on the cells that do not have the column's type.
func (c *sketched) doubts(conv *converter) {
	ty, err := parseType(c.Type)
	if err != nil {
		return
	}
	var n int64
	cell, text := "", ""
	for t, s := range c.texts {
		one := Cell{Kind: s.like, Text: t}
		if s.like == Broken || conv.isEmpty(one) {
			continue
		}
		if _, err := conv.convert(one, ty); err != nil {
			if n += s.n; cell == "" || before(s.cell, cell) {
				cell, text = s.cell, t
			}
		}
	}
	for k, m := range c.kinds {
		if k == Date && ty.number() || k == Number && ty.base == "boolean" {
			n += m
			cell, text = c.first[k], k.String()
		}
	}
	if n > 0 {
		c.remarks = append(c.remarks, fmt.Sprintf("%d of %d cells %s no %s, first: %s %q", n, c.filled, isAre(n), ty.noun(), cell, clip(text, 30)))
	}
	if m := c.kinds[Broken]; m > 0 {
		c.remarks = append(c.remarks, fmt.Sprintf("%s shows an error, first: %s", plural(m, "cell"), c.first[Broken]))
	}
}

func isAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// before orders cells by row, then by column.
func before(a, b string) bool {
	ar, br := strings.TrimLeft(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), strings.TrimLeft(b, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return cmp.Or(len(ar)-len(br), strings.Compare(ar, br), strings.Compare(a, b)) < 0
}

// keywords are words that a column should not be named, for they must be quoted in SQL.
func keyword(name string) bool {
	switch name {
	case "all", "and", "any", "as", "asc", "both", "by", "case", "cast", "check", "column", "create", "default", "desc", "distinct", "else", "end",
		"except", "false", "for", "foreign", "from", "group", "having", "in", "index", "intersect", "into", "is", "join", "key", "left", "like", "limit",
		"not", "null", "offset", "on", "or", "order", "primary", "references", "right", "select", "table", "then", "to", "true", "union",
		"unique", "user", "using", "values", "when", "where", "window", "with":
		return true
	default:
		return false
	}
}

// englishName makes a name of letters that every tool takes: those without a Latin look-alike are
// left out. "" if nothing is left.
func englishName(header string) string {
	header = strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "ae", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ı", "i", "œ", "oe", "&", " and ", "#", " no ").Replace(header)
	var b strings.Builder
	for _, r := range Identifier(header) {
		if r == '_' || r < 128 {
			b.WriteRune(r)
		}
	}
	name := strings.Trim(b.String(), "_")
	for strings.Contains(name, "__") {
		name = strings.ReplaceAll(name, "__", "_")
	}
	if len(name) > 60 {
		name = strings.TrimRight(name[:60], "_")
	}
	switch {
	case name == "" || name == "column" || !strings.ContainsFunc(name, unicode.IsLetter):
		return ""
	case name[0] >= '0' && name[0] <= '9':
		return "c_" + name
	case keyword(name):
		return name + "_value"
	default:
		return name
	}
}
