package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Attempts is how often Retry tries.
const Attempts = 5

// maxWait is the longest wait between two attempts, whatever a server asks for.
const maxWait = 5 * time.Minute

// Transient is a failure that another attempt may not meet.
type Transient struct {
	Why   string        // in words that follow a server's name and a colon: "the connection was cut"
	After time.Duration // that the server asks to wait for; 0 if it does not say
	Err   error
}

// Error says what happened.
func (t *Transient) Error() string { return t.Why }

// Unwrap gives the cause.
func (t *Transient) Unwrap() error { return t.Err }

// Retry calls attempt until it gives something else than a *Transient, and waits in between:
// a second at first, then twice as long each time, with up to half of it left to chance so that
// many readers do not come back at once. Who is the server's name, for people. The last
// *Transient is given when no attempt is left.
func Retry(ctx context.Context, r Request, who string, attempt func(ctx context.Context) error) error {
	for n := 1; ; n++ {
		err := attempt(ctx)
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		var t *Transient
		if err == nil || !errors.As(err, &t) || n == Attempts {
			return err
		}
		wait := time.Second << (n - 1)
		wait = wait/2 + rand.N(wait/2+1)
		wait = min(max(wait, t.After), maxWait)
		r.Tell("%s: %s; trying again in %s (attempt %d of %d)", who, t.Why, wait.Round(100*time.Millisecond), n+1, Attempts)
		if err := r.Wait(ctx, wait); err != nil {
			return err
		}
	}
}

// RetryStatus gives a *Transient for an answer that asks for another attempt, else nil.
func RetryStatus(resp *http.Response, now time.Time) error {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusRequestTimeout:
	case resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented:
	default:
		return nil
	}
	return Busy(resp.StatusCode, resp.Header, now)
}

// Busy is the failure of an answer that asks for another attempt, with how long its Retry-After asks
// to wait.
func Busy(status int, header http.Header, now time.Time) *Transient {
	t := &Transient{Why: strings.TrimSpace(fmt.Sprintf("the server answered %d %s", status, http.StatusText(status)))}
	v := header.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n >= 0 && n < 1<<20 {
		t.After = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		t.After = max(at.Sub(now), 0)
	}
	return t
}

// RetryError sorts a failure below HTTP: what another attempt may not meet is a *Transient, whose
// words hold no address; everything else is given back. Timeout is how long the request had.
func RetryError(err error, timeout time.Duration) error {
	var dns *net.DNSError
	var op *net.OpError
	var wait net.Error
	var address *url.Error
	text := ""
	if errors.As(err, &address) { // its text has the whole address, with what is secret in it
		err = address.Err
	}
	if err != nil {
		text = err.Error()
	}
	switch {
	case err == nil:
		return nil
	case errors.As(err, &dns) && dns.IsNotFound:
		return err
	case strings.Contains(text, "x509:"), strings.Contains(text, "tls: "), strings.Contains(text, "server gave HTTP response"):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &wait) && wait.Timeout():
		return &Transient{Why: fmt.Sprintf("no whole answer within %s", timeout), Err: context.DeadlineExceeded}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), strings.Contains(text, "server closed idle connection"):
		return &Transient{Why: "the connection was cut", Err: err}
	case errors.As(err, &op) && op.Op == "dial":
		return &Transient{Why: "no connection: " + innermost(op.Err), Err: err}
	case errors.As(err, &op):
		return &Transient{Why: "the connection broke: " + innermost(op.Err), Err: err}
	default:
		return err
	}
}

// innermost is the end of a chain of errors: "connection refused".
func innermost(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// Limiter spaces the requests to a server. The zero Limiter lets everything through at once.
type Limiter struct {
	mu   sync.Mutex
	gap  time.Duration
	next time.Time
}

// Limit sets how many requests a second go through; the slowest that was ever asked for holds.
// 0 sets none.
func (b *Limiter) Limit(perSecond float64) {
	if perSecond <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gap = max(b.gap, time.Duration(float64(time.Second)/perSecond))
}

// Take waits for the next request's turn.
func (b *Limiter) Take(ctx context.Context, r Request) error {
	b.mu.Lock()
	now := r.Clock()
	wait := b.next.Sub(now)
	if wait > b.gap*1000 { // the clock was set back
		wait = 0
	}
	b.next = now.Add(max(wait, 0) + b.gap)
	b.mu.Unlock()
	if wait <= 0 {
		return ctx.Err()
	}
	return r.Wait(ctx, wait)
}
