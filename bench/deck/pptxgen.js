// The six slides of bench/deck with pptxgenjs, from the same report.json: native charts, tables and texts.
const fs = require('fs')
const PptxGenJS = require('pptxgenjs')

const [file, out] = process.argv.slice(2)
const report = JSON.parse(fs.readFileSync(file, 'utf8'))
const blocks = report.total.blocks
const money = v => '$' + Math.round(v).toLocaleString('en-US')
const compact = v => '$' + (v / 1000).toFixed(1) + ' K'
const percent = v => (v * 100).toFixed(1) + '%'
const shown = (v, format) => typeof v === 'string' && isNaN(v) ? v : format === 'percent' ? percent(+v) : format === 'integer' ? (+v).toLocaleString('en-US') : money(+v)

const deck = new PptxGenJS()
deck.layout = 'LAYOUT_WIDE'
deck.title = report.meta.title
deck.defineSlideMaster({ title: 'page', slideNumber: { x: 12.2, y: 7.0, fontSize: 9 }, objects: [{ text: { text: report.meta.title, options: { x: 8.6, y: 6.9, w: 3.4, h: 0.3, fontSize: 9, align: 'right', color: '666666' } } }] })

function page(title, subtitle) {
  const s = deck.addSlide({ masterName: 'page' })
  s.addText(title, { x: 0.6, y: 0.5, w: 11, h: 0.6, fontSize: 28, bold: true })
  s.addText(subtitle, { x: 0.6, y: 1.1, w: 11, h: 0.4, fontSize: 16, color: '666666' })
  s.addNotes('Sources: ' + Object.keys(report.queries).join(', '))
  return s
}

function table(s, b) {
  const head = b.table.columns.map(c => ({ text: c.label, options: { bold: true, fontSize: 11, color: '666666', align: c.left ? 'left' : 'right', border: [null, null, { pt: 1, color: '666666' }, null] } }))
  const rows = b.table.lines.map(l => l.cells.map((c, i) => ({
    text: c.value == null ? '' : shown(c.value, c.format || b.table.columns[i].format),
    options: { fontSize: 12, bold: l.kind === 'total', align: b.table.columns[i].left ? 'left' : 'right', border: [null, null, { pt: 0.5, color: 'DDDDDD' }, null] },
  })))
  s.addTable([head, ...rows], { x: 0.6, y: 1.9, w: 12.1 })
}

const series = c => c.series.map(x => ({ name: x.label, labels: c.categories.map(l => l.text), values: x.values.map(f => f.value == null ? null : +f.value) }))

const cover = deck.addSlide()
cover.background = { color: '2457C5' }
cover.addText(report.meta.entity_label, { x: 0.6, y: 2.9, w: 11, h: 0.8, fontSize: 40, bold: true, color: 'FFFFFF' })
cover.addText(report.meta.period_label, { x: 0.6, y: 3.7, w: 11, h: 0.4, fontSize: 16, color: 'FFFFFF' })

const f = blocks.figures.kpi
let s = page('Revenue is ' + percent(+f[0].compare[0].value) + ' to target', 'Revenue by month, with last year and target')
s.addChart(deck.charts.BAR, series(blocks.comparison.chart), { x: 0.6, y: 1.9, w: 12.1, h: 4.9, barDir: 'col', chartColors: ['8D95A1', '2A3F66', 'FFFFFF'], valAxisLabelFormatCode: '$#,##0,"K"', showLegend: true, legendPos: 't', altText: 'Revenue by month' })

s = page('Revenue is ' + compact(+f[0].value), 'Key figures of the month')
f.forEach((k, i) => {
  s.addShape(deck.shapes.RECTANGLE, { x: 0.6 + i * 4.1, y: 1.9, w: 3.9, h: 1.4, fill: { color: 'F2F2F2' } })
  s.addText([{ text: k.label, options: { fontSize: 11, breakLine: true } }, { text: compact(+k.value), options: { fontSize: 28, bold: true, breakLine: true } },
    ...(k.compare || []).map(c => ({ text: percent(+c.value) + ' ' + c.label, options: { fontSize: 11, breakLine: true } }))], { x: 0.7 + i * 4.1, y: 1.9, w: 3.7, h: 1.4 })
})

table(page('Four units bring ' + compact(+f[0].value), 'Twelve months by unit'), blocks.unit_table)
table(page(blocks.product_table.table.lines[0].cells[0].value + ' sells most', 'Products'), blocks.product_table)

s = page(blocks.unit_table.table.lines[0].cells[0].value + ' is the largest unit', 'Revenue, and how much of the target it is')
const [bars, line] = series(blocks.achieved.chart)
s.addChart([{ type: deck.charts.BAR, data: [bars], options: { barDir: 'col' } }, { type: deck.charts.LINE, data: [line], options: { secondaryValAxis: true, secondaryCatAxis: true } }],
  { x: 0.6, y: 1.9, w: 5.9, h: 4.9, valAxes: [{ valAxisLabelFormatCode: '$#,##0,"K"' }, { valAxisLabelFormatCode: '0%' }], catAxes: [{}, { catAxisHidden: true }], showLegend: true, legendPos: 't', altText: 'Revenue and share of target' })
s.addChart(deck.charts.BAR, series(blocks.by_unit.chart), { x: 6.8, y: 1.9, w: 5.9, h: 4.9, barDir: 'bar', catAxisOrientation: 'maxMin', showValue: true, dataLabelFormatCode: '$#,##0', altText: 'Revenue by unit' })

deck.writeFile({ fileName: out })
