package jinja

import "sync"

// arena hands out the commonest nodes from small arrays, so that a template costs few allocations.
type arena struct {
	texts   chunk[textStmt]
	outputs chunk[outputStmt]
	names   chunk[nameExpr]
	consts  chunk[constExpr]
	calls   chunk[callExpr]
	attrs   chunk[attrExpr]
}

// chunk is nodes of one kind that are allocated but not in use yet.
type chunk[T any] struct {
	free []T
	size int // how many were allocated last
}

// The sizes of an arena's first and largest arrays.
const (
	firstChunk = 6
	mostChunk  = 48
)

// maxScratch is the largest room that is kept for the next template.
const maxScratch = 1 << 13

func (c *chunk[T]) take() *T {
	if len(c.free) == 0 {
		c.size = min(max(firstChunk, 2*c.size), mostChunk)
		c.free = make([]T, c.size)
	}
	n := &c.free[0]
	c.free = c.free[1:]
	return n
}

func (a *arena) text() *textStmt     { return a.texts.take() }
func (a *arena) output() *outputStmt { return a.outputs.take() }
func (a *arena) name() *nameExpr     { return a.names.take() }
func (a *arena) konst() *constExpr   { return a.consts.take() }
func (a *arena) call() *callExpr     { return a.calls.take() }
func (a *arena) attr() *attrExpr     { return a.attrs.take() }

// scratch is room that a parser works in and gives back.
type scratch struct {
	uses      []use
	scopes    []*scope
	functions []*function
	stmts     []stmt
	exprs     []expr
	keys      []expr
	names     []*nameExpr
	kwargs    []kwExpr
	balance   []byte
}

//nolint:gochecknoglobals // a pool is shared by nature
var scratchPool = sync.Pool{New: func() any { return &scratch{} }}

// release empties the scratch and gives it back.
func (s *scratch) release() {
	if cap(s.uses) > maxScratch || cap(s.stmts) > maxScratch || cap(s.exprs) > maxScratch {
		return // a huge template's room is not kept
	}
	clear(s.uses)
	clear(s.scopes)
	clear(s.functions)
	clear(s.stmts[:cap(s.stmts)])
	clear(s.exprs[:cap(s.exprs)])
	clear(s.keys[:cap(s.keys)])
	clear(s.names[:cap(s.names)])
	clear(s.kwargs[:cap(s.kwargs)])
	s.uses, s.scopes, s.functions = s.uses[:0], s.scopes[:0], s.functions[:0]
	s.keys, s.names = s.keys[:0], s.names[:0]
	s.stmts, s.exprs, s.kwargs, s.balance = s.stmts[:0], s.exprs[:0], s.kwargs[:0], s.balance[:0]
	scratchPool.Put(s)
}

// cut takes what was pushed on a stack since mark, as a slice of its own.
func cut[T any](stack *[]T, mark int) []T {
	s := *stack
	if len(s) == mark {
		return nil
	}
	out := make([]T, len(s)-mark)
	copy(out, s[mark:])
	*stack = s[:mark]
	return out
}
