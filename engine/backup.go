package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/operational"
	"atlas/engine/source"
)

// BackupFile is one file of a backup.
type BackupFile struct {
	Name   string `json:"name"`   // in the backup's folder
	Kind   string `json:"kind"`   // "operational", "warehouse"
	Origin string `json:"origin"` // what it is a copy of, without anything secret
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Backup is what a backup holds: its manifest.json.
type Backup struct {
	Format  int          `json:"format"` // 1
	Project string       `json:"project"`
	Scope   string       `json:"scope,omitempty"`
	Atlas   string       `json:"atlas"`
	Made    time.Time    `json:"made_at"`
	Files   []BackupFile `json:"files"`
	Dir     string       `json:"-"`
}

const backupManifest = "manifest.json"

// Backup copies the operational store and the warehouse of the scope into a new folder. The folder
// takes its name when it is whole.
func (w *Workspace) Backup(ctx context.Context, dir string, open adapter.OpenOptions) (*Backup, error) {
	now := w.engine.Clock().UTC()
	if dir == "" {
		dir = filepath.Join(w.Project.Root, "backups", now.Format("20060102-150405"))
	}
	if exists(dir) {
		return nil, diag.Errorf(diag.BadValue, diag.Pos{}, "%s is there already", dir).WithHint("give another folder with --output")
	}
	aside := dir + ".part"
	if err := errors.Join(os.RemoveAll(aside), os.MkdirAll(aside, 0o755)); err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	b := &Backup{Format: 1, Project: w.Project.Name, Scope: w.Scope(), Atlas: w.engine.Version, Made: now.Truncate(time.Second), Dir: dir}
	err := w.backUp(ctx, b, aside, open)
	if err == nil {
		var text []byte
		if text, err = json.MarshalIndent(b, "", "  "); err == nil {
			err = os.WriteFile(filepath.Join(aside, backupManifest), append(text, '\n'), 0o644)
		}
	}
	if err == nil {
		err = os.Rename(aside, dir)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(aside))
	}
	return b, nil
}

func (w *Workspace) backUp(ctx context.Context, b *Backup, dir string, open adapter.OpenOptions) error {
	store, err := w.OpenStore(ctx)
	if err != nil {
		return err
	}
	err = store.Backup(ctx, filepath.Join(dir, "operational.db"))
	if err = errors.Join(err, store.Close()); err != nil {
		return err
	}
	if err := b.add(dir, "operational.db", "operational", store.Name()); err != nil {
		return err
	}
	path := w.warehouseFile()
	if path == "" || !exists(path) {
		return nil
	}
	name := filepath.Base(path)
	err = w.WithSession(ctx, open, func(s adapter.Session) error {
		if c, ok := s.(adapter.Checkpointer); ok { // the file alone is complete then, and nobody else writes to it
			if err := c.Checkpoint(ctx); err != nil {
				return err
			}
		}
		return copyFile(path, filepath.Join(dir, name))
	})
	if err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	return b.add(dir, name, "warehouse", name)
}

func (b *Backup) add(dir, name, kind, origin string) error {
	sum, size, err := source.HashFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	b.Files = append(b.Files, BackupFile{Name: name, Kind: kind, Origin: origin, SHA256: sum, Size: size})
	return nil
}

// warehouseFile gives the file of a warehouse that is one; "" of others.
func (w *Workspace) warehouseFile() string {
	v, _ := w.Project.Target.Options.Get("path")
	path, _ := v.(string)
	if path == "" || path == ":memory:" || strings.Contains(path, ":") && !filepath.IsAbs(path) {
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.Project.Target.Root, filepath.FromSlash(path))
	}
	return path
}

// ReadBackup reads a backup and proves that its files are whole.
func ReadBackup(ctx context.Context, dir string) (*Backup, error) {
	text, err := os.ReadFile(filepath.Join(dir, backupManifest))
	if err != nil {
		return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "%s is no backup: it has no %s", dir, backupManifest).WithErr(err)
	}
	b := &Backup{Dir: dir}
	if err := json.Unmarshal(text, b); err != nil || b.Format != 1 {
		return nil, diag.Errorf(diag.BadFile, diag.Pos{File: filepath.Join(dir, backupManifest)}, "the backup's manifest cannot be read")
	}
	var l diag.List
	for _, f := range b.Files {
		sum, _, err := source.HashFile(filepath.Join(dir, f.Name))
		if err != nil || sum != f.SHA256 || f.Name != filepath.Base(f.Name) {
			l = append(l, diag.Errorf(diag.BadFile, diag.Pos{}, "%s of the backup is damaged or missing", f.Name).WithHint("take another backup: nothing was restored"))
		} else if f.Kind == "operational" {
			l.Add(operational.CheckFile(ctx, filepath.Join(dir, f.Name)))
		}
	}
	return b, l.Err()
}

// Restore puts a backup's files in the place of the local store and warehouse, each by one rename.
// The files that were there are kept beside them, ending in .before-restore. A remote store is not
// written over.
func (w *Workspace) Restore(ctx context.Context, dir string, open adapter.OpenOptions) (*Backup, error) {
	b, err := ReadBackup(ctx, dir)
	if err != nil {
		return nil, err
	}
	if b.Project != w.Project.Name || b.Scope != w.Scope() {
		return nil, diag.Errorf(diag.BadScope, diag.Pos{}, "the backup is of %s %s, and this is %s %s", b.Project, b.Scope, w.Project.Name, w.Scope()).
			WithHint("choose the scope it was made of")
	}
	path, err := operational.Replaceable(ctx, w.storeConfig())
	if err != nil {
		return nil, err
	}
	if path == "" {
		return nil, diag.Errorf(diag.BadValue, diag.Pos{}, "a remote store is not written over by a restore").
			WithHint("restore into a file with DATABASE_URL=file:restored.db, and bring that to the server by its own tools")
	}
	targets := map[string]string{"operational": path, "warehouse": w.warehouseFile()}
	if file := targets["warehouse"]; file != "" && exists(file) { // nobody else may have it open
		if err := w.WithSession(ctx, open, func(adapter.Session) error { return nil }); err != nil {
			return nil, err
		}
	}
	for _, f := range b.Files {
		if to := targets[f.Kind]; to != "" {
			if err := putBack(filepath.Join(dir, f.Name), to); err != nil {
				return nil, fmt.Errorf("restore %s: %w", f.Name, err)
			}
		}
	}
	return b, nil
}

// putBack copies a file aside and gives it its name; what was there stays under another, and so
// does what an earlier restore kept.
func putBack(from, to string) error {
	aside, kept := to+".restoring", to+".before-restore"
	for n := 2; exists(kept); n++ {
		kept = fmt.Sprintf("%s.before-restore-%d", to, n)
	}
	if err := copyFile(from, aside); err != nil {
		return err
	}
	for _, more := range []string{"", "-wal", "-shm", ".wal"} { // the logs of the file that goes belong to it
		if exists(to + more) {
			if err := os.Rename(to+more, kept+more); err != nil {
				return err
			}
		}
	}
	return os.Rename(aside, to)
}

// copyFile copies a file and brings it to disk.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Sync(), out.Close())
}
