package jinja

// maxItems keeps products and permutations from filling the memory.
const maxItems = 1_000_000

// itertoolsModule is modules.itertools.
func itertoolsModule() *Dict {
	d := NewDict()
	for name, fn := range map[string]Func{
		"product": itProduct, "chain": nil, "combinations": itChoose(false, false),
		"combinations_with_replacement": itChoose(true, false), "permutations": itChoose(false, true),
		"islice": itSlice, "count": itCount, "cycle": itCycle, "repeat": itRepeat, "accumulate": itAccumulate,
		"compress": itCompress, "starmap": itStarMap, "tee": itTee, "zip_longest": itZipLongest, "groupby": itGroupBy,
	} {
		if fn != nil {
			d.Set(name, fn)
		}
	}
	d.Set("chain", &class{name: "itertools.chain", make: itChain, attrs: func(name string) (Value, bool) {
		if name != "from_iterable" {
			return nil, false
		}
		return Func(func(c *Call) (Value, error) {
			v, err := one(c, name)
			if err != nil {
				return nil, err
			}
			items, err := iterate(v)
			if err != nil {
				return nil, err
			}
			return itChain(&Call{Args: items})
		}), true
	}})
	return d
}

// sequences gives the items of every positional argument.
func sequences(args []Value) ([][]Value, error) {
	out := make([][]Value, len(args))
	for i, a := range args {
		items, err := iterate(a)
		if err != nil {
			return nil, err
		}
		out[i] = items
	}
	return out, nil
}

func itChain(c *Call) (Value, error) {
	seqs, err := sequences(c.Args)
	if err != nil {
		return nil, err
	}
	var out []Value
	for _, s := range seqs {
		out = append(out, s...)
	}
	return NewIterator("itertools.chain", out), nil
}

func itProduct(c *Call) (Value, error) {
	pools, err := sequences(c.Args)
	if err != nil {
		return nil, err
	}
	if v, ok := c.Kwarg("repeat"); ok {
		n, ok := index(v)
		if !ok || n < 0 {
			return nil, opErrorf("repeat argument cannot be negative")
		}
		once := pools
		pools = nil
		for range n {
			pools = append(pools, once...)
		}
	}
	total := 1
	for _, p := range pools {
		if total *= len(p); total > maxItems {
			return nil, opErrorf("the product has more than %d items", maxItems)
		}
	}
	out := []Value{Tuple{}}
	for _, p := range pools {
		next := make([]Value, 0, len(out)*len(p))
		for _, t := range out {
			for _, x := range p {
				next = append(next, append(append(Tuple{}, t.(Tuple)...), x))
			}
		}
		out = next
	}
	return NewIterator("itertools.product", out), nil
}

// itChoose gives combinations or permutations.
func itChoose(repeat, ordered bool) Func {
	return func(c *Call) (Value, error) {
		v, ok := c.Arg(0, "iterable")
		if !ok {
			return nil, callErrorf("the argument 'iterable' is missing")
		}
		pool, err := iterate(v)
		if err != nil {
			return nil, err
		}
		def := -1
		if ordered {
			def = len(pool)
		}
		r, err := intArg(c, 1, "r", def)
		if err != nil {
			return nil, err
		}
		if r < 0 {
			return nil, opErrorf("r must be non-negative")
		}
		ch := chooser{pool: pool, r: r, repeat: repeat, ordered: ordered, used: make([]bool, len(pool))}
		if !ch.choose(nil, 0) {
			return nil, opErrorf("there are more than %d items", maxItems)
		}
		return NewIterator("itertools.combinations", ch.out), nil
	}
}

type chooser struct {
	pool            []Value
	r               int
	repeat, ordered bool
	used            []bool
	out             []Value
}

