package pdf

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"atlas/engine/artifact"
	"atlas/engine/diag"
)

// ConvertOptions say how LibreOffice converts a presentation.
type ConvertOptions struct {
	Env     Env
	Info    Info          // of the PDF; the converter is put in
	Fonts   [][]byte      // TrueType or OpenType files that the document names and the machine may lack
	Timeout time.Duration // 0 is five minutes: a first start on a busy machine takes long
}

// Convert gives the PDF that LibreOffice makes of a PPTX. It runs with a profile of its own, so
// that a LibreOffice that is open does not matter.
func Convert(ctx context.Context, pptx string, o ConvertOptions) ([]byte, error) {
	office, err := FindOffice(o.Env)
	if err != nil {
		return nil, err
	}
	temp, err := artifact.NewTempFolder("atlas-office")
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", filepath.Base(pptx), err)
	}
	defer func() { _ = temp.Remove() }()
	dir := temp.Dir
	profile, err := Address(filepath.Join(dir, "profile"), "", "")
	if err != nil {
		return nil, err
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = 5 * time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	said := &tail{}
	out := filepath.Join(dir, "out")
	cmd := exec.CommandContext(ctx, office, "-env:UserInstallation="+profile, "--headless", "--norestore", "--nologo", "--nodefault",
		"--convert-to", `pdf:impress_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},"ExportBookmarks":{"type":"boolean","value":"true"}}`,
		"--outdir", out, pptx)
	cmd.Stdout, cmd.Stderr = said, said
	fonts, err := fontEnvironment(dir, o.Fonts)
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", filepath.Base(pptx), err)
	}
	// The same everywhere, so that the same presentation gives the same bytes.
	cmd.Env = append(append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8", "LANG=C.UTF-8", "LANGUAGE="), fonts...)
	cmd.Cancel = func() error { end(cmd); return nil }
	cmd.WaitDelay = 2 * time.Second
	group(cmd)
	err = cmd.Run()
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil, diag.Errorf(diag.MissingProgram, diag.Pos{}, "LibreOffice did not convert %s within %s", filepath.Base(pptx), timeout).
			WithHint("try it by hand: %s --headless --convert-to pdf %s", office, pptx)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("convert %s: %w", filepath.Base(pptx), context.Cause(ctx))
	}
	name := strings.TrimSuffix(filepath.Base(pptx), filepath.Ext(pptx)) + ".pdf"
	data, readErr := os.ReadFile(filepath.Join(out, name))
	if readErr != nil {
		d := diag.Errorf(diag.MissingProgram, diag.Pos{}, "LibreOffice made no PDF of %s", filepath.Base(pptx)).WithErr(errors.Join(err, readErr))
		if s := said.String(); s != "" {
			d.Msg += ": " + s
		}
		return nil, d.WithHint("try it by hand: %s --headless --convert-to pdf %s", office, pptx)
	}
	if o.Info.Creator == "" {
		o.Info.Creator = ConvertedByLibreOffice
	}
	return SetInfo(data, o.Info)
}

// fontEnvironment gives what the environment needs besides, so that the system's fonts and these are
// found. Where fonts are not looked for by fontconfig it changes nothing.
func fontEnvironment(dir string, fonts [][]byte) ([]string, error) {
	if len(fonts) == 0 {
		return nil, nil
	}
	folder := filepath.Join(dir, "fonts")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	for i, body := range fonts {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("font-%d.ttf", i)), body, 0o600); err != nil {
			return nil, err
		}
	}
	system := or(os.Getenv("FONTCONFIG_FILE"), "/etc/fonts/fonts.conf")
	conf := filepath.Join(dir, "fonts.conf")
	text := `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig><include ignore_missing="yes">` + xmlText(system) +
		`</include><dir>` + xmlText(folder) + `</dir><cachedir>` + xmlText(filepath.Join(dir, "font-cache")) + `</cachedir></fontconfig>`
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return []string{"FONTCONFIG_FILE=" + conf}, nil
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
