package source

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// colType is a canonical column type, parsed.
type colType struct {
	base             string // text integer decimal float boolean date timestamp
	precision, scale int
}

// String gives the type's canonical spelling.
func (t colType) String() string {
	if t.base == "decimal" {
		return fmt.Sprintf("decimal(%d,%d)", t.precision, t.scale)
	}
	return t.base
}

// noun names what a cell of the type holds, for messages.
func (t colType) noun() string {
	switch {
	case t.number():
		return "number"
	case t.base == "timestamp":
		return "date"
	case t.base == "boolean":
		return "yes or no"
	default:
		return t.base
	}
}

// number reports whether the type holds numbers.
func (t colType) number() bool {
	return t.base == "integer" || t.base == "decimal" || t.base == "float"
}

// isDash reports whether a text is only a dash, which accounts write for nothing.
func isDash(s string) bool {
	switch strings.TrimSpace(s) {
	case "-", "–", "—":
		return true
	default:
		return false
	}
}

// CanonicalType gives the one spelling of a declared column type: text, integer, decimal(p,s),
// float, boolean, date or timestamp. It knows the usual synonyms.
func CanonicalType(name string) (string, error) {
	t, err := parseType(name)
	return t.String(), err
}

// TypeNames lists the types that a column can be declared with.
func TypeNames() []string {
	return []string{"text", "integer", "decimal(18,2)", "float", "boolean", "date", "timestamp"}
}

func parseType(name string) (colType, error) {
	s := strings.ToLower(strings.ReplaceAll(name, " ", ""))
	base, args, has := strings.Cut(s, "(")
	switch base {
	case "", "text", "string", "varchar":
		return colType{base: "text"}, nil
	case "integer", "int", "bigint":
		return colType{base: "integer"}, nil
	case "float", "double", "real":
		return colType{base: "float"}, nil
	case "boolean", "bool":
		return colType{base: "boolean"}, nil
	case "date":
		return colType{base: "date"}, nil
	case "timestamp", "datetime":
		return colType{base: "timestamp"}, nil
	case "decimal", "numeric":
		t := colType{base: "decimal", precision: 18, scale: 3}
		if !has {
			return t, nil
		}
		p, sc, two := strings.Cut(strings.TrimSuffix(args, ")"), ",")
		var err1, err2 error
		t.precision, err1 = strconv.Atoi(p)
		t.scale = 0
		if two {
			t.scale, err2 = strconv.Atoi(sc)
		}
		if err := errors.Join(err1, err2); err != nil || t.precision < 1 || t.precision > 38 || t.scale < 0 || t.scale > t.precision {
			return colType{}, fmt.Errorf("%q is no decimal type: write decimal(precision, scale) with 1 ≤ precision ≤ 38", name)
		}
		return t, nil
	default:
		return colType{}, fmt.Errorf("%q is no column type: there are %s", name, strings.Join(TypeNames(), ", "))
	}
}

// value is a converted cell: its canonical text, or null.
type value struct {
	text    string
	null    bool
	rounded bool // digits after a decimal column's scale were rounded away
}

// converter turns cells into canonical values for one section.
type converter struct {
	locale   *Locale
	empty    map[string]bool
	date1904 bool
	measure  *measure // of the column that is converted; nil counts plainly
}

// Convert gives a cell's canonical text in a type ("decimal(18,2)"), as a section of that locale
// and date system stores it; null is true for an empty cell. The error says what is wrong with
// the cell in words that follow its value: "is not a date".
func Convert(c Cell, typ, locale string, date1904 bool) (text string, null bool, err error) {
	t, err := parseType(typ)
	if err != nil {
		return "", false, err
	}
	l, err := LookupLocale(locale)
	if err != nil {
		return "", false, err
	}
	v, err := (&converter{locale: l, date1904: date1904}).convert(c, t)
	return v.text, v.null, err
}

