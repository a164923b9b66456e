package workbook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The shared strings stand in blocks, each string with its length before it; every sixteenth
// string's place is kept, so that a string costs half a byte beside its text. Up to spillAt they
// are in memory. Beyond, they go to a temporary file and the blocks that are in use are cached:
// cells mostly name strings near the last one, or the few that they all share.
const (
	spillAt    = 32 << 20 // bytes of text in memory
	blockSize  = 8 << 10  // a block closes when it has so much
	cacheBytes = 16 << 20 // of blocks read back
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

// get gives the string of that number. Where shared is true it is part of the table and lives as
// long as that; else of a block that may be dropped, and holds the whole block while it is kept.
func (t *stringTable) get(i int) (text string, shared bool, err error) {
	if i < 0 || i >= t.n {
		return "", false, errNoString
	}
	p := t.groups[i/groupSize]
	var block string
	if t.file == nil {
		block = t.blocks[p.block]
	} else if block, err = t.cached(int(p.block)); err != nil {
		return "", false, err
	}
	rest := block[p.at:]
	for skip := i % groupSize; ; skip-- {
		n, head := uvarint(rest)
		if skip == 0 {
			return rest[head : head+n], t.file == nil, nil
		}
		rest = rest[head+n:]
	}
}

// uvarint reads a length that add wrote, and says in how many bytes.
func uvarint(s string) (n, size int) {
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
// came by.
type blockCache struct {
	slots map[int]*slot // by block
	ring  []*slot
	hand  int
	bytes int
}

type slot struct {
	block int
	text  string
	used  bool
}

// cached gives a block of the file.
func (t *stringTable) cached(block int) (string, error) {
	c := &t.cache
	if s, ok := c.slots[block]; ok {
		s.used = true
		return s.text, nil
	}
	start := int64(0)
	if block > 0 {
		start = t.ends[block-1]
	}
	var b strings.Builder
	n := t.ends[block] - start
	b.Grow(int(n))
	if _, err := io.CopyN(&b, io.NewSectionReader(t.file, start, n), n); err != nil {
		return "", fmt.Errorf("read a shared string back: %w", err)
	}
	c.put(&slot{block: block, text: b.String()})
	return b.String(), nil
}

func (c *blockCache) put(s *slot) {
	if c.slots == nil {
		c.slots = map[int]*slot{}
	}
	c.slots[s.block] = s
	c.bytes += len(s.text)
	for c.bytes > cacheBytes && len(c.ring) > 0 {
		c.hand %= len(c.ring)
		old := c.ring[c.hand]
		if old.used {
			old.used = false
			c.hand++
			continue
		}
		delete(c.slots, old.block)
		c.bytes -= len(old.text)
		last := len(c.ring) - 1
		c.ring[c.hand] = c.ring[last]
		c.ring = c.ring[:last]
	}
	c.ring = append(c.ring, s)
}
