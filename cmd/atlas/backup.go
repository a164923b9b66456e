package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"atlas/engine"
)

func (a *app) backupCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the operational store and the warehouse into a folder",
		Long: `Copy the operational store and the warehouse of the scope, each as it is at one moment, into a new
folder with a manifest of their hashes. "atlas restore" puts them back.`,
		Example: `  atlas backup --entity ACME
  atlas backup --output /mnt/backups/monday`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			b, err := w.Backup(cmd.Context(), output, a.openOptions(false))
			if err != nil {
				return err
			}
			a.backedUp(b)
			a.term.say("backed up to %s", b.Dir)
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "new `folder`; else backups/ with the time")
	return cmd
}

func (a *app) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore <folder>",
		Short: "Put a backup in the place of the store and the warehouse",
		Long: `Check a backup against its hashes and put its files in the place of the local operational store and
the warehouse. The files that were there are kept beside them, ending in .before-restore.`,
		Example: `  atlas restore backups/20260203-101500 --entity ACME`,
		Args:    oneArg("the folder of a backup"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			b, err := w.Restore(cmd.Context(), args[0], a.openOptions(false))
			if err != nil {
				return err
			}
			a.backedUp(b)
			a.term.say("restored from %s, made on %s", b.Dir, b.Made.Format("2006-01-02 15:04"))
			return nil
		},
	}
}

func (a *app) backedUp(b *engine.Backup) {
	for _, f := range b.Files {
		a.term.event("file", map[string]any{"name": f.Name, "kind": f.Kind, "size": f.Size, "sha256": f.SHA256})
		a.term.say("  %s %s   %s", pad(f.Kind, 11), f.Name, a.term.paint("dim", fmt.Sprintf("%s, sha256 %s…", size(f.Size), f.SHA256[:12])))
	}
}
