// Reads every cell of the first sheet with SheetJS, in its leanest way: no formulas, no formatted texts.
const XLSX = require("xlsx");
const book = XLSX.readFile(process.argv[2], { dense: true, cellFormula: false, cellHTML: false, cellText: false });
const sheet = book.Sheets[book.SheetNames[0]];
const rows = sheet["!data"] || sheet;
let n = 0;
for (const row of rows) for (const cell of row || []) if (cell && cell.v !== undefined && cell.v !== "") n++;
console.log(n);
