// Package pdf makes PDFs and pictures with programs that are installed: Chromium prints the print
// page of a web deck and takes pictures of it, LibreOffice converts a PPTX. What either made is
// given its title, author and maker (SetInfo), and nothing that changes from run to run.
//
// The browser loads files of one folder and never asks the network.
package pdf

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"atlas/engine/diag"
)

// Env looks up an environment variable.
type Env func(name string) (string, bool)

// BrowserVariable and OfficeVariable name environment variables with the path of a program;
// FlagsVariable holds further flags of the browser, separated by spaces.
const (
	BrowserVariable = "ATLAS_CHROMIUM"
	OfficeVariable  = "ATLAS_LIBREOFFICE"
	FlagsVariable   = "ATLAS_CHROMIUM_FLAGS"
)

// FindBrowser gives the path of a browser of the Chromium family: what ATLAS_CHROMIUM names, else
// the first that is installed. Without one, the error says what to install.
func FindBrowser(env Env) (string, error) {
	return find(env, program{
		variable: BrowserVariable, what: "a browser of the Chromium family",
		names:   []string{"chrome-headless-shell", "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser"},
		mac:     []string{"Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium", "Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "Brave Browser.app/Contents/MacOS/Brave Browser"},
		windows: []string{`Google\Chrome\Application\chrome.exe`, `Chromium\Application\chrome.exe`, `Microsoft\Edge\Application\msedge.exe`},
		install: map[string]string{
			"linux":   "install chromium (Debian, Ubuntu: sudo apt install chromium; Fedora: sudo dnf install chromium)",
			"darwin":  "install Chrome (brew install --cask google-chrome)",
			"windows": "install Chrome or Edge (winget install Google.Chrome)",
		},
	})
}

// FindOffice gives the path of LibreOffice's soffice: what ATLAS_LIBREOFFICE names, else the first
// that is installed. Without one, the error says what to install.
func FindOffice(env Env) (string, error) {
	return find(env, program{
		variable: OfficeVariable, what: "LibreOffice",
		names:   []string{"soffice", "libreoffice"},
		mac:     []string{"LibreOffice.app/Contents/MacOS/soffice"},
		windows: []string{`LibreOffice\program\soffice.com`, `LibreOffice\program\soffice.exe`},
		install: map[string]string{
			"linux":   "install LibreOffice (Debian, Ubuntu: sudo apt install libreoffice-impress; Fedora: sudo dnf install libreoffice-impress)",
			"darwin":  "install LibreOffice (brew install --cask libreoffice)",
			"windows": "install LibreOffice (winget install TheDocumentFoundation.LibreOffice)",
		},
	})
}

// program is how a program is looked for.
type program struct {
	variable, what      string
	names, mac, windows []string // on the path; in Applications; in Program Files
	install             map[string]string
}

func find(env Env, p program) (string, error) {
	if path, ok := env(p.variable); ok && path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", diag.Errorf(diag.MissingProgram, diag.Pos{}, "%s names %s, which is no program", p.variable, path).
				WithHint("set %s to the path of %s, or unset it to have it looked for", p.variable, p.what)
		}
		return found, nil
	}
	for _, name := range p.names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	for _, path := range p.places(env) {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	hint, ok := p.install[runtime.GOOS]
	if !ok {
		hint = "install it"
	}
	return "", diag.Errorf(diag.MissingProgram, diag.Pos{}, "%s is not installed", p.what).
		WithHint("%s, or set %s to where it is", hint, p.variable)
}

// places gives where the program stands on systems that do not put programs on the path.
func (p program) places(env Env) []string {
	var out []string
	switch runtime.GOOS {
	case "darwin":
		for _, app := range p.mac {
			out = append(out, filepath.Join("/Applications", app))
			if home, ok := env("HOME"); ok {
				out = append(out, filepath.Join(home, "Applications", app))
			}
		}
	case "windows":
		for _, root := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			if dir, ok := env(root); ok {
				for _, exe := range p.windows {
					out = append(out, filepath.Join(dir, exe))
				}
			}
		}
	}
	return out
}
