package block

// EachFigure calls yield for every figure that a block shows, texts' among them, until it is false.
// What yield changes is changed.
func (b *Block) EachFigure(yield func(*Figure) bool) {
	w := &figureWalk{yield: yield}
	for _, p := range []*Prose{&b.Title, &b.Subtitle, &b.Note, b.Heading, b.Text} {
		w.prose(p)
	}
	for i := range b.KPI {
		w.kpi(&b.KPI[i])
	}
	if b.Table != nil {
		for i := range b.Table.Lines {
			for j := range b.Table.Lines[i].Cells {
				w.figure(&b.Table.Lines[i].Cells[j].Figure)
			}
		}
	}
	if b.Chart != nil {
		w.chart(b.Chart)
	}
	if b.Callout != nil {
		w.prose(&b.Callout.Title)
		w.prose(&b.Callout.Text)
	}
	for i := range b.Progress {
		w.figure(&b.Progress[i].Value)
		w.figure(b.Progress[i].Target)
	}
}

type figureWalk struct {
	yield func(*Figure) bool
	done  bool
}

func (w *figureWalk) figure(f *Figure) {
	if f != nil && !w.done {
		w.done = !w.yield(f)
	}
}

func (w *figureWalk) prose(p *Prose) {
	if p == nil {
		return
	}
	for i := range p.Figures {
		w.figure(&p.Figures[i].Figure)
	}
}

func (w *figureWalk) kpi(k *KPI) {
	w.figure(&k.Figure)
	for i := range k.Compare {
		w.figure(&k.Compare[i].Figure)
	}
	w.figure(k.Target)
	for i := range k.Spark {
		w.figure(&k.Spark[i])
	}
}

func (w *figureWalk) chart(c *Chart) {
	for i := range c.Series {
		for j := range c.Series[i].Values {
			w.figure(&c.Series[i].Values[j])
		}
	}
	for i := range c.Links {
		w.figure(&c.Links[i].Value)
	}
	for i := range c.Points {
		w.figure(&c.Points[i].X)
		w.figure(&c.Points[i].Y)
		w.figure(c.Points[i].Size)
	}
	w.figure(c.Target)
	w.branches(c.Tree)
}

func (w *figureWalk) branches(list []Branch) {
	for i := range list {
		w.figure(&list[i].Value)
		w.branches(list[i].Children)
	}
}
