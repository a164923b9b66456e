package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"atlas/engine/adapter"
	"atlas/engine/source"
)

// scanner gives what source.Request.Scan is: each call opens a warehouse of its own that holds
// nothing and only reads foreign data, so that neither the target's file nor another table's
// reading is in the way. It is nil where the target's adapter has no such thing.
func (w *Workspace) scanner() func(ctx context.Context) (source.Scanner, error) {
	opener, ok := w.Adapter.(adapter.ForeignOpener)
	if !ok {
		return nil
	}
	return func(ctx context.Context) (source.Scanner, error) {
		warehouse, err := opener.OpenForeign(ctx, w.Project.Target)
		if err != nil {
			return nil, err
		}
		s, err := warehouse.Session(ctx)
		if err != nil {
			return nil, errors.Join(err, warehouse.Close())
		}
		reads, ok := s.(adapter.Scanner)
		if !ok {
			return nil, errors.Join(fmt.Errorf("%s reads no foreign data", w.Project.Target.Type), s.Close(), warehouse.Close())
		}
		return &scanning{Scanner: reads, session: s, warehouse: warehouse}, nil
	}
}

// scanning is a session together with the warehouse that was opened for it.
type scanning struct {
	adapter.Scanner
	session   adapter.Session
	warehouse adapter.Warehouse
}

// Close closes both.
func (s *scanning) Close() error { return errors.Join(s.session.Close(), s.warehouse.Close()) }

// downloads is the folder of the copies of remote files.
func (w *Workspace) downloads() string { return filepath.Join(w.targetDir(), "downloads") }
