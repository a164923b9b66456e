package project

import (
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// ReadDeck reads the file of a deck as it stands now; shown is its path as diagnostics name it. It
// costs a millisecond where Parse reads everything, for who shows a deck while it is written: whether
// what the deck refers to is there is not checked. The deck is nil if the file holds none any more.
func ReadDeck(p *Project, r Renderer, shown string) (*manifest.Deck, diag.List) {
	ps := newParsing(p, r)
	for _, pkg := range p.Packages {
		for _, f := range pkg.Files {
			if f.Shown != shown || f.kind != deckFile {
				continue
			}
			res := ps.readDeck(f)
			res.diags.Sort()
			if res.reports == nil || len(res.reports.decks) == 0 {
				return nil, res.diags
			}
			return res.reports.decks[0].spec, res.diags
		}
	}
	return nil, nil
}
