package jinja

// group is what groupby gives: a pair with names.
type group struct {
	key  Value
	list *List
}

// Iter gives the pair.
func (g *group) Iter() []Value { return []Value{g.key, g.list} }

// Len is two.
func (g *group) Len() int { return 2 }

// Item gives a half by its position.
func (g *group) Item(key Value) (Value, bool) {
	switch i, ok := index(key); {
	case ok && (i == 0 || i == -2):
		return g.key, true
	case ok && (i == 1 || i == -1):
		return g.list, true
	}
	return nil, false
}

// Attr gives grouper and list.
func (g *group) Attr(name string) (Value, bool) {
	switch name {
	case "grouper":
		return g.key, true
	case "list":
		return g.list, true
	}
	return nil, false
}

// TypeName is the Python type.
func (g *group) TypeName() string { return "tuple" }

// String prints the pair.
func (g *group) String() string { return Repr(Tuple{g.key, g.list}) }

func filterGroupBy(c *Call) (Value, error) {
	if err := c.limit("attribute", "default", "case_sensitive"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	attr, ok := c.Arg(1, "attribute")
	if !ok {
		return nil, callErrorf("the filter groupby needs an attribute")
	}
	def, given := c.Arg(2, "default")
	sensitive := Truth(c.opt(3, "case_sensitive", false))
	path := newAttrPath(c, attr, def, given)
	keys := make([]Value, len(items))
	pairs := make([]Value, len(items))
	for i, x := range items {
		k, err := path.of(x)
		if err != nil {
			return nil, err
		}
		keys[i] = folded(k, sensitive)
		pairs[i] = Tuple{k, x, keys[i]}
	}
	sorted, err := sortBy(pairs, keys, false)
	if err != nil {
		return nil, err
	}
	out := &List{}
	var last *group
	var lastKey Value
	for _, p := range sorted {
		pair := p.(Tuple)
		if last == nil || !Equal(lastKey, pair[2]) {
			last = &group{key: pair[0], list: &List{}}
			lastKey = pair[2]
			out.Items = append(out.Items, last)
		}
		last.list.Items = append(last.list.Items, pair[1])
	}
	return out, nil
}

func filterDictSort(c *Call) (Value, error) {
	if err := c.limit("case_sensitive", "by", "reverse"); err != nil {
		return nil, err
	}
	d, ok := asDict(c.Args[0])
	if !ok {
		if u, ok := c.Args[0].(*Undefined); ok {
			return nil, u.misuse()
		}
		return nil, opErrorf("'%s' object has no attribute 'items'", typeName(c.Args[0]))
	}
	by := Str(c.opt(2, "by", "key"))
	if by != "key" && by != "value" {
		return nil, opErrorf(`You can only sort by either "key" or "value"`)
	}
	items := (&dictView{d, viewItems}).Iter()
	keys := make([]Value, len(items))
	for i, x := range items {
		k := x.(Tuple)[0]
		if by == "value" {
			k = x.(Tuple)[1]
		}
		keys[i] = folded(k, Truth(c.opt(1, "case_sensitive", false)))
	}
	sorted, err := sortBy(items, keys, Truth(c.opt(3, "reverse", false)))
	return &List{sorted}, err
}

func filterItems(c *Call) (Value, error) {
	if u, ok := c.Args[0].(*Undefined); ok && u.mode != UndefinedStrict {
		return NewIterator("generator", nil), nil
	}
	d, ok := asDict(c.Args[0])
	if !ok {
		return nil, opErrorf("Can only get item pairs from a mapping.")
	}
	return NewIterator("generator", (&dictView{d, viewItems}).Iter()), nil
}

func filterBatch(c *Call) (Value, error) {
	if err := c.limit("linecount", "fill_with"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	n, err := c.optInt(1, "linecount", 0)
	if err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, callErrorf("the filter batch needs how many items a line has")
	}
	fill := c.opt(2, "fill_with", nil)
	var out []Value
	for i := 0; i < len(items); i += n {
		line := append([]Value(nil), items[i:min(i+n, len(items))]...)
		for fill != nil && len(line) < n {
			line = append(line, fill)
		}
		out = append(out, &List{line})
	}
	return NewIterator("generator", out), nil
}

func filterSlice(c *Call) (Value, error) {
	if err := c.limit("slices", "fill_with"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	n, err := c.optInt(1, "slices", 0)
	if err != nil {
		return nil, err
	}
	if n <= 0 {
		return nil, callErrorf("the filter slice needs how many slices there are")
	}
	fill := c.opt(2, "fill_with", nil)
	per, extra := len(items)/n, len(items)%n
	var out []Value
	at := 0
	for i := range n {
		size := per
		if i < extra {
			size++
		}
		part := append([]Value(nil), items[at:at+size]...)
		if fill != nil && i >= extra {
			part = append(part, fill)
		}
		at += size
		out = append(out, &List{part})
	}
	return NewIterator("generator", out), nil
}
