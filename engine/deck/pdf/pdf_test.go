package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"atlas/engine/deck/pdf"
)

func env(t *testing.T) pdf.Env {
	t.Helper()
	if os.Getenv(pdf.BrowserVariable) == "" {
		if os.Getenv("ATLAS_CI") == "1" {
			t.Fatal("CI must name a Chromium binary in ATLAS_CHROMIUM")
		}
		t.Skip("NOT TESTED IN A BROWSER: set ATLAS_CHROMIUM to a Chromium binary")
	}
	return os.LookupEnv
}

const page = `<!doctype html><html lang="en" data-ready><meta charset="utf-8"><title>x</title>
<style>@page{size:13.333in 7.5in;margin:0}body{margin:0}section{height:720px;overflow:hidden;break-after:page}section:last-child{break-after:auto}</style>
<section><h1>First</h1><p>one</p></section><section><h1>Second</h1><img src="https://example.com/a.png" alt="none"></section>`

func writePage(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "print page #1.html")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAPrintedPageIsTaggedAndSaysWhatItIs(t *testing.T) {
	e := env(t)
	info := pdf.Info{Title: "Pendapatan “Februari”", Author: "Acme (Finance)", Language: "id-ID", Date: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	path := writePage(t, page)
	first, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: e, Page: path, Info: info})
	if err != nil {
		t.Fatal(err)
	}
	second, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: e, Page: path, Info: info})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("the same page printed twice gives other bytes")
	}
	more := writePage(t, strings.Replace(page, "<style>", "<!-- a --><!-- node more --><style>", 1))
	if second, err = pdf.Print(t.Context(), pdf.PrintOptions{Env: e, Page: more, Info: info}); err != nil || !bytes.Equal(first, second) {
		t.Errorf("nodes that nobody sees give other bytes (%v)", err)
	}
	for _, want := range []string{"/StructTreeRoot", "/Outlines", "/CreationDate (D:20260301080000+00'00')", "/Lang (id-ID)", "Atlas, printed by Chromium", "Skia/PDF"} {
		if !bytes.Contains(first, []byte(want)) {
			t.Errorf("the PDF has no %s", want)
		}
	}
	said := pdfinfo(t, first)
	for _, want := range []string{"Pendapatan “Februari”", "Acme (Finance)", "Atlas, printed by Chromium", "Skia/PDF", "Metadata Stream: yes", "Tagged:          yes", "Pages:           2", "960 x 540"} {
		if !strings.Contains(said, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, said)
		}
	}
}

func pdfinfo(t *testing.T, data []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdfinfo")
	if err != nil {
		t.Skip("NOT READ BACK: pdfinfo is not installed")
	}
	cmd := exec.CommandContext(t.Context(), tool, "-")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("rror")) {
		t.Fatalf("pdfinfo: %v\n%s", err, out)
	}
	return string(out)
}

func TestAPageThatFailsIsTold(t *testing.T) {
	e := env(t)
	path := writePage(t, `<html data-failed="the chart has no data"><body>`)
	_, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: e, Page: path})
	if err == nil || !strings.Contains(err.Error(), "the chart has no data") {
		t.Errorf("got %v", err)
	}
	_, err = pdf.Print(t.Context(), pdf.PrintOptions{Env: e, Page: filepath.Join(t.TempDir(), "none.html")})
	if err == nil || !strings.Contains(err.Error(), "ERR_FILE_NOT_FOUND") {
		t.Errorf("got %v", err)
	}
}

func TestABrowserThatDoesNotStartIsTold(t *testing.T) {
	path := writePage(t, page)
	script := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho 'No usable sandbox!' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{script: "No usable sandbox!", "/nowhere/chromium": "names /nowhere/chromium, which is no program"} {
		e := func(name string) (string, bool) { return value, name == pdf.BrowserVariable }
		_, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: e, Page: path})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestSetInfoKeepsToTheFormOfTheFile feeds both forms of cross-reference and broken files.
