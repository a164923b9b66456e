package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"atlas/engine"
	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/project"
)

// app is one invocation: its outside, its flags, and the engine that does the work.
type app struct {
	streams
	term   *terminal
	engine *engine.Engine
	flags  globalFlags
	root   string // the project's folder, once known, for snippets

	byMonth bool     // --month is a month of the rows, whether or not the project's scope has such a dimension
	spare   []string // flags of the scope that mean something without a dimension of their name
}

// globalFlags are the flags that every command has.
type globalFlags struct {
	projectDir, profilesDir, profile, target, targetPath string
	vars                                                 string
	threads                                              int
	entity, year, month                                  string
	scope                                                []string
	logFormat                                            string
	quiet, noColor                                       bool
	waitLock                                             bool
}

func newApp(s streams) *app {
	e := engine.New()
	e.Env = s.env
	e.Clock = s.clock
	e.Version = buildVersion()
	return &app{streams: s, engine: e, term: newTerminal(s.out, s.err, s.env, s.clock)}
}

func (a *app) now() time.Time { return a.clock() }

// execute runs the command line.
func (a *app) execute(ctx context.Context, args []string) error {
	root := a.rootCommand()
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

const rootLong = `Atlas takes a business from messy workbooks to a board deck: it extracts workbooks, loads
them into DuckDB, validates them, builds SQL models with tests, and documents the whole way.
Any dbt project on DuckDB runs as it is.`

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "atlas",
		Short: "From workbooks to tested marts in one binary",
		Long:  rootLong,
		Example: `  atlas init shop && cd shop && atlas build
  atlas sync --entity ACME --year 2026
  atlas build --select +marts`,
		Version:       buildVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return a.applyOutputFlags()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetIn(a.in)
	root.SetVersionTemplate("atlas {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(usageTemplate)
	root.CompletionOptions.HiddenDefaultCmd = false
	a.addGlobalFlags(root.PersistentFlags())
	root.AddGroup(
		&cobra.Group{ID: "pipeline", Title: "From workbooks to marts:"},
		&cobra.Group{ID: "reports", Title: "From marts to decks:"},
		&cobra.Group{ID: "models", Title: "Models and tests:"},
		&cobra.Group{ID: "store", Title: "The operational store:"},
		&cobra.Group{ID: "look", Title: "Looking at things:"},
		&cobra.Group{ID: "setup", Title: "Setting up:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			if c.HasSubCommands() && !c.Runnable() {
				gathers(c)
			}
			root.AddCommand(c)
		}
	}
	add("pipeline", a.syncCommand(), a.extractCommand(), a.loadCommand(), a.validateCommand(), a.cleanReportCommand())
	add("reports", a.reportCommand(), a.formatCommand(), a.presentCommand(), a.slidesCommand())
	add("models", a.buildCommand(), a.runCommand(), a.testCommand(), a.seedCommand(), a.snapshotCommand(), a.compileCommand(), a.parseCommand(), a.runOperationCommand(), a.retryCommand())
	add("store", a.migrateCommand(), a.publishCommand(), a.backupCommand(), a.restoreCommand())
	add("look", a.showCommand(), a.listCommand(), a.docsCommand())
	add("setup", a.initCommand(), a.debugCommand(), a.cleanCommand(), a.versionCommand())
	root.SetHelpCommand(a.helpCommand(root))
	return root
}

// usageTemplate puts the command's own flags before the global ones.
const usageTemplate = `Usage:
  {{if .Runnable}}{{.UseLine}}{{else}}{{.CommandPath}} [command]{{end}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{range $group := .Groups}}
{{.Title}}{{range $cmds}}{{if (and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help")))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}
{{end}}{{if not .AllChildCommandsHaveGroup}}
More:{{range $cmds}}{{if (and (eq .GroupID "") (or .IsAvailableCommand (eq .Name "help")))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}
{{end}}{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
"{{.CommandPath}} [command] --help" tells more of a command, "atlas help topics" lists the references.
{{end}}`

func (a *app) addGlobalFlags(f *pflag.FlagSet) {
	g := &a.flags
	f.StringVar(&g.projectDir, "project-dir", "", "project `folder`; else the nearest one upward with atlas_project.yml or dbt_project.yml")
	f.StringVar(&g.profilesDir, "profiles-dir", "", "`folder` of profiles.yml")
	f.StringVar(&g.profile, "profile", "", "profile to use instead of the project's")
	f.StringVarP(&g.target, "target", "t", "", "output of the profile to use")
	f.StringVar(&g.targetPath, "target-path", "", "`folder` for artifacts instead of target/")
	f.StringVar(&g.vars, "vars", "", "variables as YAML: '{key: value}'")
	f.IntVar(&g.threads, "threads", 0, "nodes at a time; 0 takes the target's, else one a core")
	f.StringVar(&g.entity, "entity", "", "value of the project's scope \"entity\"")
	f.StringVar(&g.year, "year", "", "value of the project's scope \"year\"")
	f.StringVar(&g.month, "month", "", "value of the project's scope \"month\"")
	f.StringArrayVar(&g.scope, "scope", nil, "any other value of the project's scope, as `name=value`")
	f.StringVar(&g.logFormat, "log-format", "text", "text or json (one event a line)")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print only what failed")
	f.BoolVar(&g.noColor, "no-color", false, "no colours; NO_COLOR does the same")
	f.BoolVar(&g.waitLock, "wait-lock", false, "wait while another process holds the database")
}

func (a *app) applyOutputFlags() error {
	switch a.flags.logFormat {
	case "text":
	case "json":
		a.term.events, a.term.live, a.term.colour = true, false, false
	default:
		return &usageError{msg: "--log-format " + a.flags.logFormat + " is neither text nor json"}
	}
	a.term.quiet = a.flags.quiet
	if a.flags.noColor {
		a.term.colour = false
	}
	return nil
}

