package hranatest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"atlas/engine/operational/hranatest"
)

// TestOfficialClient runs the official client of another language against the server. It needs
// ATLAS_LIBSQL_CLIENT, a folder of node_modules with @libsql/client, and node.
func TestOfficialClient(t *testing.T) {
	modules := os.Getenv("ATLAS_LIBSQL_CLIENT")
	if modules == "" {
		if os.Getenv("ATLAS_CI") != "" {
			t.Fatal("ATLAS_LIBSQL_CLIENT is not set")
		}
		t.Skip("ATLAS_LIBSQL_CLIENT names no node_modules with @libsql/client")
	}
	s := hranatest.Start(t)
	s.Token = "a-token"
	cmd := exec.CommandContext(t.Context(), "node", "testdata/client.mjs", s.URL, s.Token)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "ok") {
		t.Errorf("%v\n%s", err, out)
	}
}
