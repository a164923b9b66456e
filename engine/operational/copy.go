package operational

import (
	"context"
	"database/sql"
	"fmt"
)

// look reads what a store holds with one question: the differ asks several for every table, which on
// a server are as many round trips, so its questions go to an empty copy of the store in memory.
func look(ctx context.Context, q querier) (*schemaState, error) {
	var stmts []string
	err := each(ctx, q, "select name, tbl_name, sql\nfrom sqlite_master\nwhere sql is not null\norder by type <> 'table', rowid", nil, func(rows *sql.Rows) error {
		var name, table, text string
		if err := rows.Scan(&name, &table, &text); err != nil {
			return err
		}
		if !internal(name) && !internal(table) {
			stmts = append(stmts, text)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("inspect the store: %w", err)
	}
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	for _, s := range stmts {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return inspect(ctx, q) // it has something that only its server knows, such as an index of vectors
		}
	}
	return inspect(ctx, db)
}
