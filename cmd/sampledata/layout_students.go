package main

import "fmt"

// The columns of students.

func (s *scribe) studentNo(e *enrolment) cell { return text(e.number) }

func (s *scribe) registered(e *enrolment) cell {
	if e.flaw == invalidDate {
		return text(impossibleDay(s.d, e.date))
	}
	return messyDate(s.d, s.dates, e.date)
}
func (s *scribe) studentName(e *enrolment) cell    { return messyName(s.d, e.name) }
func (s *scribe) studentPhone(e *enrolment) cell   { return s.phone(e.who, e.flaw) }
func (s *scribe) email(e *enrolment) cell          { return text(e.who.email) }
func (s *scribe) studentSchool(e *enrolment) cell  { return messySchool(s.d, e.school) }
func (s *scribe) grade(e *enrolment) cell          { return text(e.who.grade) }
func (s *scribe) studentProgram(e *enrolment) cell { return s.program(e.program, e.flaw) }
func (s *scribe) studentClass(e *enrolment) cell   { return text(e.class) }
func (s *scribe) studentUnit(e *enrolment) cell    { return s.label(unitLabels[e.unit]) }
func (s *scribe) studentChannel(e *enrolment) cell { return s.label(channelLabels[e.channel]) }
func (s *scribe) status(e *enrolment) cell         { return s.label(statusLabels[e.status]) }
func (s *scribe) attendance(e *enrolment) cell     { return messyPercent(s.d, e.attendance) }
func (s *scribe) progress(e *enrolment) cell       { return messyPercent(s.d, e.progress) }

func (s *scribe) score(e *enrolment) cell {
	if e.flaw == missingScore {
		return errorCell(s.d)
	}
	return cell{v: float64(e.score) / 10}
}

// studentsBook is one sheet a year. Headers and their place differ: IONS keeps pupils, EPN
// participants of its clients. An exact duplicate repeats the cells of the row above it.
func studentsBook(b *entityYear) workbook {
	s := newScribe(b, "students")
	s.dates = dateMix{serial: .5, bare: .03, long: .25}
	wb := &book{streamed: b.plan.entity == "EPN" && b.year == 2024}
	wb.date1904 = wb.streamed
	if wb.date1904 {
		s.dates.bare = 0
	}
	cols, name, heading := s.ionsStudents(), "siswa", "Data Siswa IONS"
	if b.plan.entity == "EPN" {
		cols, name, heading = s.epnStudents(), "peserta", "Data Peserta EPN"
	}
	sh := wb.sheet("Data " + fmt.Sprint(b.year))
	titles(sh, fmt.Sprintf("%s Tahun %d", heading, b.year))
	sh.blank(b.year - 2022)
	writeHeader(sh, cols)
	var last []cell
	for _, e := range b.enrolments {
		if !e.duplicate || e.flaw == secondSpelling {
			last = make([]cell, len(cols))
			for i, c := range cols {
				last[i] = c.write(e)
			}
		}
		sh.add(last...)
		if s.d.chance(0.005) {
			sh.blank(1)
		}
	}
	sh.blank(1)
	sh.add(text(fmt.Sprintf("Total: %d orang", len(b.enrolments))))
	dir := map[string]string{"IONS": "ions", "EPN": "epn"}[b.plan.entity]
	return workbook{fmt.Sprintf("%s/%s-%d.xlsx", dir, name, b.year), wb}
}

func (s *scribe) ionsStudents() []column[*enrolment] {
	if s.b.year%2 == 1 {
		return []column[*enrolment]{
			{head: "No. Induk", write: s.studentNo},
			{head: "Tgl Daftar", write: s.registered},
			{head: "Nama Siswa", write: s.studentName},
			{head: "No. HP", write: s.studentPhone},
			{head: "Email", write: s.email},
			{head: "Asal Sekolah", write: s.studentSchool},
			{head: "Kelas/Tingkat", write: s.grade},
			{head: "Program", write: s.studentProgram},
			{head: "Kelas", write: s.studentClass},
			{head: "Unit", write: s.studentUnit},
			{head: "Info Dari", write: s.studentChannel},
			{head: "Status", write: s.status},
			{head: "Kehadiran (%)", write: s.attendance},
			{head: "Progres", write: s.progress},
			{head: "Nilai", write: s.score},
		}
	}
	return []column[*enrolment]{
		{head: "NIS", write: s.studentNo},
		{top: "Siswa", head: "Nama Lengkap", write: s.studentName},
		{top: "Siswa", head: "HP", write: s.studentPhone},
		{top: "Siswa", head: "Surel", write: s.email},
		{top: "Siswa", head: "Sekolah Asal", write: s.studentSchool},
		{top: "Siswa", head: "Jenjang", write: s.grade},
		{head: "Tanggal Registrasi", write: s.registered},
		{head: "Cabang/Unit", write: s.studentUnit},
		{head: "Program", write: s.studentProgram},
		{head: "Kelas", write: s.studentClass},
		{head: "Sumber Informasi", write: s.studentChannel},
		{top: "Perkembangan", head: "Hadir", write: s.attendance},
		{top: "Perkembangan", head: "Progres", write: s.progress},
		{top: "Perkembangan", head: "Nilai Akhir", write: s.score},
		{head: "Status", write: s.status},
	}
}

func (s *scribe) epnStudents() []column[*enrolment] {
	if s.b.year%2 == 1 {
		return []column[*enrolment]{
			{head: "ID Peserta", write: s.studentNo},
			{head: "Perusahaan", write: s.studentSchool},
			{head: "Nama Peserta", write: s.studentName},
			{head: "Jabatan", write: s.grade},
			{head: "Telepon", write: s.studentPhone},
			{head: "Email Kantor", write: s.email},
			{head: "Program Pelatihan", write: s.studentProgram},
			{head: "Batch", write: s.studentClass},
			{head: "Divisi", write: s.studentUnit},
			{head: "Tanggal Daftar", write: s.registered},
			{head: "Lead Dari", write: s.studentChannel},
			{head: "Status Peserta", write: s.status},
			{head: "Kehadiran", write: s.attendance},
			{head: "Penyelesaian", write: s.progress},
			{head: "Post Test", write: s.score},
		}
	}
	return []column[*enrolment]{
		{top: "Peserta", head: "ID", write: s.studentNo},
		{top: "Peserta", head: "Nama", write: s.studentName},
		{top: "Peserta", head: "Jabatan", write: s.grade},
		{top: "Peserta", head: "WA", write: s.studentPhone},
		{top: "Peserta", head: "Email", write: s.email},
		{top: "Klien", head: "Instansi", write: s.studentSchool},
		{top: "Pelatihan", head: "Judul", write: s.studentProgram},
		{top: "Pelatihan", head: "Angkatan", write: s.studentClass},
		{top: "Pelatihan", head: "Unit", write: s.studentUnit},
		{top: "Pelatihan", head: "Mulai", write: s.registered},
		{top: "Hasil", head: "Hadir (%)", write: s.attendance},
		{top: "Hasil", head: "Progres (%)", write: s.progress},
		{top: "Hasil", head: "Nilai", write: s.score},
		{top: "Hasil", head: "Status", write: s.status},
		{head: "Sumber", write: s.studentChannel},
	}
}
