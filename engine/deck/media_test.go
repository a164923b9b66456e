package deck_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"atlas/engine/deck"
	"atlas/engine/manifest"
)

// An SVG is copied beside the slides, where it could be opened as a page: one that is more than a
// picture is refused as a logo would be.
func TestPicturesAreOnlyPictures(t *testing.T) {
	const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">`
	for text, want := range map[string]string{
		head + `<rect width="1"/></svg>`:                                        "",
		head + `<script>alert(1)</script></svg>`:                                "the picture img/x.svg:1:84: the SVG has a <script> element",
		head + `<rect onclick="alert(1)"/></svg>`:                               "has a script in the attribute onclick",
		head + `<a xlink:href="javascript:alert(1)"><rect/></a></svg>`:          "links to javascript:alert(1)",
		head + `<image xlink:href="https://other.example/x.png"/></svg>`:        "links to https://other.example/x.png",
		`<!DOCTYPE svg [<!ENTITY a "b">]>` + head + `<text>&a;</text></svg>`:    "declares entities",
		head + `<foreignObject><iframe src="file:///x"/></foreignObject></svg>`: "has a <foreignobject> element",
		"no picture at all": "has no <svg> element",
	} {
		d := &manifest.Deck{Name: "monthly", File: "decks/monthly.md", Slides: []manifest.Slide{slideOf("one", "default", "# One\n\n![x](img/x.svg)")}}
		_, l := deck.Assemble(context.Background(), d, sampleReport(), deck.Options{ReadFile: func(path string) ([]byte, error) {
			if path == "img/x.svg" {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		}})
		got := ""
		for _, m := range l {
			got += m.Msg
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
