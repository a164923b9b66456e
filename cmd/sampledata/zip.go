package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"
)

// plainZip writes a workbook's parts sorted by name and without times, so that equal workbooks are
// equal bytes. On the way it gives the cached values of formulas the type that Excel gives them.
type plainZip struct {
	w     io.Writer
	parts map[string]*bytes.Buffer
}

func newPlainZip(w io.Writer) excelize.ZipWriter {
	return &plainZip{w: w, parts: map[string]*bytes.Buffer{}}
}

// Create starts a part.
func (z *plainZip) Create(name string) (io.Writer, error) {
	buf := &bytes.Buffer{}
	z.parts[name] = buf
	return buf, nil
}

// AddFS is never called for a workbook made from nothing.
func (z *plainZip) AddFS(fs.FS) error { return errors.New("not supported") }

// Close writes all parts.
func (z *plainZip) Close() error {
	names := make([]string, 0, len(z.parts))
	for name := range z.parts {
		names = append(names, name)
	}
	sort.Strings(names)
	out := zip.NewWriter(z.w)
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, name := range names {
		data := z.parts[name].Bytes()
		if strings.HasPrefix(name, "xl/worksheets/sheet") {
			data = typeCached(data)
		}
		if name == "[Content_Types].xml" {
			data = sortDefaults(data)
		}
		part, err := out.Create(name)
		if err != nil {
			return err
		}
		if _, err := part.Write(data); err != nil {
			return err
		}
	}
	return out.Close()
}

var (
	cachedNumber = regexp.MustCompile(` t="str"(><f>[^<]*</f><v>-?[0-9.]+</v></c>)`)
	failed       = regexp.MustCompile(` t="str"(><f>(VLOOKUP|#REF!|1/0)[^<]*</f>)</c>`)
)

// typeCached corrects the cached values of formulas: the library marks every one as text, where Excel
// has no mark on numbers; and it cannot write an error, which here follows from the formula.
func typeCached(xml []byte) []byte {
	xml = cachedNumber.ReplaceAll(xml, []byte(`$1`))
	return failed.ReplaceAllFunc(xml, func(cell []byte) []byte {
		m := failed.FindSubmatch(cell)
		value := map[string]string{"VLOOKUP": "#N/A", "#REF!": "#REF!", "1/0": "#DIV/0!"}[string(m[2])]
		return fmt.Appendf(nil, ` t="e"%s<v>%s</v></c>`, m[1], value)
	})
}

var defaultType = regexp.MustCompile(`<Default [^>]*></Default>`)

// sortDefaults puts the types of pictures in order: the library writes them as a map gives them.
func sortDefaults(xml []byte) []byte {
	all := defaultType.FindAll(xml, -1)
	slices.SortFunc(all, bytes.Compare)
	next := 0
	return defaultType.ReplaceAllFunc(xml, func([]byte) []byte {
		next++
		return all[next-1]
	})
}
