package jinja

// listExpr is [a, b].
type listExpr struct {
	items    []expr
	off, end int32
}

func (n *listExpr) span() (int32, int32) { return n.off, n.end }

func (n *listExpr) eval(f *frame) (Value, error) {
	items, err := evalAll(f, n.items)
	if err != nil {
		return nil, err
	}
	return &List{items}, nil
}

// tupleExpr is a, b.
type tupleExpr struct {
	items    []expr
	off, end int32
}

func (n *tupleExpr) span() (int32, int32) { return n.off, n.end }

func (n *tupleExpr) eval(f *frame) (Value, error) {
	items, err := evalAll(f, n.items)
	return Tuple(items), err
}

func evalAll(f *frame, nodes []expr) ([]Value, error) {
	items := make([]Value, len(nodes))
	for i, n := range nodes {
		v, err := n.eval(f)
		if err != nil {
			return nil, err
		}
		items[i] = v
	}
	return items, nil
}

// dictExpr is {k: v}.
type dictExpr struct {
	keys, values []expr
	off, end     int32
}

func (n *dictExpr) span() (int32, int32) { return n.off, n.end }

func (n *dictExpr) eval(f *frame) (Value, error) {
	d := &Dict{}
	if len(n.keys) > 0 {
		d.entries = make([]dictEntry, 0, len(n.keys))
	}
	for i := range n.keys {
		k, err := n.keys[i].eval(f)
		if err != nil {
			return nil, err
		}
		v, err := n.values[i].eval(f)
		if err != nil {
			return nil, err
		}
		if err := d.put(k, v); err != nil {
			return nil, f.atNode(n.keys[i], err)
		}
	}
	return d, nil
}

// put sets a key, and refuses one that Python cannot hash.
func (d *Dict) put(k, v Value) error {
	if _, ok := k.(string); !ok {
		if err := hashable(k); err != nil {
			return err
		}
	}
	d.Set(k, v)
	return nil
}

func hashable(k Value) error {
	if _, ok := hashKey(k); !ok {
		return opErrorf("unhashable type: '%s'", typeName(k))
	}
	return nil
}
