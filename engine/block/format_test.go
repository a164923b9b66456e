package block_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"atlas/engine/block"
)

// plain makes the spaces that keep lines together ordinary, so that tables here can be read.
func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

func formatter(t testing.TB, locale, currency string) *block.Formatter {
	t.Helper()
	f, err := block.NewFormatter(locale, currency)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFormats(t *testing.T) {
	feb := time.Date(2026, 2, 3, 14, 30, 0, 0, time.UTC)
	day := time.Date(2026, 8, 17, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		value  block.Value
		format string
		id, en string
	}{
		{int64(1250000), "integer", "1.250.000", "1,250,000"},
		{int64(-1250), "integer", "−1.250", "−1,250"},
		{int64(0), "integer", "0", "0"},
		{nil, "integer", "–", "–"},
		{nil, "money_compact", "–", "–"},
		{math.NaN(), "money", "–", "–"},
		{math.Inf(-1), "money", "−∞", "−∞"},
		{block.Number("1250000.50"), "decimal", "1.250.000,50", "1,250,000.50"},
		{block.Number("0.005"), "decimal", "0,01", "0.01"},
		{block.Number("-0.005"), "decimal", "−0,01", "−0.01"},
		{block.Number("-0.004"), "decimal", "0,00", "0.00"},
		{1.005, "decimal", "1,01", "1.01"},
		{block.Number("123456789012345678901234567890.125"), "decimal", "123.456.789.012.345.678.901.234.567.890,13", "123,456,789,012,345,678,901,234,567,890.13"},
		{block.Number("12.25"), "number", "12,3", "12.3"},
		{int64(1250000), "money", "Rp 1.250.000", "Rp 1,250,000"},
		{int64(-1250000), "money", "−Rp 1.250.000", "−Rp 1,250,000"},
		{int64(1250000), "millions", "1,3", "1.3"},
		{block.Number("-50000"), "millions", "−0,1", "−0.1"},
		{block.Number("-49999"), "millions", "0,0", "0.0"},
		{int64(1250000), "money_millions", "Rp 1,3", "Rp 1.3"},
		{int64(0), "money_compact", "Rp 0", "Rp 0"},
		{int64(950), "money_compact", "Rp 950", "Rp 950"},
		{block.Number("999.4"), "money_compact", "Rp 999", "Rp 999"},
		{block.Number("999.5"), "money_compact", "Rp 1,0 rb", "Rp 1.0 K"},
		{int64(1250), "money_compact", "Rp 1,3 rb", "Rp 1.3 K"},
		{int64(999949), "money_compact", "Rp 999,9 rb", "Rp 999.9 K"},
		{int64(999950), "money_compact", "Rp 1,0 jt", "Rp 1.0 M"},
		{int64(1250000), "money_compact", "Rp 1,3 jt", "Rp 1.3 M"},
		{int64(2_050_000_000), "money_compact", "Rp 2,1 M", "Rp 2.1 B"},
		{int64(-3_000_000_000_000), "money_compact", "−Rp 3,0 T", "−Rp 3.0 T"},
		{block.Number("1234567890123456"), "compact", "1.234,6 T", "1,234.6 T"},
		{block.Number("12.5"), "compact", "12,5", "12.5"},
		{int64(12), "+compact", "+12", "+12"},
		{int64(1250000), "+money_compact", "+Rp 1,3 jt", "+Rp 1.3 M"},
		{int64(-1250000), "+money_compact", "−Rp 1,3 jt", "−Rp 1.3 M"},
		{block.Number("0.125"), "percent", "12,5 %", "12.5%"},
		{block.Number("-0.1"), "percent", "−10,0 %", "−10.0%"},
		{block.Number("0.125"), "change", "+12,5 %", "+12.5%"},
		{block.Number("0.0004"), "change", "0,0 %", "0.0%"},
		{block.Number("-0.0004"), "change", "0,0 %", "0.0%"},
		{block.Number("0.015"), "points", "+1,5 poin", "+1.5 pp"},
		{int64(1250), "difference", "+1.250", "+1,250"},
		{int64(0), "difference", "0", "0"},
		{feb, "date", "3 Feb 2026", "3 Feb 2026"},
		{day, "date", "17 Agu 2026", "17 Aug 2026"},
		{"2026-08", "month", "Agu 2026", "Aug 2026"},
		{int64(202610), "month", "Okt 2026", "Oct 2026"},
		{int64(5), "month", "Mei", "May"},
		{"2026-Q3", "quarter", "K3 2026", "Q3 2026"},
		{day, "year", "2026", "2026"},
		{int64(2026), "year", "2026", "2026"},
		{int64(2026), "general", "2026", "2026"},
		{feb, "datetime", "3 Feb 2026 14:30", "3 Feb 2026 14:30"},
		{"late", "money", "late", "late"},
		{true, "general", "Ya", "Yes"},
		{block.Number("1234.50"), "", "1234,50", "1234.50"},
		{int64(1234567), "#,##0.00", "1.234.567,00", "1,234,567.00"},
		{int64(-1234567), `#,##0,"k";(#,##0,"k")`, "(1.235k)", "(1,235k)"},
		{block.Number("0.5"), "0%", "50%", "50%"},
		{day, "yyyy-mm-dd", "2026-08-17", "2026-08-17"},
		{block.Number("1e999999999"), "money", "1e999999999", "1e999999999"},
	}
	id, en := formatter(t, "id-ID", "Rp"), formatter(t, "en-US", "Rp")
	for _, c := range cases {
		if got := plain(id.Format(c.value, c.format)); got != c.id {
			t.Errorf("id %v %s: %q, want %q", c.value, c.format, got, c.id)
		}
		if got := plain(en.Format(c.value, c.format)); got != c.en {
			t.Errorf("en %v %s: %q, want %q", c.value, c.format, got, c.en)
		}
	}
}

// The places of signs, and of currencies, in the other languages.
func TestLanguages(t *testing.T) {
	for _, c := range []struct{ locale, currency, format, want string }{
		{"en-GB", "£", "money", "£1,250,000"},
		{"de-DE", "€", "money", "1.250.000 €"},
		{"fr-FR", "€", "money_compact", "1,3 M €"},
		{"nl-NL", "€", "money", "€1.250.000"},
		{"ms-MY", "RM", "money_compact", "RM 1.3 jt"},
		{"de", "€", "compact", "1,3 Mio."},
		{"EN_us", "$", "money", "$1,250,000"},
	} {
		if got := plain(formatter(t, c.locale, c.currency).Format(int64(1250000), c.format)); got != c.want {
			t.Errorf("%s: %q, want %q", c.locale, got, c.want)
		}
	}
	if _, err := block.NewFormatter("id-IDN", "Rp"); err == nil || !strings.Contains(err.Error(), "id-IDN") {
		t.Errorf("an unknown locale: %v", err)
	}
}

// Signs and groups are those of the Unicode repository, asked through x/text.
func TestSignsOfNumbersAreUnicodes(t *testing.T) {
	for _, l := range block.Locales() {
		p := message.NewPrinter(language.MustParse(l[0]))
		f := formatter(t, l[0], "")
		for _, n := range []float64{0, 7, 1250, 1250000.5, 98765432.25} {
			want := plain(p.Sprint(number.Decimal(n, number.Scale(2))))
			if got := plain(f.Format(n, "decimal")); got != want {
				t.Errorf("%s %v: %q, x/text has %q", l[0], n, got, want)
			}
		}
	}
}

// What is written can be read again: no digit is lost, and a rounded one is off by half a unit at most.
func TestNumbersReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	half := big.NewRat(1, 200)
	for range 20000 {
		digits := new(big.Int).Mul(big.NewInt(r.Int64()), big.NewInt(r.Int64N(1_000_000)+1))
		value := block.Number(new(big.Rat).SetFrac(digits, big.NewInt(1000)).FloatString(3))
		if r.IntN(2) == 0 {
			value = "-" + value
		}
		for _, l := range []string{"id-ID", "en-US", "de-DE", "fr-FR"} {
			shown := formatter(t, l, "").Format(value, "decimal")
			back, ok := block.Exact(block.Number(unwrite(l, shown)))
			exact, _ := block.Exact(value)
			if !ok || new(big.Rat).Abs(back.Sub(back, exact)).Cmp(half) > 0 {
				t.Fatalf("%s: %s is written %q", l, value, shown)
			}
		}
	}
}

