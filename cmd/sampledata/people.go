package main

import (
	"fmt"
	"strings"
)

// person is a student of IONS or a contact of EPN's client.
type person struct {
	name    string
	altName string // a second spelling under which the same person is written down at times; often empty
	phone   string // national number without the leading zero: "81234567890"; the identity of a person
	email   string
	school  *school
	grade   string
}

// people is everyone an entity ever met; later years bring some of them back.
type people struct {
	look   *lookups
	entity string
	d      dice
	all    []*person
	phones map[string]bool
	names  map[string]bool
}

func newPeople(look *lookups, entity string) *people {
	return &people{look: look, entity: entity, d: newDice(entity + "/people"), phones: map[string]bool{}, names: map[string]bool{}}
}

// meet invents a person whose phone number and name nobody else has.
func (p *people) meet() *person {
	x := &person{name: p.newName(), phone: p.newPhone(), school: pick(p.d, p.look.schools[p.entity])}
	x.grade = gradeOf(p.d, x.school.level)
	x.altName = respell(x.name)
	first := strings.ToLower(strings.Fields(x.name)[0])
	x.email = fmt.Sprintf("%s.%s@example.com", first, x.phone[len(x.phone)-5:])
	p.all = append(p.all, x)
	return x
}

func (p *people) newName() string {
	for {
		name := pick(p.d, firstNames) + " " + pick(p.d, lastNames)
		if p.d.chance(0.35) {
			name = pick(p.d, firstNames) + " " + pick(p.d, middleNames) + " " + pick(p.d, lastNames)
		}
		if !p.names[name] {
			p.names[name] = true
			return name
		}
	}
}

func (p *people) newPhone() string {
	for {
		n := pick(p.d, []string{"811", "812", "813", "821", "822", "852", "857", "878", "895", "896"})
		for range 7 + p.d.IntN(2) {
			n += string(rune('0' + p.d.IntN(10)))
		}
		if !p.phones[n] {
			p.phones[n] = true
			return n
		}
	}
}

// respell gives the second spelling of a name, or "" where there is none: the same student stands
// under two spellings in the workbooks, and only the phone number tells.
func respell(name string) string {
	for _, r := range [][2]string{
		{"Muhammad ", "Moh. "},
		{"Siti ", "Sti. "},
		{"Rizky", "Riski"},
		{"Dwi", "Dwie"},
		{"Putri", "Puteri"},
		{"Nur ", "Noer "},
		{"Agus", "Agoes"},
		{"Yusuf", "Yusup"},
		{"Aditya", "Adithya"},
	} {
		if strings.Contains(name, r[0]) {
			return strings.Replace(name, r[0], r[1], 1)
		}
	}
	return ""
}

func gradeOf(d dice, level string) string {
	switch level {
	case "primary":
		return fmt.Sprintf("%d SD", 1+d.IntN(6))
	case "junior":
		return fmt.Sprintf("%d SMP", 7+d.IntN(3))
	case "senior":
		return fmt.Sprintf("%d SMA", 10+d.IntN(3))
	case "university":
		return fmt.Sprintf("Semester %d", 1+d.IntN(8))
	case "none":
		return "Umum"
	}
	return pick(d, []string{"Staff", "Supervisor", "Manajer HRD", "Kepala Bagian", "Direktur SDM"})
}

var (
	firstNames = strings.Fields(`Muhammad Siti Rizky Dwi Putri Nur Agus Yusuf Aditya Andi Bayu Citra Dewi Eka Fajar Gita Hana
		Intan Joko Kartika Lestari Maya Nadia Oktavia Pandu Rahma Salsabila Tegar Umi Vina Wahyu Yulia Zahra Arif Bagas Clarissa Dimas Elsa
		Farhan Galih Hendra Indah Jessica Kevin Laras Melati Naufal Olivia Prasetyo Raka Sekar Taufik Vania Wulan`)
	middleNames = strings.Fields(`Dwi Tri Nur Putri Rizky Ayu Budi Sri Ratna Surya Indra Citra Bintang Cahya Adi Puspa`)
	lastNames   = strings.Fields(`Pratama Saputra Wijaya Kusuma Hidayat Lestari Permana Nugraha Ramadhan Setiawan Utami Maulana Firmansyah
		Gunawan Santoso Wibowo Hakim Suryadi Anggraini Safitri Handayani Purnama Wardhana Mahendra Simanjuntak Siregar Nasution Tanjung
		Rahmawati Puspitasari Halim Tanuwijaya Kurniawan Sopandi Sumarna Iskandar`)
)
