package jinja

import "atlas/engine/diag"

// message is the error text of using the value.
func (u *Undefined) message() string {
	switch {
	case u.Hint != "":
		return u.Hint
	case u.owner == "":
		return "'" + u.Name + "' is undefined"
	case u.noName:
		return u.owner + " has no element " + Repr(u.elem)
	default:
		return "'" + u.owner + "' has no attribute '" + u.Name + "'"
	}
}

// misuse is the error of using the value.
func (u *Undefined) misuse() error {
	return &opError{code: diag.UndefinedName, msg: u.message()}
}

// again is what an attribute, item or call of the value gives.
func (u *Undefined) again(name string) (Value, error) {
	if u.mode == UndefinedLenient {
		return &Undefined{Name: name, Hint: u.Hint, mode: u.mode}, nil
	}
	return nil, u.misuse()
}

// undefinedAttr is the value of an attribute that does not exist.
func (f *frame) undefinedAttr(obj Value, name string) *Undefined {
	return &Undefined{Name: name, owner: ownerName(obj), mode: f.st.Undefined}
}

func undefinedItem(mode UndefinedMode, obj, key Value) *Undefined {
	u := &Undefined{owner: ownerName(obj), mode: mode}
	if s, ok := text(key); ok {
		u.Name = s
	} else {
		u.elem, u.noName = key, true
	}
	return u
}

func ownerName(v Value) string {
	if v == nil {
		return "None"
	}
	return typeName(v) + " object"
}
