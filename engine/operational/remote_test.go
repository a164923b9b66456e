package operational_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/operational"
	"atlas/engine/operational/hranatest"
)

// remote opens a store on a server that speaks Hrana.
func remote(t *testing.T, srv *hranatest.Server, token string) *operational.Store {
	t.Helper()
	s, err := operational.Open(t.Context(), operational.Config{URL: srv.URL, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// patience waits for a server whose streams that were cut are over by then.
func patience(srv *hranatest.Server) operational.PublishOptions {
	return operational.PublishOptions{Sleep: func(ctx context.Context, _ time.Duration) error {
		srv.Expire()
		return ctx.Err()
	}}
}

// salesServer is a server with the tables of sales.
func salesServer(t *testing.T) (*hranatest.Server, *operational.Store) {
	t.Helper()
	srv := hranatest.Start(t)
	if _, err := srv.DB().ExecContext(t.Context(), sales); err != nil {
		t.Fatal(err)
	}
	return srv, remote(t, srv, "")
}

func TestRemoteMigrations(t *testing.T) {
	srv := hranatest.Start(t)
	p := newProject(t)
	s := remote(t, srv, "")
	p.bring(s, shop, operational.GenerateOptions{})
	run(t, s, "insert into customer values ('A', 1, 'Ada', null)", "insert into orders values ('A', 1, 1, 150, null)")
	p.bring(s, strings.Replace(shop, "email text unique", "email text not null default '' unique", 1), operational.GenerateOptions{})
	if got := one(t, s, "select (select count(*) from orders) || ' ' || (select count(*) from customer)"); got != "1 1" {
		t.Errorf("a table was made anew, and rows are lost: %s", got)
	}
	if _, _, err := operational.Down(t.Context(), s, p.folder(), operational.ApplyOptions{AllowDestructive: true}); err != nil {
		t.Error(err)
	}
}

const faultRows = 2001

// TestFaults publishes while the server fails in every way, at every request of the publication:
// afterwards all of it is there, once.
func TestFaults(t *testing.T) {
	var rows [][]any
	for i := range int64(faultRows) { // two round trips of rows
		rows = append(rows, []any{"A", i, nil, "2026-02-03", i})
	}
	for name, fault := range map[string]hranatest.Fault{
		"cut before": hranatest.CutBefore, "cut after": hranatest.CutAfter, "cut in the answer": hranatest.CutMiddle,
		"429": hranatest.TooMany, "503": hranatest.Unavailable, "expired": hranatest.Expire,
	} {
		for _, there := range []bool{false, true} {
			if there && (fault == hranatest.TooMany || fault == hranatest.Unavailable) {
				continue // what is refused before it is done is the same with rows that are there
			}
			t.Run(fmt.Sprintf("%s, %v", name, there), func(t *testing.T) {
				t.Parallel()
				for at := 1; ; at++ {
					if !publishWithFault(t, fault, at, there, rows) {
						return
					}
				}
			})
		}
	}
}

// publishWithFault lets one request of a publication fail; it reports whether there was such a request.
func publishWithFault(t *testing.T, fault hranatest.Fault, at int, there bool, rows [][]any) bool {
	t.Helper()
	srv, s := salesServer(t)
	if there {
		if _, err := publish(t, s, orders("A", "2026-02", []any{"A", int64(3), nil, "2026-02-09", int64(0)}, []any{"A", int64(9000), nil, "2026-02-09", int64(0)})); err != nil {
			t.Fatal(err)
		}
	}
	n, hit := 0, false
	srv.Before = func(_ int, statements []string) hranatest.Fault {
		if len(statements) == 0 || strings.Contains(statements[0], "sqlite_master") || strings.HasPrefix(strings.ToLower(statements[0]), "pragma") {
			return hranatest.None // reading what is there, before anything is written
		}
		if n++; n == at {
			hit = true
			return fault
		}
		return hranatest.None
	}
	_, err := operational.Publish(t.Context(), s, []*operational.Publication{orders("A", "2026-02", rows...)}, patience(srv))
	srv.Before = nil
	if err != nil {
		t.Errorf("request %d: %v", at, err)
	}
	if got := one(t, s, "select count(*) || ' ' || sum(amount) || ' ' || (select count(*) from _atlas_publications) from orders"); got != fmt.Sprintf("%d %d %d", faultRows, faultRows*(faultRows-1)/2, map[bool]int{false: 1, true: 2}[there]) {
		t.Errorf("request %d: rows, sum and history are %s", at, got)
	}
	if left := one(t, s, "select count(*) from sqlite_master where name like '_atlas_stage%'"); left != "0" {
		t.Errorf("request %d: a stage was left behind", at)
	}
	return hit
}

func TestFaultsThatStay(t *testing.T) {
	srv, s := salesServer(t)
	srv.Before = func(_ int, statements []string) hranatest.Fault {
		if len(statements) > 0 && strings.HasPrefix(statements[0], "insert into \"orders\"") {
			return hranatest.CutAfter
		}
		return hranatest.None
	}
	_, err := operational.Publish(t.Context(), s, []*operational.Publication{orders("A", "2026-02", []any{"A", int64(1), nil, "2026-02-03", int64(1)})}, patience(srv))
	if !has(err, diag.StoreUnreachable) || !strings.Contains(err.Error(), "was lost 6 times") {
		t.Errorf("%v", err)
	}
	if got := one(t, s, "select count(*) from orders"); got != "0" {
		t.Error("half of a publication can be read")
	}
}

func TestToken(t *testing.T) {
	srv := hranatest.Start(t)
	srv.Token = "s3cret-token"
	remote(t, srv, "s3cret-token")
	for token, want := range map[string]string{"": "wants a token", "wr0ng-token": "refuses the token"} {
		_, err := operational.Open(t.Context(), operational.Config{URL: srv.URL, Token: token})
		if !has(err, diag.StoreUnreachable) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "token\"") || token != "" && strings.Contains(err.Error()+hint(err), token) {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestOpenMistakes(t *testing.T) {
	dir := t.TempDir()
	for address, want := range map[string]string{
		"":                                    "names no operational store",
		"ops.db":                              "is no URL",
		"postgres://db":                       "no store is reached by postgres://",
		"file:ops.db?mode=ro":                 "is file: and a path",
		"libsql://x.example?authToken=s3cret": "has a secret or a parameter in it",
		"http://127.0.0.1:1":                  "see whether DATABASE_URL is right",
	} {
		_, err := operational.Open(t.Context(), operational.Config{URL: address, Root: dir})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || !strings.Contains(d.Msg+d.Hint, want) || strings.Contains(d.Error()+d.Hint, "s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if s, err := operational.Open(t.Context(), operational.Config{URL: "file:a b/ops#1.db", Root: dir}); err != nil || s.Path() != filepath.Join(dir, "a b", "ops#1.db") {
		t.Errorf("an odd name: %v", err)
	} else {
		s.Close()
	}
}

// TestRoundTrips counts the requests: one for two thousand rows, and a few around them.
func TestRoundTrips(t *testing.T) {
	srv, s := salesServer(t)
	for _, rows := range []int64{1, 2000, 20_001} {
		var list [][]any
		for i := range rows {
			list = append(list, []any{"A", i, nil, "2026-02-03", i})
		}
		inserts, all := int64(0), 0
		srv.Before = func(_ int, statements []string) hranatest.Fault {
			if all++; len(statements) > 0 && strings.HasPrefix(statements[0], "insert into") && strings.Contains(statements[0], ") values (") && !strings.Contains(statements[0], "_atlas_publications") {
				inserts++
			}
			return hranatest.None
		}
		if _, err := publish(t, s, orders("A", "2026-02", list...)); err != nil {
			t.Fatal(err)
		}
		if want := (rows + 1999) / 2000; inserts != want || int64(all) > want+60 {
			t.Errorf("%d rows: %d requests carry rows, want %d; %d in all", rows, inserts, want, all)
		}
	}
}

// TestRemoteTrips holds the number of requests: they do not grow with the number of tables.
func TestRemoteTrips(t *testing.T) {
	srv, s := salesServer(t)
	for i := range 30 {
		run(t, s, fmt.Sprintf("create table more_%d (entity_id text, id integer primary key, customer_id text, unique (entity_id, customer_id))", i))
	}
	before := srv.Requests()
	good := []any{"A", int64(1), "c1", "2026-02-03", "11"}
	if _, err := publish(t, s, customers("A", []any{"A", "c1", "Ada"}), orders("A", "2026-02", good)); err != nil {
		t.Fatal(err)
	}
	if n := srv.Requests() - before; n > 30 {
		t.Errorf("%d requests for two tables of one row", n)
	}
}

// TestOddCatalogue publishes into a store that has what a plain copy of its catalogue cannot have.
func TestOddCatalogue(t *testing.T) {
	s := salesStore(t)
	run(t, s, "create virtual table notes using fts5(body)")
	if _, err := publish(t, s, customers("A", []any{"A", "c1", "Ada"})); err != nil {
		t.Fatal(err)
	}
}

// TestOfficialClientReadsWhatWasPublished needs ATLAS_LIBSQL_CLIENT, a folder of node_modules with
// @libsql/client, and node.
func TestOfficialClientReadsWhatWasPublished(t *testing.T) {
	modules := os.Getenv("ATLAS_LIBSQL_CLIENT")
	if modules == "" {
		if os.Getenv("ATLAS_CI") != "" {
			t.Fatal("ATLAS_LIBSQL_CLIENT is not set")
		}
		t.Skip("ATLAS_LIBSQL_CLIENT names no node_modules with @libsql/client")
	}
	srv, s := salesServer(t)
	list := []*operational.Publication{
		customers("A", []any{"A", "c1", "Ada"}),
		orders("A", "2026-02", []any{"A", int64(1), "c1", "2026-02-03", "1250000.50"}, []any{"A", int64(2), nil, "2026-02-28", int64(7)}),
	}
	if _, err := publish(t, s, list...); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/read.mjs", srv.URL)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	out, err := cmd.CombinedOutput()
	if want := `[["A",1,"c1","2026-02-03",1250000.5],["A",2,null,"2026-02-28",7]]`; err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v\n%s\nwant %s", err, out, want)
	}
}
