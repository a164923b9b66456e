package slides

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/deck"
	"atlas/engine/report"
)

// deckData is what the pages' scripts know of the deck; it is written as a script, as pages on a disk
// may load no other form.
type deckData struct {
	Title   string                `json:"title"`
	Locale  string                `json:"locale"`
	Words   map[string]string     `json:"words"`
	Slides  []slideData           `json:"slides"`
	Blocks  map[string]blockData  `json:"blocks"`
	Queries map[string]queryData  `json:"queries"`
	Charts  map[string]chartPaint `json:"charts"`
	Report  reportData            `json:"report"`
}

type slideData struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Notes  string   `json:"notes,omitempty"` // HTML
	Blocks []string `json:"blocks,omitempty"`
}

type blockData struct {
	Node  string `json:"node"`
	Title string `json:"title,omitempty"`
	Kind  string `json:"kind"`
	Query string `json:"query,omitempty"`
	Stale string `json:"stale,omitempty"`
}

type queryData struct {
	Node      string            `json:"node"`
	SQL       string            `json:"sql"`
	Rows      int               `json:"rows"`
	Relations []report.Relation `json:"relations"`
	Labels    map[string]string `json:"labels,omitempty"` // of columns
}

type reportData struct {
	Title     string `json:"title"`
	Period    string `json:"period"`
	Generated string `json:"generated"`
}

// chartPaint is a chart's option on both surfaces, and the size in points that it is laid out for.
type chartPaint struct {
	Width  float64         `json:"width"`
	Height float64         `json:"height"`
	Light  json.RawMessage `json:"light"`
	Dark   json.RawMessage `json:"dark"`
}

// data gives the script with what the pages know.
func (b *builder) data(shown []slide) ([]byte, error) {
	d := deckData{
		Title: b.title(), Locale: b.doc.Locale, Words: b.words,
		Blocks: map[string]blockData{}, Queries: map[string]queryData{}, Charts: b.charts,
	}
	for _, s := range shown {
		own := slideData{ID: s.ID, Title: s.Title.Text, Notes: s.Notes}
		if own.Title == "" {
			own.Title = s.ID
		}
		eachBlock(s.Slide, func(x *block.Block) {
			own.Blocks = append(own.Blocks, x.ID)
			d.Blocks[x.ID] = describe(x)
			if x.Data != nil {
				d.label(x.Data)
			}
		})
		d.Slides = append(d.Slides, own)
	}
	if r := b.doc.Report; r != nil {
		d.Report = reportData{Title: r.Meta.Title, Period: r.Meta.PeriodLabel, Generated: r.Meta.GeneratedAt}
		for name, q := range r.Queries {
			d.Queries[name] = queryData{Node: q.Node, SQL: q.SQL, Rows: q.Rows, Relations: q.Relations, Labels: d.Queries[name].Labels}
		}
	}
	var out bytes.Buffer
	out.WriteString("var atlasDeck = ")
	e := json.NewEncoder(&out) // escapes what could end a script
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	return append(bytes.TrimSuffix(out.Bytes(), []byte("\n")), ";\n"...), nil
}

// label keeps what the columns of a query are called.
func (d *deckData) label(data *block.Data) {
	q := d.Queries[data.Query]
	if q.Labels == nil {
		q.Labels = map[string]string{}
	}
	for _, c := range data.Columns {
		if c.Label != "" {
			q.Labels[c.Name] = c.Label
		}
	}
	d.Queries[data.Query] = q
}

func describe(x *block.Block) blockData {
	out := blockData{Node: x.Node, Title: x.Title.Text, Kind: string(x.Kind), Stale: x.Stale}
	if out.Title == "" {
		out.Title = x.Name
	}
	if x.Data != nil {
		out.Query = x.Data.Query
	}
	return out
}

// eachBlock visits the blocks of a slide, those inside of columns too.
func eachBlock(s *deck.Slide, visit func(*block.Block)) {
	var walk func(x *block.Block)
	walk = func(x *block.Block) {
		visit(x)
		for _, c := range x.Columns {
			for _, inner := range c.Of {
				walk(inner)
			}
		}
	}
	for _, r := range s.Regions {
		for _, it := range r.Items {
			if it.Block != nil {
				walk(it.Block)
			}
		}
	}
}

// chart keeps the options of a chart of a size in points, and gives the name they are kept under: a
// chart that stands in two places of different sizes is laid out for each.
func (b *builder) chart(x *block.Block, width, height float64) string {
	width, height = math.Round(math.Max(width, 60)), math.Round(math.Max(height, 60))
	name := x.ID
	if c, ok := b.charts[name]; ok && (c.Width != width || c.Height != height) {
		name = fmt.Sprintf("%s %gx%g", x.ID, width, height)
	}
	if _, ok := b.charts[name]; !ok {
		b.charts[name] = chartPaint{
			Width: width, Height: height,
			Light: chart.OptionFor(x, b.doc.Theme, false, b.doc.Format, width, height),
			Dark:  chart.OptionFor(x, b.doc.Theme, true, b.doc.Format, width, height),
		}
	}
	return name
}
