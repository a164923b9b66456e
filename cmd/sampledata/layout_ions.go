package main

import (
	"fmt"
	"strings"
)

// workbook is a file to write, by its slash path below project/data/raw.
type workbook struct {
	path string
	book *book
}

// layouts gives the workbooks of an entity-year as that year's writer kept them.
func layouts(b *entityYear) []workbook {
	transactions := map[string]func(*entityYear) []workbook{
		"IONS/2023": ions2023, "IONS/2024": ions2024, "IONS/2025": ions2025, "IONS/2026": ions2026,
		"EPN/2023": epn2023, "EPN/2024": epn2024, "EPN/2025": epn2025, "EPN/2026": epn2026,
	}[b.key()]
	return append(transactions(b), studentsBook(b), targetsBook(b))
}

// titles writes the title rows that stand above a header.
func titles(sh *sheet, lines ...string) {
	for _, l := range lines {
		sh.add(cell{v: l, style: styleTitle})
	}
}

// ordersOf gives the rows of one month.
func ordersOf(b *entityYear, month int) []*order {
	var out []*order
	for _, o := range b.orders {
		if o.month == month {
			out = append(out, o)
		}
	}
	return out
}

// subtotal writes a row that sums a column over the rows above it, as a formula with its value. As in
// any spreadsheet, amounts written as text are not in the sum: the subtotals of the workbooks are too
// low, which is one more reason not to read them.
func subtotal(sh *sheet, label string, col, from int) {
	sum := int64(0)
	for _, row := range sh.rows[from-1:] {
		if col <= len(row) {
			if v, ok := row[col-1].v.(int64); ok {
				sum += v
			}
		}
	}
	row := make([]cell, col)
	row[0] = cell{v: label, style: styleBold}
	row[col-1] = cell{v: sum, formula: fmt.Sprintf("SUM(%s:%s)", at(col, from), at(col, len(sh.rows))), style: styleBold}
	sh.add(row...)
}

// ions2023 is a sheet a month, named "Jan 23" with some carelessness. Titles stand in rows 1 to 3,
// the header in row 5. Everything is text: dates, amounts with Rp. There are no receipt numbers.
// A total and notes follow the data.
func ions2023(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{long: .3}, moneyMix{rp: .55, cheque: .3, decimals: .15}, 1
	wb := &book{}
	for m := 1; m <= 12; m++ {
		name := monthShort[m-1] + " 23"
		switch m {
		case 2:
			name = strings.ToUpper(name)
		case 6:
			name += " "
		}
		sh := wb.sheet(name)
		titles(sh, "LEMBAGA KURSUS IONS", "LAPORAN PEMBAYARAN SISWA", "Bulan: "+monthNames[m-1]+" 2023")
		sh.blank(1)
		s.row = 0
		cols := []column[*order]{
			{head: "No", write: s.number()},
			{head: "Tgl", write: s.date},
			{head: "Nama Siswa", write: s.name},
			{head: "No. HP", write: s.orderPhone},
			{head: "Program", write: s.orderProgram},
			{head: "Kelas", write: s.class},
			{head: "Unit", write: s.unit},
			{head: "Asal Sekolah", write: s.orderSchool},
			{head: "Info Dari", write: s.channel},
			{head: "Biaya Daftar", write: s.registration},
			{head: "Biaya Kursus", write: s.course},
			{head: "Disc", write: s.discount},
			{head: "Total", write: s.total("")},
			{head: "Cara Bayar", write: s.method},
			{head: "Ket", write: s.note},
		}
		writeHeader(sh, cols)
		s.writeOrders(sh, cols, ordersOf(b, m))
		sh.blank(1)
		sh.add(cell{v: "TOTAL", style: styleBold})
		sh.blank(1)
		titles(sh, "Catatan:")
		sh.add(text("- harap setor uang tunai setiap Jumat"))
	}
	return []workbook{{"ions/LAPORAN TRANSAKSI 2023 (final) rev2.xlsx", wb}}
}

// ions2024 is one sheet for the whole year below a logo: header in rows 7 and 8, merged; a banner
// row before and a subtotal after each month; dates as serials, amounts as numbers. A hidden sheet
// holds a broken summary.
func ions2024(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .85, bare: .05, long: .05}, moneyMix{rp: .5, decimals: .5}, .08
	wb := &book{}
	sh := wb.sheet("Transaksi 2024")
	sh.logo = true
	sh.blank(3)
	titles(sh, "IONS - Rekap Transaksi Tahun 2024", "Bagian Administrasi & Keuangan")
	sh.blank(1)
	cols := []column[*order]{
		{head: "No", write: s.number()},
		{head: "No. Kwitansi", write: s.receipt},
		{head: "Tanggal", write: s.date},
		{top: "Data Siswa", head: "Nama Siswa", write: s.name},
		{top: "Data Siswa", head: "No\nHP", write: s.orderPhone},
		{top: "Data Siswa", head: "Sekolah Asal", write: s.orderSchool},
		{head: "Program", write: s.orderProgram},
		{head: "Kelas", write: s.class},
		{head: "Unit", write: s.unit},
		{head: "Sumber Informasi", write: s.channel},
		{top: "Biaya", head: "Pendaftaran", write: s.registration},
		{top: "Biaya", head: "Kursus", write: s.course},
		{top: "Biaya", head: "Diskon", write: s.discount},
		{top: "Pembayaran", head: "Total Bayar", write: s.total("")},
		{top: "Pembayaran", head: "Metode", write: s.method},
		{head: "Keterangan", write: s.note},
	}
	writeHeader(sh, cols)
	for m := 1; m <= 12; m++ {
		orders := ordersOf(b, m)
		sh.add(cell{v: strings.ToUpper(monthNames[m-1]) + " 2024", style: styleBold})
		from := len(sh.rows) + 1
		s.writeOrders(sh, cols, orders)
		subtotal(sh, "Sub Total "+monthNames[m-1], 14, from)
		sh.blank(m % 3)
	}
	sh.add(cell{v: "GRAND TOTAL", style: styleBold})
	sh.blank(2)
	sh.add(text("Catatan: data sudah dicek bagian keuangan"))
	recap := wb.sheet("Rekap")
	recap.hidden = true
	recap.add(cell{v: "Rekap lama", style: styleTitle})
	recap.add(text("Total"), errorCell(s.d))
	return []workbook{{"ions/transaksi-2024.xlsx", wb}}
}

