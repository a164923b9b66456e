package odoo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/source"
)

const (
	attempts = 5
	maxBody  = 64 << 20        // of an answer, unpacked
	maxWait  = 5 * time.Minute // between two attempts, whatever the server asks for
)

// client speaks to one server for one table.
type client struct {
	s      *settings
	r      source.Request
	web    *http.Client
	bucket *bucket
	wire   transport
	asked  time.Time // the server's clock when the last request was sent; the earlier of its and ours
}

// transport is how a method of a model is called.
type transport interface {
	// request gives the path and the headers to call c with, and the body.
	request(c call) (path string, header http.Header, body any)
	// result takes the method's result out of an answer. The error is a *fault where the server
	// says what is wrong, and a *transient where another attempt may help.
	result(a answer) ([]byte, error)
}

// call is a method of a model with its arguments.
type call struct {
	model, method string
	domain        []any // nil where the method takes none
	args          map[string]any
}

// answer is what came over HTTP.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// html reports an answer that was made for a browser.
func (a answer) html() bool {
	return strings.Contains(a.header.Get("Content-Type"), "html") || bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<"))
}

// fault is an error that the server itself tells.
type fault struct {
	status  int    // of HTTP
	name    string // of the exception: odoo.exceptions.AccessError
	message string
}

// Error gives the server's words, which are not fit to be shown as they are.
func (f *fault) Error() string { return f.name + ": " + f.message }

// transient is a failure that another attempt may not meet.
type transient struct {
	why   string
	after time.Duration // that the server asks to wait for; 0 if it does not say
	err   error
}

// Error says what happened.
func (t *transient) Error() string { return t.why }

// Unwrap gives the cause.
func (t *transient) Unwrap() error { return t.err }

// dial logs in.
func (o *Source) dial(ctx context.Context, r source.Request, s *settings) (*client, error) {
	c := &client{s: s, r: r}
	c.web, c.bucket = o.shared(s.url.Host, s.rate)
	wire, err := c.login(ctx)
	if err != nil {
		return nil, err
	}
	c.wire = wire
	return c, nil
}

// call calls a method and gives its result as JSON, which is valid. The error is a diagnostic, or
// the context's, or a *fault.
func (c *client) call(ctx context.Context, q call) ([]byte, error) {
	return c.over(ctx, c.wire, q)
}

// over calls a method over a transport, several times if need be.
func (c *client) over(ctx context.Context, wire transport, q call) ([]byte, error) {
	path, header, payload := wire.request(q)
	body, err := json.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.s.address(), err)
	}
	for n := 1; ; n++ {
		out, err := c.attempt(ctx, wire, path, header, body)
		if err == nil || ctx.Err() != nil {
			return out, errors.Join(err, ctx.Err())
		}
		var t *transient
		if !errors.As(err, &t) {
			return nil, err
		}
		if n == attempts {
			return nil, c.silent(t)
		}
		wait := backoff(n, t.after)
		c.r.Tell("%s: %s; trying again in %s (attempt %d of %d)", c.s.url.Host, t.why, wait.Round(100*time.Millisecond), n+1, attempts)
		if err := c.r.Wait(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// backoff doubles from one second, with up to half of it left to chance, so that many readers do
// not come back at once.
func backoff(n int, after time.Duration) time.Duration {
	d := time.Second << (n - 1)
	d = d/2 + rand.N(d/2+1)
	return min(max(d, after), maxWait)
}

// attempt sends one request.
func (c *client) attempt(ctx context.Context, wire transport, path string, header http.Header, body []byte) ([]byte, error) {
	if err := c.bucket.take(ctx, c.r); err != nil {
		return nil, err
	}
	timed, stop := context.WithTimeout(ctx, c.s.timeout)
	defer stop()
	a, err := c.send(timed, path, header, body)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && timed.Err() != nil:
		return nil, &transient{why: fmt.Sprintf("no whole answer within %s", c.s.timeout), err: context.DeadlineExceeded}
	case err != nil:
		return nil, c.broken(err)
	}
	switch a.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return nil, &transient{why: fmt.Sprintf("the server answered %d %s", a.status, http.StatusText(a.status)), after: retryAfter(a.header, c.r.Clock())}
	}
	if a.status >= 300 && a.status < 400 {
		return nil, c.unfit("answers that it is to be found elsewhere").WithHint("open %s in a browser, and write the address that it ends at under url", c.s.url)
	}
	out, err := wire.result(a)
	var f *fault
	if errors.As(err, &f) && f.passing() {
		return nil, &transient{why: "the server was busy: " + c.s.scrub(f.message), err: f}
	}
	return out, err
}

// send sends the request and reads the whole answer.
func (c *client) send(ctx context.Context, path string, header http.Header, body []byte) (answer, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.s.url.String()+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for k, v := range header {
		q.Header[k] = v
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "atlas")
	sent := c.r.Clock()
	resp, err := c.web.Do(q)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(a.body) > maxBody {
		return a, errTooLarge
	}
	c.asked = sent.UTC()
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		at = at.Add(-max(c.r.Clock().Sub(sent), 0))
		if at.Before(c.asked) {
			c.asked = at.UTC()
		}
	}
	return a, err
}

var errTooLarge = errors.New("the answer is too large")

// broken tells what a failure below HTTP means.
func (c *client) broken(err error) error {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, errTooLarge):
		return diag.Errorf(diag.Unreachable, c.s.t.OptionAt("page"), "%s: %s of %s are more than %d MB", c.s.url.Host, counted(c.s.page, "record", "records"), c.s.model, maxBody>>20).
			WithHint("ask for fewer at once, page: %d, or name under fields only what is needed", max(c.s.page/5, 1))
	case errors.As(err, &dns) && dns.IsNotFound:
		return diag.Errorf(diag.Unreachable, c.s.t.OptionAt("odoo"), "there is no server named %s", dns.Name).
			WithHint("look at url: it looks like https://erp.example.com").WithErr(err)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return c.unfit("speaks http, not https").WithHint("write url: http://%s if the way there is safe without", c.s.url.Host)
	case strings.Contains(err.Error(), "x509:"), strings.Contains(err.Error(), "tls: "):
		return c.unfit("has a certificate that cannot be trusted").WithErr(err).WithHint("the server's name and the certificate's must be the same, and the certificate in date")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &transient{why: "the connection was cut", err: err}
	case errors.As(err, &op) && op.Op == "dial":
		return &transient{why: "no connection: " + reason(op.Err), err: err}
	case errors.As(err, &op):
		return &transient{why: "the connection broke: " + reason(op.Err), err: err}
	default:
		return &transient{why: "the connection broke", err: err}
	}
}

// reason is the end of a chain of errors: "connection refused".
func reason(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// silent is the error when no attempt is left.
func (c *client) silent(t *transient) error {
	d := diag.Errorf(diag.Unreachable, c.s.t.OptionAt("odoo"), "%s did not answer as it should in %d attempts: %s", c.s.url.Host, attempts, t.why).WithErr(t)
	if errors.Is(t, context.DeadlineExceeded) {
		return d.WithHint("make timeout longer, or page smaller than %d", c.s.page)
	}
	return d.WithHint("look whether the server runs and url is right, or try later: a reading that was under way goes on")
}

// unfit is the error of an answer that no Odoo gives.
func (c *client) unfit(words string) *diag.Diagnostic {
	return diag.Errorf(diag.Unreachable, c.s.t.OptionAt("odoo"), "%s %s", c.s.url.Host, words)
}

// retryAfter reads how long the server asks to wait.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 1<<20 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
