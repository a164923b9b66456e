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

// overflow keeps bytes, in memory as long as they are few.
type overflow struct {
	memory bytes.Buffer
	file   *os.File
	size   int64
	dir    string
}

func (o *overflow) Write(p []byte) (int, error) {
	n, _ := o.memory.Write(p) // never fails
	if o.memory.Len() < spoolMemory {
		return n, nil
	}
	if o.file == nil {
		f, err := os.CreateTemp(o.dir, "atlas-rows-")
		if err != nil {
			return n, fmt.Errorf("keep rows aside: %w", err)
		}
		o.file = f
	}
	written, err := o.memory.WriteTo(o.file)
	o.size += written
	if err != nil {
		return n, fmt.Errorf("keep rows aside: %w", err)
	}
	return n, nil
}

// reader reads from the beginning.
func (o *overflow) reader() io.Reader {
	memory := bytes.NewReader(o.memory.Bytes())
	if o.file == nil {
		return memory
	}
	return io.MultiReader(io.NewSectionReader(o.file, 0, o.size), memory)
}

func (o *overflow) close() {
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
		o.file = nil
	}
}

// spool keeps the rows of a query, to be read several times: the place of everything on a sheet,
// the totals and the formulas above a table are known only when all its rows are.
type spool struct {
	overflow
	columns int
	rows    int
	scratch []byte
}

// add appends a row of as many values as the spool has columns.
func (s *spool) add(row []value) error {
	b := s.scratch[:0]
	for _, v := range row {
		b = append(b, byte(v.kind))
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
	}
	s.scratch = b
	s.rows++
	_, err := s.Write(b)
	return err
}

func appendText(b []byte, t string) []byte {
	b = binary.AppendUvarint(b, uint64(len(t)))
	return append(b, t...)
}

// read begins at the first row. Several readers may read at once, once all rows are added.
func (s *spool) read() *spoolReader {
	return &spoolReader{in: bufio.NewReaderSize(s.reader(), 64<<10), row: make([]value, s.columns), left: s.rows}
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
	default: // a text and an error are their characters
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
