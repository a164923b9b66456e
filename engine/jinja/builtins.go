package jinja

import (
	"crypto/md5" //nolint:gosec // local_md5 is no protection, but a name that dbt gives
	"encoding/hex"
	"errors"
	"time"
)

// Builtins gives the globals that know nothing of SQL: modules (re, datetime, pytz, itertools),
// fromjson, tojson, set, set_strict, zip, zip_strict, local_md5. The clock is what datetime.now
// and its like read; nil means time.Now. The result may be shared between renders.
func Builtins(clock func() time.Time) Vars {
	if clock == nil {
		clock = time.Now
	}
	modules := NewDict()
	modules.Set("re", reModule())
	modules.Set("datetime", datetimeModule(clock))
	modules.Set("pytz", pytzModule())
	modules.Set("itertools", itertoolsModule())
	return Vars{
		"modules":    modules,
		"fromjson":   Func(fromJSONFunc),
		"tojson":     Func(toJSONFunc),
		"set":        Func(setFunc),
		"set_strict": Func(setStrictFunc),
		"zip":        Func(zipFunc),
		"zip_strict": Func(zipStrictFunc),
		"local_md5":  Func(md5Func),
		"range":      Func(rangeFunc),
	}
}

// orDefault gives def instead of an error of the operation.
func orDefault(v, def Value, err error) (Value, error) {
	var e *opError
	if errors.As(err, &e) {
		return def, nil
	}
	return v, err
}

func fromJSONFunc(c *Call) (Value, error) {
	v, err := c.bind("string", "default?")
	if err != nil {
		return nil, err
	}
	def := v[1]
	if def == Missing {
		def = nil
	}
	s, ok := text(v[0])
	if !ok {
		if u, ok := v[0].(*Undefined); ok {
			if u.mode == UndefinedLenient {
				return def, nil
			}
			return nil, u.misuse()
		}
		return nil, opErrorf("the JSON object must be str, bytes or bytearray, not %s", typeName(v[0]))
	}
	got, err := parseJSON(s)
	if err != nil {
		return def, nil //nolint:nilerr // text that is no JSON gives the default
	}
	return got, nil
}

func toJSONFunc(c *Call) (Value, error) {
	v, err := c.bind("value", "default?", "sort_keys?")
	if err != nil {
		return nil, err
	}
	style := jsonStyle{sortKeys: v[2] != Missing && Truth(v[2])}
	b, err := style.append(nil, v[0], 0)
	if err != nil {
		if v[1] != Missing {
			return v[1], nil
		}
		return nil, err
	}
	return string(b), nil
}

func setFunc(c *Call) (Value, error) {
	v, err := c.bind("value", "default?")
	if err != nil {
		return nil, err
	}
	def := v[1]
	if def == Missing {
		def = nil
	}
	s, err := setOf(v[0])
	return orDefault(s, def, err)
}

func setStrictFunc(c *Call) (Value, error) {
	v, err := one(c, "set_strict")
	if err != nil {
		return nil, err
	}
	return setOf(v)
}

func setOf(v Value) (Value, error) {
	items, err := iterate(v)
	if err != nil {
		return nil, err
	}
	s, err := NewSet(items)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func zipFunc(c *Call) (Value, error) {
	def, _ := c.Kwarg("default")
	z, err := zipped(c.Args)
	return orDefault(z, def, err)
}

func zipStrictFunc(c *Call) (Value, error) { return zipped(c.Args) }

func md5Func(c *Call) (Value, error) {
	v, err := one(c, "local_md5")
	if err != nil {
		return nil, err
	}
	s, ok := text(v)
	if !ok {
		if u, ok := v.(*Undefined); ok && u.mode == UndefinedLenient {
			s = ""
		} else if ok {
			return nil, u.misuse()
		} else {
			return nil, opErrorf("local_md5() needs a string, not %s", typeName(v))
		}
	}
	sum := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), nil
}
