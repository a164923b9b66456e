"""Write one table with every Python library that writes workbooks: generate.py FOLDER."""

import datetime
import sys

import openpyxl
import xlsxwriter

HEADER = ["text", "number", "amount", "day", "moment", "flag"]
ROWS = [
    ["plain", 1, 1234.56, datetime.date(2026, 2, 3), datetime.datetime(2026, 2, 3, 8, 30), True],
    [" spaces <&> \"q\" 'a' ", -5, 0.1, datetime.date(1999, 12, 31), datetime.datetime(1999, 12, 31, 23, 59, 59), False],
    ["two\nlines", 12345678901, 1e-7, datetime.date(1900, 3, 1), datetime.datetime(2100, 1, 1, 0, 0, 1), True],
    ["東京 🙂", 0, 1e15, datetime.date(2024, 2, 29), datetime.datetime(2026, 7, 1, 12, 0), False],
    [None, None, None, None, None, None],
    ["x" * 32767, 99, -0.5, datetime.date(2026, 12, 31), datetime.datetime(2026, 12, 31, 0, 30), True],
]


def with_openpyxl(path, write_only):
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("Data") if write_only else book.active
    sheet.title = "Data"
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    book.save(path)


def with_xlsxwriter(path, **options):
    zip64 = options.pop("zip64", False)
    book = xlsxwriter.Workbook(path, options)
    if zip64:
        book.use_zip64()
    sheet = book.add_worksheet("Data")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "[$-421]dd mmmm yyyy hh:mm:ss"})
    for r, row in enumerate([HEADER, *ROWS]):
        for c, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, datetime.datetime):
                sheet.write_datetime(r, c, value, moment)
            elif isinstance(value, datetime.date):
                sheet.write_datetime(r, c, value, day)
            else:
                sheet.write(r, c, value)
    book.close()


folder = sys.argv[1]
with_openpyxl(f"{folder}/openpyxl.xlsx", False)
with_openpyxl(f"{folder}/openpyxl-write-only.xlsx", True)
with_xlsxwriter(f"{folder}/xlsxwriter.xlsx")
with_xlsxwriter(f"{folder}/xlsxwriter-constant.xlsx", constant_memory=True)
with_xlsxwriter(f"{folder}/xlsxwriter-zip64.xlsx", in_memory=True, zip64=True)
with_xlsxwriter(f"{folder}/xlsxwriter-1904.xlsx", date_1904=True)