// unwrite takes a language's signs out of a number.
func unwrite(locale, s string) string {
	s = strings.ReplaceAll(s, "\u2212", "-")
	switch locale {
	case "en-US":
		return strings.ReplaceAll(s, ",", "")
	case "fr-FR":
		return strings.ReplaceAll(strings.ReplaceAll(s, "\u202f", ""), ",", ".")
	default:
		return strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	}
}

func TestCodes(t *testing.T) {
	id, en := formatter(t, "id-ID", "Rp"), formatter(t, "en-US", "Rp")
	for _, c := range []struct{ got, want string }{
		{en.Code("money"), `"Rp "#,##0;"−""Rp "#,##0`},
		{id.Code("percent"), `0.0" "%;"−"0.0" "%`},
		{id.Code("points"), `+0.0" "%" poin";"−"0.0" "%" poin";0.0" "%" poin"`},
		{id.Code("money_compact"), `[>=999950000]"Rp "#,##0.0,,," M";[>=999950]"Rp "#,##0.0,," jt";"Rp "#,##0`},
		{id.CodeFor("money_compact", int64(2_100_000_000)), `"Rp "#,##0.0,,," M";"−""Rp "#,##0.0,,," M";"Rp "0`},
		{en.CodeFor("+compact", int64(2_100_000)), `"+"#,##0.0,," M";"−"#,##0.0,," M";0`},
		{en.CodeFor("compact", int64(-12)), `#,##0;"−"#,##0`},
		{en.Code("+money"), `"+""Rp "#,##0;"−""Rp "#,##0;"Rp "#,##0`},
		{en.Code("0.000"), "0.000"},
	} {
		if got := plain(c.got); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	for v, want := range map[int64]bool{0: false, 41_000: false, 686: false, 132: true, -132: true, 1_000: false} {
		if got := en.Blurs("compact", int64(41_000), v); got != want {
			t.Errorf("%d beside 41 K blurs: %v", v, got)
		}
	}
	if p, w := id.Unit("money_compact", int64(2_100_000)); p != 6 || w != "jt" {
		t.Errorf("unit %d %q", p, w)
	}
}

func FuzzFormat(f *testing.F) {
	f.Add("1250000.50", "money_compact")
	f.Add("-0.0004", "change")
	f.Add("2026-Q1", "quarter")
	f.Add("1e400", `#,##0,,"x";;0`)
	id, err := block.NewFormatter("id-ID", "Rp")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value, format string) {
		for _, v := range []block.Value{value, block.Number(value)} {
			if id.Format(v, format) == "" && value != "" && format == "" {
				t.Errorf("%q by %q is nothing", value, format)
			}
		}
		id.Code(format)
	})
}

