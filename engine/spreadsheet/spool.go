package spreadsheet

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
)

// spoolMemory is how many bytes of a table's rows stay in memory; more go to a temporary file.
const spoolMemory = 4 << 20

// spool keeps the rows of a query, to be read several times: the place of everything on a sheet,
// the totals and the formulas above a table are known only when all its rows are.
type spool struct {
	columns int
	rows    int
	memory  bytes.Buffer
	file    *os.File
	size    int64
	dir     string
	scratch []byte
}

// add appends a row of as many values as the spool has columns.
func (s *spool) add(row []value) error {
	for _, v := range row {
		b := append(s.scratch[:0], byte(v.kind))
		switch v.kind {
		case blank:
		case boolean:
			b = append(b, byte(v.num))
		case number:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.num))
			b = appendText(b, v.text)
		default:
			b = appendText(b, v.text)
		}
		s.scratch = b
		s.memory.Write(b)
	}
	s.rows++
	if s.memory.Len() < spoolMemory {
		return nil
	}
	return s.spill()
}

func appendText(b []byte, t string) []byte {
	b = binary.AppendUvarint(b, uint64(len(t)))
	return append(b, t...)
}

func (s *spool) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "atlas-rows-")
		if err != nil {
			return fmt.Errorf("keep rows aside: %w", err)
		}
		s.file = f
	}
	n, err := s.memory.WriteTo(s.file)
	s.size += n
	if err != nil {
		return fmt.Errorf("keep rows aside: %w", err)
	}
	return nil
}

// close drops the rows.
func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}

// read begins at the first row. Several readers may read at once, once all rows are added.
func (s *spool) read() *spoolReader {
	memory := bytes.NewReader(s.memory.Bytes())
	if s.file == nil {
		return &spoolReader{in: bufio.NewReader(memory), row: make([]value, s.columns), left: s.rows}
	}
	both := io.MultiReader(io.NewSectionReader(s.file, 0, s.size), memory)
	return &spoolReader{in: bufio.NewReaderSize(both, 64<<10), row: make([]value, s.columns), left: s.rows}
}

// spoolReader gives the rows in order.
type spoolReader struct {
	in   *bufio.Reader
	row  []value
	left int
	err  error
}

// next reads a row into row.
func (r *spoolReader) next() bool {
	if r.left == 0 || r.err != nil {
		return false
	}
	r.left--
	for i := range r.row {
		if r.row[i], r.err = r.value(); r.err != nil {
			r.err = fmt.Errorf("read rows that were kept aside: %w", r.err)
			return false
		}
	}
	return true
}

func (r *spoolReader) value() (value, error) {
	k, err := r.in.ReadByte()
	if err != nil {
		return value{}, err
	}
	v := value{kind: kind(k)}
	switch v.kind {
	case blank:
		return v, nil
	case boolean:
		b, err := r.in.ReadByte()
		v.num = float64(b)
		return v, err
	case number:
		var b [8]byte
		if _, err := io.ReadFull(r.in, b[:]); err != nil {
			return v, err
		}
		v.num = math.Float64frombits(binary.LittleEndian.Uint64(b[:]))
	}
	n, err := binary.ReadUvarint(r.in)
	if err != nil || n == 0 {
		return v, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r.in, b)
	v.text = string(b)
	return v, err
}
