// Writes one table with every JavaScript library that writes workbooks: generate.js FOLDER.
const XLSX = require("xlsx");
const ExcelJS = require("exceljs");
const folder = process.argv[2];

const at = (...a) => new Date(Date.UTC(...a));
const header = ["text", "number", "amount", "day", "moment", "flag"];
const rows = [
  ["plain", 1, 1234.56, at(2026, 1, 3), at(2026, 1, 3, 8, 30), true],
  [" spaces <&> \"q\" 'a' ", -5, 0.1, at(1999, 11, 31), at(1999, 11, 31, 23, 59, 59), false],
  ["two\nlines", 12345678901, 1e-7, at(1900, 2, 1), at(2100, 0, 1, 0, 0, 1), true],
  ["東京 🙂", 0, 1e15, at(2024, 1, 29), at(2026, 6, 1, 12), false],
  [null, null, null, null, null, null],
  ["x".repeat(32767), 99, -0.5, at(2026, 11, 31), at(2026, 11, 31, 0, 30), true],
];

const serial = (d) => d.getTime() / 86400000 + 25569;
const sheet = {};
[header, ...rows].forEach((row, r) => row.forEach((v, c) => {
  if (v === null) return;
  const cell = v instanceof Date ? { t: "n", v: serial(v), z: c === 3 ? "dd/mm/yyyy" : "yyyy-mm-dd hh:mm:ss" } : { t: typeof v === "string" ? "s" : typeof v === "boolean" ? "b" : "n", v };
  sheet[XLSX.utils.encode_cell({ r, c })] = cell;
}));
sheet["!ref"] = "A1:F7";
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, sheet, "Data");
XLSX.writeFile(book, `${folder}/sheetjs.xlsx`);
XLSX.writeFile(book, `${folder}/sheetjs-shared.xlsx`, { bookSST: true, compression: true });
XLSX.writeFile(book, `${folder}/sheetjs.xlsb`);
XLSX.writeFile(book, `${folder}/sheetjs-shared.xlsb`, { bookSST: true });

const fill = (s, commit) => [header, ...rows].forEach((row) => {
  const r = s.addRow(row);
  r.eachCell((cell, c) => { if (cell.value instanceof Date) cell.numFmt = c === 4 ? "dd/mm/yyyy" : "yyyy-mm-dd hh:mm:ss"; });
  if (commit) r.commit();
});
(async () => {
  const plain = new ExcelJS.Workbook();
  fill(plain.addWorksheet("Data"), false);
  await plain.xlsx.writeFile(`${folder}/exceljs.xlsx`);
  const stream = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: `${folder}/exceljs-stream.xlsx`, useStyles: true, useSharedStrings: false });
  fill(stream.addWorksheet("Data"), true);
  await stream.commit();
})();
