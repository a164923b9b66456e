package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/run"
)

// progress shows a run: finished nodes scroll by, what runs now stands below them. A model's
// line waits for the tests attached to it, so that it can tell how they went.
type progress struct {
	term   *terminal
	each   bool // a line for every test, also those that pass
	source func(string) (string, bool)

	mu       sync.Mutex
	running  map[manifest.ID]run.Event
	held     map[manifest.ID]*heldLine // models whose tests have not all ended
	testsOf  map[manifest.ID]manifest.ID
	total    int
	finished int
	ticks    int
	stop     chan struct{}
	stopped  sync.WaitGroup
	nameW    int
}

// heldLine is a model that is built and whose tests go on.
type heldLine struct {
	result run.Result
	left   int // tests that have not ended
	counts map[run.Status]int
	built  bool
}

// frames are the steps of the spinner; a step is an eighth of a second.
var frames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"} //nolint:gochecknoglobals // a constant table

const frameTime = 125 * time.Millisecond

// newProgress prepares for a run of these nodes.
func newProgress(t *terminal, nodes []*manifest.Node, each bool, source func(string) (string, bool)) *progress {
	p := &progress{
		term: t, each: each, source: source, running: map[manifest.ID]run.Event{}, held: map[manifest.ID]*heldLine{},
		testsOf: map[manifest.ID]manifest.ID{}, total: len(nodes), stop: make(chan struct{}), nameW: 20,
	}
	inRun := map[manifest.ID]bool{}
	tests := !slices.ContainsFunc(nodes, func(n *manifest.Node) bool { return n.Kind != manifest.Test && n.Kind != manifest.UnitTest })
	for _, n := range nodes {
		inRun[n.ID] = true
		if each || tests || n.Kind != manifest.Test {
			p.nameW = min(max(p.nameW, len([]rune(n.Name))+2), 48)
		}
	}
	for _, n := range nodes {
		if n.Test == nil || !inRun[n.Test.Attached] {
			continue
		}
		p.testsOf[n.ID] = n.Test.Attached
		h := p.held[n.Test.Attached]
		if h == nil {
			h = &heldLine{counts: map[run.Status]int{}}
			p.held[n.Test.Attached] = h
		}
		h.left++
	}
	return p
}

// start begins to redraw; end must follow.
func (p *progress) start() {
	if !p.term.live {
		return
	}
	p.stopped.Add(1)
	go func() {
		defer p.stopped.Done()
		tick := time.NewTicker(frameTime)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-tick.C:
				p.mu.Lock()
				p.ticks++
				lines := p.liveLines()
				p.mu.Unlock()
				p.term.redraw(lines)
			}
		}
	}()
}