func FuzzProse(f *testing.F) {
	f.Add("a "+block.MarkFigure(0, "1,2")+" b", 1)
	f.Add("\ue000\ue0010\ue002", 2)
	f.Fuzz(func(t *testing.T, marked string, n int) {
		figures := make([]block.Figure, max(0, min(n, 8)))
		p := block.ReadProse(marked, figures)
		if strings.ContainsAny(p.Text, "\ue000\ue001\ue002") {
			t.Fatalf("marks are left in %q", p.Text)
		}
		again, kept := p.Marked()
		if q := block.ReadProse(again, kept); q.Text != p.Text || len(q.Figures) != len(p.Figures) {
			t.Fatalf("%+v became %+v", p, q)
		}
	})
}

func TestProse(t *testing.T) {
	fig := []block.Figure{{Value: int64(1)}, {Value: int64(2)}}
	p := block.ReadProse("Revenue is **"+block.MarkFigure(1, "Rp 2")+"**, "+block.MarkFigure(0, "+1,0 %")+" above", fig)
	if p.Text != "Revenue is **Rp 2**, +1,0 % above" || len(p.Figures) != 2 {
		t.Fatalf("%+v", p)
	}
	for i, want := range []string{"Rp 2", "+1,0 %"} {
		q := p.Figures[i]
		if got := p.Text[q.At : q.At+q.Length]; got != want {
			t.Errorf("figure %d is %q", i, got)
		}
	}
	if p.Figures[0].Figure.Value != int64(2) {
		t.Errorf("%+v", p.Figures)
	}
}
