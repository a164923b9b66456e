package engine

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// ShowOptions say what to show.
type ShowOptions struct {
	Name     string // a node's name or ID; "" takes Inline
	Inline   string // SQL with templates
	Limit    int    // rows; negative is all
	Failures bool   // the node is a test, and its failing rows are meant
	Open     adapter.OpenOptions
	Log      func(level, msg string)
}

// Rows are the rows of a query, in memory: Show is for people, who ask for few.
type Rows struct {
	Title   string
	Columns []adapter.Column
	Rows    [][]any
	More    bool // there are more than were asked for
}

// Show gives the first rows of a node or of any SQL.
func (w *Workspace) Show(ctx context.Context, o ShowOptions) (*Rows, error) {
	n, err := w.shown(o)
	if err != nil {
		return nil, err
	}
	out := &Rows{}
	err = w.WithReader(ctx, o.Open, func(s adapter.Session) error {
		w.begin("show", o.Log, nil)
		sql, c, err := w.showSQL(ctx, s, n, o)
		if err != nil {
			return err
		}
		if n != nil {
			out.Title = n.Name
		}
		err = out.read(ctx, s, w.limited(sql, o.Limit), o.Limit)
		return w.located(n, c, err, w.limited(sql, o.Limit))
	})
	return out, err
}

// shown finds the node that is meant; nil for inline SQL.
func (w *Workspace) shown(o ShowOptions) (*manifest.Node, error) {
	if o.Inline != "" {
		return nil, nil
	}
	if n := w.Manifest.Nodes[manifest.ID(o.Name)]; n != nil && showable(n, o.Failures) {
		return n, nil
	}
	// what `atlas list` prints is a name too: source:shop.raw.orders, shop.marts.orders
	wanted := strings.TrimPrefix(o.Name, "source:")
	var found []*manifest.Node
	var names []string
	for _, n := range w.Manifest.Nodes {
		if !showable(n, o.Failures) {
			continue
		}
		name := n.Name
		if n.Kind == manifest.Source {
			name = n.Source.SourceName + "." + n.Name
		}
		names = append(names, name)
		if name == wanted || strings.Join(n.FQN, ".") == wanted || n.Kind == manifest.Source && n.Package+"."+name == wanted {
			found = append(found, n)
		}
	}
	what := "node"
	if o.Failures {
		what = "test"
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		d := diag.Errorf(diag.NothingMatches, diag.Pos{}, "no %s is named %s", what, o.Name)
		d.Hint = diag.DidYouMean(o.Name, names)
		if d.Hint == "" {
			d.Hint = "`atlas list` shows the names"
		}
		return nil, d
	default:
		sort.Slice(found, func(i, j int) bool { return found[i].ID < found[j].ID })
		d := diag.Errorf(diag.NothingMatches, diag.Pos{}, "%d %ss are named %s", len(found), what, o.Name)
		for _, n := range found {
			d = d.WithNote(n.Pos, "%s", n.ID)
		}
		return nil, d.WithHint("name it by its ID, for example %s", found[0].ID)
	}
}

// showable reports whether a node has rows of the kind that is asked for: its own or, of a test,
// the failing ones.
func showable(n *manifest.Node, failures bool) bool {
	if n.Kind.Shows() || n.Kind == manifest.Operation || n.Kind == manifest.UnitTest {
		return false
	}
	return (n.Kind == manifest.Test) == failures
}

func (w *Workspace) showSQL(ctx context.Context, s adapter.Session, n *manifest.Node, o ShowOptions) (string, *compile.Compiled, error) {
	if n == nil {
		c, err := w.Compiler.Inline(ctx, o.Inline, s)
		if err != nil {
			return "", nil, err
		}
		return c.SQL, c, nil
	}
	if n.Kind == manifest.Source || n.Kind == manifest.Seed {
		return "select *\nfrom " + w.Adapter.Dialect().Relation(n.Relation), nil, nil
	}
	c, err := w.Compiler.Compile(ctx, n, s)
	if err != nil {
		return "", nil, err
	}
	return c.SQL, c, nil
}

// limited wraps a query so that one row more than the limit is asked for, which tells whether
// there are more.
func (w *Workspace) limited(sql string, limit int) string {
	if limit < 0 {
		return sql
	}
	return fmt.Sprintf("select * from (\n%s\n) as shown\nlimit %d", sql, limit+1)
}

func (w *Workspace) located(n *manifest.Node, c *compile.Compiled, err error, statement string) error {
	if n == nil {
		n = &manifest.Node{ID: "sql operation.inline", Name: "inline"}
	}
	return locate(w.Compiler, n, c, err, statement)
}

func (r *Rows) read(ctx context.Context, s adapter.Session, sql string, limit int) error {
	rows, err := s.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.Columns = rows.Columns()
	for rows.Next() {
		if limit >= 0 && len(r.Rows) == limit {
			r.More = true
			break
		}
		r.Rows = append(r.Rows, append([]any(nil), rows.Values()...))
	}
	return rows.Err()
}

// CompileInline renders SQL that no file holds.
func (w *Workspace) CompileInline(ctx context.Context, sql string, open adapter.OpenOptions) (string, error) {
	var out string
	err := w.WithSession(ctx, open, func(s adapter.Session) error {
		w.begin("compile", nil, nil)
		c, err := w.Compiler.Inline(ctx, sql, s)
		if err == nil {
			out = c.SQL
		}
		return err
	})
	return out, err
}

// Operation calls a macro, as run-operation does, and gives what it returned as text.
func (w *Workspace) Operation(ctx context.Context, macro string, args *manifest.Map, open adapter.OpenOptions, log func(level, msg string)) (string, error) {
	var out string
	err := w.WithSession(ctx, open, func(s adapter.Session) error {
		w.begin("run-operation", log, args)
		v, err := w.Compiler.RunOperation(ctx, s, macro, args)
		out = textOf(v)
		return err
	})
	return out, err
}
