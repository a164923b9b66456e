package slides_test

import (
	"testing"

	"atlas/engine/browsertest"
	"atlas/engine/deck/slides"
)

func TestTheDeckIsMovedThroughByKeys(t *testing.T) {
	b := browsertest.Start(t)
	dir := build(t, slides.Options{})
	p := b.Tab(1280, 720)
	show(p, browsertest.FileURL(dir, "index.html"))
	at := func() string {
		var s string
		p.Eval(`atlas.at().slide + " " + atlas.at().step`, &s)
		return s
	}
	for _, step := range []struct {
		key  string
		code int
		want string
	}{
		{"ArrowRight", 39, "sales 0"},
		{"ArrowRight", 39, "sales 1"},
		{" ", 32, "sales 2"},
		{"PageDown", 34, "sales 3"},
		{"ArrowRight", 39, "sales 4"},
		{"ArrowRight", 39, "figures 0"},
		{"ArrowLeft", 37, "sales 4"},
		{"End", 35, "end 0"},
		{"Home", 36, "cover 0"},
	} {
		p.Press(step.key, step.code)
		if got := at(); got != step.want {
			t.Fatalf("after %s the deck is at %s, want %s", step.key, got, step.want)
		}
	}
	show(p, browsertest.FileURL(dir, "index.html#/sales/1"))
	if got := at(); got != "sales 2" {
		t.Errorf("the address leads to %s, want sales 2", got)
	}
	var seen []string
	p.Eval(`[...document.querySelectorAll("#sales [data-step]")].filter(e => getComputedStyle(e).visibility === "visible").map(e => e.textContent.trim())`, &seen)
	if len(seen) != 2 {
		t.Errorf("after two clicks %q are seen", seen)
	}
	p.Picture("deck-steps", false)
	p.Press("t", 84)
	p.Eventually(`getComputedStyle(document.querySelector("#sales .slide")).backgroundColor !== "rgb(255, 255, 255)"`)
	p.Picture("deck-dark", false)
	show(p, browsertest.FileURL(dir, "index.html"))
	p.Eventually(`atlas.dark()`)
	p.Press("t", 84)
	p.Press("o", 79)
	p.Eventually(`document.querySelectorAll(".overview-grid button").length === 4`)
	p.Picture("deck-overview", false)
	p.Press("ArrowRight", 39)
	p.Press("o", 79)
	p.Eventually(`!document.querySelector(".overview-grid")`)
	if got := at(); got != "cover 0" {
		t.Errorf("moving in the overview leads to %s", got)
	}
	p.Press("?", 191)
	p.Eventually(`document.querySelector(".keys").open`)
	p.Picture("deck-keys", false)
	b.Quiet("the deck")
}

func TestWhereFromOpensAtAFigure(t *testing.T) {
	b := browsertest.Start(t)
	p := b.Tab(1280, 720)
	show(p, browsertest.FileURL(build(t, slides.Options{}), "index.html#/sales"))
	p.Press("w", 87)
	p.Eventually(`document.querySelector(".where").innerText.includes("shop.mart_targets")`)
	p.Picture("where-slide", false)
	p.Click("#sales .slide-title data.figure")
	var said string
	p.Eval(`document.querySelector(".where").innerText`, &said)
	for _, want := range []string{"10 %", "net/last_year", "month=Jun", "older than its sources", "select month, net, last_year"} {
		if want == "net/last_year" {
			want = "Net sales (net) / last_year"
		}
		if !contains(said, want) {
			t.Errorf("the panel does not say %q:\n%s", want, said)
		}
	}
	p.Picture("where-figure", false)
	p.Press("w", 87)
	p.Eventually(`document.querySelector(".where").hidden`)
	b.Quiet("the panel")
}

func TestThePresenterFollowsAndLeads(t *testing.T) {
	b := browsertest.Start(t)
	p := b.Tab(1280, 720)
	show(p, browsertest.FileURL(build(t, slides.Options{}), "index.html#/sales"))
	p.Press("s", 83)
	desk := b.Opened()
	desk.Size(1180, 760)
	desk.Eventually(`document.querySelector(".linked").classList.contains("on")`)
	desk.Eventually(`document.querySelector(".screen.now .page").dataset.slide === "sales"`)
	var next []string
	desk.Eval(`[...document.querySelectorAll(".screen.next [data-step]")].filter(e => getComputedStyle(e).visibility === "visible").map(e => e.textContent.trim())`, &next)
	if len(next) != 1 || next[0] != "The north grew" {
		t.Errorf("the next click shows %q, want the first point", next)
	}
	desk.Press("ArrowRight", 39)
	p.Eventually(`atlas.at().step === 1`)
	p.Press("ArrowRight", 39)
	desk.Eventually(`document.querySelector(".clicks").textContent.includes("2 / 4")`)
	desk.Press("d", 68)
	var box []float64
	desk.Eval(`(() => { const r = document.querySelector(".screen.now").getBoundingClientRect(); return [r.x, r.y, r.width, r.height] })()`, &box)
	desk.Mouse("mousePressed", box[0]+box[2]*.3, box[1]+box[3]*.5)
	for i := range 10 {
		desk.Mouse("mouseMoved", box[0]+box[2]*(.3+.03*float64(i)), box[1]+box[3]*.5)
	}
	desk.Mouse("mouseReleased", box[0]+box[2]*.6, box[1]+box[3]*.5)
	p.Eventually(`(atlas.ink.pages().sales || []).length === 1`)
	p.Eventually(`(() => { const c = document.querySelector("canvas.ink"); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0) })()`)
	desk.Picture("presenter-light", false)
	p.Picture("deck-drawn", false)
	desk.Press("t", 84)
	p.Eventually(`atlas.dark()`)
	desk.Picture("presenter-dark", false)
	desk.Click(`[data-do="pause"]`)
	desk.Eventually(`document.documentElement.classList.contains("stopped")`)
	b.Quiet("the presenter")
}
