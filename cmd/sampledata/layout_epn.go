package main

import (
	"fmt"
	"strings"
)

// epn2023 has a sheet a unit (Training, Consulting), the header in row 3. Invoices go to a client's
// contact; the contract's value is participants times price, the discount a percentage.
func epn2023(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .3, long: .4}, moneyMix{rp: .5, decimals: .5}, .4
	wb := &book{}
	for _, unit := range []string{"EPN_TRAINING", "EPN_CONSULTING"} {
		sh := wb.sheet(unitLabels[unit][0])
		titles(sh, "EPN - Daftar Invoice 2023")
		sh.blank(1)
		cols := []column[*order]{
			{head: "No. Invoice", write: s.receipt},
			{head: "Tgl. Invoice", write: s.date},
			{head: "Klien", write: s.orderSchool},
			{head: "PIC", write: s.name},
			{head: "Telp PIC", write: s.orderPhone},
			{head: "Judul Program", write: s.orderProgram},
			{head: "Batch", write: s.class},
			{head: "Jml Peserta", write: s.participants},
			{head: "Harga / Peserta", write: s.pricePerHead},
			{head: "Nilai Kontrak", write: s.contract("H{r}*I{r}")},
			{head: "Diskon %", write: s.percent},
			{head: "Nilai Bersih", write: s.total("ROUND(J{r}*(1-K{r}),0)")},
			{head: "Termin", write: s.method},
			{head: "Sumber Lead", write: s.channel},
			{head: "Ket.", write: s.note},
		}
		writeHeader(sh, cols)
		from := len(sh.rows) + 1
		var orders []*order
		for _, o := range b.orders {
			if o.program.unit == unit {
				orders = append(orders, o)
			}
		}
		s.writeOrders(sh, cols, orders)
		subtotal(sh, "Jumlah", 12, from)
	}
	return []workbook{{"epn/invoice-2023.xlsx", wb}}
}

// epn2024 is one sheet from an old Mac: dates count from 1904, texts stand inline in the sheet, and
// the header is repeated before every month because the sheet was made for printing.
func epn2024(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .7, long: .1}, moneyMix{rp: .2, cheque: .2, decimals: .6}, .2
	wb := &book{streamed: true, date1904: true}
	sh := wb.sheet("Rekap Invoice")
	titles(sh, "EPN PROFESSIONAL NETWORK", "Rekap Invoice Tahun 2024", "dicetak per bulan")
	cols := []column[*order]{
		{head: "No", write: s.number()},
		{head: "Tanggal Invoice", write: s.date},
		{head: "Nomor Invoice", write: s.receipt},
		{head: "Perusahaan", write: s.orderSchool},
		{head: "Nama PIC", write: s.name},
		{head: "Kontak", write: s.orderPhone},
		{head: "Divisi", write: s.unit},
		{head: "Program Pelatihan", write: s.orderProgram},
		{head: "Angkatan", write: s.class},
		{head: "Peserta", write: s.participants},
		{head: "Nilai (Rp)", write: s.course},
		{head: "Potongan (Rp)", write: s.discount},
		{head: "Total Tagihan (Rp)", write: s.total("K{r}-N(L{r})")},
		{head: "Pembayaran", write: s.method},
		{head: "Lead Dari", write: s.channel},
		{head: "Keterangan", write: s.note},
	}
	for m := 1; m <= 12; m++ {
		orders := ordersOf(b, m)
		writeHeader(sh, cols)
		from := len(sh.rows) + 1
		s.writeOrders(sh, cols, orders)
		subtotal(sh, "Total "+monthNames[m-1], 13, from)
		sh.blank(1)
	}
	sh.add(text("* angka belum termasuk PPN"))
	return []workbook{{"epn/invoice-2024.xlsx", wb}}
}

