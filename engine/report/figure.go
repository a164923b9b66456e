package report

import (
	"fmt"
	"math/big"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// formatted is fmt(value, format) of a text.
func (n *Names) formatted(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("value", "format?")
	if err != nil {
		return nil, err
	}
	format, err := formatArgument(c, args[1], "")
	if err != nil {
		return nil, err
	}
	if jinja.IsUndefined(args[0]) {
		return n.format.Null(), nil
	}
	return n.format.Format(blockValue(args[0]), format), nil
}

func formatArgument(c *jinja.Call, v jinja.Value, fallback string) (string, error) {
	if v == jinja.Missing || v == nil {
		return fallback, nil
	}
	format := jinja.Str(v)
	if d := block.CheckFormat(format); d != nil {
		bad := c.Errorf(diag.BadCall, "%s", d.Msg)
		if at, ok := bad.(*diag.Diagnostic); ok { //nolint:errorlint // made right here
			at.Hint = d.Hint
		}
		return "", bad
	}
	return format, nil
}

// figure is figure('data.column', …) of a text: formatted, marked, traced.
func (n *Names) figure(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("column", "row?", "format?", "as?", "to?")
	if err != nil {
		return nil, err
	}
	data, column, err := n.column(c, jinja.Str(args[0]), nil)
	if err != nil {
		return nil, err
	}
	row, err := rowArgument(c, data, args[1])
	if err != nil {
		return nil, err
	}
	if args[1] == jinja.Missing && n.report.vague(data) {
		n.warn(c, data, column)
	}
	fig := data.Figure(row, column)
	if args[4] != jinja.Missing && args[4] != nil {
		if fig, err = n.compared(c, data, row, fig, args[3], jinja.Str(args[4])); err != nil {
			return nil, err
		}
	} else if args[3] != jinja.Missing && args[3] != nil {
		if fig.Format, err = formatOfAs(jinja.Str(args[3]), fig.Format); err != nil {
			return nil, c.Errorf(diag.BadCall, "%s", err)
		}
	}
	if fig.Format, err = formatArgument(c, args[2], fig.Format); err != nil {
		return nil, err
	}
	n.figures = append(n.figures, fig)
	// safe text of every syntax, so that it stays a mark where values are escaped
	return jinja.Markup(block.MarkFigure(len(n.figures)-1, block.Literal(n.format.Format(fig.Value, fig.Format)))), nil
}

// compared gives the change of a figure to another column, of the same row or of another data's
// first.
func (n *Names) compared(c *jinja.Call, data *block.Data, row int, fig block.Figure, as jinja.Value, to string) (block.Figure, error) {
	other, column, err := n.column(c, to, data)
	if err != nil {
		return fig, err
	}
	if other != data {
		row = 0
		if n.report.vague(other) {
			n.warn(c, other, column)
		}
	}
	how := ""
	if as != jinja.Missing && as != nil {
		how = jinja.Str(as)
	}
	out, err := compareFigures(fig, other.Figure(row, column), how)
	if err != nil {
		return fig, c.Errorf(diag.BadCall, "%s", err)
	}
	return out, nil
}

// warn tells whoever listens that a figure is that of the first of several rows.
func (n *Names) warn(c *jinja.Call, data *block.Data, column int) {
	if n.warned == nil {
		return
	}
	d := vagueRow(c.Pos, "figure", data, column)
	if at, ok := c.Errorf(d.Code, "%s", d.Msg).(*diag.Diagnostic); ok { //nolint:errorlint // made right here
		d.Len, d.Notes = at.Len, at.Notes
	}
	n.warned(d)
}

// column finds 'data.column'; a name alone is a column of own, where there is one.
func (n *Names) column(c *jinja.Call, path string, own *block.Data) (*block.Data, int, error) {
	name, column, dotted := strings.Cut(path, ".")
	data := own
	if !dotted {
		column = path
	} else {
		data = n.report.Data(n.section, name)
	}
	if data == nil {
		d := c.Errorf(diag.BadCall, "%s: there is no data of that name", path)
		if !dotted {
			d = c.Errorf(diag.BadCall, "%s: name the data too", path)
		}
		return nil, 0, hinted(d, or(diag.DidYouMean(name, n.report.dataNames()), "for example figure('"+or(first(n.report.dataNames()), "data")+".column')"))
	}
	i := data.Index(column)
	if i < 0 {
		return nil, 0, hinted(c.Errorf(diag.UnknownColumn, "%s: the data %s has no column %q", path, data.Name, column),
			or(diag.DidYouMean(column, data.Names()), "it has "+strings.Join(data.Names(), ", ")))
	}
	return data, i, nil
}

func hinted(err error, hint string) error {
	if d, ok := err.(*diag.Diagnostic); ok { //nolint:errorlint // made right before
		d.Hint = hint
	}
	return err
}

func (r *Report) dataNames() []string {
	seen := map[string]bool{}
	for name := range r.Total.Data {
		seen[name] = true
	}
	for _, s := range r.Units {
		for name := range s.Data {
			seen[name] = true
		}
	}
	return sortedKeys(seen)
}

// rowArgument finds the row that a text means: by place, or by the values of columns.
func rowArgument(c *jinja.Call, data *block.Data, v jinja.Value) (int, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case int64:
		if v < 0 {
			v += int64(len(data.Rows))
		}
		if v < 0 || v >= int64(len(data.Rows)) {
			return -1, nil
		}
		return int(v), nil
	case *jinja.Dict:
		wanted := map[string]string{}
		for k, x := range v.All() {
			name := jinja.Str(k)
			if data.Index(name) < 0 {
				return 0, hinted(c.Errorf(diag.UnknownColumn, "row: the data %s has no column %q", data.Name, name),
					or(diag.DidYouMean(name, data.Names()), "it has "+strings.Join(data.Names(), ", ")))
			}
			wanted[name] = block.PlainText(blockValue(x))
		}
		return data.Find(wanted), nil
	}
	if v == jinja.Missing {
		return 0, nil
	}
	return 0, hinted(c.Errorf(diag.BadCall, "row: %s is no row", jinja.Repr(v)), "a place, row=0, or values, row={'code': 'A'}")
}

