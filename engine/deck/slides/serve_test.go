package slides_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/browsertest"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
)

func TestWhatIsSavedShowsAtOnce(t *testing.T) {
	b := browsertest.Start(t)
	s := slides.NewServer("127.0.0.1")
	server := httptest.NewServer(s)
	defer func() { // the page's stream of events has no end
		_ = server.Listener.Close()
		server.CloseClientConnections()
		server.Close()
	}()
	source := func(string) (string, bool) { return "one\n{{ broken }}\n", true }
	mistake := diag.Errorf(diag.TemplateSyntax, diag.Pos{File: "decks/monthly.md", Line: 2, Col: 4}, "there is no name broken").WithHint("did you mean block?")
	s.Fail(diag.List{mistake}, source)
	p := b.Tab(1280, 720)
	show(p, server.URL)
	p.Eventually(`document.querySelector(".dev-problems").innerText.includes("decks/monthly.md:2:4")`)

	doc := sample(t)
	s.Show(t.Context(), doc, slides.Options{}, nil, source)
	p.Eventually(`window.atlas && atlas.at && document.documentElement.dataset.ready !== undefined`)
	p.Eval(`atlas.go("sales", 2)`, nil)
	for i := range 5 {
		doc = sample(t)
		doc.Slides[1].Title = block.Prose{Text: "Draft " + strings.Repeat("I", i+1)}
		p.Eval(`window.kept = true`, nil)
		start := time.Now()
		s.Show(t.Context(), doc, slides.Options{}, nil, source)
		p.Eval(`new Promise(done => { (function look() { if (document.querySelector("#sales .slide-title").textContent === "`+doc.Slides[1].Title.Text+`") done(1); else requestAnimationFrame(look); })() })`, nil)
		t.Logf("shown after %s", time.Since(start).Round(time.Millisecond))
	}
	var kept bool
	var at string
	p.Eval(`window.kept === true`, &kept)
	p.Eval(`atlas.at().slide + " " + atlas.at().step`, &at)
	if !kept || at != "sales 2" {
		t.Errorf("the page was loaded anew (%v), or is at %s and not at sales 2", !kept, at)
	}

	s.Fail(diag.List{mistake}, source)
	p.Eventually(`document.querySelector(".dev-problems").innerText.includes("2 | {{ broken }}")`)
	p.Eventually(`document.querySelector(".dev-problems").innerText.includes("did you mean block?")`)
	p.Picture("dev-error", false)
	doc.Slides[1].Problem = "there is no block sales_by_mnth\ndid you mean sales_by_month?"
	doc.Slides[1].Pos = diag.Pos{File: "decks/monthly.md", Line: 12, Col: 1}
	s.Show(t.Context(), doc, slides.Options{}, nil, source)
	p.Eventually(`document.querySelector("#sales .slide-problem").innerText.includes("decks/monthly.md:12:1")`)
	p.Eventually(`!document.querySelector(".dev-problems:not(.points)") && document.querySelector(".points button").textContent.includes("sales")`)
	p.Picture("dev-slide", false)
	s.Show(t.Context(), sample(t), slides.Options{Styles: []slides.File{{Name: "own.css", Data: []byte(".slide-title { color: rgb(1, 2, 3) }")}}}, nil, source)
	p.Eventually(`getComputedStyle(document.querySelector("#sales .slide-title")).color === "rgb(1, 2, 3)"`)
	b.Quiet("the dev server")
}

func TestTheServerAnswersToItsOwnNamesOnly(t *testing.T) {
	s := slides.NewServer("127.0.0.1")
	s.Show(t.Context(), sample(t), slides.Options{}, nil, nil)
	for _, c := range []struct {
		method, host, path string
		want               int
	}{
		{"GET", "127.0.0.1:3030", "/", 200},
		{"GET", "localhost:3030", "/assets/deck.js", 200},
		{"GET", "[::1]:3030", "/print.html", 200},
		{"GET", "evil.example:3030", "/", 403},
		{"GET", "evil.example", "/events", 403},
		{"GET", "192.168.1.9:3030", "/", 403},
		{"POST", "localhost", "/", 405},
		{"GET", "localhost", "/../slides.go", 404},
		{"GET", "localhost", "/templates/index.html", 404},
		{"GET", "localhost", "/nothing", 404},
	} {
		r := httptest.NewRequest(c.method, "http://"+c.host+c.path, nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		res := w.Result()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != c.want {
			t.Errorf("%s %s%s: %d, want %d", c.method, c.host, c.path, res.StatusCode, c.want)
		}
		if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s%s: the policy is %q", c.host, c.path, policy)
		}
	}
}
