package source

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	stdpath "path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

const (
	maxDownload     = 8 << 30 // bytes of a remote file
	downloadTimeout = 30 * time.Minute
	headTimeout     = time.Minute // until an answer begins
)

// IsRemote reports whether a name of a file is an address.
func IsRemote(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, `/\*?[`)
}

// fetched remembers the copies of one reading, so that its steps see the same bytes.
type fetched struct {
	mu    sync.Mutex
	files map[string]File
}

func (f *fetched) get(address string) (File, bool) {
	if f == nil {
		return File{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	file, ok := f.files[address]
	return file, ok
}

func (f *fetched) set(address string, file File) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files == nil {
		f.files = map[string]File{}
	}
	f.files[address] = file
}

// secretAt reports whether the option's i-th name comes from the environment.
func secretAt(t *manifest.ExtractTable, option string, i int) bool {
	v, _ := t.Options.Get(option)
	if list, ok := v.([]any); ok && i < len(list) {
		v = list[i]
	}
	_, secret := v.(*manifest.Secret)
	return secret
}

// secretKey finds the parameters of an address that hold keys rather than words.
var secretKey = regexp.MustCompile(`(?i)token|key|sig|secret|pass|auth|cred|session|^code$|^x-amz-|^x-goog-`)

// ShowAddress gives an address as people may see it: without user and password, and without the
// values of parameters that hold keys; with all, without any values.
func ShowAddress(address string, all bool) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is none"
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	var parts []string
	for _, p := range strings.Split(u.RawQuery, "&") {
		key, _, has := strings.Cut(p, "=")
		if name, err := url.QueryUnescape(key); has && (all || err != nil || secretKey.MatchString(name)) {
			p = key + "=…"
		} else if all && p != "" {
			p = "…"
		}
		parts = append(parts, p)
	}
	u.RawQuery = ""
	shown := u.String()
	if q := strings.Join(parts, "&"); q != "" {
		shown += "?" + q
	}
	return shown
}

// remote is one address to copy.
type remote struct {
	r       Request
	pos     diag.Pos
	code    diag.Code
	address string
	shown   string
	path    string // of the copy
}

// copied says what a copy is of; it stands beside it.
type copied struct {
	Address  string `json:"address"` // as it is shown
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Size     int64  `json:"size"`
}

// remoteFile gives the copy of a remote file, which is made or brought up to date. For a frozen
// snapshot the copy is taken as it is, and where there is none there is no file.
func remoteFile(ctx context.Context, r Request, option string, code diag.Code, address string, secret bool) ([]File, error) {
	d := &remote{r: r, pos: r.Table.OptionAt(option), code: code, address: address, shown: ShowAddress(address, secret)}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" && u.Scheme != "file":
		return nil, diag.Errorf(diag.BadValue, d.pos, "%s names an address that is none", option).WithHint("it looks like https://example.com/orders.csv or s3://bucket/orders.csv")
	case strings.ContainsAny(u.Path, "*["):
		return nil, diag.Errorf(diag.BadValue, d.pos, "%s: patterns are for files, not for addresses", d.shown).WithHint("write a list of addresses")
	}
	if _, ok := u.User.Password(); ok && !secret {
		return nil, CheckSecret(r.Table, option, address)
	}
	sum := sha256.Sum256([]byte(address))
	name := unsafeName.ReplaceAllString(stdpath.Base(u.Path), "_")
	if len(name) > 80 {
		name = name[len(name)-80:]
	}
	folder := cmp.Or(r.Downloads, filepath.Join(r.Root, "target", "downloads"))
	d.path = filepath.Join(folder, hex.EncodeToString(sum[:6])+"-"+name)
	file := File{Name: d.shown, Path: d.path}
	if r.frozen {
		if _, err := os.Stat(d.path); err != nil {
			return nil, nil
		}
		return []File{file}, nil
	}
	if f, ok := r.fetched.get(address); ok {
		return []File{f}, nil
	}
	if u.Scheme == "https" || u.Scheme == "http" {
		err = d.download(ctx)
	} else {
		err = d.scan(ctx)
	}
	if err != nil {
		return nil, err
	}
	r.fetched.set(address, file)
	return []File{file}, nil
}

var unsafeName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// scan copies by the warehouse's own reader of remote files.
func (d *remote) scan(ctx context.Context) error {
	if d.r.Scan == nil {
		return diag.Errorf(diag.BadValue, d.pos, "%s can be read by the warehouse only, and this one reads no remote files", d.shown).
			WithHint("copy the file into the project, or give its https address")
	}
	s, err := d.r.Scan(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	part := d.path + ".part"
	defer func() { _ = os.Remove(part) }() // it has its own name by now, if all went well
	if err := s.Fetch(ctx, d.address, part, nil); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return Place(err, d.code, d.pos, "%s cannot be copied", d.shown)
	}
	if err := os.Rename(part, d.path); err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	return nil
}

// Place gives an error its place: a diagnostic without one gets pos, anything else becomes a
// diagnostic that begins with the words.
func Place(err error, code diag.Code, pos diag.Pos, format string, args ...any) error {
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		placed := *d
		if placed.Pos.IsZero() {
			placed.Pos = pos
		}
		return &placed
	}
	return diag.Errorf(code, pos, "%s: %v", fmt.Sprintf(format, args...), err).WithErr(err)
}

