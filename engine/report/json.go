package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
)

// schemaVersion is the version of the shape of report.json.
const schemaVersion = 1

// reportJSON is a report as a file holds it.
type reportJSON struct {
	Version int                     `json:"version"`
	Meta    Meta                    `json:"meta"`
	Queries map[string]Query        `json:"queries"`
	Total   *sectionJSON            `json:"total"`
	Units   map[string]*sectionJSON `json:"units"`
}

type sectionJSON struct {
	Code    string                  `json:"code"`
	Label   string                  `json:"label"`
	Members []string                `json:"members,omitempty"`
	Group   bool                    `json:"group,omitempty"`
	Data    map[string]*dataJSON    `json:"data"`
	Blocks  map[string]*block.Block `json:"blocks"`
}

// dataJSON is the rows of one query: a list of values each, in the order of the columns. Numbers of
// decimal columns and of money are exact texts.
type dataJSON struct {
	*block.Data
	Rows [][]json.RawMessage `json:"rows"`
}

// Write writes a report as indented JSON: the same report gives the same bytes.
func Write(w io.Writer, r *Report) error {
	b, err := Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Marshal gives what Write writes.
func Marshal(r *Report) ([]byte, error) {
	out := reportJSON{Version: schemaVersion, Meta: r.Meta, Queries: r.Queries, Units: map[string]*sectionJSON{}}
	var err error
	if out.Total, err = encodeSection(&r.Total); err != nil {
		return nil, err
	}
	for code, s := range r.Units {
		if out.Units[code], err = encodeSection(s); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return laidOut(b.Bytes()), nil
}

func encodeSection(s *Section) (*sectionJSON, error) {
	out := &sectionJSON{Code: s.Code, Label: s.Label, Members: s.Members, Group: s.Group, Data: map[string]*dataJSON{}, Blocks: s.Blocks}
	if out.Blocks == nil {
		out.Blocks = map[string]*block.Block{}
	}
	for name, d := range s.Data {
		x := &dataJSON{Data: d, Rows: make([][]json.RawMessage, len(d.Rows))}
		for i, row := range d.Rows {
			x.Rows[i] = make([]json.RawMessage, len(row))
			for j, v := range row {
				raw, _, err := block.EncodeValue(v)
				if err != nil {
					return nil, fmt.Errorf("%s, column %s: %w", d.Query, d.Columns[j].Name, err)
				}
				x.Rows[i][j] = raw
			}
		}
		out.Data[name] = x
	}
	return out, nil
}

// Read reads a report that Write wrote, and joins its blocks to their data. What is no such file is
// a diagnostic without a place: the caller knows the file.
func Read(r io.Reader) (*Report, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	return Unmarshal(b)
}

// Unmarshal reads what Marshal gave.
func Unmarshal(b []byte) (*Report, error) {
	var in reportJSON
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&in); err != nil {
		return nil, unreadable(b, err)
	}
	if in.Meta.Report == "" || in.Total == nil {
		return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "it is no report: meta and total are missing").WithHint("atlas format writes reports")
	}
	if in.Version > schemaVersion {
		return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the report has the version %d, and this Atlas reads %d", in.Version, schemaVersion).
			WithHint("write it again with this Atlas, or read it with a newer one")
	}
	if in.Queries == nil {
		in.Queries = map[string]Query{}
	}
	out := &Report{Meta: in.Meta, Queries: in.Queries, Units: map[string]*Section{}}
	total, err := decodeSection(in.Total)
	if err != nil {
		return nil, err
	}
	out.Total = *total
	for code, s := range in.Units {
		if s == nil {
			return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "units.%s is empty", code)
		}
		if out.Units[code], err = decodeSection(s); err != nil {
			return nil, err
		}
	}
	out.link()
	return out, nil
}

// unreadable says where a file stops to be JSON of a report.
func unreadable(b []byte, err error) error {
	d := diag.Errorf(diag.BadReport, diag.Pos{}, "it cannot be read as a report: %v", err).WithErr(err).WithHint("atlas format writes reports")
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset <= int64(len(b)) {
		before := b[:syntax.Offset]
		d.Pos.Line = bytes.Count(before, []byte("\n")) + 1
		d.Pos.Col = len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:])))
	}
	return d
}

func decodeSection(s *sectionJSON) (*Section, error) {
	out := &Section{Code: s.Code, Label: s.Label, Members: s.Members, Group: s.Group, Data: map[string]*block.Data{}, Blocks: s.Blocks}
	if out.Blocks == nil {
		out.Blocks = map[string]*block.Block{}
	}
	for name, b := range out.Blocks {
		if b == nil {
			return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the block %s is empty", name)
		}
		if err := whole(b); err != nil {
			return nil, err
		}
	}
	inner := map[string][]string{}
	for name, b := range out.Blocks {
		for _, c := range b.Columns {
			inner[name] = append(inner[name], c.Blocks...)
		}
	}
	if at := circle(inner); at != "" {
		return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the columns of %s hold themselves", at)
	}
	if at := crowded(inner); at != "" {
		return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the columns of %s hold more than %d blocks, one in another", at, maxHeld)
	}
	for name, x := range s.Data {
		if x == nil || x.Data == nil {
			return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the data %s is empty", name)
		}
		d := x.Data
		d.Name = name
		d.Rows = make([][]block.Value, len(x.Rows))
		for i, row := range x.Rows {
			if len(row) != len(d.Columns) {
				return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the data %s has %d columns, and its row %d has %d values", name, len(d.Columns), i+1, len(row))
			}
			d.Rows[i] = make([]block.Value, len(row))
			for j, raw := range row {
				v, err := decodeCell(raw, d.Columns[j])
				if err != nil {
					return nil, diag.Errorf(diag.BadReport, diag.Pos{}, "the data %s, row %d, column %s: %v", name, i+1, d.Columns[j].Name, err)
				}
				d.Rows[i][j] = v
			}
		}
		out.Data[name] = d
	}
	return out, nil
}

