package slides_test

import (
	"testing"

	"atlas/engine/deck/slides"
)

func TestTheDeckIsMovedThroughByKeys(t *testing.T) {
	b := openBrowser(t)
	dir := build(t, slides.Options{})
	p := b.tab(fileURL(dir, "index.html"), 1280, 720)
	at := func() string {
		var s string
		p.eval(`atlas.at().slide + " " + atlas.at().step`, &s)
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
		p.press(step.key, step.code)
		if got := at(); got != step.want {
			t.Fatalf("after %s the deck is at %s, want %s", step.key, got, step.want)
		}
	}
	p.open(fileURL(dir, "index.html#/sales/1"))
	if got := at(); got != "sales 2" {
		t.Errorf("the address leads to %s, want sales 2", got)
	}
	var seen []string
	p.eval(`[...document.querySelectorAll("#sales [data-step]")].filter(e => getComputedStyle(e).visibility === "visible").map(e => e.textContent.trim())`, &seen)
	if len(seen) != 2 {
		t.Errorf("after two clicks %q are seen", seen)
	}
	p.picture("deck-steps")
	p.press("t", 84)
	p.eventually(`getComputedStyle(document.querySelector("#sales .slide")).backgroundColor !== "rgb(255, 255, 255)"`)
	p.picture("deck-dark")
	p.open(fileURL(dir, "index.html"))
	p.eventually(`atlas.dark()`)
	p.press("t", 84)
	p.press("o", 79)
	p.eventually(`document.querySelectorAll(".overview-grid button").length === 4`)
	p.picture("deck-overview")
	p.press("ArrowRight", 39)
	p.press("o", 79)
	p.eventually(`!document.querySelector(".overview-grid")`)
	if got := at(); got != "cover 0" {
		t.Errorf("moving in the overview leads to %s", got)
	}
	p.press("?", 191)
	p.eventually(`document.querySelector(".keys").open`)
	p.picture("deck-keys")
	b.quiet("the deck")
}

func TestWhereFromOpensAtAFigure(t *testing.T) {
	b := openBrowser(t)
	p := b.tab(fileURL(build(t, slides.Options{}), "index.html#/sales"), 1280, 720)
	p.press("w", 87)
	p.eventually(`document.querySelector(".where").innerText.includes("shop.mart_targets")`)
	p.picture("where-slide")
	p.click("#sales .slide-title data.figure")
	var said string
	p.eval(`document.querySelector(".where").innerText`, &said)
	for _, want := range []string{"10 %", "net/last_year", "month=Jun", "older than its sources", "select month, net, last_year"} {
		if want == "net/last_year" {
			want = "Net sales (net) / last_year"
		}
		if !contains(said, want) {
			t.Errorf("the panel does not say %q:\n%s", want, said)
		}
	}
	p.picture("where-figure")
	p.press("w", 87)
	p.eventually(`document.querySelector(".where").hidden`)
	b.quiet("the panel")
}

func TestThePresenterFollowsAndLeads(t *testing.T) {
	b := openBrowser(t)
	p := b.tab(fileURL(build(t, slides.Options{}), "index.html#/sales"), 1280, 720)
	p.press("s", 83)
	desk := b.opened()
	desk.size(1180, 760)
	desk.eventually(`document.querySelector(".linked").classList.contains("on")`)
	desk.eventually(`document.querySelector(".screen.now .page").dataset.slide === "sales"`)
	var next []string
	desk.eval(`[...document.querySelectorAll(".screen.next [data-step]")].filter(e => getComputedStyle(e).visibility === "visible").map(e => e.textContent.trim())`, &next)
	if len(next) != 1 || next[0] != "The north grew" {
		t.Errorf("the next click shows %q, want the first point", next)
	}
	desk.press("ArrowRight", 39)
	p.eventually(`atlas.at().step === 1`)
	p.press("ArrowRight", 39)
	desk.eventually(`document.querySelector(".clicks").textContent.includes("2 / 4")`)
	desk.press("d", 68)
	var box []float64
	desk.eval(`(() => { const r = document.querySelector(".screen.now").getBoundingClientRect(); return [r.x, r.y, r.width, r.height] })()`, &box)
	desk.mouse("mousePressed", box[0]+box[2]*.3, box[1]+box[3]*.5)
	for i := range 10 {
		desk.mouse("mouseMoved", box[0]+box[2]*(.3+.03*float64(i)), box[1]+box[3]*.5)
	}
	desk.mouse("mouseReleased", box[0]+box[2]*.6, box[1]+box[3]*.5)
	p.eventually(`(atlas.ink.pages().sales || []).length === 1`)
	p.eventually(`(() => { const c = document.querySelector("canvas.ink"); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0) })()`)
	desk.picture("presenter-light")
	p.picture("deck-drawn")
	desk.press("t", 84)
	p.eventually(`atlas.dark()`)
	desk.picture("presenter-dark")
	desk.click(`[data-do="pause"]`)
	desk.eventually(`document.documentElement.classList.contains("stopped")`)
	b.quiet("the presenter")
}
