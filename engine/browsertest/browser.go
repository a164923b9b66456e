// Package browsertest drives a headless Chromium in tests, over a pipe by its DevTools protocol: the
// pages of the program are looked at and clicked as people do.
package browsertest

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

// Browser is a headless Chromium that a test drives by its DevTools protocol.
type Browser struct {
	t       *testing.T
	in      io.Writer
	mu      sync.Mutex
	next    int
	waiting map[int]chan answer
	console []string // errors and warnings of all pages
	targets []string // pages that other pages opened
}

// Tab is one page of a browser.
type Tab struct {
	*Browser
	session string
}

type answer struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
}

// Start starts the browser that ATLAS_CHROMIUM names, or skips the test and says so.
func Start(t *testing.T) *Browser {
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
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--disable-popup-blocking", "--font-render-hinting=none", "--force-color-profile=srgb",
		"--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = toBrowser.Close()
	_ = fromBrowser.Close()
	b := &Browser{t: t, in: in, waiting: map[int]chan answer{}}
	done := make(chan struct{})
	go func() { defer close(done); b.read(out) }()
	t.Cleanup(func() {
		(&Tab{Browser: b}).Call("Browser.close", nil, nil)
		_ = in.Close()
		<-done
		_ = cmd.Wait()
		_ = os.RemoveAll(profile)
	})
	(&Tab{Browser: b}).Call("Target.setDiscoverTargets", map[string]any{"discover": true}, nil)
	return b
}

func (b *Browser) read(r io.Reader) {
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
		var m answer
		if json.Unmarshal(bytes.TrimRight(raw, "\x00"), &m) != nil {
			continue
		}
		b.mu.Lock()
		switch {
		case m.ID != 0:
			if c := b.waiting[m.ID]; c != nil {
				c <- m
				delete(b.waiting, m.ID)
			}
		case m.Method == "Target.targetCreated":
			var p struct {
				TargetInfo struct {
					TargetID string `json:"targetId"`
					Type     string `json:"type"`
					OpenerID string `json:"openerId"`
				} `json:"targetInfo"`
			}
			if json.Unmarshal(m.Params, &p) == nil && p.TargetInfo.OpenerID != "" {
				b.targets = append(b.targets, p.TargetInfo.TargetID)
			}
		case m.Method == "Runtime.exceptionThrown", m.Method == "Log.entryAdded":
			b.console = append(b.console, string(raw))
		}
		b.mu.Unlock()
	}
}

// Tab opens an empty page of a size in pixels; narrow ones are phones.
func (b *Browser) Tab(width, height int) *Tab {
	b.t.Helper()
	root := &Tab{Browser: b}
	var target struct {
		TargetID string `json:"targetId"`
	}
	root.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	p := b.attach(target.TargetID)
	p.Size(width, height)
	return p
}

func (b *Browser) attach(id string) *Tab {
	b.t.Helper()
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	(&Tab{Browser: b}).Call("Target.attachToTarget", map[string]any{"targetId": id, "flatten": true}, &attached)
	p := &Tab{Browser: b, session: attached.SessionID}
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		p.Call(domain+".enable", nil, nil)
	}
	return p
}