// decodeCell reads a value of a column. A text in a column of numbers is an exact number.
func decodeCell(raw json.RawMessage, f block.Field) (block.Value, error) {
	t := f.Type
	if t == block.Integer || t == block.Float {
		t = block.Decimal
	}
	if t == block.Date && len(raw) > len(`"2006-01-02"`) {
		t = block.Timestamp
	}
	v, err := block.DecodeValue(raw, t)
	if err != nil && f.Type == block.Timestamp {
		return block.DecodeValue(raw, block.Date)
	}
	return v, err
}

// whole reports a block whose parts do not fit together, so that renderers need not ask.
func whole(b *block.Block) error {
	bad := func(what string) error {
		return diag.Errorf(diag.BadReport, diag.Pos{}, "the block %s is broken: %s", b.ID, what)
	}
	if c := b.Chart; c != nil {
		for _, s := range c.Series {
			if len(s.Values) != len(c.Categories) && len(c.Categories) > 0 {
				return bad("a series has more or fewer values than there are categories")
			}
		}
		if c.Type == block.GaugeChart && len(c.Series) > 0 && len(c.Series[0].Values) == 0 {
			return bad("a gauge without a value")
		}
	}
	if t := b.Table; t != nil {
		for _, l := range t.Lines {
			if len(l.Cells) != len(t.Columns) {
				return bad("a line has more or fewer cells than there are columns")
			}
		}
	}
	var outside bool
	for _, p := range []*block.Prose{&b.Title, &b.Subtitle, &b.Note, b.Heading, b.Text} {
		outside = outside || p != nil && !fits(*p)
	}
	if b.Callout != nil {
		outside = outside || !fits(b.Callout.Title) || !fits(b.Callout.Text)
	}
	if outside {
		return bad("a figure stands outside of its text")
	}
	return nil
}

func fits(p block.Prose) bool {
	for _, q := range p.Figures {
		if q.At < 0 || q.Length < 0 || q.At+q.Length > len(p.Text) {
			return false
		}
	}
	return true
}

// lineWidth is how long a list or object may be to stand on one line.
const lineWidth = 200

// laidOut breaks compact JSON into lines: what is short stays on one.
func laidOut(compact []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(compact) * 5 / 4)
	l := layout{in: bytes.TrimSpace(compact), out: &b}
	l.ends = l.measure()
	l.value(0)
	b.WriteByte('\n')
	return b.Bytes()
}

// layout walks compact JSON once; ends tells where each list and object ends.
type layout struct {
	in   []byte
	out  *bytes.Buffer
	at   int
	ends map[int]int
}

// measure finds the end of every list and object.
func (l *layout) measure() map[int]int {
	ends := map[int]int{}
	var open []int
	for i := 0; i < len(l.in); i++ {
		switch l.in[i] {
		case '"':
			i = stringEnd(l.in, i) - 1
		case '{', '[':
			open = append(open, i)
		case '}', ']':
			ends[open[len(open)-1]] = i + 1
			open = open[:len(open)-1]
		}
	}
	return ends
}

// stringEnd gives the place behind a text that begins at i.
func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func (l *layout) value(depth int) {
	end, nested := l.ends[l.at]
	switch {
	case !nested:
		from := l.at
		for l.at < len(l.in) && !strings.ContainsRune(",:]}", rune(l.in[l.at])) {
			if l.in[l.at] == '"' {
				l.at = stringEnd(l.in, l.at)
				continue
			}
			l.at++
		}
		l.out.Write(l.in[from:l.at])
	case end-l.at <= lineWidth-2*depth:
		l.line(end)
	default:
		l.broken(depth)
	}
}

// line writes a list or object on one line, with a space after commas and colons.
func (l *layout) line(end int) {
	for l.at < end {
		switch c := l.in[l.at]; c {
		case '"':
			to := stringEnd(l.in, l.at)
			l.out.Write(l.in[l.at:to])
			l.at = to
		case ',', ':':
			l.out.WriteByte(c)
			l.out.WriteByte(' ')
			l.at++
		default:
			l.out.WriteByte(c)
			l.at++
		}
	}
}

// broken writes a list or object with a line for each entry.
func (l *layout) broken(depth int) {
	l.out.WriteByte(l.in[l.at])
	l.at++
	for {
		l.out.WriteByte('\n')
		for range depth + 1 {
			l.out.WriteString("  ")
		}
		l.value(depth + 1)
		if l.in[l.at] == ':' {
			l.out.WriteString(": ")
			l.at++
			l.value(depth + 1)
		}
		c := l.in[l.at]
		l.at++
		if c != ',' {
			l.out.WriteByte('\n')
			for range depth {
				l.out.WriteString("  ")
			}
			l.out.WriteByte(c)
			return
		}
		l.out.WriteByte(',')
	}
}
