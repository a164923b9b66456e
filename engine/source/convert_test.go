package source_test

import (
	"strings"
	"testing"
	"time"

	"atlas/engine/source"
)

func text(s string) source.Cell   { return source.Cell{Kind: source.Text, Text: s} }
func number(s string) source.Cell { return source.Cell{Kind: source.Number, Text: s} }
func boolean(s string) source.Cell {
	return source.Cell{Kind: source.Bool, Text: s}
}

func day(s string) source.Cell {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		panic(err)
	}
	return source.Cell{Kind: source.Date, Time: t}
}

func TestConvert(t *testing.T) {
	const bad = "✗ " // followed by a part of the reason
	for _, c := range []struct {
		cell        source.Cell
		typ, locale string
		want        string
	}{
		// money
		{number("1250000"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("Rp 1.250.000"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("Rp1.250.000,-"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("(Rp2.600.000,-)"), "decimal(18,2)", "id-ID", "-2600000.00"},
		{text("Rp (2.600.000,-)"), "decimal(18,2)", "id-ID", "-2600000.00"},
		{text("(2.600.000),-"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("-Rp2.600.000,00 ,-"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("2.600.000,- Rp"), "decimal(18,2)", "id-ID", "2600000.00"},
		{text(",-"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("Rp. 1.250.000,00"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("IDR 1.250.000"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("1.250.000 rp"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("1.250.000,5"), "decimal(18,2)", "id-ID", "1250000.50"},
		{text("\u00a01.250.000\u00a0"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("1 250 000"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("(250.000)"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("(Rp 250.000)"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("Rp (250.000)"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("-250.000"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("Rp -250.000"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("−250.000"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("250.000-"), "decimal(18,2)", "id-ID", "-250000.00"},
		{text("-(250.000)"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("1,5 juta"), "decimal(18,2)", "id-ID", "1500000.00"},
		{text("Rp 350rb"), "decimal(18,2)", "id-ID", "350000.00"},
		{text("1,250,000.00"), "decimal(18,2)", "id-ID", "1250000.00"}, // can mean nothing else
		{text("1,250,000"), "decimal(18,2)", "id-ID", "1250000.00"},
		{text("1250000.50"), "decimal(18,2)", "id-ID", "1250000.50"},
		{text("1,250"), "decimal(18,3)", "id-ID", "1.250"}, // the locale decides
		{text("1.250"), "decimal(18,3)", "id-ID", "1250.000"},
		{text("1.25"), "decimal(18,2)", "id-ID", bad + "is not a number"}, // a typing error for 1.250?
		{text("1.2500"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("12.50.000"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("1.250.000,00"), "decimal(18,2)", "en-US", "1250000.00"},
		{text("1,250,000.00"), "decimal(18,2)", "en-US", "1250000.00"},
		{text("$1,250.5"), "decimal(18,2)", "en-US", "1250.50"},
		{text("$.50"), "decimal(18,2)", "en-US", "0.50"},
		{text("$1.2m"), "decimal(18,2)", "en-US", "1200000.00"},
		{text("1,250"), "decimal(18,2)", "en-US", "1250.00"},
		{text("$ 100"), "decimal(18,2)", "id-ID", bad + "is not a number"}, // another currency
		{text("€ 1 250,75"), "decimal(18,2)", "fr-FR", "1250.75"},
		{text("1\u202f250,75 €"), "decimal(18,2)", "fr-FR", "1250.75"},
		{text("1'250.75"), "decimal(18,2)", "en-GB", "1250.75"},
		{text("Rp"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("lunas"), "decimal(18,2)", "id-ID", bad + "is not a number"},
		{text("-"), "decimal(18,2)", "id-ID", "null"},
		{text(" – "), "decimal(18,2)", "id-ID", "null"},
		{text("   "), "decimal(18,2)", "id-ID", "null"},
		{number("0.30000000000000004"), "decimal(18,2)", "id-ID", "0.30"},
		{number("416666.666666667"), "decimal(18,2)", "id-ID", "416666.67"},
		{number("-0.005"), "decimal(18,2)", "id-ID", "-0.01"},
		{number("0.004"), "decimal(18,2)", "id-ID", "0.00"},
		{number("-0.004"), "decimal(18,2)", "id-ID", "0.00"},
		{number("1.25E+6"), "decimal(18,2)", "id-ID", "1250000.00"},
		{number("1E300"), "decimal(18,2)", "id-ID", bad + "more than 16 digits"},
		{number("99999999999999999"), "decimal(18,2)", "id-ID", bad + "more than 16 digits"},
		{day("2026-02-03T00:00:00"), "decimal(18,2)", "id-ID", bad + "is a date, not a number"},
		{boolean("true"), "decimal(18,2)", "id-ID", bad + "is a boolean, not a number"},
		// percentages
		{number("0.125"), "decimal(9,4)", "id-ID", "0.1250"},
		{text("12,5%"), "decimal(9,4)", "id-ID", "0.1250"},
		{text("12,5 %"), "decimal(9,4)", "id-ID", "0.1250"},
		{text("(5%)"), "decimal(9,4)", "id-ID", "-0.0500"},
		{text("12.5%"), "decimal(9,4)", "en-US", "0.1250"},
		// integers and floats
		{number("3.0"), "integer", "", "3"},
		{number("3.5"), "integer", "", bad + "is not a whole number"},
		{number("9223372036854775807"), "integer", "", "9223372036854775807"},
		{number("9223372036854775808"), "integer", "", bad + "too large"},
		{text("1.250"), "integer", "id-ID", "1250"},
		{text("12 orang"), "integer", "id-ID", bad + "is not a number"},
		{number("0.1"), "float", "", "0.1"},
		{number("1E-7"), "float", "", "1e-07"},
		// booleans
		{text("Ya"), "boolean", "id-ID", "true"},
		{text("tidak"), "boolean", "id-ID", "false"},
		{text("YES"), "boolean", "id-ID", "true"},
		{text("oui"), "boolean", "fr-FR", "true"},
		{boolean("false"), "boolean", "id-ID", "false"},
		{number("1"), "boolean", "id-ID", "true"},
		{number("2"), "boolean", "id-ID", bad + "neither true nor false"},
		{text("mungkin"), "boolean", "id-ID", bad + "neither true nor false"},
		// dates
		{number("46056"), "date", "id-ID", "2026-02-03"},
		{number("46056.75"), "date", "id-ID", "2026-02-03"},
		{number("46056.75"), "timestamp", "id-ID", "2026-02-03 18:00:00"},
		{number("1"), "date", "", "1900-01-01"},
		{number("59"), "date", "", "1900-02-28"},
		{number("60"), "date", "", bad + "29 February 1900"},
		{number("61"), "date", "", "1900-03-01"},
		{number("0"), "date", "", bad + "serial number"},
		{number("-3"), "date", "", bad + "serial number"},
		{number("2958465"), "date", "", "9999-12-31"},
		{number("2958466"), "date", "", bad + "serial number"},
		{number("20260203"), "date", "", "2026-02-03"},
		{text("46056"), "date", "id-ID", "2026-02-03"},
		{day("2026-02-03T00:00:00"), "date", "id-ID", "2026-02-03"},
		{day("2026-02-03T08:30:00"), "date", "id-ID", "2026-02-03"},
		{day("2026-02-03T08:30:00"), "timestamp", "id-ID", "2026-02-03 08:30:00"},
		{text("03/02/2026"), "date", "id-ID", "2026-02-03"},
		{text("3/2/2026"), "date", "id-ID", "2026-02-03"},
		{text("03/02/2026"), "date", "en-US", "2026-03-02"},
		{text("03/02/2026"), "date", "", bad + "without a locale"},
		{text("3 Feb 2026"), "date", "", "2026-02-03"},
		{text("3-2-26"), "date", "id-ID", "2026-02-03"},
		{text("03.02.2026"), "date", "de-DE", "2026-02-03"},
		{text("2026-02-03"), "date", "en-US", "2026-02-03"},
		{text("2026/2/3"), "date", "id-ID", "2026-02-03"},
		{text("20260203"), "date", "id-ID", "2026-02-03"},
		{text("3 Februari 2026"), "date", "id-ID", "2026-02-03"},
		{text(" 3  Feb  2026 "), "date", "id-ID", "2026-02-03"},
		{text("3-Feb-26"), "date", "id-ID", "2026-02-03"},
		{text("3Feb2026"), "date", "id-ID", "2026-02-03"},
		{text("Selasa, 3 Februari 2026"), "date", "id-ID", "2026-02-03"},
		{text("Jum'at, 6 Februari 2026"), "date", "id-ID", "2026-02-06"},
		{text("17 Agustus 2026"), "date", "id-ID", "2026-08-17"},
		{text("17 Agt 2026"), "date", "id-ID", "2026-08-17"},
		{text("17 Aug 2026"), "date", "id-ID", "2026-08-17"}, // English is understood everywhere
		{text("February 3rd, 2026"), "date", "en-US", "2026-02-03"},
		{text("Tue 3 Feb 2026"), "date", "en-GB", "2026-02-03"},
		{text("3 de febrero de 2026"), "date", "es-ES", "2026-02-03"},
		{text("3. März 2026"), "date", "de-DE", "2026-03-03"},
		{text("1 février 2026"), "date", "fr-FR", "2026-02-01"},
		{text("mar 3 mars 2026"), "date", "fr-FR", bad + "is not a date"}, // two months
		{text("1-1-29"), "date", "id-ID", "2029-01-01"},
		{text("1-1-30"), "date", "id-ID", "1930-01-01"},
		{text("07/01/2026 10.30"), "timestamp", "id-ID", "2026-01-07 10:30:00"},
		{text("7 Januari 2026 8.30.15"), "timestamp", "id-ID", "2026-01-07 08:30:15"},
		{text("7 Januari 10.30"), "timestamp", "id-ID", bad + "is not a date"},
		{text("07/01/2026 25.30"), "timestamp", "id-ID", bad + "is not a date"},
		{text("03/02/2026 08:30"), "timestamp", "id-ID", "2026-02-03 08:30:00"},
		{text("2026-02-03T08:30:15.25Z"), "timestamp", "", "2026-02-03 08:30:15.25"},
		{text("2026-02-03T08:30:00+07:00"), "timestamp", "", "2026-02-03 01:30:00"},
		{text("2/3/2026 8:30 PM"), "timestamp", "en-US", "2026-02-03 20:30:00"},
		{text("2/3/2026 12:05 am"), "timestamp", "en-US", "2026-02-03 00:05:00"},
		{text("2026-02-03 24:00"), "timestamp", "", bad + "is not a date"},
		{text("31/02/2026"), "date", "id-ID", bad + "February 2026 has 28 days"},
		{text("29 Februari 2026"), "date", "id-ID", bad + "February 2026 has 28 days"},
		{text("29 Februari 2024"), "date", "id-ID", "2024-02-29"},
		{text("45/13/2026"), "date", "id-ID", bad + "month 13"},
		{text("02/13/2026"), "date", "id-ID", bad + "month 13"}, // never swapped in silence
		{text("0/1/2026"), "date", "id-ID", bad + "no day"},
		{text("Februari 2026"), "date", "id-ID", bad + "is not a date"},
		{text("3 Febuari 2026"), "date", "id-ID", bad + "is not a date"},
		{text("1/2/3/2026"), "date", "id-ID", bad + "is not a date"},
		{text("1/2/026"), "date", "id-ID", bad + "is not a date"},
		{text("1/2/0000"), "date", "id-ID", bad + "year 0"},
		{text("besok"), "date", "id-ID", bad + "is not a date"},
		{boolean("true"), "date", "id-ID", bad + "is a boolean, not a date"},
		{source.Cell{Kind: source.Clock, Text: "8:30:00"}, "date", "", bad + "is a time, not a date"},
		// text
		{text("  Siti  Aminah "), "text", "id-ID", "  Siti  Aminah "},
		{text("   "), "text", "id-ID", "   "},
		{text(""), "text", "id-ID", "null"},
		{text("a\r\nb\rc"), "text", "id-ID", "a\nb\nc"},
		{text("a\xffb\x00"), "text", "id-ID", "a\uFFFDb\uFFFD"},
		{number("81234567890"), "text", "id-ID", "81234567890"},
		{number("8.1234567890E10"), "text", "id-ID", "81234567890"},
		{number("3273012345670001"), "text", "id-ID", "3273012345670001"},
		{number("0.1"), "text", "id-ID", "0.1"},
		{boolean("true"), "text", "id-ID", "true"},
		{day("2026-02-03T00:00:00"), "text", "id-ID", "2026-02-03"},
		{source.Cell{Kind: source.Clock, Text: "8:30:00"}, "text", "id-ID", "8:30:00"},
		{source.Cell{Kind: source.Broken, Text: "#N/A"}, "text", "id-ID", bad + "is an error"},
		{source.Cell{Kind: source.Broken, Text: "#N/A"}, "date", "id-ID", bad + "is an error"},
		{source.Cell{}, "date", "id-ID", "null"},
	} {
		got, null, err := source.Convert(c.cell, c.typ, c.locale, false)
		switch {
		case err != nil:
			got = bad + err.Error()
		case null:
			got = "null"
		}
		if got != c.want && !(strings.HasPrefix(c.want, bad) && strings.HasPrefix(got, bad) && strings.Contains(got, c.want[len(bad):])) {
			t.Errorf("%v %q as %s in %q: %q, want %q", c.cell.Kind, c.cell.Text, c.typ, c.locale, got, c.want)
		}
	}
}

func TestConvert1904(t *testing.T) {
	for serial, want := range map[string]string{"0": "1904-01-01", "60": "1904-03-01", "44594": "2026-02-03", "2957003": "9999-12-31"} {
		got, _, err := source.Convert(number(serial), "date", "", true)
		if got != want || err != nil {
			t.Errorf("%s: %q, %v, want %s", serial, got, err, want)
		}
	}
}

// TestEveryMonth reads every month of every locale by its long name.
func TestEveryMonth(t *testing.T) {
	for _, name := range source.Locales() {
		l, err := source.LookupLocale(name)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for m := time.January; m <= time.December; m++ {
			if l.Month(m.String()) == int(m) {
				seen++ // English is understood everywhere
			}
		}
		if seen != 12 {
			t.Errorf("%s: %d of 12 English months", name, seen)
		}
	}
	for name, want := range map[string]string{"": "", "id": "id-ID", "ID_id": "id-ID", "en": "en-US", "pt": "pt-BR"} {
		if l, err := source.LookupLocale(name); err != nil || l.Name != want {
			t.Errorf("locale %q: %v, %v", name, l, err)
		}
	}
	if _, err := source.LookupLocale("id-IDN"); err == nil || !strings.Contains(err.Error(), `did you mean "id-ID"?`) {
		t.Errorf("unknown locale: %v", err)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		" No.\nHP * ": "no hp", "Total (Rp):": "total rp", "Diskon (%)": "diskon %", "Café  CRÈME": "cafe creme", "***": "", "ﬁn": "fin",
	} {
		if got := source.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzConvert checks that what converts, converts to itself: the canonical text of a value is
// read back as the same value, in any locale.
func FuzzConvert(f *testing.F) {
	for _, s := range []string{
		"Rp 1.250.000,-", "(250.000)", "1,250,000.00", "12,5 %", "1'000", "3 Februari 2026", "Jum'at, 6/2/26 08:30", "2026-02-03T08:30:00+07:00",
		"46056", "1e5", "ya", "-", "9999999999999999999", "1,5 juta", "1\u00a0000", "٣", "29/02/2024",
	} {
		for i := range 7 {
			f.Add(s, i, i%3)
		}
	}
	f.Fuzz(func(t *testing.T, s string, typ, loc int) {
		types := []string{"text", "integer", "decimal(18,2)", "decimal(38,10)", "float", "boolean", "date", "timestamp"}
		locales := []string{"id-ID", "en-US", "fr-FR", "es-ES"}
		ty := types[uint(typ)%uint(len(types))]
		locale := locales[uint(loc)%uint(len(locales))]
		got, null, err := source.Convert(text(s), ty, locale, false)
		if err != nil || null {
			return
		}
		back := text(got)
		if ty == "integer" || ty == "float" || strings.HasPrefix(ty, "decimal") {
			back = number(got)
		}
		again, null, err := source.Convert(back, ty, locale, false)
		if err != nil || null || (again != got && ty != "float") {
			t.Fatalf("%q as %s in %s gives %q, and that %q, %v, %v", s, ty, locale, got, again, null, err)
		}
	})
}
