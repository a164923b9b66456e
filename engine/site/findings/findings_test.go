package findings_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/manifest"
	"atlas/engine/site/findings"
	"atlas/engine/source"
)

// hostile is text that ends elements, strings and comments wherever it is not escaped.
const hostile = `</script><script>alert(1)</script><!-- " ' & \u2028`

func report() *source.Validation {
	f := source.Finding{File: "raw/orders.xlsx", Sheet: "May", Row: 12, Cell: "C12", Cells: []string{"C12"}, Value: hostile, Month: 5, Values: manifest.NewMap("customer", hostile, "amount", nil)}
	group := source.Finding{Message: "unit A: the sum here is 1, there 2, a difference of -1.", Values: manifest.NewMap()}
	months := make([]int64, 13)
	months[5] = 1200
	return &source.Validation{
		Format: 2, Scope: map[string]string{"entity": "ACME"}, GeneratedAt: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC),
		Summary: source.Summary{Checks: 3, Pass: 1, Warn: 1, Fail: 1, Findings: 1201},
		Tables: []*source.TableReport{{Source: "raw", Table: "orders", Rows: 30000, Checks: []*source.CheckReport{
			{Name: "sums", Severity: "warn", Status: "warn", Message: "The sums differ.", Found: 1, Findings: []source.Finding{group}},
			{Name: "unknown_customer", Severity: "error", Status: "fail", Message: "Nobody knows the customer.", Found: 1200, Months: months, Findings: []source.Finding{f}},
			{Name: "fine", Severity: "error", Status: "pass"},
		}}},
	}
}

func TestRender(t *testing.T) {
	b, err := findings.Render(report(), findings.Options{Title: "ACME <2026>"})
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, want := range []string{
		"<title>Findings · ACME &lt;2026&gt;</title>", "1 of 3 checks fails: there are 1,201 findings to mend", "4.0 %", "30,000 rows · 1 pass",
		"The first 500 findings of each check", `data-check="unknown_customer"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "alert(1)</script>") || strings.Count(page, "</script>") != 2 || strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Error("text of a cell can get out of its place, or the page asks the network")
	}
	if strings.Index(page, `data-check="unknown_customer"`) > strings.Index(page, `data-check="sums"`) {
		t.Error("failures do not come first")
	}
	start := strings.Index(page, `id="data">`) + len(`id="data">`)
	var data []map[string]any
	if err := json.Unmarshal([]byte(page[start:start+strings.Index(page[start:], "</script>")]), &data); err != nil || len(data) != 2 || data[1]["v"] != hostile {
		t.Errorf("the data of the page: %v, %v", data, err)
	}
	empty, err := findings.Render(&source.Validation{Summary: source.Summary{Checks: 1, Pass: 1}}, findings.Options{Title: "x"})
	if err != nil || !strings.Contains(string(empty), "Every check passes") {
		t.Errorf("a page without findings: %v", err)
	}
}

// TestInABrowser opens the page in Chromium, which ATLAS_CHROMIUM names: its script must run and
// list the findings.
func TestInABrowser(t *testing.T) {
	chromium := os.Getenv("ATLAS_CHROMIUM")
	if chromium == "" {
		if os.Getenv("ATLAS_CI") != "" {
			t.Fatal("ATLAS_CHROMIUM is not set")
		}
		t.Skip("ATLAS_CHROMIUM names no browser")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "sub", "page.html")
	if err := findings.Write(path, report(), findings.Options{Title: "ACME"}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir="+filepath.Join(dir, "profile"), "--dump-dom", "file://"+path)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">2 findings<", "orders.xlsx › May › <span class=\"cell\">C12</span>", "<span class=\"cell\">all rows</span>", "&lt;/script&gt;&lt;script&gt;alert(1)"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the page in a browser lacks %q", want)
		}
	}
}
