package jinja

import "time"

// DateTime is Python's datetime.
type DateTime struct {
	t     time.Time
	naive bool // it has no time zone
}

// Attr is filled in below.
func (d *DateTime) Attr(name string) (Value, bool) { return nil, false }
