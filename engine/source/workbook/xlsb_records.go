package workbook

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// maxRecord bounds the records that are looked into; Excel's longest text takes a sixtieth of it.
const maxRecord = 4 << 20

var errRecord = errors.New("a record is shorter than what it should hold")

// records reads the records of a binary part.
type records struct {
	io.Closer
	r    *bufio.Reader
	id   int
	data fields // valid until next; cut to nothing if it is absurdly long
	own  []byte
	skip int // bytes of the record that are still to be passed
}

func (b *book) records(name string) (*records, error) {
	part, err := b.open(name)
	if err != nil {
		return nil, err
	}
	return &records{Closer: part, r: bufio.NewReaderSize(part, 1<<16)}, nil
}

// eachRecord calls on for every record of a part, until it gives errStop.
func (b *book) eachRecord(name string, on func(r *records) error) error {
	r, err := b.records(name)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		err := r.next()
		if err == nil {
			err = on(r)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, errStop):
			return nil
		default:
			return fmt.Errorf("part %s: %w", name, err)
		}
	}
}

// next goes to the next record; io.EOF is the end of the part.
func (r *records) next() error {
	if _, err := r.r.Discard(r.skip); err != nil {
		return unexpected(err)
	}
	r.skip = 0
	first, err := r.r.ReadByte()
	if err != nil {
		return err
	}
	r.id = int(first & 0x7f)
	if first >= 0x80 {
		second, err := r.r.ReadByte()
		if err != nil {
			return unexpected(err)
		}
		r.id |= int(second&0x7f) << 7
	}
	size := 0
	for i := range 4 {
		c, err := r.r.ReadByte()
		if err != nil {
			return unexpected(err)
		}
		size |= int(c&0x7f) << (7 * i)
		if c < 0x80 {
			break
		}
	}
	switch {
	case size <= r.r.Size():
		r.data, err = r.r.Peek(size)
		r.skip = len(r.data)
	case size <= maxRecord:
		r.own = slices.Grow(r.own[:0], size)[:size]
		r.data = r.own
		_, err = io.ReadFull(r.r, r.own)
	default:
		r.data, r.skip = nil, size
	}
	return unexpected(err)
}

// fields takes values off the front of a record. A record that is too short gives zeros; short
// reports it.
type fields []byte

func (f *fields) take(n int) []byte {
	if len(*f) < n {
		*f = nil
		return make([]byte, min(n, 16))
	}
	b := (*f)[:n]
	*f = (*f)[n:]
	return b
}

func (f *fields) u8() int  { return int(f.take(1)[0]) }
func (f *fields) u16() int { return int(binary.LittleEndian.Uint16(f.take(2))) }
func (f *fields) u32() int { return int(binary.LittleEndian.Uint32(f.take(4))) }
func (f *fields) real() float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(f.take(8)))
}

// text takes a string of UTF-16 with its length before it and appends it to out.
func (f *fields) text(out []byte) ([]byte, error) {
	if len(*f) < 4 {
		return out, errRecord
	}
	n := f.u32()
	if n == math.MaxUint32 { // a string that is not there
		return out, nil
	}
	if n > len(*f)/2 {
		return out, errRecord
	}
	b := f.take(2 * n)
	for i := 0; i < len(b); i += 2 {
		r := rune(binary.LittleEndian.Uint16(b[i:]))
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(binary.LittleEndian.Uint16(b[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}
