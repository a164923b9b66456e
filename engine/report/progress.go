package report

import (
	"strings"

	"atlas/engine/block"
	"atlas/engine/manifest"
)

// progress makes a bar of each row.
func (m *maker) progress() error {
	d := m.decl.Progress
	label := m.column(d.Label, "label", m.decl.Pos)
	value := m.column(d.Value, "value", m.decl.Pos)
	target := m.column(d.Target, "target", m.decl.Pos)
	if label < 0 || value < 0 || target < 0 && d.Target != "" {
		return nil
	}
	order := seq(len(m.data.Rows))
	if d.Sort != "" {
		by, desc := strings.CutPrefix(d.Sort, "-")
		key := func(i int) block.Value { return m.data.Rows[i][value] }
		switch by {
		case "value":
		case "share":
			key = func(i int) block.Value { return shareValue(m.data.Rows[i], value, target) }
		default:
			column := m.column(by, "sort", m.decl.Pos)
			if column < 0 {
				return nil
			}
			key = func(i int) block.Value { return m.data.Rows[i][column] }
		}
		sortRows(order, key, desc)
	}
	if d.Limit > 0 && d.Limit < len(order) {
		order = order[:d.Limit]
	}
	for _, i := range order {
		m.out.Progress = append(m.out.Progress, m.bar(d, i, label, value, target))
	}
	return nil
}

func (m *maker) bar(d *manifest.ReportProgress, row, label, value, target int) block.Bar {
	f := &m.data.Columns[label]
	b := block.Bar{Label: m.format.Format(m.data.Rows[row][label], f.Format), Value: m.data.Figure(row, value)}
	if d.Format != "" {
		b.Value.Format = d.Format
	}
	if target < 0 {
		b.Share, _ = block.ToFloat(b.Value.Value)
		return b
	}
	t := m.data.Figure(row, target)
	t.Format = b.Value.Format
	b.Target, b.Share = &t, share(b.Value.Value, t.Value)
	return b
}

func shareValue(row []block.Value, value, target int) block.Value {
	if target < 0 {
		return row[value]
	}
	return share(row[value], row[target])
}
