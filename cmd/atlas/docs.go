package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/diag"
	"atlas/engine/site/docs"
)

func (a *app) docsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Document the project: a site with lineage",
		Example: `  atlas docs generate
  atlas docs serve`,
	}
	cmd.AddCommand(a.docsGenerateCommand(), a.docsServeCommand())
	return cmd
}

func (a *app) docsGenerateCommand() *cobra.Command {
	var o engine.DocsOptions
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the site into target/docs and target/catalog.json",
		Long: `Write a static site: an overview, search, a page a node and the lineage of everything. It needs
no server and no network: open index.html from the folder.`,
		Example: `  atlas docs generate
  atlas docs generate --output site
  atlas docs generate --empty-catalog     without opening the database`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			start := a.now()
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			o.Open, o.Log = a.openOptions(false), a.log
			dir, err := w.Docs(cmd.Context(), o)
			if err != nil {
				return err
			}
			if rel, err := filepath.Rel(w.Project.Root, dir); err == nil && filepath.IsLocal(rel) {
				dir = rel
			}
			a.term.event("documented", map[string]any{"nodes": len(w.Manifest.Nodes), "folder": dir, "seconds": a.now().Sub(start).Seconds()})
			a.term.say("documented %s in %s", count(int64(len(w.Manifest.Nodes)), "node", "nodes"), seconds(a.now().Sub(start)))
			a.term.say("wrote %s", filepath.Join(dir, "index.html"))
			a.term.say("%s atlas docs serve", a.term.paint("hint", "next:"))
			return nil
		},
	}
	cmd.Flags().StringVarP(&o.Dir, "output", "o", "", "`folder` of the site; target/docs by default")
	cmd.Flags().BoolVar(&o.Empty, "empty-catalog", false, "do not open the database: no types, no row counts, no compiled SQL")
	return cmd
}

func (a *app) docsServeCommand() *cobra.Command {
	var port int
	var host, dir string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Show the site at a local address",
		Example: `  atlas docs serve
  atlas docs serve --port 8081`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				w, err := a.load(cmd.Context())
				if err != nil {
					return err
				}
				dir = w.DocsDir()
			}
			if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
				return diag.Errorf(diag.BadFile, diag.Pos{}, "there is no site in %s", dir).WithHint("atlas docs generate writes it")
			}
			return a.serve(cmd.Context(), net.JoinHostPort(host, strconv.Itoa(port)), docs.Handler(dir))
		},
	}
	cmd.Flags().IntVar(&port, "port", 8080, "port; 0 takes a free one")
	cmd.Flags().StringVar(&host, "host", "127.0.0.1", "address to listen on")
	cmd.Flags().StringVar(&dir, "dir", "", "`folder` of the site; target/docs by default")
	return cmd
}

// serve answers requests until the context ends.
func (a *app) serve(ctx context.Context, address string, h http.Handler) error {
	return a.serveWith(ctx, address, h, func(string) {})
}

// serveWith is serve that tells the address when it can be opened.
func (a *app) serveWith(ctx context.Context, address string, h http.Handler, listening func(address string)) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return diag.Errorf(diag.BadValue, diag.Pos{}, "cannot listen on %s: %v", address, err).WithHint("--port chooses another port, 0 a free one")
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	unwatch := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(grace)
	})
	defer unwatch()
	if a.term.events {
		a.term.event("serving", map[string]any{"address": "http://" + listener.Addr().String()})
	} else {
		fmt.Fprintf(a.term.out, "serving http://%s — Ctrl-C ends\n", listener.Addr())
	}
	listening("http://" + listener.Addr().String())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
