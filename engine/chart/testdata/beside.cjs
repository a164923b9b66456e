// Draws options with the whole, unmodified ECharts in Node, to be compared with what is drawn here:
// node beside.cjs FOLDER-WITH-NODE_MODULES < [{option, width, height}], prints the SVG files as JSON.
const path = require('path');
const fs = require('fs');
const folder = process.argv[2];
global.echarts = require(path.join(folder, 'node_modules/echarts/dist/echarts.min.js'));
const own = fs.readFileSync(path.join(__dirname, '../assets/atlas-chart.js'), 'utf8');
const atlasChart = new Function(own + '; return atlasChart;')();
const list = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(JSON.stringify(list.map((x) => atlasChart.svg(JSON.stringify(x.option), x.width, x.height))));
