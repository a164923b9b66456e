package odoo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/source"
)

const (
	maxBody = 64 << 20 // of an answer, unpacked
)

// client speaks to one server for one table.
type client struct {
	s       *settings
	r       source.Request
	web     *http.Client
	limiter *source.Limiter
	wire    transport
	asked   time.Time // the server's clock when the last request was sent; the earlier of its and ours
}

// transport is how a method of a model is called.
type transport interface {
	// request gives the path and the headers to call c with, and the body.
	request(c call) (path string, header http.Header, body any)
	// result takes the method's result out of an answer. The error is a *fault where the server
	// says what is wrong, and a *source.Transient where another attempt may help.
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

// dial logs in.
func (o *Source) dial(ctx context.Context, r source.Request, s *settings) (*client, error) {
	c := &client{s: s, r: r}
	c.web, c.limiter = o.shared(s.url.Host, s.rate)
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
	var out []byte
	err = source.Retry(ctx, c.r, c.s.url.Host, func(ctx context.Context) (err error) {
		out, err = c.attempt(ctx, wire, path, header, body)
		return err
	})
	var t *source.Transient
	if errors.As(err, &t) && ctx.Err() == nil {
		return nil, c.silent(t)
	}
	return out, err
}

// attempt sends one request.
func (c *client) attempt(ctx context.Context, wire transport, path string, header http.Header, body []byte) ([]byte, error) {
	if err := c.limiter.Take(ctx, c.r); err != nil {
		return nil, err
	}
	timed, stop := context.WithTimeout(ctx, c.s.timeout)
	defer stop()
	a, err := c.send(timed, path, header, body)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, c.broken(err)
	}
	switch a.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return nil, source.Busy(a.status, a.header, c.r.Clock())
	}
	if a.status >= 300 && a.status < 400 {
		return nil, c.unfit("answers that it is to be found elsewhere").WithHint("open %s in a browser, and write the address that it ends at under url", c.s.url)
	}
	out, err := wire.result(a)
	var f *fault
	if errors.As(err, &f) && f.passing() {
		return nil, &source.Transient{Why: "the server was busy: " + c.s.scrub(f.message), Err: f}
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
	}
	var passing *source.Transient
	if again := source.RetryError(err, c.s.timeout); errors.As(again, &passing) {
		return again
	}
	return &source.Transient{Why: "the connection broke", Err: err}
}

// silent is the error when no attempt is left.
func (c *client) silent(t *source.Transient) error {
	d := diag.Errorf(diag.Unreachable, c.s.t.OptionAt("odoo"), "%s did not answer as it should in %d attempts: %s", c.s.url.Host, source.Attempts, t.Why).WithErr(t)
	if errors.Is(t, context.DeadlineExceeded) {
		return d.WithHint("make timeout longer, or page smaller than %d", c.s.page)
	}
	return d.WithHint("look whether the server runs and url is right, or try later: a reading that was under way goes on")
}

// unfit is the error of an answer that no Odoo gives.
func (c *client) unfit(words string) *diag.Diagnostic {
	return diag.Errorf(diag.Unreachable, c.s.t.OptionAt("odoo"), "%s %s", c.s.url.Host, words)
}
