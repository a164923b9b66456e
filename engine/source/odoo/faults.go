package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"atlas/engine/diag"
)

// passing reports a fault that another attempt may not meet: transactions that met, a database
// that restarts, workers that are all busy.
func (f *fault) passing() bool {
	text := f.name + " " + f.message
	for _, s := range []string{
		"SerializationFailure", "TransactionRollback", "could not serialize access", "DeadlockDetected", "LockNotAvailable",
		"PoolError", "connection pool is full", "too many clients", "too many connections", "the database system is",
		"server closed the connection", "terminating connection", "connection already closed", "InFailedSqlTransaction", "QueryCanceled",
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// is reports whether the exception has one of the names, whatever module it is from.
func (f *fault) is(names ...string) bool {
	_, last, ok := cutLast(f.name, '.')
	if !ok {
		last = f.name
	}
	for _, n := range names {
		if last == n {
			return true
		}
	}
	return false
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// denied is the error of a login that is refused.
func (c *client) denied(words string) *diag.Diagnostic {
	d := diag.Errorf(diag.Refused, c.s.loginAt(), "%s: %s", c.s.url.Host, words)
	if c.s.key != "" {
		return d.WithHint("keys of Odoo 19 and later live for three months at most: make a new one under Preferences, Account Security, and put it where the declaration takes it from")
	}
	return d.WithHint("try user and password in a browser; with two-factor login only an API key goes, in the password's place")
}

// explain makes a diagnostic of a server's words; at is the option that the request was about,
// the model where it says none.
func (c *client) explain(err error, at string) error {
	var f *fault
	if !errors.As(err, &f) {
		return err
	}
	s := c.s
	words := s.scrub(f.message)
	low := strings.ToLower(f.message)
	switch {
	case f.is("AccessDenied", "Unauthorized", "SessionExpiredException") || f.status == http.StatusUnauthorized:
		if s.key != "" {
			return c.denied("Odoo does not take this key: it is wrong, has expired or was revoked")
		}
		return c.denied("Odoo does not know this user and password")
	case f.is("AccessError", "Forbidden") || f.status == http.StatusForbidden:
		return diag.Errorf(diag.Refused, s.t.OptionAt("model"), "the user may not read %s: %s", s.model, words).
			WithHint("give the user the right to read it, or name under fields only what it may see")
	case strings.Contains(low, "database") && strings.Contains(low, "does not exist"), f.is("KeyError") && strings.Trim(f.message, `'"`) == s.database:
		return diag.Errorf(diag.Unreachable, s.t.OptionAt("odoo"), "%s has no database %q", s.url.Host, s.database).
			WithHint("Odoo shows its databases under %s/web/database/selector, if they are not hidden", s.url)
	}
	if at == "" {
		at = "model"
	}
	return diag.Errorf(diag.Unreachable, s.t.OptionAt(at), "Odoo does not give %s: %s", s.model, words).
		WithHint("the server's own log says more")
}

// noModel reports a fault that says there is no such model.
func (f *fault) noModel() bool {
	low := strings.ToLower(f.message)
	return f.status == http.StatusNotFound || f.is("KeyError") || strings.Contains(low, "object ") && strings.Contains(low, "doesn't exist") ||
		strings.Contains(low, "the model") && strings.Contains(low, "does not exist")
}

// missing is the error of a model that the server does not have, with the nearest that it has.
func (c *client) missing(ctx context.Context) error {
	d := diag.Errorf(diag.BadValue, c.s.t.OptionAt("model"), "%s has no model %q", c.s.url.Host, c.s.model).WithLen(len(c.s.model))
	var names []string
	q := call{model: "ir.model", method: "search_read", domain: []any{}, args: map[string]any{"fields": []string{"model"}, "limit": 5000}}
	if b, err := c.call(ctx, q); err == nil { // most users may not ask
		var rows []struct{ Model string }
		if json.Unmarshal(b, &rows) == nil {
			for _, r := range rows {
				names = append(names, r.Model)
			}
		}
	}
	if d.Hint = diag.DidYouMean(c.s.model, names); d.Hint == "" {
		d.Hint = "Odoo shows the models' names in developer mode; the module that brings it may not be installed"
	}
	return d
}
