package jinja

import "strings"

// filterNamed finds a filter; nil if there is none of that name.
func filterNamed(name string) filterFunc {
	if f := textFilter(name); f != nil {
		return f
	}
	if f := sequenceFilter(name); f != nil {
		return f
	}
	return valueFilter(name)
}

// filterNames lists the filters, for "did you mean".
func filterNames() []string {
	return strings.Fields("abs as_bool as_native as_number as_text attr batch capitalize center count d default dictsort e " +
		"escape filesizeformat first float forceescape format groupby indent int is_list items join last length list " +
		"lower map max min pprint random reject rejectattr replace reverse round safe select selectattr slice sort string " +
		"striptags sum title tojson trim truncate unique upper urlencode urlize wordcount wordwrap xmlattr")
}

func textFilter(name string) filterFunc {
	switch name {
	case "upper":
		return filterUpper
	case "lower":
		return filterLower
	case "trim":
		return filterTrim
	case "replace":
		return filterReplace
	case "title":
		return filterTitle
	case "capitalize":
		return filterCapitalize
	case "string":
		return filterString
	case "indent":
		return filterIndent
	case "center":
		return filterCenter
	case "truncate":
		return filterTruncate
	case "wordcount":
		return filterWordCount
	case "wordwrap":
		return filterWordWrap
	case "format":
		return filterFormat
	case "e", "escape":
		return filterEscape
	case "forceescape":
		return filterForceEscape
	case "safe":
		return filterSafe
	case "striptags":
		return filterStripTags
	case "urlencode":
		return filterURLEncode
	case "urlize":
		return filterURLize
	case "xmlattr":
		return filterXMLAttr
	case "tojson":
		return filterToJSON
	case "pprint":
		return filterPPrint
	}
	return nil
}

func sequenceFilter(name string) filterFunc {
	switch name {
	case "join":
		return filterJoin
	case "length", "count":
		return filterLength
	case "list":
		return filterList
	case "first":
		return filterFirst
	case "last":
		return filterLast
	case "map":
		return filterMap
	case "select":
		return filterSelect
	case "reject":
		return filterReject
	case "selectattr":
		return filterSelectAttr
	case "rejectattr":
		return filterRejectAttr
	case "sort":
		return filterSort
	case "unique":
		return filterUnique
	case "min":
		return filterMin
	case "max":
		return filterMax
	case "sum":
		return filterSum
	case "reverse":
		return filterReverse
	case "groupby":
		return filterGroupBy
	case "dictsort":
		return filterDictSort
	case "items":
		return filterItems
	case "batch":
		return filterBatch
	case "slice":
		return filterSlice
	case "random":
		return filterRandom
	}
	return nil
}

func valueFilter(name string) filterFunc {
	switch name {
	case "default", "d":
		return filterDefault
	case "int":
		return filterInt
	case "float":
		return filterFloat
	case "abs":
		return filterAbs
	case "round":
		return filterRound
	case "attr":
		return filterAttr
	case "filesizeformat":
		return filterFileSize
	case "as_text", "as_bool", "as_native", "as_number":
		return filterAs
	case "is_list":
		return func(c *Call) (Value, error) { return isList(c.Args[0]), nil }
	}
	return nil
}

// autoescape reports whether the calling template escapes.
func (c *Call) autoescape() bool { return c.frame != nil && c.frame.auto }

// mode is how the render treats undefined values.
func (c *Call) mode() UndefinedMode {
	if c.State == nil {
		return UndefinedDefault
	}
	return c.State.Undefined
}

// opt gives an optional argument of a filter, or def; argument 0 is the value itself.
func (c *Call) opt(i int, name string, def Value) Value {
	if v, ok := c.Arg(i, name); ok {
		return v
	}
	return def
}

// limit refuses more positional arguments than the filter has, and keywords it does not know.
func (c *Call) limit(params ...string) error {
	if len(c.Args)-1 > len(params) {
		return callErrorf("the filter %s takes at most %s (%d given)", c.Name, plural(int64(len(params)), "argument"), len(c.Args)-1)
	}
	for i, kw := range c.Kwargs {
		known := -1
		for k, p := range params {
			if p == kw.Name {
				known = k
			}
		}
		switch {
		case known < 0:
			c.Kwargs[0], c.Kwargs[i] = c.Kwargs[i], c.Kwargs[0]
			return c.unknownKwarg(params)
		case known < len(c.Args)-1:
			return callErrorf("the filter %s got two values for argument '%s'", c.Name, kw.Name)
		}
	}
	return nil
}

// optInt gives an optional argument as an int.
func (c *Call) optInt(i int, name string, def int) (int, error) {
	v, ok := c.Arg(i, name)
	if !ok || v == nil {
		return def, nil
	}
	n, ok := index(v)
	if !ok {
		if u, ok := v.(*Undefined); ok {
			return 0, u.misuse()
		}
		return 0, opErrorf("'%s' object cannot be interpreted as an integer", typeName(v))
	}
	return n, nil
}

// softText gives the value of a text filter as text: str(), but Markup stays Markup.
func (c *Call) softText() (string, bool, error) {
	switch v := c.Args[0].(type) {
	case string:
		return v, false, nil
	case Markup:
		return string(v), true, nil
	case *Undefined:
		if v.mode == UndefinedStrict {
			return "", false, v.misuse()
		}
	}
	return Str(c.Args[0]), false, nil
}

// filterDefault is default: another value for an undefined (or false) one.
func filterDefault(c *Call) (Value, error) {
	if err := c.limit("default_value", "boolean"); err != nil {
		return nil, err
	}
	v := c.Args[0]
	_, undefined := v.(*Undefined)
	if undefined || Truth(c.opt(2, "boolean", false)) && !Truth(v) {
		return c.opt(1, "default_value", ""), nil
	}
	return v, nil
}

// filterAs marks text for RenderNative; elsewhere it does nothing.
func filterAs(c *Call) (Value, error) {
	v := c.Args[0]
	if c.frame == nil || c.frame.out == nil || c.frame.out.nat == nil {
		return v, nil
	}
	return marked{text: Str(v), kind: strings.TrimPrefix(c.Name, "as_")}, nil
}

func filterAttr(c *Call) (Value, error) {
	if err := c.limit("name"); err != nil {
		return nil, err
	}
	name, ok := text(c.opt(1, "name", nil))
	if !ok {
		return nil, callErrorf("the filter attr needs a name")
	}
	if d, ok := c.Args[0].(*Dict); ok {
		if m := dictMethod(name); m != nil {
			return &boundMethod{recv: d, name: name, fn: m}, nil
		}
		return c.frame.undefinedAttr(d, name), nil
	}
	return getAttr(c.frame, c.Args[0], name)
}