// compareFigures gives the change from one figure to another: relative ("change", the default), a
// "difference" or "points" of shares. Its origin names both columns.
func compareFigures(value, to block.Figure, as string) (block.Figure, error) {
	out := block.Figure{Origin: value.Origin}
	out.Origin.Column = value.Origin.Column + "/" + to.Origin.Column
	if to.Origin.Query != value.Origin.Query {
		out.Origin.Column = value.Origin.Column + "/" + to.Origin.Query + "." + to.Origin.Column
	}
	if to.Origin.Row != value.Origin.Row {
		out.Origin.Row = value.Origin.Row + "/" + to.Origin.Row
	}
	var err error
	if out.Format, err = formatOfAs(as, value.Format); err != nil {
		return out, err
	}
	a, okA := block.Exact(value.Value)
	b, okB := block.Exact(to.Value)
	if !okA || !okB {
		return out, nil
	}
	if as == "difference" || as == "points" {
		out.Value = exactNumber(new(big.Rat).Sub(a, b))
		return out, nil
	}
	if b.Sign() == 0 {
		return out, nil
	}
	change := new(big.Rat).Sub(a, b)
	out.Value = exactNumber(change.Quo(change, new(big.Rat).Abs(b)))
	return out, nil
}

// formatOfAs gives the format of a change in a figure of a format.
func formatOfAs(as, format string) (string, error) {
	switch as {
	case "", "change":
		return "change", nil
	case "points":
		return "points", nil
	case "difference":
		if block.IsShare(format) {
			return "points", nil
		}
		if format == "" || format == "integer" || format == "general" {
			return "difference", nil
		}
		return "+" + strings.TrimPrefix(format, "+"), nil
	default:
		return "", fmt.Errorf("as: %q is not one of change, difference, points", as)
	}
}

// exactDecimals is how many decimals a quotient keeps: more than any format shows.
const exactDecimals = 12

func exactNumber(r *big.Rat) block.Number { return block.Rounded(r, exactDecimals) }
