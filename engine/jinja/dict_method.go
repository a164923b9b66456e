package jinja

// dictMethod finds a method of dict.
func dictMethod(name string) method {
	switch name {
	case "get":
		return dictGet
	case "items":
		return dictItems
	case "keys":
		return dictKeys
	case "values":
		return dictValues
	case "update":
		return dictUpdate
	case "pop":
		return dictPop
	case "popitem":
		return dictPopItem
	case "setdefault":
		return dictSetDefault
	case "copy":
		return dictCopy
	case "clear":
		return dictClear
	case "fromkeys":
		return dictFromKeys
	}
	return nil
}

func keyAndDefault(c *Call, name string) (key, def Value, given bool, err error) {
	if len(c.Args) == 0 || len(c.Args) > 2 || len(c.Kwargs) > 0 {
		return nil, nil, false, callErrorf("%s expected 1 or 2 arguments, got %d", name, len(c.Args)+len(c.Kwargs))
	}
	if err := hashable(c.Args[0]); err != nil {
		return nil, nil, false, err
	}
	if len(c.Args) == 2 {
		return c.Args[0], c.Args[1], true, nil
	}
	return c.Args[0], nil, false, nil
}

func dictGet(recv Value, c *Call) (Value, error) {
	key, def, _, err := keyAndDefault(c, "get")
	if err != nil {
		return nil, err
	}
	if v, ok := recv.(*Dict).Get(key); ok {
		return v, nil
	}
	return def, nil
}

func dictItems(recv Value, c *Call) (Value, error) {
	return &dictView{recv.(*Dict), viewItems}, none(c, "dict.items")
}

func dictKeys(recv Value, c *Call) (Value, error) {
	return &dictView{recv.(*Dict), viewKeys}, none(c, "dict.keys")
}

func dictValues(recv Value, c *Call) (Value, error) {
	return &dictView{recv.(*Dict), viewValues}, none(c, "dict.values")
}

func dictUpdate(recv Value, c *Call) (Value, error) {
	d := recv.(*Dict)
	if len(c.Args) > 1 {
		return nil, callErrorf("update expected at most 1 argument, got %d", len(c.Args))
	}
	for _, v := range c.Args {
		if err := updateDict(d, v); err != nil {
			return nil, err
		}
	}
	for _, kw := range c.Kwargs {
		d.Set(kw.Name, kw.Value)
	}
	return nil, nil
}

// updateDict takes over the keys of a mapping or the pairs of a sequence.
func updateDict(d *Dict, v Value) error {
	if m, ok := asDict(v); ok {
		if m == d {
			return nil
		}
		for k, x := range m.All() {
			d.Set(k, x)
		}
		return nil
	}
	items, err := iterate(v)
	if err != nil {
		return err
	}
	for i, item := range items {
		pair, err := iterate(item)
		if err != nil {
			return opErrorf("cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return opErrorf("dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := d.put(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

func dictPop(recv Value, c *Call) (Value, error) {
	key, def, given, err := keyAndDefault(c, "pop")
	if err != nil {
		return nil, err
	}
	d := recv.(*Dict)
	if v, ok := d.Get(key); ok {
		d.Delete(key)
		return v, nil
	}
	if !given {
		return nil, opErrorf("the dict has no key %s", Repr(key))
	}
	return def, nil
}

func dictPopItem(recv Value, c *Call) (Value, error) {
	d := recv.(*Dict)
	if d.Len() == 0 {
		return nil, opErrorf("popitem(): dictionary is empty")
	}
	last := d.entries[len(d.entries)-1]
	d.Delete(last.key)
	return Tuple{last.key, last.value}, none(c, "dict.popitem")
}

func dictSetDefault(recv Value, c *Call) (Value, error) {
	key, def, _, err := keyAndDefault(c, "setdefault")
	if err != nil {
		return nil, err
	}
	d := recv.(*Dict)
	if v, ok := d.Get(key); ok {
		return v, nil
	}
	d.Set(key, def)
	return def, nil
}

func dictCopy(recv Value, c *Call) (Value, error) {
	return recv.(*Dict).Copy(), none(c, "dict.copy")
}

func dictClear(recv Value, c *Call) (Value, error) {
	recv.(*Dict).clear()
	return nil, none(c, "dict.clear")
}

func dictFromKeys(_ Value, c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return nil, callErrorf("fromkeys expected at least 1 argument, got 0")
	}
	items, err := iterate(c.Args[0])
	if err != nil {
		return nil, err
	}
	var v Value
	if len(c.Args) > 1 {
		v = c.Args[1]
	}
	d := NewDict()
	for _, k := range items {
		if err := d.put(k, v); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// dictView is what keys(), values() and items() give: it follows the dict.
type dictView struct {
	d    *Dict
	kind viewKind
}

type viewKind uint8

const (
	viewKeys viewKind = iota
	viewValues
	viewItems
)

// Iter gives what the view shows now.
func (v *dictView) Iter() []Value {
	out := make([]Value, len(v.d.entries))
	for i := range v.d.entries {
		e := &v.d.entries[i]
		switch v.kind {
		case viewKeys:
			out[i] = e.key
		case viewValues:
			out[i] = e.value
		default:
			out[i] = Tuple{e.key, e.value}
		}
	}
	return out
}

// Len is the size of the dict.
func (v *dictView) Len() int { return v.d.Len() }

// Attr gives the set methods of a view of keys or items.
func (v *dictView) Attr(name string) (Value, bool) {
	if v.kind == viewValues || name != "isdisjoint" {
		return nil, false
	}
	return (&Set{newDictOf(v.Iter())}).Attr(name)
}

// TypeName is the Python type.
func (v *dictView) TypeName() string {
	return [...]string{"dict_keys", "dict_values", "dict_items"}[v.kind]
}

// String prints the view as Python does.
func (v *dictView) String() string {
	return v.TypeName() + "(" + Repr(&List{v.Iter()}) + ")"
}

// Equal compares views as the sets they are.
func (v *dictView) Equal(other Value) bool {
	if v.kind == viewValues {
		return other == Value(v)
	}
	items, err := iterate(other)
	if _, isList := other.(*List); err != nil || isList || len(items) != v.Len() {
		return false
	}
	a := &Set{newDictOf(v.Iter())}
	return a.Equal(&Set{newDictOf(items)})
}

// Arith gives the set operations of views.
func (v *dictView) Arith(op string, other Value, reflected bool) (Value, bool, error) {
	if v.kind == viewValues {
		return nil, false, nil
	}
	return (&Set{newDictOf(v.Iter())}).Arith(op, other, reflected)
}