func (ch *chooser) choose(picked Tuple, from int) bool {
	if len(picked) == ch.r {
		ch.out = append(ch.out, append(Tuple{}, picked...))
		return len(ch.out) <= maxItems
	}
	start := from
	if ch.ordered {
		start = 0
	}
	for i := start; i < len(ch.pool); i++ {
		if ch.ordered && ch.used[i] {
			continue
		}
		next := i + 1
		if ch.repeat {
			next = i
		}
		ch.used[i] = true
		ok := ch.choose(append(picked, ch.pool[i]), next)
		ch.used[i] = false
		if !ok {
			return false
		}
	}
	return true
}

// endless is an iterator without an end: count, cycle, repeat. What asks for all of it fails.
type endless struct {
	kind string
	item func(i int) (Value, error)
	at   int
}

// Iter gives a first part; an endless iterator must be cut by islice or zip.
func (e *endless) Iter() []Value {
	const most = 10_000
	return e.take(most)
}

func (e *endless) take(n int) []Value {
	out := make([]Value, 0, n)
	for range n {
		v, err := e.item(e.at)
		if err != nil {
			break
		}
		e.at++
		out = append(out, v)
	}
	return out
}

// Attr gives nothing.
func (e *endless) Attr(string) (Value, bool) { return nil, false }

// TypeName is the Python type.
func (e *endless) TypeName() string { return e.kind }

// String prints the iterator.
func (e *endless) String() string { return "<" + e.kind + " object>" }

func itCount(c *Call) (Value, error) {
	var start, step Value = int64(0), int64(1)
	if v, ok := c.Arg(0, "start"); ok {
		start = v
	}
	if v, ok := c.Arg(1, "step"); ok {
		step = v
	}
	return &endless{kind: "itertools.count", item: func(i int) (Value, error) {
		by, err := arith(tokMul, step, int64(i))
		if err != nil {
			return nil, err
		}
		return arith(tokAdd, start, by)
	}}, nil
}

func itCycle(c *Call) (Value, error) {
	v, err := one(c, "cycle")
	if err != nil {
		return nil, err
	}
	items, err := iterate(v)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return NewIterator("itertools.cycle", nil), nil
	}
	return &endless{kind: "itertools.cycle", item: func(i int) (Value, error) { return items[i%len(items)], nil }}, nil
}

func itRepeat(c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return nil, callErrorf("repeat() needs an object")
	}
	x := c.Args[0]
	n, err := intArg(c, 1, "times", -1)
	if err != nil {
		return nil, err
	}
	e := &endless{kind: "itertools.repeat", item: func(int) (Value, error) { return x, nil }}
	if n < 0 {
		return e, nil
	}
	return NewIterator("itertools.repeat", e.take(min(n, maxItems))), nil
}

func itSlice(c *Call) (Value, error) {
	if len(c.Args) < 2 || len(c.Args) > 4 {
		return nil, callErrorf("islice expected 2 to 4 arguments, got %d", len(c.Args))
	}
	bounds := [3]int{0, -1, 1}
	at := 1
	if len(c.Args) > 2 {
		at = 0
	}
	for _, a := range c.Args[1:] {
		if n, ok := index(a); ok {
			if n < 0 {
				return nil, opErrorf("islice needs bounds that are not negative")
			}
			bounds[at] = n
		}
		at++
	}
	var items []Value
	if e, ok := c.Args[0].(*endless); ok {
		if bounds[1] < 0 {
			return nil, opErrorf("islice of an endless iterator needs an end")
		}
		items = e.take(min(bounds[1], maxItems))
	} else {
		var err error
		if items, err = iterate(c.Args[0]); err != nil {
			return nil, err
		}
	}
	stop := len(items)
	if bounds[1] >= 0 {
		stop = min(stop, bounds[1])
	}
	var out []Value
	for i := bounds[0]; i < stop; i += max(1, bounds[2]) {
		out = append(out, items[i])
	}
	return NewIterator("itertools.islice", out), nil
}

