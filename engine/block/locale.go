package block

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"atlas/engine/diag"
)

// space keeps a number and its unit on one line.
const space = "\u00a0"

// minusSign is the true minus sign.
const minusSign = "\u2212"

// locale is how one language writes numbers, dates and the few words that blocks need.
type locale struct {
	tag, name      string
	decimal, group string
	percent        string     // after the number, with its space
	after          bool       // money stands after the number
	compact        [4]string  // thousand, million, 10⁹, 10¹²; "" writes the number out
	points         string     // of a difference of shares
	months         [12]string // as in "3 February 2026"
	short          [12]string // as in "3 Feb 2026"
	quarter        string     // of number and year, in a heading
	quarterShort   string     // the same in a table
	words          map[Word]string
}

// Word is a piece of text that blocks make by themselves.
type Word string

// The words. Those with a verb of fmt take what it stands for.
const (
	WordTotal    Word = "total"
	WordOther    Word = "other"
	WordYes      Word = "yes"
	WordNo       Word = "no"
	WordEmpty    Word = "empty"   // nothing to show; of the period's label
	WordAll      Word = "all"     // the label of all units together
	WordStale    Word = "stale"   // of the relations that are older than what they are made of
	WordTo       Word = "to"      // a range of points: first, last
	WordHighest  Word = "highest" // of label and value
	WordLowest   Word = "lowest"  // of label and value
	WordRows     Word = "rows"    // of the number of rows of a table
	WordRow      Word = "row"     // of one row
	WordTable    Word = "table"
	WordChart    Word = "chart" // of the type's word
	WordImage    Word = "image"
	WordTarget   Word = "target" // of a value
	WordMore     Word = "more"   // of the number of things that are not told
	WordNotDrawn Word = "not drawn"
)

