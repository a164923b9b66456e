package jinja

// arena hands out the commonest nodes from small arrays, so that a template costs few allocations.
type arena struct {
	texts   []textStmt
	outputs []outputStmt
	names   []nameExpr
	consts  []constExpr
	calls   []callExpr
	attrs   []attrExpr
}

// arenaSize is how many nodes of a kind are allocated at once.
const arenaSize = 16

func take[T any](pool *[]T) *T {
	if len(*pool) == 0 {
		*pool = make([]T, arenaSize)
	}
	n := &(*pool)[0]
	*pool = (*pool)[1:]
	return n
}

func (a *arena) text() *textStmt     { return take(&a.texts) }
func (a *arena) output() *outputStmt { return take(&a.outputs) }
func (a *arena) name() *nameExpr     { return take(&a.names) }
func (a *arena) konst() *constExpr   { return take(&a.consts) }
func (a *arena) call() *callExpr     { return take(&a.calls) }
func (a *arena) attr() *attrExpr     { return take(&a.attrs) }
