package main

import (
	"fmt"
	"io"
)

const powerpointText = `A deck with template: project/reports/templates/brand.pptx fills a presentation that somebody made, in
PowerPoint, Google Slides or LibreOffice. What is to be filled stands in it:

texts       {{ period.label }}, {{ figure('revenue.amount', as='change', to='target') }}, {% if … %} in any
            text: slides, notes, tables, charts, layouts. Names are those of a slide in Markdown (atlas help
            decks). The text takes the looks of the place where the tag begins.
rows        {% for r in data.products %}{{ r.name }} in a row's first cell, {% endfor %} in its last: the row
            is repeated. The same over several rows, over paragraphs, and with {% if %}. A row or
            paragraph that holds nothing else goes.
alt text    The first line of a shape's alternative text, or its name:
              chart:BLOCK   the native chart there gets the block's series, categories and workbook
              table:BLOCK   the table there gets the block's lines; its first rows say how they look
              text:BLOCK    the text box or placeholder gets the block's text
              image:BLOCK   a picture; image:brand:logo is the brand's
              block:BLOCK   any block, drawn in the shape's place
            BLOCK@TM is of the section TM. LibreOffice loses alternative texts of charts: name the shape.
notes       A paragraph of a slide's notes that begins with atlas: says what becomes of the slide.
              atlas: each=unit               one for each unit; each=group, each=section
              atlas: when="data.revenue"     only if the expression holds
              atlas: section=TM              the section that it is about
              atlas: drop                    never shown: instructions, examples
              atlas: keep                    shown, though nothing on it is filled
              atlas: slides                  the deck's slides in Markdown stand here
              atlas: alone                   the deck's slides in Markdown are for the web alone

A template that fills none of its slides lends its looks: its slides are examples and go, the deck's
take their layouts. A slide takes the layout of its own layout's name, or of another name where the deck
says so in its front matter:

  layouts: {cover: Title Slide, default: Title and Content, kpis: Title Only}

or else the one of the same kind. Texts stand in the layout's places; blocks are drawn there, in the
colours and fonts of the template's theme.
`

// helpPowerPoint prints how a template is written.
func (a *app) helpPowerPoint(w io.Writer) { fmt.Fprint(w, powerpointText) }
