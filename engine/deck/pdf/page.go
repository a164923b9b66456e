package pdf

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"atlas/engine/diag"
)

// patience is how long a page may take to be drawn; a deck of a hundred slides takes seconds.
const patience = 2 * time.Minute

// Address gives the address of a file, with a query and fragment if they are not empty.
func Address(path, query, fragment string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs = filepath.ToSlash(abs)
	if runtime.GOOS == "windows" {
		abs = "/" + abs
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: query, Fragment: fragment}
	return u.String(), nil
}

// ready is true when a page's scripts have drawn all there is: the deck's pages set the attribute
// data-ready, and fonts have come.
const ready = `new Promise((done, failed) => {
	const end = Date.now() + 60000;
	(function look() {
		const root = document.documentElement;
		if (root.dataset.failed) return failed(new Error(root.dataset.failed));
		if (root.dataset.ready === undefined && Date.now() < end) return setTimeout(look, 5);
		document.fonts.ready.then(() => done(root.dataset.ready !== undefined));
	})();
})`

// open loads a page of a deck and waits until it is drawn.
func (b *Browser) open(ctx context.Context, address string, width, height int) error {
	if b.session == "" {
		if err := b.attach(ctx, width, height); err != nil {
			return err
		}
	}
	if err := b.call(ctx, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil); err != nil {
		return err
	}
	var went struct {
		ErrorText string `json:"errorText"`
	}
	for len(b.events) > 0 {
		<-b.events
	}
	if err := b.call(ctx, "Page.navigate", map[string]any{"url": address}, &went); err != nil {
		return err
	}
	if went.ErrorText != "" {
		return fmt.Errorf("open %s: %s", address, went.ErrorText) //nolint:err113 // the browser's own words
	}
	if err := b.loaded(ctx); err != nil {
		return err
	}
	var drawn bool
	if err := b.evaluate(ctx, ready, &drawn); err != nil {
		return err
	}
	if !drawn {
		return diag.Errorf(diag.BadSlide, diag.Pos{}, "the page was not drawn within a minute: %s", address).WithHint("open it in a browser and look at its console")
	}
	return nil
}

func (b *Browser) loaded(ctx context.Context) error {
	for {
		select {
		case m := <-b.events:
			if m.Method == "Page.loadEventFired" {
				return nil
			}
		case <-b.done:
			return b.gone()
		case <-ctx.Done():
			return fmt.Errorf("load the page: %w", context.Cause(ctx))
		}
	}
}

// attach takes the page that the browser starts with.
func (b *Browser) attach(ctx context.Context, width, height int) error {
	var targets struct {
		TargetInfos []struct {
			TargetID string `json:"targetId"`
			Type     string `json:"type"`
		} `json:"targetInfos"`
	}
	if err := b.call(ctx, "Target.getTargets", map[string]any{}, &targets); err != nil {
		return err
	}
	id := ""
	for _, t := range targets.TargetInfos {
		if t.Type == "page" {
			id = t.TargetID
		}
	}
	if id == "" {
		var made struct {
			TargetID string `json:"targetId"`
		}
		if err := b.call(ctx, "Target.createTarget", map[string]any{"url": "about:blank", "width": width, "height": height}, &made); err != nil {
			return err
		}
		id = made.TargetID
	}
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	if err := b.call(ctx, "Target.attachToTarget", map[string]any{"targetId": id, "flatten": true}, &attached); err != nil {
		return err
	}
	b.mu.Lock()
	b.session = attached.SessionID
	b.mu.Unlock()
	if err := b.call(ctx, "Page.enable", map[string]any{}, nil); err != nil {
		return err
	}
	if err := b.call(ctx, "Network.enable", map[string]any{}, nil); err != nil {
		return err
	}
	return b.call(ctx, "Network.setBlockedURLs", map[string]any{"urls": []string{"http://*", "https://*", "ws://*", "wss://*", "ftp://*"}}, nil)
}

// evaluate runs an expression in the page, waits for it if it is a promise, and decodes its value.
func (b *Browser) evaluate(ctx context.Context, expression string, result any) error {
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	if err := b.call(ctx, "Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &answer); err != nil {
		return err
	}
	if e := answer.Exception; e != nil {
		first, _, _ := strings.Cut(e.Exception.Description, "\n")
		return diag.Errorf(diag.BadSlide, diag.Pos{}, "the page failed: %s", strings.TrimPrefix(first, "Error: "))
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result.Value, result)
}

