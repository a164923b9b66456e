package manifest

// TextName is a name that templates of reports and slides see.
type TextName struct {
	Name, Doc string
	Fields    []string // what it has, of a dict; nil for others
	Slides    bool     // slides alone see it
}

// TextNames lists the names that texts of reports and slides see. Queries see those that are neither
// data nor made from it.
func TextNames() []TextName {
	period := []string{
		"type", "code", "label", "short", "start", "end", "after", "year", "quarter", "month", "months", "days", "ytd_start",
	}
	unit := []string{"code", "label", "codes", "sql", "group", "total"}
	return []TextName{
		{Name: "period", Doc: "the period; previous and previous_year are those it is compared to, after is the day after end", Fields: append(period, "previous", "previous_year")},
		{Name: "unit", Doc: "the unit or group that a section is about; sql is a quoted list for in (…)", Fields: unit},
		{Name: "units", Doc: "all units in scope, in the project's order"},
		{Name: "entity", Doc: "the entity", Fields: []string{"code", "label"}},
		{Name: "scope", Doc: "further values of the scope, by dimension"},
		{Name: "locale", Doc: "the language: en-US"},
		{Name: "currency", Doc: "the symbol of money"},
		{Name: "_", Doc: "_('Sales') is the text in the report's language"},
		{Name: "data", Doc: "data.sales is the rows of a query; data.sales.first the first one"},
		{Name: "figure", Doc: "figure('sales.amount', row={…}, format='…', to='column', as='change') is a figure that can be traced"},
		{Name: "fmt", Doc: "fmt(value, 'percent') writes a value in a format"},
		{Name: "block", Doc: "block('name', section='…') shows a block", Slides: true},
		{Name: "has_block", Doc: "has_block('name') tells whether there is one", Slides: true},
		{Name: "report", Doc: "the report's own data: title, period_label, generated_at and so on", Slides: true, Fields: []string{
			"name", "node", "title", "entity", "entity_label", "period", "period_label", "type", "start", "end", "generated_at", "locale", "currency", "brand", "scope",
		}},
		{Name: "deck", Doc: "the front matter at the deck's head", Slides: true},
		{Name: "slide", Doc: "the slide's front matter", Slides: true},
	}
}
