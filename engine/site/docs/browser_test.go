package docs_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser drives a headless Chromium over a pipe by its DevTools protocol.
type browser struct {
	patient bool // ask again when the page navigates meanwhile
	t       *testing.T
	in      io.Writer
	mu      sync.Mutex
	next    int
	waiting map[int]chan message
	console []string // errors and warnings of the page
	loaded  chan struct{}
	session string
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
}

// openBrowser starts the browser that ATLAS_CHROMIUM names, or skips the test and says so.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	binary := os.Getenv("ATLAS_CHROMIUM")
	if binary == "" && os.Getenv("ATLAS_CI") == "1" {
		t.Fatal("CI must name a Chromium binary in ATLAS_CHROMIUM")
	}
	if binary == "" {
		t.Skip("NOT TESTED IN A BROWSER: set ATLAS_CHROMIUM to a Chromium binary")
	}
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "atlas-browser-*") //nolint:usetesting // the browser may still write while it goes
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = toBrowser.Close()
	_ = fromBrowser.Close()
	b := &browser{t: t, in: in, waiting: map[int]chan message{}, loaded: make(chan struct{}, 8)}
	done := make(chan struct{})
	go func() { defer close(done); b.read(out) }()
	t.Cleanup(func() {
		b.call("Browser.close", nil, nil)
		_ = in.Close()
		<-done
		_ = cmd.Wait()
		_ = os.RemoveAll(profile)
	})
	var target struct {
		TargetID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

func (b *browser) read(r io.Reader) {
	s := bufio.NewReader(r)
	for {
		raw, err := s.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			for id, c := range b.waiting {
				close(c)
				delete(b.waiting, id)
			}
			b.mu.Unlock()
			return
		}
		raw = bytes.TrimRight(raw, "\x00")
		var m message
		if json.Unmarshal(raw, &m) != nil {
			continue
		}
		b.mu.Lock()
		switch {
		case m.ID != 0:
			if c := b.waiting[m.ID]; c != nil {
				c <- m
				delete(b.waiting, m.ID)
			}
		case m.Method == "Page.loadEventFired":
			select {
			case b.loaded <- struct{}{}:
			default:
			}
		case m.Method == "Runtime.exceptionThrown", m.Method == "Log.entryAdded":
			b.console = append(b.console, string(raw))
		}
		b.mu.Unlock()
	}
}

func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.mu.Lock()
	b.next++
	id := b.next
	c := make(chan message, 1)
	b.waiting[id] = c
	b.mu.Unlock()
	data, err := json.Marshal(message{ID: id, Method: method, Params: params, SessionID: b.session})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(data, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	select {
	case m, ok := <-c:
		if !ok && method != "Browser.close" {
			b.t.Fatalf("%s: the browser went away", method)
		}
		if m.Error != nil && b.patient && bytes.Contains(m.Error, []byte("navigated")) {
			b.call(method, params, result) // the page went on to another while it was asked
			return
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(40 * time.Second):
		b.t.Fatalf("%s: no answer", method)
	}
}

// size sets the viewport; narrow ones are phones.
func (b *browser) size(width, height int) {
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
	}, nil)
}

func (b *browser) dark(on bool) {
	value := "light"
	if on {
		value = "dark"
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": value}}}, nil)
}

// open loads an address and waits until scripts and fonts are there.
func (b *browser) open(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	<-b.loaded
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	select {
	case <-b.loaded:
	case <-time.After(40 * time.Second):
		b.t.Fatalf("%s does not load", url)
	}
	b.eval("document.fonts.ready.then(() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(1)))))", nil)
}

// eval runs an expression in the page, waits for it if it is a promise, and decodes its value.
func (b *browser) eval(expression string, result any) {
	b.t.Helper()
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception json.RawMessage `json:"exceptionDetails"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &answer)
	if answer.Exception != nil {
		b.t.Fatalf("%s: %s", expression, answer.Exception)
	}
	if result != nil {
		if err := json.Unmarshal(answer.Result.Value, result); err != nil {
			b.t.Fatalf("%s: %v in %s", expression, err, answer.Result.Value)
		}
	}
}

// eventually waits until an expression is true.
func (b *browser) eventually(expression string) {
	b.t.Helper()
	b.patient = true
	defer func() { b.patient = false }()
	b.eval(fmt.Sprintf(`new Promise((ok, no) => { const end = Date.now() + 20000;
		(function look() { if (%s) ok(1); else if (Date.now() > end) no(new Error("never true")); else setTimeout(look, 20); })() })`, expression), nil)
}

// press types one key; text is what it writes, if anything.
func (b *browser) press(key, text string) {
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key, "text": text}, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

// quiet fails the test if the page complained since the last call.
func (b *browser) quiet(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.console {
		b.t.Errorf("%s: the console says %s", where, c)
	}
	b.console = nil
}

// picture saves what the page looks like when ATLAS_PICTURES names a folder.
func (b *browser) picture(name string, whole bool) {
	b.t.Helper()
	dir := os.Getenv("ATLAS_PICTURES")
	if dir == "" {
		return
	}
	var shot struct {
		Data string `json:"data"`
	}
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": whole}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func fileURL(parts ...string) string { return "file://" + strings.Join(parts, "/") }
