package pptx

import (
	"strings"

	"atlas/engine/block"
)

func readMarkdown(p block.Prose) block.RichText {
	var t block.RichText
	for _, line := range strings.Split(p.Text, "\n\n") {
		t.Paragraphs = append(t.Paragraphs, block.Paragraph{Kind: block.Plain, Runs: []block.Run{{Text: line}}})
	}
	return t
}
