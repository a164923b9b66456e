package report

import (
	"slices"

	"atlas/engine/block"
	"atlas/engine/diag"
)

// sankey makes a flow of each row.
func (c *chartMaker) sankey() error {
	from := c.column(c.decl.From, "from", c.maker.decl.Pos)
	to := c.column(c.decl.To, "to", c.maker.decl.Pos)
	if from < 0 || to < 0 {
		return nil
	}
	x := c.measures[0]
	c.chart.Labels = "all"
	c.chart.Series = []block.Series{c.series(x, x.label)}
	edges := map[string][]string{}
	name := func(row int) string { return c.labelAt(row, from).Text + " → " + c.labelAt(row, to).Text }
	for _, row := range c.positive(x, name) {
		l := block.Link{From: c.labelAt(row, from).Text, To: c.labelAt(row, to).Text, Value: c.figure(row, x)}
		c.chart.Links = append(c.chart.Links, l)
		edges[l.From] = append(edges[l.From], l.To)
	}
	if at := circle(edges); at != "" {
		c.diags.Add(diag.Errorf(diag.BadValue, c.maker.decl.Pos, "%s: the flows go round in a circle through %q", c.out.Name, at).
			WithHint("a sankey runs one way: name the ends of a later step otherwise"))
	}
	return nil
}

// circle finds an end that flows lead back to; "" if there is none.
func circle(edges map[string][]string) string {
	const under, done = 1, 2
	state := map[string]int{}
	var visit func(string) string
	visit = func(n string) string {
		switch state[n] {
		case under:
			return n
		case done:
			return ""
		}
		state[n] = under
		for _, to := range edges[n] {
			if at := visit(to); at != "" {
				return at
			}
		}
		state[n] = done
		return ""
	}
	for _, n := range sortedKeys(edges) {
		if at := visit(n); at != "" {
			return at
		}
	}
	return ""
}

// maxHeld is how many blocks the columns of one block may hold, counted as often as they are shown.
const maxHeld = 500

// crowded finds a block that holds more than can be meant: columns in columns double with each depth.
// The edges make no circle.
func crowded(edges map[string][]string) string {
	held := map[string]int{}
	var count func(string) int
	count = func(n string) int {
		if c, ok := held[n]; ok {
			return c
		}
		sum := 0
		for _, to := range edges[n] {
			sum = min(sum+1+count(to), maxHeld+1)
		}
		held[n] = sum
		return sum
	}
	for _, n := range sortedKeys(edges) {
		if count(n) > maxHeld {
			return n
		}
	}
	return ""
}

// treemap makes a tree of the columns of the path, the largest parts first.
func (c *chartMaker) treemap() error {
	var path []int
	for _, name := range c.decl.Path {
		i := c.column(name, "path", c.maker.decl.Pos)
		if i < 0 {
			return nil
		}
		path = append(path, i)
	}
	if len(path) == 0 {
		if c.category < 0 {
			return nil
		}
		path = []int{c.category}
	}
	x := c.measures[0]
	c.chart.Labels = "all"
	c.chart.Series = []block.Series{c.series(x, x.label)}
	c.chart.Tree = c.branches(c.positive(x, func(row int) string { return c.labelAt(row, path[len(path)-1]).Text }), path, x)
	return nil
}

func (c *chartMaker) branches(rows, path []int, x measure) []block.Branch {
	var names []string
	members := map[string][]int{}
	for _, row := range rows {
		name := c.labelAt(row, path[0]).Text
		if members[name] == nil {
			names = append(names, name)
		}
		members[name] = append(members[name], row)
	}
	var out []block.Branch
	for _, name := range names {
		b := block.Branch{Name: name}
		if len(path) > 1 {
			b.Children = c.branches(members[name], path[1:], x)
		}
		if rows := members[name]; len(rows) == 1 {
			b.Value = c.figure(rows[0], x)
		} else {
			var values []block.Value
			for _, row := range rows {
				values = append(values, c.data.Rows[row][x.column])
			}
			f := c.data.Columns[path[0]]
			b.Value = block.Figure{
				Value: total("sum", values), Format: x.format,
				Origin: block.Origin{Query: c.data.Query, Row: "total:" + f.Name + "=" + name, Column: c.data.Columns[x.column].Name},
			}
		}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b block.Branch) int {
		switch {
		case a.Value.Value == nil || b.Value.Value == nil:
			return boolOrder(a.Value.Value == nil, b.Value.Value == nil)
		default:
			return compareValues(b.Value.Value, a.Value.Value)
		}
	})
	return out
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// scatter makes a point of each row that has both measures.
func (c *chartMaker) scatter() error {
	if c.category < 0 {
		return nil
	}
	size := c.column(c.decl.Size, "size", c.maker.decl.Pos)
	name := c.column(c.decl.Name, "name", c.maker.decl.Pos)
	if size < 0 && c.decl.Size != "" || name < 0 && c.decl.Name != "" {
		return nil
	}
	x := c.measures[0]
	c.chart.Series = []block.Series{c.series(x, x.label)}
	for row := range c.data.Rows {
		p := block.Point{X: c.data.Figure(row, c.category), Y: c.figure(row, x)}
		if p.X.Value == nil || p.Y.Value == nil {
			continue // half a point stands nowhere
		}
		if name >= 0 {
			p.Name = c.labelAt(row, name).Text
		}
		if size >= 0 {
			f := c.data.Figure(row, size)
			p.Size = &f
		}
		c.chart.Points = append(c.chart.Points, p)
	}
	if c.chart.Labels = c.decl.Labels; c.chart.Labels == "" || c.chart.Labels == "auto" {
		c.chart.Labels = "none"
		if name >= 0 && len(c.chart.Points) <= fewPoints {
			c.chart.Labels = "all"
		}
	}
	c.chart.Series[0].Labels = c.chart.Labels != "none"
	return nil
}

// heatmap makes a row of each value of the second category.
func (c *chartMaker) heatmap() error {
	if c.category < 0 {
		return nil
	}
	series, points, ok := c.splitPoints(or(c.decl.To, c.decl.Split))
	if !ok {
		return nil
	}
	c.fill(series, points)
	for i := range series {
		c.chart.Rows = append(c.chart.Rows, block.Label{Value: series[i].Label, Text: series[i].Label})
	}
	if c.chart.Labels = c.decl.Labels; c.chart.Labels == "" || c.chart.Labels == "auto" {
		c.chart.Labels = "all"
		if len(points) > fewPoints {
			c.chart.Labels = "none"
		}
	}
	for i := range series {
		series[i].Labels = c.chart.Labels != "none"
	}
	return nil
}

// gauge shows the first row's value.
func (c *chartMaker) gauge() error {
	x := c.measures[0]
	s := c.series(x, x.label)
	s.Labels = true
	row := 0
	if len(c.data.Rows) == 0 {
		row = -1
	}
	if c.assembly.out.vague(c.data) {
		c.diags.Add(vagueRow(c.maker.decl.Pos, c.decl.Type, c.data, x.column))
	}
	s.Values = []block.Figure{c.figure(row, x)}
	c.chart.Series = []block.Series{s}
	c.chart.Labels = "all"
	c.chart.Categories = []block.Label{{Text: x.label}}
	if c.decl.Target == nil {
		return nil
	}
	target, field, err := c.cell(*c.decl.Target, "target")
	if err != nil || field == nil {
		return err
	}
	target.Format = x.format
	c.chart.Target = &target
	return nil
}