// The names of tags are counted anew in their order: a browser's numbers of nodes differ from time to
// time.
func TestTagsAreRenumbered(t *testing.T) {
	file := func(ids ...any) []byte {
		body := fmt.Sprintf("%%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n2 0 obj\n<</ID (node%08d) /Headers [(node%08d) (node%08d)]>>\nendobj\n", ids...)
		return fmt.Appendf(nil, "%sxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 3 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", body, len(body))
	}
	one, err := pdf.SetInfo(file(12, 7, 12), pdf.Info{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := pdf.SetInfo(file(14, 8, 14), pdf.Info{})
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("%v\n%s\n%s", err, one, two)
	}
	if !bytes.Contains(one, []byte("<</ID (node00000002) /Headers [(node00000001) (node00000002)]>>")) {
		t.Errorf("%s", one)
	}
}

func TestSetInfoKeepsToTheFormOfTheFile(t *testing.T) {
	table := "%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 2 0 R /Lang (xx)>>\nendobj\n2 0 obj\n<</Type /Pages /Count 0 /Kids []>>\nendobj\n3 0 obj\n<</Producer (Maker \\(1\\)) /CreationDate (D:20260101000000Z)>>\nendobj\n"
	start := len(table)
	table += "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000069 00000 n \n0000000119 00000 n \ntrailer\n<</Size 4 /Root 1 0 R /Info 3 0 R /ID [<AB12> <CD34>] /DocChecksum /ABCDEF>>\nstartxref\n"
	table += fmt.Sprint(start) + "\n%%EOF\n"
	stream := strings.Replace(table[:start], "%PDF-1.4", "%PDF-1.5", 1) + "4 0 obj\n<</Type /XRef /Size 5 /Root 1 0 R /Info 3 0 R /W [1 2 1] /Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n" + fmt.Sprint(start) + "\n%%EOF\n"
	for name, in := range map[string]string{"table": table, "stream": stream} {
		out, err := pdf.SetInfo([]byte(in), pdf.Info{Title: "T", Creator: "C", Language: "en-US"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, want := range []string{`/Producer (Maker \(1\))`, "/Title (T)", "/Lang (en-US)", "/Metadata", fmt.Sprintf("/Prev %d", start)} {
			if !strings.Contains(string(out[len(in):]), want) {
				t.Errorf("%s: the update lacks %s:\n%s", name, want, out[len(in):])
			}
		}
		for _, bad := range []string{"20260101", "AB12", "ABCDEF"} {
			if strings.Contains(string(out), bad) {
				t.Errorf("%s: %s is still there", name, bad)
			}
		}
	}
	for _, bad := range []string{"", "%PDF-1.4", "hello", "%PDF-1.4\nstartxref\n99999999999999999999\n%%EOF", "%PDF-1.4\nstartxref\n0\n%%EOF", "%PDF-1.4\nxref\ntrailer\n<</Size\nstartxref\n9\n%%EOF", "%PDF-1.4\nxref\ntrailer\n<<</\nstartxref\n9\n%%EOF"} {
		if _, err := pdf.SetInfo([]byte(bad), pdf.Info{}); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
}

func FuzzSetInfo(f *testing.F) {
	f.Add([]byte("%PDF-1.4\nxref\ntrailer\n<</Size 1 /Root 1 0 R>>\nstartxref\n9\n%%EOF"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = pdf.SetInfo(data, pdf.Info{Title: "x"})
	})
}

// TestConvertSaysWhatLibreOfficeDid runs scripts in LibreOffice's place.
func TestConvertSaysWhatLibreOfficeDid(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the scripts are of a shell")
	}
	dir := t.TempDir()
	deck := filepath.Join(dir, "the deck.pptx")
	if err := os.WriteFile(deck, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	office := func(script string) pdf.Env {
		path := filepath.Join(t.TempDir(), "soffice")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		return func(name string) (string, bool) { return path, name == pdf.OfficeVariable }
	}
	good := `while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2"; printf '%%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\nxref\n0 0\ntrailer\n<</Size 2 /Root 1 0 R>>\nstartxref\n43\n%%%%EOF\n' > "$2/the deck.pdf"`
	out, err := pdf.Convert(t.Context(), deck, pdf.ConvertOptions{Env: office(good), Info: pdf.Info{Title: "T"}})
	if err != nil || !bytes.Contains(out, []byte("Atlas, converted by LibreOffice")) {
		t.Errorf("got %v\n%s", err, out)
	}
	t.Setenv("TZ", "Asia/Jakarta")
	t.Setenv("LC_ALL", "id_ID.UTF-8")
	_, err = pdf.Convert(t.Context(), deck, pdf.ConvertOptions{Env: office(`echo "in $TZ, $LC_ALL" >&2`), Fonts: [][]byte{[]byte("font")}})
	if err == nil || !strings.Contains(err.Error(), "in UTC, C.UTF-8") {
		t.Errorf("the place decides on the bytes: %v", err)
	}
	_, err = pdf.Convert(t.Context(), deck, pdf.ConvertOptions{Env: office("echo 'source file could not be loaded' >&2; exit 1")})
	if err == nil || !strings.Contains(err.Error(), "made no PDF of the deck.pptx: source file could not be loaded") {
		t.Errorf("got %v", err)
	}
	_, err = pdf.Convert(t.Context(), deck, pdf.ConvertOptions{Env: office("sleep 30"), Timeout: 100 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "did not convert the deck.pptx within 100ms") {
		t.Errorf("got %v", err)
	}
	_, err = pdf.Convert(t.Context(), deck, pdf.ConvertOptions{Env: func(string) (string, bool) { return "/nowhere/soffice", true }})
	if err == nil || !strings.Contains(err.Error(), "is no program") {
		t.Errorf("got %v", err)
	}
}