// ions2025 is a sheet a month ("Januari 2025") with the header in row 4, a hidden column of old
// codes in the middle, discounts as a percentage, and totals as formulas with cached values.
func ions2025(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .5, long: .35}, moneyMix{rp: .4, cheque: .2, decimals: .4}, .25
	wb := &book{}
	for m := 1; m <= 12; m++ {
		sh := wb.sheet(monthNames[m-1] + " 2025")
		titles(sh, "IONS", "Pembayaran "+monthNames[m-1]+" 2025")
		sh.blank(1)
		cols := []column[*order]{
			{head: "Kwitansi", write: s.receipt},
			{head: "Tanggal Bayar", write: s.date},
			{head: "Nama Lengkap", write: s.name},
			{head: "HP/WA", write: s.orderPhone},
			{head: "Kode Lama", hidden: true, write: s.oldCode},
			{head: "Paket Program", write: s.orderProgram},
			{head: "Tingkat", write: s.class},
			{head: "Cabang/Unit", write: s.unit},
			{head: "Sekolah", write: s.orderSchool},
			{head: "Tahu Dari", write: s.channel},
			{head: "Uang Pendaftaran", write: s.registration},
			{head: "Uang Kursus", write: s.course},
			{head: "Diskon (%)", write: s.percent},
			{head: "Total Dibayar", write: s.total("ROUND(SUM(K{r}:L{r})*(1-M{r}),0)")},
			{head: "Metode", write: s.method},
			{head: "Catatan", write: s.note},
		}
		writeHeader(sh, cols)
		from := len(sh.rows) + 1
		orders := ordersOf(b, m)
		s.writeOrders(sh, cols, orders)
		subtotal(sh, "Jumlah", 14, from)
		sh.blank(1)
		sh.add(text("Catatan: diskon khusus harus disetujui kepala cabang"))
	}
	return []workbook{{"ions/transaksi-2025.xlsx", wb}}
}

// ions2026 is a sheet a month, the header in rows 6 and 7 below a logo, data from row 8. Discounts
// are negative, in parentheses; totals are formulas; dates come in every way. November and December
// have headers and no rows yet, and a hidden draft repeats some of January.
func ions2026(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .4, bare: .04, long: .3}, moneyMix{rp: .4, cheque: .15, decimals: .45}, .3
	wb := &book{}
	for m := 1; m <= 12; m++ {
		sh := wb.sheet(monthNames[m-1])
		sh.logo = true
		sh.blank(2)
		titles(sh, "IONS Language & Learning", "Transaksi "+monthNames[m-1]+" 2026")
		sh.blank(1)
		s.row = 0
		cols := s.ions2026Columns()
		writeHeader(sh, cols)
		from := len(sh.rows) + 1
		orders := ordersOf(b, m)
		if len(orders) == 0 {
			continue
		}
		s.writeOrders(sh, cols, orders)
		subtotal(sh, "Subtotal", 14, from)
		sh.blank(2)
		sh.add(text("Catatan: angka sementara sampai tutup buku"))
	}
	draft := wb.sheet("Januari (draft)")
	draft.hidden = true
	draft.blank(5)
	writeHeader(draft, s.ions2026Columns())
	s.writeOrders(draft, s.ions2026Columns(), ordersOf(b, 1)[:5])
	return []workbook{{"ions/transactions-2026.xlsx", wb}}
}

func (s *scribe) ions2026Columns() []column[*order] {
	return []column[*order]{
		{head: "No", write: s.number()},
		{head: "No. Kwitansi", write: s.receipt},
		{head: "Tanggal", write: s.date},
		{top: "Siswa", head: "Nama Siswa", write: s.name},
		{top: "Siswa", head: "No. HP", write: s.orderPhone},
		{top: "Siswa", head: "Sekolah Asal", write: s.orderSchool},
		{head: "Program", write: s.orderProgram},
		{head: "Kelas", write: s.class},
		{head: "Unit", write: s.unit},
		{head: "Sumber Informasi", write: s.channel},
		{top: "Biaya", head: "Biaya Pendaftaran", write: s.registration},
		{top: "Biaya", head: "Biaya Kursus", write: s.course},
		{head: "Diskon", write: s.negativeDiscount},
		{head: "Total Bayar", write: s.total("SUM(K{r}:M{r})")},
		{head: "Metode Pembayaran", write: s.method},
		{head: "Keterangan", write: s.note},
	}
}