// projectOptions gives what the flags say about the project.
func (a *app) projectOptions() (project.Options, error) {
	g := a.flags
	o := project.Options{
		Dir: g.projectDir, ProfilesDir: g.profilesDir, Profile: g.profile, Target: g.target,
		TargetPath: g.targetPath, Env: a.env, Threads: g.threads, Scope: map[string]string{},
	}
	o.Spare = a.spare
	if a.byMonth {
		o.Spare = []string{"month"}
		if _, err := a.month(); err != nil {
			return o, err
		}
	}
	if g.threads < 0 {
		return o, &usageError{msg: fmt.Sprintf("--threads %d: nodes at a time cannot be fewer than none", g.threads), hint: "0 takes the target's, else one a core"}
	}
	for name, value := range map[string]string{"entity": g.entity, "year": g.year, "month": g.month} {
		if value != "" {
			o.Scope[name] = value
		}
	}
	for _, pair := range g.scope {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return o, &usageError{msg: "--scope " + pair + " is not of the form name=value"}
		}
		o.Scope[name] = value
	}
	if g.vars != "" {
		vars, err := project.ParseVars(g.vars)
		if err != nil {
			return o, &usageError{msg: "--vars is not a YAML mapping: " + err.Error(), hint: `for example --vars '{start: 2026-01-01, limit: 10}'`}
		}
		o.Vars = vars
	}
	return o, nil
}

// load reads the project, prints its warnings and gives the workspace.
func (a *app) load(ctx context.Context) (*engine.Workspace, error) {
	o, err := a.projectOptions()
	if err != nil {
		return nil, err
	}
	w, problems := a.engine.Load(ctx, o)
	if w != nil && w.Project != nil {
		a.root = w.Project.Root
	}
	problems.Sort()
	if err := problems.Err(); err != nil {
		return nil, problems
	}
	if len(problems) > 0 && !a.term.quiet {
		a.term.diagnostics(problems, a.source)
	}
	return w, nil
}

// month reads --month; 0 is none.
func (a *app) month() (int, error) {
	if a.flags.month == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(a.flags.month)
	if err != nil || n < 1 || n > 12 {
		return 0, &usageError{msg: "--month " + a.flags.month + " is not a month", hint: "a number from 1 to 12"}
	}
	return n, nil
}

// database names where a workspace builds: the file, or what the adapter calls it.
func (a *app) database(w *engine.Workspace) string {
	t := w.Project.Target
	if path, _ := t.Options.Get("path"); path != nil {
		if file, ok := path.(string); ok && file != "" {
			return filepath.Base(file)
		}
	}
	return w.Adapter.Database(t)
}

// openOptions tells how to open the warehouse; a wait says who is waited for, once a change.
func (a *app) openOptions(readOnly bool) adapter.OpenOptions {
	o := adapter.OpenOptions{ReadOnly: readOnly}
	if !a.flags.waitLock {
		return o
	}
	since := a.now()
	last := 0
	o.WaitLock = func(h adapter.Holder) bool {
		if h.PID != last {
			a.term.say("waiting for the database, held by %s (pid %d)", filepath.Base(h.Command), h.PID)
			last = h.PID
		}
		a.term.redraw([]string{"  waited " + seconds(a.now().Sub(since))})
		return true
	}
	return o
}

// source gives a file of the project for a snippet.
func (a *app) source(file string) (string, bool) {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(a.root, filepath.FromSlash(file))
	}
	b, err := os.ReadFile(path)
	return string(b), err == nil
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{msg: cmd.CommandPath() + " takes no arguments, and there is " + args[0], hint: "see " + cmd.CommandPath() + " --help"}
}

// oneArg wants exactly one argument; what says which.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 1:
			return nil
		case 0:
			return &usageError{msg: cmd.CommandPath() + " needs an argument", hint: "give " + what}
		default:
			return &usageError{msg: fmt.Sprintf("%s takes one argument, and there are %d", cmd.CommandPath(), len(args)), hint: "give " + what}
		}
	}
}

// flagError turns pflag's words into ours, with the nearest flag.
func flagError(cmd *cobra.Command, err error) error {
	if said := cmd.Flags().Args(); len(said) > 0 && (!cmd.HasParent() || cmd.Annotations[gathering] != "") {
		return unknownCommand(cmd, said[0]) // its flags are not known either
	}
	e := &usageError{msg: err.Error(), hint: "see " + cmd.CommandPath() + " --help"}
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) {
		e.msg = fmt.Sprintf("--%s cannot be %s", bad.GetFlag().Name, bad.GetValue())
		if kind := bad.GetFlag().Value.Type(); kind == "int" {
			e.msg += ": it is a whole number"
		}
		return e
	}
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return e
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near, ok := diag.Nearest(name, names); ok {
		e.hint = "did you mean --" + near + "?"
	}
	return e
}

func unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	path := strings.TrimPrefix(cmd.CommandPath()+" ", "atlas ")
	e := &usageError{msg: "there is no command " + path + name, hint: cmd.CommandPath() + " --help lists the commands"}
	if near, ok := diag.Nearest(name, names); ok {
		e.hint = "did you mean atlas " + path + near + "?"
	}
	return e
}

// gathering marks a command that does nothing itself.
const gathering = "gathers commands"

// gathers has a command that does nothing itself refuse words that name none of its commands.
func gathers(c *cobra.Command) {
	c.Annotations = map[string]string{gathering: "yes"}
	c.Use, c.DisableFlagsInUseLine = c.Use+" [command]", true
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}
}
