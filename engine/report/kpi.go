package report

import (
	"math/big"

	"atlas/engine/block"
	"atlas/engine/manifest"
)

// kpis makes the key figures.
func (m *maker) kpis() error {
	for i := range m.decl.KPI {
		k, err := m.kpi(&m.decl.KPI[i])
		if err != nil {
			return err
		}
		m.out.KPI = append(m.out.KPI, k)
	}
	return nil
}

func (m *maker) kpi(d *manifest.ReportKPI) (block.KPI, error) {
	var k block.KPI
	fig, field, err := m.cell(d.Value, "value")
	if err != nil || field == nil {
		return k, err
	}
	k.Figure = fig
	k.Format = or(d.Format, fig.Format)
	if k.Label, err = m.label(m.place, m.decl.Node, d.Label, ""); err != nil {
		return k, err
	}
	if k.Label == "" {
		k.Label = field.Label // it is translated already
	}
	for j := range d.Compare {
		c, ok, err := m.compare(&d.Compare[j], k.Figure)
		if err != nil {
			return k, err
		}
		if ok {
			k.Compare = append(k.Compare, c)
		}
	}
	if d.Target != nil {
		target, field, err := m.cell(*d.Target, "target")
		if err != nil {
			return k, err
		}
		if field != nil {
			target.Format = k.Format
			k.Target, k.Share = &target, share(k.Value, target.Value)
		}
	}
	return k, m.spark(d, &k)
}

// compare makes one line under a key figure; false after a mistake.
func (m *maker) compare(d *manifest.ReportCompare, value block.Figure) (block.Compare, bool, error) {
	var c block.Compare
	label, err := m.label(m.place, m.decl.Node, d.Label, "")
	if err != nil {
		return c, false, err
	}
	c.Label = label
	switch {
	case d.Value != nil:
		fig, field, err := m.cell(*d.Value, "compare: value")
		if err != nil || field == nil {
			return c, false, err
		}
		c.Figure = fig
		if c.Format, err = formatOfAs(d.As, value.Format); err != nil {
			return c, false, nil //nolint:nilerr // Check has reported it
		}
	case d.To != nil:
		to, field, err := m.cell(*d.To, "compare: to")
		if err != nil || field == nil {
			return c, false, err
		}
		if c.Figure, err = compareFigures(value, to, d.As); err != nil {
			return c, false, nil //nolint:nilerr // Check has reported it
		}
	default:
		return c, false, nil
	}
	if d.Format != "" {
		c.Format = d.Format
	}
	c.Verdict = m.verdict(c.Figure, d.Invert)
	return c, true, nil
}

// verdict says whether a change is welcome. One that is shown as nothing is neither.
func (m *maker) verdict(f block.Figure, invert bool) block.Verdict { //nolint:revive // invert is the declaration's
	r, ok := block.Exact(f.Value)
	if !ok || r.Sign() == 0 || m.format.Format(f.Value, f.Format) == m.format.Format(int64(0), f.Format) {
		return ""
	}
	if r.Sign() > 0 != invert {
		return block.Good
	}
	return block.Bad
}

// share gives how much of a target is reached, for drawing; 0 if that cannot be told.
func share(value, target block.Value) float64 {
	v, okV := block.Exact(value)
	t, okT := block.Exact(target)
	if !okV || !okT || t.Sign() <= 0 {
		return 0
	}
	f, _ := new(big.Rat).Quo(v, t).Float64()
	return f
}

func (m *maker) spark(d *manifest.ReportKPI, k *block.KPI) error {
	if d.Spark == nil {
		return nil
	}
	data := m.data
	if d.Spark.Data != "" {
		data = m.assembly.out.Data(m.place.Section, d.Spark.Data)
	}
	if data == nil {
		_, _, err := m.cell(manifest.Cell{Pos: d.Pos, Data: d.Spark.Data}, "spark")
		return err
	}
	column := m.columnOf(data, d.Spark.Column, "spark", d.Pos)
	if column < 0 {
		return nil
	}
	for i := range data.Rows {
		f := data.Figure(i, column)
		f.Format = k.Format
		k.Spark = append(k.Spark, f)
	}
	return nil
}
