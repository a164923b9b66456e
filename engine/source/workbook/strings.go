package workbook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// The shared strings stand in blocks, each string with its length before it; every sixteenth
// string's place is kept, so that a string costs half a byte beside its text. Up to spillAt they
// are in memory. Beyond, they go to a temporary file and the blocks that are in use are cached:
// cells mostly name strings near the last one, or the few that they all share.
const (
	spillAt    = 16 << 20 // bytes of text in memory
	blockSize  = 4 << 10  // a block closes when it has so much
	cacheBytes = 8 << 20  // of blocks read back
	groupSize  = 16
	maxStrings = 1 << 28 // a workbook has no more cells than this with texts of their own
)

// stringTable holds the shared strings.
type stringTable struct {
	n      int
	groups []place // of every groupSize-th string
	blocks []string
	size   int64 // bytes in closed blocks
	last   []byte

	limit int64 // bytes in memory; 0 is spillAt
	file  *os.File
	ends  []int64 // of each block in the file
	out   []byte  // blocks to be written
	cache blockCache
}

// place is where a string begins.
type place struct{ block, at uint32 }

// readStrings reads the shared strings.
func (b *book) readStrings(name string) error {
	var text []byte
	err := b.elements(name, func(s *scanner) error {
		if string(s.name) != "si" {
			return nil
		}
		var err error
		if text, err = s.richText("si", text[:0]); err != nil {
			return err
		}
		return b.strings.add(text)
	})
	if err != nil {
		return err
	}
	return b.strings.finish()
}

// add appends a string.
func (t *stringTable) add(s []byte) error {
	if t.n >= maxStrings {
		return errors.New("there are absurdly many shared strings")
	}
	if t.n%groupSize == 0 {
		if len(t.last) >= blockSize {
			if err := t.closeBlock(); err != nil {
				return err
			}
		}
		t.groups = append(t.groups, place{uint32(t.closed()), uint32(len(t.last))})
	}
	t.last = binary.AppendUvarint(t.last, uint64(len(s)))
	t.last = append(t.last, s...)
	t.n++
	return nil
}

// finish closes the table; get may be called then.
func (t *stringTable) finish() error {
	if err := t.closeBlock(); err != nil {
		return err
	}
	if t.file == nil {
		return nil
	}
	err := t.flush()
	t.out = nil
	return err
}

// closed counts the blocks that are closed.
func (t *stringTable) closed() int { return len(t.blocks) + len(t.ends) }

func (t *stringTable) closeBlock() error {
	block := t.last
	t.last = t.last[:0]
	t.size += int64(len(block))
	if t.file == nil {
		t.blocks = append(t.blocks, string(block))
		limit := t.limit
		if limit == 0 {
			limit = spillAt
		}
		if t.size <= limit {
			return nil
		}
		return t.spill()
	}
	t.out = append(t.out, block...)
	t.ends = append(t.ends, t.size)
	if len(t.out) < 1<<18 {
		return nil
	}
	return t.flush()
}

// spill moves the blocks to a temporary file. Where the system allows it, the file loses its name
// at once, so that it is gone when the process is, however that ends.
func (t *stringTable) spill() error {
	f, err := os.CreateTemp("", "atlas-strings-*")
	if err != nil {
		return fmt.Errorf("make room for the shared strings: %w", err)
	}
	t.file = f
	_ = os.Remove(f.Name()) // close removes it where open files keep their names
	t.size = 0
	for _, b := range t.blocks {
		t.out = append(t.out, b...)
		t.size += int64(len(b))
		t.ends = append(t.ends, t.size)
		if len(t.out) >= 1<<18 {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	t.blocks = nil
	return nil
}

func (t *stringTable) flush() error {
	if _, err := t.file.Write(t.out); err != nil {
		return fmt.Errorf("make room for the shared strings: %w", err)
	}
	t.out = t.out[:0]
	return nil
}

// close lets go of the table's file.
func (t *stringTable) close() {
	if t.file != nil {
		t.file.Close()
		_ = os.Remove(t.file.Name()) // it is gone already on most systems
	}
}

// errNoString is a number that no shared string has.
var errNoString = errors.New("there is no shared string")

// get gives the string of that number: as text that is part of the table, or, where the table has
// spilled, as a view that is valid until the next call.
func (t *stringTable) get(i int) (text string, view []byte, err error) {
	if i < 0 || i >= t.n {
		return "", nil, errNoString
	}
	p := t.groups[i/groupSize]
	if t.file != nil {
		block, err := t.cached(int(p.block))
		if err != nil {
			return "", nil, err
		}
		return "", nth(block[p.at:], i%groupSize), nil
	}
	return nth(t.blocks[p.block][p.at:], i%groupSize), nil, nil
}

// nth gives the text of a block after the first n.
func nth[T string | []byte](block T, n int) T {
	for ; ; n-- {
		length, head := uvarint(block)
		if n == 0 {
			return block[head : head+length]
		}
		block = block[head+length:]
	}
}

// uvarint reads a length that add wrote, and says in how many bytes.
func uvarint[T string | []byte](s T) (n, size int) {
	if s[0] < 0x80 {
		return int(s[0]), 1
	}
	for i := range 5 {
		n |= int(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return n, i + 1
		}
	}
	return n, 5
}

// blockCache keeps blocks of the file in memory; it drops those that were not used since it last
// came by, and reads others into their room.
type blockCache struct {
	slots map[int]*slot // by block
	ring  []*slot
	hand  int
	bytes int
}

type slot struct {
	block int
	text  []byte
	used  bool
}

// cached gives a block of the file, valid until the next call.
func (t *stringTable) cached(block int) ([]byte, error) {
	c := &t.cache
	if s, ok := c.slots[block]; ok {
		s.used = true
		return s.text, nil
	}
	start := int64(0)
	if block > 0 {
		start = t.ends[block-1]
	}
	n := int(t.ends[block] - start)
	s := c.room(n)
	if _, err := t.file.ReadAt(s.text, start); err != nil {
		s.block = -1
		return nil, fmt.Errorf("read a shared string back: %w", err)
	}
	s.block = block
	c.slots[block] = s
	return s.text, nil
}

// room gives a slot for n bytes that no block has.
func (c *blockCache) room(n int) *slot {
	if c.slots == nil {
		c.slots = map[int]*slot{}
	}
	for c.bytes+n > cacheBytes && len(c.ring) > 0 {
		c.hand %= len(c.ring)
		s := c.ring[c.hand]
		if s.used {
			s.used = false
			c.hand++
			continue
		}
		delete(c.slots, s.block)
		if n <= cap(s.text) && cap(s.text) <= 2*blockSize {
			s.text = s.text[:n]
			c.hand++
			return s
		}
		c.bytes -= cap(s.text)
		last := len(c.ring) - 1
		c.ring[c.hand] = c.ring[last]
		c.ring = c.ring[:last]
	}
	s := &slot{text: make([]byte, n, max(n, blockSize+blockSize/4))}
	c.ring = append(c.ring, s)
	c.bytes += cap(s.text)
	return s
}
