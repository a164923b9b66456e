// Command workbook is the Go side of the comparison that run.sh makes: it writes workbooks to read
// and reads them with Atlas's driver or with excelize. It is no part of Atlas.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"

	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("workbook atlas|excelize FILE, workbook inline|shared|distinct FILE")
	}
	var cells int
	var err error
	switch args[0] {
	case "atlas":
		cells, err = readAtlas(args[1])
	case "excelize":
		cells, err = readExcelize(args[1])
	case "inline", "shared":
		return writeTable(args[1], args[0] == "shared")
	case "distinct":
		return writeDistinct(args[1])
	default:
		return fmt.Errorf("there is no %s", args[0])
	}
	fmt.Println(cells)
	return err
}

// readAtlas reads every cell of the only sheet as the extraction does, types and all.
func readAtlas(path string) (int, error) {
	n := 0
	table := &manifest.ExtractTable{Table: "t", Options: manifest.NewMap("workbook", filepath.Base(path))}
	for s, err := range (workbook.Source{}).Read(context.Background(), source.Request{Root: filepath.Dir(path), Table: table}) {
		if err != nil {
			return n, err
		}
		for row, err := range s.Rows {
			if err != nil {
				return n, err
			}
			for _, c := range row.Cells {
				if c.Kind != source.Empty {
					n++
				}
			}
		}
	}
	return n, nil
}

// readExcelize reads the same cells in excelize's fastest way: streaming rows, values unformatted
// and without types.
func readExcelize(path string) (int, error) {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	n := 0
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return n, err
		}
		for _, c := range cells {
			if c != "" {
				n++
			}
		}
	}
	return n, errors.Join(rows.Error(), rows.Close())
}
