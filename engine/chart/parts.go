package chart

func (p *plot) funnel() dict  { return p.message("") }
func (p *plot) gauge() dict   { return p.message("") }
func (p *plot) treemap() dict { return p.message("") }
func (p *plot) sankey() dict  { return p.message("") }
func (p *plot) heatmap() dict { return p.message("") }
func (p *plot) scatter() dict { return p.message("") }
