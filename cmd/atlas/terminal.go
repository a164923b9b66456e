package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"atlas/engine/diag"
)

// terminal is where a command speaks: results and progress on out, mistakes on err.
type terminal struct {
	out, err io.Writer
	live     bool // out is a terminal that can redraw its last lines
	colour   bool
	quiet    bool
	events   bool // --log-format json
	width    func() int
	clock    func() time.Time

	mu    sync.Mutex
	below []string // the live part, which stands below the finished lines
	drawn int      // how many lines of it are on screen
}

// newTerminal looks at what out is. NO_COLOR, a dumb terminal and a pipe give plain lines.
func newTerminal(out, errOut io.Writer, env func(string) (string, bool), clock func() time.Time) *terminal {
	t := &terminal{out: out, err: errOut, width: func() int { return 100 }, clock: clock}
	if !isTerminal(out) {
		return t
	}
	f, _ := out.(*os.File)
	name, _ := env("TERM")
	t.live = name != "dumb"
	noColour, set := env("NO_COLOR")
	t.colour = t.live && !(set && noColour != "")
	t.width = func() int {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
			return w
		}
		return 80
	}
	return t
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// paint wraps text in a colour; colour never carries meaning alone.
func (t *terminal) paint(colour, text string) string {
	if !t.colour || text == "" {
		return text
	}
	code := map[string]string{
		"error": "31", "warning": "33", "hint": "36", "dim": "2", "bold": "1", "good": "32", "title": "1;34",
	}[colour]
	if code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// say prints a line of progress; --quiet and JSON events silence it.
func (t *terminal) say(format string, args ...any) {
	if t.quiet || t.events {
		return
	}
	t.print(fmt.Sprintf(format, args...))
}

// tell prints a line of what failed, which --quiet lets through.
func (t *terminal) tell(format string, args ...any) {
	if !t.events {
		t.print(fmt.Sprintf(format, args...))
	}
}

// print writes a finished line above the live part.
func (t *terminal) print(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line = strings.TrimRight(line, " ")
	if t.live {
		line = wrap(line, t.width())
	}
	t.draw(line + "\n")
}

// redraw replaces the live part; none takes it away.
func (t *terminal) redraw(lines []string) {
	if !t.live || t.quiet || t.events {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.below = lines
	t.draw("")
}

// draw writes finished text and the live part below it, in one write so that nothing flickers;
// the lock is held.
func (t *terminal) draw(text string) {
	var b strings.Builder
	if t.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\x1b[J", t.drawn)
	}
	b.WriteString(text)
	w := t.width()
	for _, l := range t.below {
		b.WriteString(clip(l, w-1) + "\n")
	}
	t.drawn = len(t.below)
	_, _ = io.WriteString(t.out, b.String())
}

// event writes one JSON line when --log-format json asks for it.
func (t *terminal) event(name string, fields map[string]any) {
	if !t.events {
		return
	}
	line := map[string]any{"event": name, "ts": t.clock().UTC().Format(time.RFC3339Nano)}
	for k, v := range fields {
		line[k] = v
	}
	b, err := json.Marshal(line)
	if err != nil {
		b = []byte(fmt.Sprintf(`{"event":"error","msg":%q}`, err.Error()))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "%s\n", b)
}

// diagnostics prints mistakes, all of them, with snippets, and a count when there are several.
func (t *terminal) diagnostics(list diag.List, source func(string) (string, bool)) {
	if t.events {
		for _, d := range list {
			t.event("diagnostic", map[string]any{
				"severity": d.Severity.String(), "code": string(d.Code), "file": d.Pos.File, "line": d.Pos.Line, "col": d.Pos.Col,
				"msg": d.Msg, "hint": d.Hint,
			})
		}
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.below = nil
	t.draw("")
	style := diag.Style{Source: source}
	if t.colour && isTerminal(t.err) { // mistakes may go to a file while results are looked at
		style.Paint = t.paint
	}
	if t.live && isTerminal(t.err) {
		style.Width = t.width()
	}
	for i, d := range list {
		if i > 0 {
			fmt.Fprintln(t.err)
		}
		diag.Fprint(t.err, d, style)
	}
	if errs, warns := list.Count(); errs+warns > 1 {
		fmt.Fprintf(t.err, "\n%s\n", countOf(errs, warns))
	}
}

func countOf(errs, warns int) string {
	var parts []string
	if errs > 0 {
		parts = append(parts, count(int64(errs), "error", "errors"))
	}
	if warns > 0 {
		parts = append(parts, count(int64(warns), "warning", "warnings"))
	}
	return strings.Join(parts, ", ")
}

// count gives "1 row", "12,403 rows".
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands groups digits: 12,403.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// seconds gives a duration as people read it: 0.42s, 1m 05s.
func seconds(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.2fs", d.Seconds())
	}
	return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
}

// clip cuts a line to w columns, keeping escape sequences whole.
func clip(line string, w int) string {
	var b strings.Builder
	used, escape := 0, false
	for _, r := range line {
		switch {
		case escape:
			b.WriteRune(r)
			escape = r != 'm'
			continue
		case r == '\x1b':
			escape = true
			b.WriteRune(r)
			continue
		}
		if used++; used > w {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// wrap breaks a line at spaces so that no part is wider than w columns; what goes on is indented.
// Nothing is cut off: people copy paths and commands.
func wrap(line string, w int) string {
	if visible(line) <= w {
		return line
	}
	const indent = "    "
	indented := len(line) - len(strings.TrimLeft(line, " "))
	out := line[:indented]
	used := indented
	for i, word := range strings.Split(line[indented:], " ") {
		n := visible(word)
		switch {
		case i == 0:
		case used+1+n > w && n > 0:
			out = strings.TrimRight(out, " ") + "\n" + indent
			used = len(indent)
		default:
			out += " "
			used++
		}
		out += word
		used += n
	}
	return out
}

// room gives how wide a column may be, at most most, so that a line with rest columns beside it
// fits a live terminal.
func (t *terminal) room(most, least, rest int) int {
	if !t.live {
		return most
	}
	return max(least, min(most, t.width()-rest))
}

// pad fills text with spaces to w columns, escape sequences not counted; longer text is cut
// with an ellipsis.
func pad(text string, w int) string {
	n := visible(text)
	if n > w {
		return clip(text, max(0, w-1)) + "…"
	}
	return text + strings.Repeat(" ", w-n)
}

// padLeft aligns text to the right of w columns.
func padLeft(text string, w int) string {
	return strings.Repeat(" ", max(0, w-visible(text))) + text
}

// visible counts the columns of a text, escape sequences not counted.
func visible(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case escape:
			escape = r != 'm'
		case r == '\x1b':
			escape = true
		default:
			n++
		}
	}
	return n
}