// convert gives the canonical value. Text is kept to the letter, stray spaces too, since cleaning
// is for models to do; only line ends become LF, and bytes that are no text U+FFFD.
func (c *converter) convert(cell Cell, t colType) (value, error) {
	switch {
	case cell.Kind == Broken:
		return value{}, errors.New("is an error")
	case cell.Kind == Empty || cell.Kind == Text && cell.Text == "":
		return value{null: true}, nil
	case c.isEmpty(cell):
		return value{null: true}, nil
	case t.base == "text":
		return value{text: cleanText(cell.String())}, nil
	case cell.Blank(), cell.Kind == Text && t.number() && isDash(cell.Text):
		return value{null: true}, nil
	}
	switch t.base {
	case "date", "timestamp":
		return c.time(cell, t)
	case "boolean":
		return c.truth(cell)
	default:
		return c.number(cell, t)
	}
}

// isEmpty reports whether a cell's text is one that the declaration says means nothing.
func (c *converter) isEmpty(cell Cell) bool {
	return cell.Kind == Text && len(c.empty) > 0 && c.empty[strings.ToLower(strings.TrimSpace(cell.Text))]
}

func cleanText(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

func (c *converter) number(cell Cell, t colType) (value, error) {
	d, err := c.decimalOf(cell)
	if err != nil {
		return value{}, err
	}
	switch t.base {
	case "integer":
		if cell.Kind == Number && !cell.Exact && d.noisy(0) {
			d, _ = d.round(0)
		}
		if d.frac != "" {
			return value{}, errors.New("is not a whole number")
		}
		if _, err := strconv.ParseInt(d.String(), 10, 64); err != nil {
			return value{}, errors.New("is too large for an integer")
		}
		return value{text: d.String()}, nil
	case "float":
		f, err := strconv.ParseFloat(d.String(), 64)
		if err != nil {
			return value{}, errors.New("is too large for a float")
		}
		return value{text: strconv.FormatFloat(f, 'g', -1, 64)}, nil
	default:
		text, rounded, err := d.fit(t.precision, t.scale)
		return value{text: text, rounded: rounded && !(cell.Kind == Number && !cell.Exact && d.noisy(t.scale))}, err
	}
}

func (c *converter) decimal(cell Cell) (decimal, error) {
	switch cell.Kind {
	case Number:
		read := cellNumber
		if cell.Exact {
			read = parsePlain
		}
		if d, ok := read(cell.Text); ok {
			return d, nil
		}
		return decimal{}, errNotNumber
	case Text:
		return c.locale.parseNumber(cell.Text)
	default:
		return decimal{}, fmt.Errorf("is %s, not a number", cell.Kind)
	}
}

func (c *converter) truth(cell Cell) (value, error) {
	text := cell.Text
	if cell.Kind == Number {
		text = plainNumber(text)
	}
	if cell.Kind == Number || cell.Kind == Text || cell.Kind == Bool {
		if b, ok := c.locale.truth[Fold(text)]; ok {
			return value{text: strconv.FormatBool(b)}, nil
		}
	}
	return value{}, errors.New("is neither true nor false")
}

func (c *converter) time(cell Cell, t colType) (value, error) {
	at, err := c.timeOf(cell)
	if err != nil {
		return value{}, err
	}
	if at.Year() < 1 || at.Year() > 9999 {
		return value{}, errNotDate
	}
	if t.base == "date" {
		return value{text: at.Format(dateLayout)}, nil
	}
	return value{text: at.Format(timestampLayout)}, nil
}

func (c *converter) timeOf(cell Cell) (time.Time, error) {
	switch cell.Kind {
	case Date:
		return cell.Time, nil
	case Number:
		return c.serial(cell.Text)
	case Text:
		if s := trimSpace(cell.Text); len(s) == 5 && allDigits(s) { // a serial number that was exported as text
			return c.serial(s)
		}
		return c.locale.parseTime(cell.Text)
	default:
		return time.Time{}, fmt.Errorf("is %s, not a date", cell.Kind)
	}
}

func (c *converter) serial(text string) (time.Time, error) {
	if len(text) == 8 && allDigits(text) { // 20260203 typed as a number
		return c.locale.parseTime(text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, errNotDate
	}
	return SerialTime(f, c.date1904)
}