// epn2025 is a file a quarter with a sheet a month ("01 Januari"), header in row 2, and an
// administration fee that the years before did not have.
func epn2025(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .6, bare: .05, long: .2}, moneyMix{rp: .6, cheque: .2, decimals: .2}, .15
	var out []workbook
	for q := range 4 {
		wb := &book{}
		for m := q*3 + 1; m <= q*3+3; m++ {
			sh := wb.sheet(fmt.Sprintf("%02d %s", m, monthNames[m-1]))
			titles(sh, "EPN invoice "+strings.ToLower(monthNames[m-1])+" 2025")
			cols := []column[*order]{
				{head: "Invoice", write: s.receipt},
				{head: "Tgl", write: s.date},
				{head: "Klien", write: s.orderSchool},
				{head: "PIC Klien", write: s.name},
				{head: "WA PIC", write: s.orderPhone},
				{head: "Unit Bisnis", write: s.unit},
				{head: "Program", write: s.orderProgram},
				{head: "Batch", write: s.class},
				{head: "Peserta", write: s.participants},
				{head: "Biaya Admin", write: s.registration},
				{head: "Biaya Program", write: s.course},
				{head: "Disc %", write: s.percent},
				{head: "Grand Total", write: s.total("ROUND(SUM(J{r}:K{r})*(1-L{r}),0)")},
				{head: "Metode Bayar", write: s.method},
				{head: "Sumber", write: s.channel},
				{head: "Catatan", write: s.note},
			}
			writeHeader(sh, cols)
			from := len(sh.rows) + 1
			orders := ordersOf(b, m)
			s.writeOrders(sh, cols, orders)
			subtotal(sh, "TOTAL", 13, from)
		}
		out = append(out, workbook{fmt.Sprintf("epn/invoice-2025-q%d.xlsx", q+1), wb})
	}
	return out
}

// epn2026 is one sheet that begins in column B, with a merged header in rows 5 and 6 and a hidden
// column.
func epn2026(b *entityYear) []workbook {
	s := newScribe(b, "transactions")
	s.dates, s.money, s.textRows = dateMix{serial: .3, long: .5}, moneyMix{rp: .3, cheque: .3, decimals: .4}, .35
	wb := &book{}
	sh := wb.sheet("Invoice 2026")
	sh.blank(1)
	sh.add(cell{}, cell{v: "EPN Professional Network", style: styleTitle})
	sh.add(cell{}, text("Invoice tahun berjalan"))
	sh.blank(1)
	cols := []column[*order]{
		{},
		{head: "Nomor", write: s.receipt},
		{head: "Tanggal", write: s.date},
		{top: "Data Klien", head: "Perusahaan/Instansi", write: s.orderSchool},
		{top: "Data Klien", head: "Nama PIC", write: s.name},
		{top: "Data Klien", head: "No. Telepon", write: s.orderPhone},
		{head: "Kode Lama", hidden: true, write: s.oldCode},
		{top: "Pekerjaan", head: "Unit", write: s.unit},
		{top: "Pekerjaan", head: "Program", write: s.orderProgram},
		{top: "Pekerjaan", head: "Batch", write: s.class},
		{top: "Pekerjaan", head: "Jumlah Peserta", write: s.participants},
		{top: "Nilai", head: "Biaya Admin", write: s.registration},
		{top: "Nilai", head: "Biaya Program", write: s.course},
		{top: "Nilai", head: "Potongan", write: s.discount},
		{top: "Nilai", head: "Total", write: s.total("SUM(L{r}:M{r})-N(N{r})")},
		{head: "Cara Pembayaran", write: s.method},
		{head: "Sumber Informasi", write: s.channel},
		{head: "Keterangan", write: s.note},
	}
	writeHeader(sh, cols)
	for m := 1; m <= b.months; m++ {
		orders := ordersOf(b, m)
		from := len(sh.rows) + 1
		s.writeOrders(sh, cols, orders)
		if m%3 == 0 {
			subtotal(sh, fmt.Sprintf("Subtotal triwulan %d", m/3), 15, from)
			sh.blank(1)
		}
	}
	sh.blank(1)
	sh.add(cell{}, text("Catatan: invoice Oktober masih bisa berubah"))
	return []workbook{{"epn/invoice-2026.xlsx", wb}}
}
