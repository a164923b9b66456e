package pdf

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"atlas/engine/artifact"
	"atlas/engine/diag"
)

// Browser is a running headless browser, driven over a pipe: it opens no port that others could
// use. Close ends it. One goroutine at a time may use it.
type Browser struct {
	cmd     *exec.Cmd
	in      *os.File
	profile *artifact.TempFolder
	stderr  *tail
	done    chan struct{} // closed when the browser's answers end
	ended   sync.Once

	mu      sync.Mutex
	next    int
	waiting map[int]chan message
	events  chan message // of the page: loaded, errors
	session string
}

// message is one message of the browser's protocol, either way.
type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *failure        `json:"error,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
}

type failure struct {
	Message string `json:"message"`
	Data    string `json:"data"`
}

// errGone tells that the browser went away before it answered.
var errGone = errors.New("the browser went away")

// Start starts the browser and returns while it is still starting, so that other work can be done
// meanwhile; what goes wrong at the start is told by the first use.
func Start(ctx context.Context, env Env) (*Browser, error) {
	path, err := FindBrowser(env)
	if err != nil {
		return nil, err
	}
	profile, err := artifact.NewTempFolder("atlas-browser")
	if err != nil {
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	b := &Browser{profile: profile, stderr: &tail{}, done: make(chan struct{}), waiting: map[int]chan message{}, events: make(chan message, 64)}
	if err := b.start(ctx, path, flags(env, profile.Dir)); err != nil {
		_ = profile.Remove()
		return nil, diag.Errorf(diag.MissingProgram, diag.Pos{}, "cannot start %s: %v", path, err).
			WithHint("set %s to a browser of the Chromium family", BrowserVariable)
	}
	return b, nil
}

// flags are those of a browser that draws files, quickly and alone.
func flags(env Env, profile string) []string {
	out := []string{
		"--headless", "--disable-gpu", "--hide-scrollbars", "--mute-audio", "--no-first-run", "--no-default-browser-check",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync", "--disable-extensions",
		"--disable-breakpad", "--disable-quic", "--metrics-recording-only", "--disable-dev-shm-usage", "--password-store=basic", "--use-mock-keychain",
		"--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication",
		// No name leads anywhere: a page cannot load anything but files.
		"--host-resolver-rules=MAP * ~NOTFOUND", "--no-proxy-server",
		"--font-render-hinting=none", "--force-color-profile=srgb",
		"--user-data-dir=" + profile,
	}
	if unsandboxed() {
		out = append(out, "--no-sandbox")
	}
	if more, ok := env(FlagsVariable); ok {
		out = append(out, strings.Fields(more)...)
	}
	return out
}

func (b *Browser) start(ctx context.Context, path string, flags []string) error {
	toBrowser, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer toBrowser.Close()
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		_ = in.Close()
		return err
	}
	defer fromBrowser.Close()
	b.cmd = exec.CommandContext(ctx, path, flags...)
	b.cmd.Stderr = b.stderr
	b.cmd.Cancel = func() error { end(b.cmd); return nil }
	b.cmd.WaitDelay = time.Second
	connect(b.cmd, toBrowser, fromBrowser)
	if err := b.cmd.Start(); err != nil {
		_, _ = in.Close(), out.Close()
		return err
	}
	b.in = in
	go b.read(out)
	return nil
}

// Close ends the browser and removes what it left. It kills: there is nothing to keep.
func (b *Browser) Close() {
	end(b.cmd)
	_ = b.in.Close()
	<-b.done
	b.wait()
	for range 20 { // the last of its processes may still write
		if b.profile.Remove() == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// wait waits until the process has ended and all that it said has been read.
func (b *Browser) wait() { b.ended.Do(func() { _ = b.cmd.Wait() }) }

// read hands answers to who waits for them, until the browser goes.
func (b *Browser) read(r io.ReadCloser) {
	defer close(b.done)
	defer r.Close()
	s := bufio.NewReaderSize(r, 1<<20)
	for {
		raw, err := s.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(raw, []byte{0}), &m) != nil {
			continue
		}
		if m.ID == 0 {
			select {
			case b.events <- m:
			default: // nobody looks at events now
			}
			continue
		}
		b.mu.Lock()
		if c := b.waiting[m.ID]; c != nil {
			c <- m
			delete(b.waiting, m.ID)
		}
		b.mu.Unlock()
	}
}

// call asks the browser for one thing and decodes its answer into result, unless that is nil.
func (b *Browser) call(ctx context.Context, method string, params, result any) error {
	return b.await(ctx, method, b.send(method, params), result)
}

// send asks without waiting; the answer comes by the channel.
func (b *Browser) send(method string, params any) chan message {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	answer := make(chan message, 1)
	b.waiting[b.next] = answer
	raw, err := json.Marshal(params)
	if err == nil {
		raw, err = json.Marshal(message{ID: b.next, Method: method, Params: raw, SessionID: b.session})
	}
	if err != nil {
		delete(b.waiting, b.next)
		answer <- message{Error: &failure{Message: err.Error()}}
		return answer
	}
	_, _ = b.in.Write(append(raw, 0)) // a browser that does not read has gone: await tells
	return answer
}

func (b *Browser) await(ctx context.Context, method string, answer chan message, result any) error {
	var m message
	select {
	case m = <-answer:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, context.Cause(ctx))
	case <-b.done:
		select {
		case m = <-answer:
		default:
			return b.gone()
		}
	}
	if m.Error != nil {
		return fmt.Errorf("%s: %s %s", method, m.Error.Message, m.Error.Data) //nolint:err113 // the browser's own words
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(m.Result, result); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// gone says what the browser said before it went.
func (b *Browser) gone() error {
	b.wait()
	said := b.stderr.String()
	d := diag.Errorf(diag.MissingProgram, diag.Pos{}, "the browser ended before it was done").WithErr(errGone)
	if said != "" {
		d.Msg += ": " + said
	}
	if strings.Contains(said, "sandbox") {
		return d.WithHint("this system lets it start only without its sandbox: set %s=--no-sandbox", FlagsVariable)
	}
	return d.WithHint("try it by hand: %s --headless --dump-dom about:blank; %s chooses another one", b.cmd.Path, BrowserVariable)
}

// tail keeps the last lines that a program wrote.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - 4096; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

// String gives the last line that says something.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