func itAccumulate(c *Call) (Value, error) {
	v, err := c.bind("iterable", "func?", "initial?")
	if err != nil {
		return nil, err
	}
	items, err := iterate(v[0])
	if err != nil {
		return nil, err
	}
	if v[2] != Missing && v[2] != nil {
		items = append([]Value{v[2]}, items...)
	}
	var out []Value
	for i, x := range items {
		if i > 0 {
			if v[1] == Missing || v[1] == nil {
				x, err = arith(tokAdd, out[i-1], x)
			} else {
				x, err = c.callBack(v[1], out[i-1], x)
			}
			if err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return NewIterator("itertools.accumulate", out), nil
}

func itCompress(c *Call) (Value, error) {
	seqs, err := sequences(c.Args)
	if err != nil {
		return nil, err
	}
	if len(seqs) != 2 {
		return nil, callErrorf("compress() takes two arguments (%d given)", len(seqs))
	}
	var out []Value
	for i := range min(len(seqs[0]), len(seqs[1])) {
		if Truth(seqs[1][i]) {
			out = append(out, seqs[0][i])
		}
	}
	return NewIterator("itertools.compress", out), nil
}

func itStarMap(c *Call) (Value, error) {
	v, err := c.bind("function", "iterable")
	if err != nil {
		return nil, err
	}
	items, err := iterate(v[1])
	if err != nil {
		return nil, err
	}
	out := make([]Value, len(items))
	for i, x := range items {
		args, err := iterate(x)
		if err != nil {
			return nil, err
		}
		if out[i], err = c.callBack(v[0], args...); err != nil {
			return nil, err
		}
	}
	return NewIterator("itertools.starmap", out), nil
}

func itTee(c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return nil, callErrorf("tee expected at least 1 argument, got 0")
	}
	items, err := iterate(c.Args[0])
	if err != nil {
		return nil, err
	}
	n, err := intArg(c, 1, "n", 2)
	if err != nil {
		return nil, err
	}
	out := make(Tuple, max(0, min(n, 1000)))
	for i := range out {
		out[i] = NewIterator("itertools._tee", items)
	}
	return out, nil
}

func itZipLongest(c *Call) (Value, error) {
	seqs, err := sequences(c.Args)
	if err != nil {
		return nil, err
	}
	fill, _ := c.Kwarg("fillvalue")
	n := 0
	for _, s := range seqs {
		n = max(n, len(s))
	}
	out := make([]Value, n)
	for i := range out {
		t := make(Tuple, len(seqs))
		for k, s := range seqs {
			if t[k] = fill; i < len(s) {
				t[k] = s[i]
			}
		}
		out[i] = t
	}
	return NewIterator("itertools.zip_longest", out), nil
}

func itGroupBy(c *Call) (Value, error) {
	v, err := c.bind("iterable", "key?")
	if err != nil {
		return nil, err
	}
	items, err := iterate(v[0])
	if err != nil {
		return nil, err
	}
	var out []Value
	var last Value
	var run *Iterator
	for _, x := range items {
		key := x
		if v[1] != Missing && v[1] != nil {
			if key, err = c.callBack(v[1], x); err != nil {
				return nil, err
			}
		}
		if run == nil || !Equal(key, last) {
			run, last = NewIterator("itertools._grouper", nil), key
			out = append(out, Tuple{key, run})
		}
		run.items = append(run.items, x)
	}
	return NewIterator("itertools.groupby", out), nil
}

// zipped pairs up sequences as far as the shortest goes.
func zipped(args []Value) (Value, error) {
	n := -1
	for _, a := range args {
		if _, ok := a.(*endless); ok {
			continue
		}
		items, err := iterate(a)
		if err != nil {
			return nil, err
		}
		if it, ok := a.(*Iterator); ok {
			it.items, it.next = items, 0 // walked below
		}
		if n < 0 || len(items) < n {
			n = len(items)
		}
	}
	n = max(n, 0)
	cols := make([][]Value, len(args))
	for i, a := range args {
		if e, ok := a.(*endless); ok {
			cols[i] = e.take(n)
			continue
		}
		cols[i], _ = iterate(a)
	}
	out := make([]Value, n)
	for i := range out {
		t := make(Tuple, len(cols))
		for k := range cols {
			t[k] = cols[k][i]
		}
		out[i] = t
	}
	return NewIterator("zip", out), nil
}