// PrintOptions say what to print.
type PrintOptions struct {
	Browser *Browser // one that was started before; nil starts one and ends it
	Env     Env      // finds the browser if none is given
	Page    string   // path of the HTML file; what it loads stands beside it
	Query   string   // of its address: "theme=dark&clicks=1"
	Info    Info     // of the PDF; the printer is put in
	// Tells is given what the page says in its attribute data-tells, once it is drawn; nil asks nothing.
	Tells func(string)
}

// Print prints a page on the sizes that its style sheet names, tagged and with an outline of its
// headings. The same page gives the same bytes from the same browser.
func Print(ctx context.Context, o PrintOptions) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	b, err := o.browser(ctx)
	if err != nil {
		return nil, err
	}
	if o.Browser == nil {
		defer b.Close()
	}
	address, err := Address(o.Page, o.Query, "")
	if err != nil {
		return nil, err
	}
	if err := b.open(ctx, address, 1280, 720); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	if o.Tells != nil {
		var text string
		if err := b.evaluate(ctx, `document.documentElement.dataset.tells || ""`, &text); err != nil {
			return nil, fmt.Errorf("print: %w", err)
		}
		o.Tells(text)
	}
	var out struct {
		Data string `json:"data"`
	}
	if err := b.call(ctx, "Page.printToPDF", map[string]any{
		"printBackground": true, "preferCSSPageSize": true, "generateTaggedPDF": true, "generateDocumentOutline": true,
		"marginTop": 0, "marginBottom": 0, "marginLeft": 0, "marginRight": 0,
	}, &out); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	data, err := base64.StdEncoding.DecodeString(out.Data)
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	if o.Info.Creator == "" {
		o.Info.Creator = PrintedByChromium
	}
	return SetInfo(data, o.Info)
}

func (o PrintOptions) browser(ctx context.Context) (*Browser, error) {
	if o.Browser != nil {
		return o.Browser, nil
	}
	return Start(ctx, o.Env)
}

// Shot is one picture to take: a fragment of the page's address ("/revenue/2") tells what it shows.
type Shot struct {
	Fragment string
}

// ScreenshotOptions say of what pictures are taken.
type ScreenshotOptions struct {
	Browser       *Browser
	Env           Env
	Page, Query   string
	Width, Height int     // of the window, in pixels
	Scale         float64 // pixels of the picture a pixel of the window; 0 is 1
	Shots         []Shot
}

// Screenshots gives a PNG of each shot, in order, to each: the page tells by data-ready when it
// stands still. The page's own function atlasShow(fragment) goes from one to the next.
func Screenshots(ctx context.Context, o ScreenshotOptions, each func(i int, png []byte) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience+time.Duration(len(o.Shots))*5*time.Second)
	defer cancel()
	b, err := PrintOptions{Browser: o.Browser, Env: o.Env}.browser(ctx)
	if err != nil {
		return err
	}
	if o.Browser == nil {
		defer b.Close()
	}
	address, err := Address(o.Page, o.Query, "")
	if err != nil {
		return err
	}
	if err := b.open(ctx, address, o.Width, o.Height); err != nil {
		return fmt.Errorf("take pictures: %w", err)
	}
	scale := o.Scale
	if scale == 0 {
		scale = 1
	}
	for i, shot := range o.Shots {
		fragment, err := json.Marshal(shot.Fragment)
		if err != nil {
			return err
		}
		if err := b.evaluate(ctx, "atlasShow("+string(fragment)+").then(() => 1)", nil); err != nil {
			return fmt.Errorf("take a picture of %s: %w", shot.Fragment, err)
		}
		var out struct {
			Data string `json:"data"`
		}
		clip := map[string]any{"x": 0, "y": 0, "width": o.Width, "height": o.Height, "scale": scale}
		if err := b.call(ctx, "Page.captureScreenshot", map[string]any{"format": "png", "clip": clip}, &out); err != nil {
			return fmt.Errorf("take a picture of %s: %w", shot.Fragment, err)
		}
		data, err := base64.StdEncoding.DecodeString(out.Data)
		if err != nil {
			return err
		}
		if err := each(i, data); err != nil {
			return err
		}
	}
	return nil
}
