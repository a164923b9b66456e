package pptx

import "atlas/engine/jinja"

// RenderTexts renders paragraphs as a text body does, and as the only row of a table; each gives the
// texts that come of it.
func RenderTexts(texts []string, st *jinja.State) (paragraphs, cells []string, err error) {
	read := func(text string) *node {
		p := &node{raw: "a:p", name: "a:p"}
		runes := []rune(text)
		for i, c := range []string{string(runes[:len(runes)/2]), string(runes[len(runes)/2:])} {
			if c == "" && i > 0 {
				continue
			}
			p.kids = append(p.kids, &node{raw: "a:r", name: "a:r", kids: []*node{{raw: "a:t", name: "a:t", kids: []*node{{text: c}}}}})
		}
		return p
	}
	body, table := &script{}, &script{rows: 1}
	for i, text := range texts {
		if d := body.add(read(text)); d != nil {
			return nil, nil, d
		}
		if d := table.add(read(text)); d != nil {
			return nil, nil, d
		}
		u := table.units[i]
		u.cell, u.cellStart, u.rowStart = i, true, i == 0
		u.rowProto = &node{raw: "a:tr", name: "a:tr"}
		u.cellProto = &node{raw: "a:tc", name: "a:tc", kids: []*node{{raw: "a:txBody", name: "a:txBody"}}}
	}
	out, err := body.render(st)
	if err != nil {
		return nil, nil, err
	}
	_, paras := (&builder{protos: body.protos}).build(out)
	for _, p := range paras {
		paragraphs = append(paragraphs, p.words())
	}
	if out, err = table.render(st); err != nil {
		return nil, nil, err
	}
	rows, _ := (&builder{protos: table.protos}).build(out)
	for _, row := range rows {
		for _, c := range row.children("a:tc") {
			cells = append(cells, c.words())
		}
	}
	return paragraphs, cells, nil
}
