package jinja

import "time"

// Builtins gives the globals that know nothing of SQL: modules (re, datetime, pytz, itertools),
// fromjson, tojson, set, set_strict, zip, zip_strict, local_md5, range. The clock is what
// datetime.now and its like read; nil means time.Now.
func Builtins(clock func() time.Time) Vars { return Vars{} }
