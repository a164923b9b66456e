package slides

import "strings"

// words gives the words of the pages themselves in a language; English where there is none.
func words(locale string) map[string]string {
	language, _, _ := strings.Cut(locale, "-")
	column := 1
	if language == "id" {
		column = 2
	}
	out := map[string]string{}
	for _, w := range [][3]string{
		{"tools", "Tools", "Alat"},
		{"previous", "Back", "Kembali"},
		{"next", "Next", "Lanjut"},
		{"overview", "Overview", "Ikhtisar"},
		{"draw", "Draw", "Gambar"},
		{"erase", "Erase this slide", "Hapus slide ini"},
		{"eraser", "Eraser", "Penghapus"},
		{"pen", "Pen", "Pena"},
		{"where", "Where from", "Asal angka"},
		{"theme", "Light or dark", "Terang atau gelap"},
		{"presenter", "Presenter", "Penyaji"},
		{"fullscreen", "Full screen", "Layar penuh"},
		{"help", "Keys", "Tombol"},
		{"close", "Close", "Tutup"},
		{"noscript", "Scripts are switched off: the slides cannot be shown. print.html holds all of them.", "Skrip dimatikan: slide tidak dapat ditampilkan. print.html memuat semuanya."},
		{"now", "Now", "Sekarang"},
		{"nextclick", "Next click", "Klik berikut"},
		{"nextslide", "slide", "slide"},
		{"click", "click", "klik"},
		{"end", "End", "Selesai"},
		{"notes", "Notes", "Catatan"},
		{"nonotes", "No notes for this slide.", "Tidak ada catatan untuk slide ini."},
		{"smaller", "Smaller", "Lebih kecil"},
		{"larger", "Larger", "Lebih besar"},
		{"clock", "Time of day", "Jam"},
		{"timer", "Time since the start", "Waktu sejak mulai"},
		{"pause", "Pause", "Jeda"},
		{"resume", "Go on", "Teruskan"},
		{"reset", "Reset", "Ulang"},
		{"black", "Black screen", "Layar hitam"},
		{"slides", "Slides", "Daftar slide"},
		{"linked", "linked to the slides", "tersambung dengan slide"},
		{"alone", "not linked: open this window from the slides with the key s", "tidak tersambung: buka jendela ini dari slide dengan tombol s"},
		{"blocked", "The browser blocked the window: allow pop-ups for this page, or open presenter.html yourself.", "Peramban memblokir jendela: izinkan pop-up untuk halaman ini, atau buka presenter.html sendiri."},
		{"block", "Block", "Blok"},
		{"query", "Query", "Kueri"},
		{"row", "Row", "Baris"},
		{"rowtotal", "computed over all rows", "dihitung dari semua baris"},
		{"column", "Column", "Kolom"},
		{"value", "Value", "Nilai"},
		{"row1", "row", "baris"},
		{"rows", "rows", "baris"},
		{"relations", "Reads", "Membaca"},
		{"relation", "Relation", "Relasi"},
		{"loaded", "Loaded", "Dimuat"},
		{"stale", "older than its sources", "lebih lama dari sumbernya"},
		{"fresh", "up to date", "mutakhir"},
		{"unknown", "unknown", "tidak diketahui"},
		{"sql", "SQL", "SQL"},
		{"copy", "Copy", "Salin"},
		{"copied", "Copied", "Tersalin"},
		{"onslide", "On this slide", "Pada slide ini"},
		{"nofigures", "Nothing on this slide comes from a query.", "Tidak ada isi slide ini yang berasal dari kueri."},
		{"pick", "Click a figure on the slide to see where it is from.", "Klik angka pada slide untuk melihat asalnya."},
		{"back", "All figures of this slide", "Semua angka slide ini"},
		{"report", "Report", "Laporan"},
		{"dataas", "Data as of", "Data per"},
		{"problem", "This slide cannot be drawn", "Slide ini tidak dapat digambar"},
	} {
		out[w[0]] = w[column]
	}
	return out
}
