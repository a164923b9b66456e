package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/diag"
	"atlas/engine/operational"
)

const migrateLong = `The schema of the operational store is code: schema.sql under operational-paths says what the
store is to be. "generate" compares it with the migrations and writes the next one, "apply" runs
in a store what has not run there, each migration in a transaction of its own.

The store is the file atlas-ops.db, or where DATABASE_URL points: file:path, or libsql://… with
TURSO_AUTH_TOKEN. The same commands work on both.`

func (a *app) migrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the operational store to its schema",
		Long:  migrateLong,
		Example: `  atlas migrate generate --name add_orders
  atlas migrate apply
  atlas migrate status
  DATABASE_URL=libsql://shop.turso.io atlas migrate apply --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.migrateGenerate(), a.migrateApply(), a.migrateStatus(), a.migrateLint(), a.migratePush(), a.migrateDown(), a.migrateHash())
	return cmd
}

// renames reads --rename.
func renames(texts []string) ([]operational.Rename, error) {
	var out []operational.Rename
	for _, t := range texts {
		r, err := operational.ParseRename(t)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (a *app) migrateGenerate() *cobra.Command {
	var o operational.GenerateOptions
	var renamed []string
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the migration that brings the store to schema.sql",
		Example: `  atlas migrate generate --name add_orders
  atlas migrate generate --rename orders.note=orders.remark
  atlas migrate generate --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Renames, err = renames(renamed); err != nil {
				return err
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			files, err := w.StoreSchema()
			if err != nil {
				return err
			}
			o.Now = a.clock
			g, err := operational.Generate(cmd.Context(), w.Migrations(), files, w.StoreRules(), o)
			if err != nil {
				return err
			}
			a.generated(g, o.DryRun)
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Name, "name", "", "what the migration is called; else its first change")
	cmd.Flags().StringArrayVar(&renamed, "rename", nil, "what has another name now: `old=new`, or table.old=new")
	cmd.Flags().BoolVar(&o.AllowDestructive, "allow-destructive", false, "allow changes that lose data")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "print the migration and write nothing")
	return cmd
}

func (a *app) generated(g *operational.Generated, dry bool) {
	if g.Migration == nil {
		a.term.event("unchanged", nil)
		a.term.say("the migrations give what the schema says; nothing to do")
		return
	}
	a.term.event("generated", map[string]any{"path": g.Migration.Path, "steps": g.Steps, "dry_run": dry})
	for _, x := range g.Losses {
		a.note("%s: %s", x.What, x.Why)
	}
	if dry {
		a.term.say("%s", strings.TrimRight(g.Migration.SQL, "\n"))
		return
	}
	a.term.say("%s", g.Migration.Path)
	a.steps(g.Steps)
	a.term.say("%s read it, then atlas migrate apply", a.term.paint("hint", "next:"))
}

func (a *app) steps(steps []string) {
	for _, s := range steps {
		a.term.say("  %s %s", a.term.paint("good", "+"), s)
	}
}

// onStore opens the operational store for a command.
func (a *app) onStore(ctx context.Context, f func(w *engine.Workspace, s *operational.Store) error) error {
	w, err := a.load(ctx)
	if err != nil {
		return err
	}
	s, err := w.OpenStore(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return f(w, s)
}

// addApply adds the flags that apply, push and down share.
func addApply(cmd *cobra.Command, o *operational.ApplyOptions) {
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "say what would run, and change nothing")
}

func (a *app) migrateApply() *cobra.Command {
	var o operational.ApplyOptions
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Run the migrations that have not run in the store",
		Long: `Run the migrations that have not run in the store, in order. Each runs in one transaction with its
entry in the history, so an interrupted one leaves nothing and the next apply goes on. A store that
was changed by hand is not touched until that is settled.`,
		Example: `  atlas migrate apply
  atlas migrate apply --dry-run
  atlas migrate apply --to 20260203101500`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.onStore(cmd.Context(), func(w *engine.Workspace, s *operational.Store) error {
				o.Now = a.clock
				o.Progress = func(m *operational.Migration, took time.Duration) {
					a.term.event("applied", map[string]any{"version": m.Version, "name": m.Name})
					a.term.say("  %s %s   %s", a.term.paint("good", "✓"), m.Label(), a.term.paint("dim", seconds(took)))
				}
				done, err := operational.Apply(cmd.Context(), s, w.Migrations(), o)
				if o.DryRun {
					for _, m := range done {
						a.term.say("  %s %s", a.term.paint("hint", "→"), m.Label())
					}
				}
				if err != nil {
					return err
				}
				a.term.say("%s: %s%s", s.Name(), count(int64(len(done)), "migration", "migrations"), map[bool]string{true: " would run", false: " ran"}[o.DryRun])
				return nil
			})
		},
	}
	addApply(cmd, &o)
	cmd.Flags().StringVar(&o.To, "to", "", "last `version` to run")
	cmd.Flags().BoolVar(&o.AllowDrift, "allow-drift", false, "go on although the store is not what its migrations say")
	return cmd
}