func (d *remote) download(ctx context.Context) error {
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(d.shown, "https://"), "http://"), "/")
	err := Retry(ctx, d.r, host, d.attempt)
	var t *Transient
	if errors.As(err, &t) && ctx.Err() == nil {
		return diag.Errorf(diag.Unreachable, d.pos, "%s cannot be copied: %s, in %d attempts", d.shown, t.Why, Attempts).WithErr(t).
			WithHint("try later, or copy the file into the project and name it here")
	}
	return err
}

// attempt sends one request and writes the copy.
func (d *remote) attempt(ctx context.Context) error {
	timed, stop := context.WithTimeout(ctx, downloadTimeout)
	defer stop()
	q, err := http.NewRequestWithContext(timed, http.MethodGet, d.address, nil)
	if err != nil {
		return diag.Errorf(diag.BadValue, d.pos, "%s is no address", d.shown)
	}
	q.Header.Set("User-Agent", "atlas")
	q.Header.Set("Accept-Encoding", "identity") // the file as it is, with its own size and tag
	old := d.known()
	if old.ETag != "" {
		q.Header.Set("If-None-Match", old.ETag)
	} else if old.Modified != "" {
		q.Header.Set("If-Modified-Since", old.Modified)
	}
	resp, err := webOf().Do(q)
	if err != nil {
		var passing *Transient
		if again := RetryError(err, downloadTimeout); errors.As(again, &passing) || ctx.Err() != nil {
			return again
		}
		return diag.Errorf(diag.Unreachable, d.pos, "%s cannot be copied: %v", d.shown, RetryError(err, downloadTimeout)).
			WithHint("open the address in a browser; copy the file into the project if it needs a login")
	}
	defer resp.Body.Close()
	if err := RetryStatus(resp, d.r.Clock()); err != nil {
		return err
	}
	if resp.StatusCode == http.StatusNotModified && old != (copied{}) {
		return nil
	}
	if err := d.refused(resp); err != nil {
		return err
	}
	return d.save(resp)
}

// known gives what is known of the copy that is there.
func (d *remote) known() copied {
	var c copied
	b, err := os.ReadFile(d.path + ".json")
	if err != nil || json.Unmarshal(b, &c) != nil {
		return copied{}
	}
	if info, err := os.Stat(d.path); err != nil || info.Size() != c.Size {
		return copied{}
	}
	return c
}

// refused tells what an answer means that is no file.
func (d *remote) refused(resp *http.Response) error {
	kind := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return diag.Errorf(diag.Refused, d.pos, "the server gives %s to nobody who has not logged in (%d)", d.shown, resp.StatusCode).
			WithHint(`an address with a key in it comes from the environment: "{{ env_var('…') }}"`)
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return diag.Errorf(d.code, d.pos, "there is no file at %s (%d)", d.shown, resp.StatusCode).WithHint("open the address in a browser")
	case resp.StatusCode != http.StatusOK:
		return diag.Errorf(diag.Unreachable, d.pos, "the server answered %d for %s", resp.StatusCode, d.shown).WithHint("open the address in a browser")
	case strings.Contains(kind, "text/html"):
		return diag.Errorf(diag.BadFile, d.pos, "%s is a web page, not a file", d.shown).
			WithHint("it may be a page of login or of preview: take the address of the download itself")
	case resp.ContentLength > maxDownload:
		return diag.Errorf(diag.BadFile, d.pos, "%s has %d GB, more than the %d that are copied", d.shown, resp.ContentLength>>30, maxDownload>>30).
			WithHint("copy the file into the project yourself, or split it")
	default:
		return nil
	}
}

// save writes the copy aside and swaps it in, then what is known of it.
func (d *remote) save(resp *http.Response) error {
	a, err := createAside(d.path)
	if err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	defer a.discard()
	n, err := io.Copy(&faulty{a}, io.LimitReader(resp.Body, maxDownload+1))
	var disk *diskError
	switch {
	case errors.As(err, &disk):
		return fmt.Errorf("copy %s: %w", d.shown, disk.err)
	case err != nil:
		return RetryError(err, downloadTimeout)
	case n > maxDownload:
		return diag.Errorf(diag.BadFile, d.pos, "%s has more than the %d GB that are copied", d.shown, maxDownload>>30).
			WithHint("copy the file into the project yourself, or split it")
	}
	c := copied{Address: d.shown, ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"), Size: n}
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	if _, err := a.finish(); err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	_ = os.Remove(d.path + ".json") // what is known of the old copy must not stand beside the new one
	if err := a.swap(); err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	if err := writeAside(d.path+".json", append(b, '\n')); err != nil {
		return fmt.Errorf("copy %s: %w", d.shown, err)
	}
	return nil
}

// faulty tells errors of the disk from those of the network.
type faulty struct{ w io.Writer }

type diskError struct{ err error }

// Error gives the disk's words.
func (e *diskError) Error() string { return e.err.Error() }

// Write writes.
func (f *faulty) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

// webOf gives the client that copies files: it never goes from https to http.
func webOf() *http.Client {
	web := &http.Client{CheckRedirect: func(to *http.Request, via []*http.Request) error {
		switch last := via[len(via)-1]; {
		case len(via) >= 10:
			return errors.New("the server sends from one address to the next without end")
		case last.URL.Scheme == "https" && to.URL.Scheme != "https":
			return errors.New("the server sends from https to http")
		default:
			return nil
		}
	}}
	if base, ok := http.DefaultTransport.(*http.Transport); ok {
		t := base.Clone()
		t.ResponseHeaderTimeout = headTimeout
		t.DisableKeepAlives = true
		web.Transport = t
	}
	return web
}