// end takes the live part away and prints the lines that still wait.
func (p *progress) end() {
	close(p.stop)
	p.stopped.Wait()
	p.term.redraw(nil)
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := make([]manifest.ID, 0, len(p.held))
	for id := range p.held {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	for _, id := range ids {
		if h := p.held[id]; h.built {
			p.printLine(h.result, h.counts)
		}
	}
}

// observe takes an event of the run.
func (p *progress) observe(ev run.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev.Kind {
	case run.Started:
		p.running[ev.Node.ID] = ev
		p.term.event("node_started", map[string]any{"node": ev.Node.ID, "index": ev.Index, "total": ev.Total})
	case run.Finished:
		delete(p.running, ev.Node.ID)
		p.finished = ev.Index
		p.finish(*ev.Result)
	}
}

func (p *progress) finish(r run.Result) {
	p.jsonResult(r)
	if model, ok := p.testsOf[r.Node.ID]; ok {
		h := p.held[model]
		h.counts[r.Status]++
		h.left--
		if r.Status != run.Pass || p.each {
			p.printLine(r, nil)
		}
		if h.left == 0 && h.built {
			p.printLine(h.result, h.counts)
			delete(p.held, model)
		}
		return
	}
	if h := p.held[r.Node.ID]; h != nil && h.left > 0 && r.Status == run.Success {
		h.built, h.result = true, r
		return
	}
	if r.Node.Kind == manifest.Test && r.Status == run.Pass && !p.each {
		return
	}
	p.printLine(r, nil)
}

// sign gives the mark and the colour of a status; the word stands beside it.
func sign(s run.Status) (mark, word, colour string) {
	switch s {
	case run.Success:
		return "✓", "", "good"
	case run.Pass:
		return "✓", "pass", "good"
	case run.Warn:
		return "!", "warn", "warning"
	case run.Skipped:
		return "→", "skipped", "dim"
	case run.NoOp:
		return "=", "nothing to do", "dim"
	case run.Fail:
		return "✗", "fail", "error"
	default:
		return "✗", "error", "error"
	}
}

func (p *progress) printLine(r run.Result, tests map[run.Status]int) {
	if p.term.quiet && !r.Status.Failed() || p.term.events {
		return
	}
	p.term.print(p.line(r, tests))
}

// line gives "  ✓ orders       table   2,104 rows   0.04s   6 tests". A name that is too long for its
// column is printed whole: people copy it.
func (p *progress) line(r run.Result, tests map[run.Status]int) string {
	mark, word, colour := sign(r.Status)
	what := r.Message
	if word != "" {
		what = strings.TrimSpace(word + " " + r.Message)
	}
	rows := ""
	if r.Rows >= 0 && r.Status == run.Success {
		rows = count(r.Rows, "row", "rows")
	}
	took := seconds(r.Duration())
	name := r.Node.Name
	if len([]rune(name)) < p.nameW {
		name = pad(name, p.nameW)
	}
	if r.Status == run.Skipped {
		return fmt.Sprintf("  %s %s skipped: %s", p.term.paint(colour, mark), name, r.Message)
	}
	if len([]rune(name)) > p.nameW {
		name += " "
	}
	line := fmt.Sprintf("  %s %s %s", p.term.paint(colour, mark), name, pad(what, p.term.room(26, 11, p.nameW+47)))
	if r.Status == run.Success || len([]rune(r.Node.Name)) < p.nameW {
		line += " " + padLeft(rows, 13) + " " + padLeft(took, 8)
	} else {
		line = strings.TrimRight(line, " ") + "  " + took
	}
	if summary := testSummary(tests); summary != "" {
		line += "   " + summary
	}
	return line
}

// failedTest prints where a test stands, what it tests, and rows that it found.
func (p *progress) failedTest(m *manifest.Manifest, r run.Result) {
	n := r.Node
	p.term.print("")
	p.term.print(p.term.paint("error", "✗ "+n.Name) + "   fail   " + r.Message)
	p.term.print("    tested at  " + n.Pos.String())
	if n.Test != nil {
		if model, ok := m.Nodes[n.Test.Attached]; ok {
			p.term.print("    " + pad(string(model.Kind)+" at", 9) + "  " + model.Pos.File)
		}
	}
	if r.Sample == nil || len(r.Sample.Rows) == 0 {
		return
	}
	var b strings.Builder
	newTable(r.Sample.Columns, r.Sample.Rows).text(&b, p.term.paint)
	for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		p.term.print("    " + clip(line, p.term.width()-5))
	}
	if more := r.Failures - int64(len(r.Sample.Rows)); more > 0 {
		p.term.print(p.term.paint("dim", fmt.Sprintf("    and %s more", thousands(more))))
	}
}

func testSummary(tests map[run.Status]int) string {
	n := 0
	for _, c := range tests {
		n += c
	}
	if n == 0 {
		return ""
	}
	parts := []string{count(int64(n), "test", "tests")}
	for _, s := range []run.Status{run.Fail, run.Error, run.Warn, run.Skipped} {
		if c := tests[s]; c > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c, s))
		}
	}
	return strings.Join(parts, ", ")
}

// liveLines gives the part that is redrawn: what runs, longest first, and how far the run is.
func (p *progress) liveLines() []string {
	evs := make([]run.Event, 0, len(p.running))
	for _, ev := range p.running {
		evs = append(evs, ev)
	}
	sort.Slice(evs, func(i, j int) bool { return evs[i].Index < evs[j].Index })
	now := p.term.clock()
	var lines []string
	for _, ev := range evs {
		lines = append(lines, fmt.Sprintf("  %s %s %s", p.term.paint("hint", frames[p.ticks%len(frames)]), pad(ev.Node.Name, p.nameW), seconds(now.Sub(ev.At))))
	}
	bar := 24
	done := 0
	if p.total > 0 {
		done = bar * p.finished / p.total
	}
	return append(lines, fmt.Sprintf("  %s%s %d of %d", p.term.paint("good", strings.Repeat("━", done)), p.term.paint("dim", strings.Repeat("━", bar-done)), p.finished, p.total))
}

func (p *progress) jsonResult(r run.Result) {
	fields := map[string]any{
		"node": r.Node.ID, "status": r.Status, "message": r.Message, "rows": r.Rows, "failures": r.Failures,
		"seconds": r.Duration().Seconds(), "thread": r.Thread,
	}
	if r.Err != nil {
		fields["error"] = r.Err.Error()
	}
	p.term.event("node_finished", fields)
}

// failures prints, after the run, every failed test with some of its rows and every error in full.
func (p *progress) failures(m *manifest.Manifest, results []run.Result) {
	for _, r := range results {
		if r.Status == run.Fail && !p.term.events {
			p.failedTest(m, r)
		}
	}
	var list diag.List
	for _, r := range results {
		if r.Err != nil {
			list.Add(r.Err)
		}
	}
	list.Sort()
	if len(list) > 0 {
		p.term.diagnostics(list, p.source)
	}
}