func (a *app) migrateStatus() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Say which migrations have run in the store, and whether it is what they make",
		Example: "  atlas migrate status",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.onStore(cmd.Context(), func(w *engine.Workspace, s *operational.Store) error {
				st, err := operational.ReadStatus(cmd.Context(), s, w.Migrations())
				if err != nil {
					return err
				}
				for _, m := range st.Applied {
					a.term.event("migration", map[string]any{"version": m.Version, "name": m.Name, "status": "applied", "applied_at": m.At})
					a.term.say("  %s %s %s   %s", a.term.paint("good", "✓"), m.Version, m.Name, a.term.paint("dim", m.At.Format("2006-01-02 15:04")))
				}
				for _, m := range st.Pending {
					a.term.event("migration", map[string]any{"version": m.Version, "name": m.Name, "status": "pending"})
					a.term.say("  %s %s   pending", a.term.paint("warning", "○"), m.Label())
				}
				for _, d := range st.Drift {
					a.term.event("drift", map[string]any{"step": d})
					a.note("drift: to be as its migrations say, the store needs: %s", d)
				}
				a.term.say("%s: %d applied, %d pending", s.Name(), len(st.Applied), len(st.Pending))
				if len(st.Drift) > 0 {
					return failed{}
				}
				return nil
			})
		},
	}
}

func (a *app) migrateLint() *cobra.Command {
	return &cobra.Command{
		Use:     "lint",
		Short:   "Look for what may go wrong when the migrations run where rows are",
		Example: `  atlas migrate lint`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			found, err := operational.Lint(cmd.Context(), w.Migrations(), w.StoreRules())
			if err != nil {
				return err
			}
			a.term.diagnostics(found, a.source)
			a.term.say("%s", count(int64(len(found)), "finding", "findings"))
			return nil
		},
	}
}

func (a *app) migratePush() *cobra.Command {
	var o operational.ApplyOptions
	var renamed []string
	cmd := &cobra.Command{
		Use:     "push",
		Short:   "Bring a development store to schema.sql without a migration",
		Long:    "Bring a store to schema.sql at once, for development. A store with a history of migrations is refused.",
		Example: `  DATABASE_URL=file:dev.db atlas migrate push`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := renames(renamed)
			if err != nil {
				return err
			}
			return a.onStore(cmd.Context(), func(w *engine.Workspace, s *operational.Store) error {
				files, err := w.StoreSchema()
				if err != nil {
					return err
				}
				steps, err := operational.Push(cmd.Context(), s, files, w.StoreRules(), list, o)
				if err != nil {
					return err
				}
				a.steps(steps)
				a.term.say("%s: %s", s.Name(), count(int64(len(steps)), "step", "steps"))
				return nil
			})
		},
	}
	addApply(cmd, &o)
	cmd.Flags().BoolVar(&o.AllowDestructive, "allow-destructive", false, "allow changes that lose data")
	cmd.Flags().StringArrayVar(&renamed, "rename", nil, "what has another name now: `old=new`, or table.old=new")
	return cmd
}

func (a *app) migrateDown() *cobra.Command {
	var o operational.ApplyOptions
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Take the last migration back",
		Long: `Bring the store to the state of an earlier migration and take the later ones out of its history, in
one transaction. Rows that a migration dropped do not come back.`,
		Example: `  atlas migrate down
  atlas migrate down --to 20260203101500
  atlas migrate down --to 0 --allow-destructive    all of them`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.onStore(cmd.Context(), func(w *engine.Workspace, s *operational.Store) error {
				steps, back, err := operational.Down(cmd.Context(), s, w.Migrations(), o)
				if err != nil {
					return err
				}
				a.steps(steps)
				for _, m := range back {
					a.term.say("  %s %s %s", a.term.paint("warning", "↶"), m.Version, m.Name)
				}
				a.term.say("%s: %s%s", s.Name(), count(int64(len(back)), "migration", "migrations"), map[bool]string{true: " would be taken back", false: " taken back"}[o.DryRun])
				return nil
			})
		},
	}
	addApply(cmd, &o)
	cmd.Flags().StringVar(&o.To, "to", "", "`version` to go back to; 0 is before the first")
	cmd.Flags().BoolVar(&o.AllowDestructive, "allow-destructive", false, "allow changes that lose data")
	cmd.Flags().BoolVar(&o.AllowDrift, "allow-drift", false, "go on although the store is not what its migrations say")
	return cmd
}

func (a *app) migrateHash() *cobra.Command {
	return &cobra.Command{
		Use:     "hash",
		Short:   "Write the checksums of the migrations anew, after editing them on purpose",
		Example: "  atlas migrate hash",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			list, err := w.Migrations().Hash()
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return diag.Errorf(diag.NothingMatches, diag.Pos{}, "%s has no migrations", w.Migrations().Shown)
			}
			a.term.say("%s", fmt.Sprintf("%s: %s", w.Migrations().Shown, count(int64(len(list)), "checksum", "checksums")))
			return nil
		},
	}
}
