package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// program is a row of the programs seed.
type program struct {
	entity, unit, code string
	price, fee         int64 // rupiah, of the year 2026
	weight             float64
}

// school is a row of the schools seed with its other spellings.
type school struct {
	code, name, level string
	spellings         []string // as the aliases seed has them, lower case
}

// lookups are the seeds of the project: the words that workbooks, models and truth share.
type lookups struct {
	programs []program
	channels map[string][]string  // entity → codes, without UNKNOWN
	schools  map[string][]*school // entity → schools, without UNKNOWN
}

// readLookups reads the seeds that the generator needs from the folder dir.
func readLookups(dir string) (*lookups, error) {
	look := &lookups{channels: map[string][]string{}, schools: map[string][]*school{}}
	for _, read := range []func(string) error{look.readPrograms, look.readChannels, look.readSchools} {
		if err := read(dir); err != nil {
			return nil, err
		}
	}
	return look, nil
}

func (l *lookups) readPrograms(dir string) error {
	rows, err := readCSV(filepath.Join(dir, "programs.csv"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		price, err := strconv.ParseInt(r["list_price"], 10, 64)
		if err != nil {
			return fmt.Errorf("programs.csv: %w", err)
		}
		fee, err := strconv.ParseInt(r["registration_fee"], 10, 64)
		if err != nil {
			return fmt.Errorf("programs.csv: %w", err)
		}
		weight, err := strconv.ParseFloat(r["weight"], 64)
		if err != nil {
			return fmt.Errorf("programs.csv: %w", err)
		}
		l.programs = append(l.programs, program{r["entity_code"], r["unit_code"], r["program_code"], price, fee, weight})
	}
	return nil
}

func (l *lookups) readChannels(dir string) error {
	rows, err := readCSV(filepath.Join(dir, "channels.csv"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r["channel_code"] != unknown {
			l.channels[r["entity_code"]] = append(l.channels[r["entity_code"]], r["channel_code"])
		}
	}
	return nil
}

func (l *lookups) readSchools(dir string) error {
	rows, err := readCSV(filepath.Join(dir, "schools.csv"))
	if err != nil {
		return err
	}
	byCode := map[string]*school{}
	for _, r := range rows {
		if r["school_code"] == unknown {
			continue
		}
		s := &school{code: r["school_code"], name: r["school_name"], level: r["school_level"]}
		byCode[r["entity_code"]+s.code] = s
		l.schools[r["entity_code"]] = append(l.schools[r["entity_code"]], s)
	}
	aliases, err := readCSV(filepath.Join(dir, "school_aliases.csv"))
	if err != nil {
		return err
	}
	for _, r := range aliases {
		s := byCode[r["entity_code"]+r["school_code"]]
		if s == nil {
			return fmt.Errorf("school_aliases.csv: no school %q of %s", r["school_code"], r["entity_code"])
		}
		s.spellings = append(s.spellings, r["school_alias"])
	}
	return nil
}

// programsOf gives the programs of an entity.
func (l *lookups) programsOf(entity string) []program {
	var out []program
	for _, p := range l.programs {
		if p.entity == entity {
			out = append(out, p)
		}
	}
	return out
}

// readCSV reads a CSV file into one map a row.
func readCSV(path string) ([]map[string]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read lookup: %w", err)
	}
	records, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("read %s: the file is empty", path)
	}
	var rows []map[string]string
	for _, rec := range records[1:] {
		row := map[string]string{}
		for i, v := range rec {
			row[records[0][i]] = v
		}
		rows = append(rows, row)
	}
	return rows, nil
}