// Opened gives the page that another page opened.
func (b *Browser) Opened() *Tab {
	b.t.Helper()
	for range 200 {
		b.mu.Lock()
		n := len(b.targets)
		b.mu.Unlock()
		if n > 0 {
			p := b.attach(b.targets[0])
			p.Ready()
			return p
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatal("no window was opened")
	return nil
}

// Call asks the browser by its protocol, and fails the test where it refuses.
func (p *Tab) Call(method string, params, result any) {
	p.t.Helper()
	if err := p.ask(method, params, result); err != nil {
		p.t.Fatal(err)
	}
}

// ask is call with the browser's own error, as when the page goes on to another meanwhile.
func (p *Tab) ask(method string, params, result any) error {
	b := p.Browser
	b.t.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	b.next++
	id := b.next
	c := make(chan answer, 1)
	b.waiting[id] = c
	b.mu.Unlock()
	data, err := json.Marshal(answer{ID: id, Method: method, Params: raw, SessionID: p.session})
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
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(40 * time.Second):
		b.t.Fatalf("%s: no answer", method)
	}
	return nil
}

// Size sets the viewport in pixels; narrow ones are phones.
func (p *Tab) Size(width, height int) {
	p.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
}

// Open loads an address anew, and waits until its files and fonts are there.
func (p *Tab) Open(url string) {
	p.t.Helper()
	for _, next := range []string{"about:blank", url} { // another place in the same page would load nothing
		p.Call("Page.navigate", map[string]any{"url": next}, nil)
		p.Eventually(fmt.Sprintf(`document.readyState === "complete" && (location.href === "about:blank") === %v`, next == "about:blank"))
	}
	p.Eval("document.fonts.ready.then(() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(1)))))", nil)
}

// Ready waits until a page that says so by data-ready has drawn all there is.
func (p *Tab) Ready() {
	p.t.Helper()
	p.Eventually(`document.documentElement && (document.documentElement.dataset.ready !== undefined || document.documentElement.dataset.failed)`)
	var failed string
	if p.Eval(`document.documentElement.dataset.failed || ""`, &failed); failed != "" {
		p.t.Fatalf("the page failed: %s", failed)
	}
}

// Eval runs an expression in the page, waits for it if it is a promise, and decodes its value into
// result; nil drops it.
func (p *Tab) Eval(expression string, result any) {
	p.t.Helper()
	if err := p.try(expression, result); err != nil {
		p.t.Fatal(err)
	}
}

func (p *Tab) try(expression string, result any) error {
	p.t.Helper()
	var a struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception json.RawMessage `json:"exceptionDetails"`
	}
	if err := p.ask("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true}, &a); err != nil {
		return err
	}
	if a.Exception != nil {
		return fmt.Errorf("%s: %s", expression, a.Exception)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(a.Result.Value, result)
}

// Eventually waits until an expression of the page is true.
func (p *Tab) Eventually(expression string) {
	p.t.Helper()
	for range 600 {
		var ok bool
		if p.try("!!("+expression+")", &ok) == nil && ok {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	var state string
	_ = p.try(`location.href + " " + document.documentElement.outerHTML.slice(0, 300)`, &state)
	p.t.Fatalf("never true: %s\n%s", expression, state)
}

// Press types one key; code is its number, 0 for one that writes nothing and needs none.
func (p *Tab) Press(key string, code int) {
	text := ""
	if len(key) == 1 {
		text = key
	}
	for _, kind := range []string{"keyDown", "keyUp"} {
		p.Call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code}, nil)
		text = ""
	}
}

// Mouse sends an event of the left button at a place in pixels: mousePressed, mouseMoved, mouseReleased.
func (p *Tab) Mouse(kind string, x, y float64) {
	p.Call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}, nil)
}

// Click clicks the middle of the first element of a selector.
func (p *Tab) Click(selector string) {
	p.t.Helper()
	var at []float64
	p.Eval(fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`, selector), &at)
	p.Mouse("mousePressed", at[0], at[1])
	p.Mouse("mouseReleased", at[0], at[1])
}

// Quiet fails the test if a page complained since the last call.
func (b *Browser) Quiet(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.console {
		b.t.Errorf("%s: the console says %s", where, c)
	}
	b.console = nil
}

// Dark has the system ask for dark pages, or for light ones.
func (p *Tab) Dark(on bool) { //nolint:revive // a setting of the system
	value := "light"
	if on {
		value = "dark"
	}
	p.Call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": value}}}, nil)
}

// Screenshot gives the PNG of what is to be seen; whole, of all of the page.
func (p *Tab) Screenshot(whole bool) []byte { //nolint:revive // how much of it
	p.t.Helper()
	var shot struct {
		Data string `json:"data"`
	}
	p.Call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": whole}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// Picture saves what the page looks like when ATLAS_PICTURES names a folder.
func (p *Tab) Picture(name string, whole bool) { //nolint:revive // how much of it
	p.t.Helper()
	dir := os.Getenv("ATLAS_PICTURES")
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), p.Screenshot(whole), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// FileURL is the address of a file on the disk.
func FileURL(parts ...string) string { return "file://" + strings.Join(parts, "/") }
