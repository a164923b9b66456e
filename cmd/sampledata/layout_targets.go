package main

import "fmt"

// targetsBook is a wide sheet: a row a measure, a column a month under a merged header, a total as a
// formula, the growth asked for as a percentage. One row holds nothing but error cells.
func targetsBook(b *entityYear) workbook {
	s := newScribe(b, "targets")
	s.money = moneyMix{rp: .4, decimals: .6}
	wb := &book{}
	sh := wb.sheet("Target")
	titles(sh, fmt.Sprintf("TARGET %s %d", b.plan.entity, b.year), "disetujui direksi")
	sh.blank(1)
	months := monthNames
	if b.year%2 == 1 {
		months = monthShort
	}
	cols := []column[*target]{
		{head: "Unit", write: func(t *target) cell { return s.label(unitLabels[t.unit]) }},
		{head: "Program", write: s.targetProgram},
		{head: "Indikator", write: func(t *target) cell { return text(metricLabels[t.metric]) }},
	}
	for i, m := range months {
		cols = append(cols, column[*target]{top: "Target Bulanan", head: m, write: func(t *target) cell {
			if t.flaw == unreadable {
				return errorCell(s.d)
			}
			if t.metric == "students" {
				return cell{v: t.months[i]}
			}
			return s.amount(t.months[i])
		}})
	}
	cols = append(cols,
		column[*target]{head: "Total Setahun", write: s.targetTotal},
		column[*target]{head: "Pertumbuhan", write: func(t *target) cell { return messyPercent(s.d, t.growth) }},
	)
	writeHeader(sh, cols)
	for _, t := range b.targets {
		s.asText = s.d.chance(0.3)
		row := make([]cell, len(cols))
		for i, c := range cols {
			row[i] = c.write(t)
		}
		sh.add(row...)
	}
	sh.blank(1)
	sh.add(text("Catatan: target program hanya untuk siswa baru"))
	dir := map[string]string{"IONS": "ions", "EPN": "epn"}[b.plan.entity]
	return workbook{fmt.Sprintf("%s/target-%d.xlsx", dir, b.year), wb}
}

func (s *scribe) targetProgram(t *target) cell {
	if t.program == "" {
		return pick(s.d, []cell{{}, text("-"), text("Semua")})
	}
	return s.label(programLabels[t.program])
}

func (s *scribe) targetTotal(t *target) cell {
	if t.flaw == "" && !s.asText {
		return cell{v: t.total, formula: "SUM(D{r}:O{r})", style: styleMoney}
	}
	if t.metric == "students" {
		return cell{v: t.total}
	}
	return s.amount(t.total)
}
