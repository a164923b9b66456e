// Command atlas takes a business from messy workbooks to reports: it extracts, loads,
// validates, builds models, tests, documents.
//
// The package reads flags and prints; everything that is done is done by engine. One file holds
// one command.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"atlas/engine/diag"
)

// version is set by the linker.
//
//nolint:gochecknoglobals // written by -ldflags -X
var version = "dev"

// The exit codes, which are dbt's, and the shell's for an interrupt.
const (
	exitDone        = 0
	exitNodeFailed  = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	ctx, stop := interruptible(context.Background())
	code := Main(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv, clock: time.Now})
	stop()
	os.Exit(code)
}

// streams is a command's whole outside, so that a test can be it.
type streams struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
	clock    func() time.Time
}

// errInterrupted is the cause of a context that Ctrl-C cancelled.
var errInterrupted = errors.New("interrupted") //nolint:gochecknoglobals // a sentinel

// interruptible cancels on the first Ctrl-C or request to end, so that the run ends cleanly, and leaves the
// second to the system, which ends the process.
func interruptible(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM) // the latter is how services and containers are stopped
	go func() {
		if _, ok := <-signals; ok {
			signal.Stop(signals)
			cancel(errInterrupted)
		}
	}()
	return ctx, func() { signal.Stop(signals); close(signals); cancel(nil) }
}

// Main runs one command line and gives its exit code.
func Main(ctx context.Context, args []string, s streams) int {
	a := newApp(s)
	a.term.events = wantsEvents(args)
	err := a.execute(ctx, args)
	return a.report(ctx, err)
}

// wantsEvents looks for --log-format json before the flags are read, so that a mistake in another
// flag is an event as well.
func wantsEvents(args []string) bool {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "--log-format=json" || arg == "--log-format" && i+1 < len(args) && args[i+1] == "json" {
			return true
		}
	}
	return false
}

// failed is the error of a run in which nodes failed; all has been said.
type failed struct{}

func (failed) Error() string { return "some nodes failed" }

// usageError is a command line that cannot be meant.
type usageError struct {
	msg, hint string
}

func (e *usageError) Error() string { return e.msg }

// report prints what went wrong, once, and gives the exit code.
func (a *app) report(ctx context.Context, err error) int {
	var usage *usageError
	switch {
	case err == nil && errors.Is(context.Cause(ctx), errInterrupted):
		return exitInterrupted
	case err == nil:
		return exitDone
	case errors.Is(context.Cause(ctx), errInterrupted):
		switch {
		case a.term.events:
			a.term.event("interrupted", nil)
		case !errors.As(err, new(failed)):
			fmt.Fprintln(a.term.err, "interrupted; what was there before is still in place")
		}
		return exitInterrupted
	case errors.As(err, new(failed)):
		return exitNodeFailed
	case errors.As(err, &usage) && a.term.events:
		a.term.event("diagnostic", map[string]any{"severity": "error", "msg": usage.msg, "hint": usage.hint})
		return exitUsage
	case errors.As(err, &usage):
		fmt.Fprintln(a.term.err, usage.msg)
		if usage.hint != "" {
			fmt.Fprintf(a.term.err, "%s %s\n", a.term.paint("hint", "help:"), usage.hint)
		}
		return exitUsage
	default:
		list := diag.From(err)
		if errors.Is(err, fs.ErrPermission) && len(list) == 1 && list[0].Hint == "" {
			list[0].Hint = "the project's folder must be writable; --target-path and --output put what is written elsewhere"
		}
		list.Sort()
		a.term.diagnostics(list, a.source)
		return exitUsage
	}
}

// buildVersion gives the linked version, or the module's when built by go install.
func buildVersion() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}