// locales are the languages that Atlas writes.
func locales() []*locale {
	return []*locale{
		{
			tag: "en-US", name: "English (United States)", decimal: ".", group: ",", percent: "%", points: "pp",
			compact: [4]string{"K", "M", "B", "T"},
			months:  split12("January February March April May June July August September October November December"),
			short:   split12("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
			quarter: "Q%d %d", quarterShort: "Q%d %d", words: english(),
		},
		{
			tag: "en-GB", name: "English (United Kingdom)", decimal: ".", group: ",", percent: "%", points: "pp",
			compact: [4]string{"K", "M", "B", "T"},
			months:  split12("January February March April May June July August September October November December"),
			short:   split12("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
			quarter: "Q%d %d", quarterShort: "Q%d %d", words: english(),
		},
		{
			tag: "id-ID", name: "Indonesian", decimal: ",", group: ".", percent: space + "%", points: "poin",
			compact: [4]string{"rb", "jt", "M", "T"},
			months:  split12("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"),
			short:   split12("Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des"),
			quarter: "Kuartal %d %d", quarterShort: "K%d %d",
			words: map[Word]string{
				WordTotal: "Total", WordOther: "Lainnya", WordYes: "Ya", WordNo: "Tidak", WordEmpty: "Tidak ada data untuk %s", WordAll: "Semua unit",
				WordStale: "Lebih lama daripada sumbernya: %s", WordTo: "%s sampai %s", WordHighest: "tertinggi %s %s", WordLowest: "terendah %s %s",
				WordRow: "%d baris", WordRows: "%d baris", WordTable: "Tabel", WordChart: "Grafik %s", WordImage: "Gambar", WordTarget: "target %s", WordMore: "dan %d lagi", WordNotDrawn: "Tidak digambar",
			},
		},
		{
			tag: "ms-MY", name: "Malay", decimal: ".", group: ",", percent: "%", points: "mata",
			compact: [4]string{"rb", "jt", "B", "T"},
			months:  split12("Januari Februari Mac April Mei Jun Julai Ogos September Oktober November Disember"),
			short:   split12("Jan Feb Mac Apr Mei Jun Jul Ogo Sep Okt Nov Dis"),
			quarter: "Suku %d %d", quarterShort: "S%d %d",
			words: map[Word]string{
				WordTotal: "Jumlah", WordOther: "Lain-lain", WordYes: "Ya", WordNo: "Tidak", WordEmpty: "Tiada data untuk %s", WordAll: "Semua unit",
				WordStale: "Lebih lama daripada sumbernya: %s", WordTo: "%s hingga %s", WordHighest: "tertinggi %s %s", WordLowest: "terendah %s %s",
				WordRow: "%d baris", WordRows: "%d baris", WordTable: "Jadual", WordChart: "Carta %s", WordImage: "Gambar", WordTarget: "sasaran %s", WordMore: "dan %d lagi", WordNotDrawn: "Tidak dilukis",
			},
		},
		{
			tag: "de-DE", name: "German", decimal: ",", group: ".", percent: space + "%", after: true, points: "Pp.",
			compact: [4]string{"Tsd.", "Mio.", "Mrd.", "Bio."},
			months:  split12("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
			short:   split12("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
			quarter: "%d. Quartal %d", quarterShort: "Q%d %d",
			words: map[Word]string{
				WordTotal: "Summe", WordOther: "Übrige", WordYes: "Ja", WordNo: "Nein", WordEmpty: "Keine Daten für %s", WordAll: "Alle Einheiten",
				WordStale: "Älter als die Quelle: %s", WordTo: "%s bis %s", WordHighest: "höchster Wert %s %s", WordLowest: "niedrigster Wert %s %s",
				WordRow: "%d Zeile", WordRows: "%d Zeilen", WordTable: "Tabelle", WordChart: "Diagramm (%s)", WordImage: "Bild", WordTarget: "Ziel %s", WordMore: "und %d weitere", WordNotDrawn: "Nicht gezeichnet",
			},
		},
		{
			tag: "nl-NL", name: "Dutch", decimal: ",", group: ".", percent: "%", points: "pp",
			compact: [4]string{"dzd.", "mln.", "mld.", "bln."},
			months:  split12("januari februari maart april mei juni juli augustus september oktober november december"),
			short:   split12("jan feb mrt apr mei jun jul aug sep okt nov dec"),
			quarter: "%de kwartaal %d", quarterShort: "K%d %d",
			words: map[Word]string{
				WordTotal: "Totaal", WordOther: "Overige", WordYes: "Ja", WordNo: "Nee", WordEmpty: "Geen gegevens voor %s", WordAll: "Alle eenheden",
				WordStale: "Ouder dan de bron: %s", WordTo: "%s tot %s", WordHighest: "hoogste %s %s", WordLowest: "laagste %s %s",
				WordRow: "%d rij", WordRows: "%d rijen", WordTable: "Tabel", WordChart: "Grafiek (%s)", WordImage: "Afbeelding", WordTarget: "doel %s", WordMore: "en nog %d", WordNotDrawn: "Niet getekend",
			},
		},
		{
			tag: "fr-FR", name: "French", decimal: ",", group: "\u202f", percent: "\u202f%", after: true, points: "pts",
			compact: [4]string{"k", "M", "Md", "Bn"},
			months:  split12("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
			short:   split12("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
			quarter: "T%d %d", quarterShort: "T%d %d",
			words: map[Word]string{
				WordTotal: "Total", WordOther: "Autres", WordYes: "Oui", WordNo: "Non", WordEmpty: "Aucune donnée pour %s", WordAll: "Toutes les unités",
				WordStale: "Plus ancien que sa source : %s", WordTo: "%s à %s", WordHighest: "maximum %s %s", WordLowest: "minimum %s %s",
				WordRow: "%d ligne", WordRows: "%d lignes", WordTable: "Tableau", WordChart: "Graphique (%s)", WordImage: "Image", WordTarget: "objectif %s", WordMore: "et %d autres", WordNotDrawn: "Non représenté",
			},
		},
	}
}

func english() map[Word]string {
	return map[Word]string{
		WordTotal: "Total", WordOther: "Other", WordYes: "Yes", WordNo: "No", WordEmpty: "No data for %s", WordAll: "All units",
		WordStale: "Older than what it is made of: %s", WordTo: "%s to %s", WordHighest: "highest %s %s", WordLowest: "lowest %s %s",
		WordRow: "%d row", WordRows: "%d rows", WordTable: "Table", WordChart: "%s chart", WordImage: "Picture", WordTarget: "target %s", WordMore: "and %d more", WordNotDrawn: "Not drawn",
	}
}

func split12(s string) (out [12]string) {
	copy(out[:], strings.Fields(s))
	return out
}

// Locales gives the languages that NewFormatter knows, with their names.
func Locales() [][2]string {
	var out [][2]string
	for _, l := range locales() {
		out = append(out, [2]string{l.tag, l.name})
	}
	return out
}

// findLocale matches without regard to case and to "_" for "-"; a language alone takes its first.
func findLocale(tag string) (*locale, error) {
	wanted := strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	var tags []string
	for _, l := range locales() {
		tags = append(tags, l.tag)
		if lower := strings.ToLower(l.tag); lower == wanted || wanted == lower[:2] {
			return l, nil
		}
	}
	d := diag.Errorf(diag.BadValue, diag.Pos{}, "there is no locale %q", tag)
	if d.Hint = diag.DidYouMean(tag, tags); d.Hint == "" {
		d.Hint = "there are " + strings.Join(tags, ", ")
	}
	return nil, d
}

// Word gives a word in the formatter's language.
func (f *Formatter) Word(w Word, args ...any) string {
	if len(args) == 0 {
		return f.locale().words[w]
	}
	return fmt.Sprintf(f.locale().words[w], args...)
}

// Date gives "3 Feb 2026".
func (f *Formatter) Date(t time.Time) string {
	return fmt.Sprintf("%d%s%s%s%d", t.Day(), space, f.locale().short[t.Month()-1], space, t.Year())
}

// LongDate gives "3 February 2026".
func (f *Formatter) LongDate(t time.Time) string {
	return fmt.Sprintf("%d%s%s%s%d", t.Day(), space, f.locale().months[t.Month()-1], space, t.Year())
}

// Month gives "Feb 2026".
func (f *Formatter) Month(t time.Time) string {
	return fmt.Sprintf("%s%s%d", f.locale().short[t.Month()-1], space, t.Year())
}

// LongMonth gives "February 2026".
func (f *Formatter) LongMonth(t time.Time) string {
	return fmt.Sprintf("%s%s%d", f.locale().months[t.Month()-1], space, t.Year())
}

// MonthName gives the name of a month from 1 to 12, "February" or short "Feb"; "" for none.
func (f *Formatter) MonthName(month int) (name, short string) {
	if month < 1 || month > 12 {
		return "", ""
	}
	return f.locale().months[month-1], f.locale().short[month-1]
}

// Quarter gives "Q1 2026".
func (f *Formatter) Quarter(t time.Time) string { return f.quarter(f.locale().quarterShort, t) }

// LongQuarter gives "Kuartal 1 2026", where the language has a longer form.
func (f *Formatter) LongQuarter(t time.Time) string { return f.quarter(f.locale().quarter, t) }

func (f *Formatter) quarter(pattern string, t time.Time) string {
	return strings.ReplaceAll(fmt.Sprintf(pattern, (int(t.Month())+2)/3, t.Year()), " ", space)
}

// ChartWord says what a chart is, in the formatter's language: "Column chart".
func (f *Formatter) ChartWord(t ChartType) string {
	word := string(t)
	if own := chartWords()[f.locale().tag[:2]]; own != nil && own[t] != "" {
		word = own[t]
	}
	s := f.Word(WordChart, word)
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// chartWords are the names of charts where the language does not take the English ones.
func chartWords() map[string]map[ChartType]string {
	return map[string]map[ChartType]string{
		"id": {
			BarChart: "batang", ColumnChart: "kolom", StackedChart: "bertumpuk", GroupedChart: "kelompok", LineChart: "garis", AreaChart: "area",
			ComboChart: "gabungan", PieChart: "lingkaran", DoughnutChart: "donat", ScatterChart: "sebar", WaterfallChart: "air terjun", FunnelChart: "corong",
			SankeyChart: "aliran", HeatmapChart: "peta panas", TreemapChart: "peta pohon", GaugeChart: "meteran",
		},
		"ms": {
			BarChart: "bar", ColumnChart: "lajur", StackedChart: "bertindan", GroupedChart: "berkumpulan", LineChart: "garis", AreaChart: "kawasan",
			ComboChart: "gabungan", PieChart: "pai", DoughnutChart: "donat", ScatterChart: "serakan", WaterfallChart: "air terjun", FunnelChart: "corong",
			SankeyChart: "aliran", HeatmapChart: "peta haba", TreemapChart: "peta pokok", GaugeChart: "tolok",
		},
		"de": {
			BarChart: "Balken", ColumnChart: "Säulen", StackedChart: "gestapelt", GroupedChart: "gruppiert", LineChart: "Linien", AreaChart: "Flächen",
			ComboChart: "Säulen und Linie", PieChart: "Kreis", DoughnutChart: "Ring", ScatterChart: "Punkte", WaterfallChart: "Wasserfall", FunnelChart: "Trichter",
			SankeyChart: "Flüsse", HeatmapChart: "Heatmap", TreemapChart: "Kacheln", GaugeChart: "Tacho",
		},
	}
}
