package main

// The words of the workbooks. Years and writers differ, so most codes have several labels; which
// labels mean which code stands in project/sources/*.yml, the only other place with these words.

var unitLabels = map[string][]string{
	"TM":              {"TM", "Tutor Mandiri", "TM (Bimbel)"},
	"WLC_ENGLISH":     {"WLC Inggris", "WLC - B. Inggris", "WLC English"},
	"WLC_NON_ENGLISH": {"WLC Non Inggris", "WLC - Non B. Inggris", "WLC Bahasa Lain"},
	"EPN_TRAINING":    {"Training", "EPN Pelatihan", "Pelatihan"},
	"EPN_CONSULTING":  {"Consulting", "EPN Konsultasi", "Konsultasi"},
}

var programLabels = map[string][]string{
	"TM_MATH_PRIMARY":        {"Matematika SD", "Mat SD"},
	"TM_MATH_SECONDARY":      {"Matematika SMP/SMA", "Mat SMP-SMA"},
	"TM_SCIENCE":             {"IPA Terpadu", "IPA"},
	"TM_UNIVERSITY_ENTRANCE": {"Persiapan UTBK", "UTBK Intensif"},
	"EN_KIDS":                {"Inggris Anak", "English for Kids"},
	"EN_TEENS":               {"Inggris Remaja", "English for Teens"},
	"EN_CONVERSATION":        {"Percakapan Inggris", "Conversation"},
	"EN_TOEFL":               {"Persiapan TOEFL", "TOEFL Prep"},
	"EN_IELTS":               {"Persiapan IELTS", "IELTS Prep"},
	"JA_N5":                  {"Bahasa Jepang N5", "Jepang N5"},
	"ZH_HSK1":                {"Bahasa Mandarin HSK 1", "Mandarin HSK1"},
	"KO_TOPIK1":              {"Bahasa Korea TOPIK 1", "Korea TOPIK I"},
	"DE_A1":                  {"Bahasa Jerman A1", "Jerman A1"},
	"TR_LEADERSHIP":          {"Dasar Kepemimpinan", "Leadership"},
	"TR_SERVICE":             {"Pelayanan Prima", "Service Excellence"},
	"TR_PROJECT":             {"Manajemen Proyek", "Project Management"},
	"TR_DATA":                {"Literasi Data", "Data Literacy"},
	"TR_ENGLISH":             {"Bahasa Inggris Bisnis", "Business English"},
	"CO_PEOPLE":              {"Konsultasi SDM", "Pengembangan SDM"},
	"CO_PROCESS":             {"Perbaikan Proses", "Konsultasi Proses"},
	"CO_STRATEGY":            {"Lokakarya Strategi", "Strategy Workshop"},
	"CO_ASSESSMENT":          {"Asesmen Kompetensi", "Assessment Center"},
}

// strangePrograms are in no catalogue.
var strangePrograms = map[string][]string{
	"IONS": {"Kursus Renang", "Les Piano", "Program Baru??"},
	"EPN":  {"Outbound Ceria", "Sewa Ruangan", "Program Baru??"},
}

var channelLabels = map[string][]string{
	"INSTAGRAM":    {"Instagram", "IG"},
	"TIKTOK":       {"TikTok", "Tik Tok"},
	"GOOGLE":       {"Google", "Pencarian Google"},
	"WEBSITE":      {"Website", "Situs Web"},
	"REFERRAL":     {"Teman/Keluarga", "Rekomendasi"},
	"SCHOOL_VISIT": {"Kunjungan Sekolah", "Presentasi di Sekolah"},
	"BROCHURE":     {"Brosur", "Brosur/Spanduk"},
	"WALK_IN":      {"Datang Langsung", "Lewat Depan"},
	"ALUMNI":       {"Alumni", "Siswa Lama"},
	"LINKEDIN":     {"LinkedIn", "Linked In"},
	"REPEAT":       {"Klien Lama", "Repeat Order"},
	"EVENT":        {"Seminar", "Acara/Seminar"},
	"SALES_CALL":   {"Kunjungan Sales", "Telepon Sales"},
	"TENDER":       {"Tender", "Lelang"},
	unknown:        {"", "-", "Lain-lain", "tidak tahu"},
}

var methodLabels = map[string][]string{
	"cash":     {"Tunai", "Cash"},
	"transfer": {"Transfer", "Trf Bank"},
	"qris":     {"QRIS", "Qris"},
	"debit":    {"Kartu Debit", "Debit"},
}

var statusLabels = map[string][]string{
	"active":    {"Aktif"},
	"completed": {"Lulus", "Selesai"},
	"dropped":   {"Berhenti", "Keluar"},
	"on_leave":  {"Cuti"},
}

var metricLabels = map[string]string{"revenue": "Target Omzet", "students": "Target Siswa Baru"}
