package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/testdata/stories"
)

// The story that the demo tells.
const (
	demoStory   = "winter-1400"
	demoAccount = "0712345602"
	demoAsOf    = "2026-03-20"
)

type demoOptions struct {
	dir  string
	full bool
}

func newDemoCommand(a *app) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:     "demo",
		GroupID: "answer",
		Example: `  whybill demo
  whybill demo --lang zh-TW
  whybill demo --full --dir ./demo`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runDemo(cmd.Context(), &o)
		},
	}
	cmd.Flags().StringVar(&o.dir, "dir", "", "")
	cmd.Flags().BoolVar(&o.full, "full", false, "")
	return cmd
}

func (a *app) runDemo(ctx context.Context, o *demoOptions) error {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	dir, err := a.demoDir(o.dir)
	if err != nil {
		return err
	}
	files, err := layOut(dir)
	if err != nil {
		return err
	}
	p := a.printer()
	fmt.Fprintf(a.out, "%s\n\n", p.Text("cmd.demo.story"))

	// The demo's database is its own, whatever --db and WHYBILL_DB say.
	demo := *a
	demo.global.db = filepath.Join(dir, "demo.db")
	quiet := demo
	quiet.out = a.err
	if a.global.quiet {
		quiet.out = io.Discard
	}
	var defaults importOptions
	defaults.addFlags(pflag.NewFlagSet("import", pflag.ContinueOnError))
	if err := quiet.runImport(ctx, &defaults, files); err != nil {
		return err
	}
	err = demo.runCheck(ctx, &checkOptions{asOf: demoAsOf, format: "text", full: o.full}, demoAccount)
	if err != nil {
		return err
	}
	db := quoteWord(demo.global.db)
	fmt.Fprintf(a.out, "\n%s\n  whybill import --db %s %s\n  whybill check --db %s %s --as-of %s\n",
		p.Text("cmd.demo.commands"), db, quoteWord(filepath.Join(dir, demoStory)), db, demoAccount, demoAsOf)
	fmt.Fprintf(a.out, "%s\n  whybill check --db %s %s --as-of %s --full\n  whybill batch --db %s --as-of %s\n",
		p.Text("cmd.demo.next"), db, demoAccount, demoAsOf, db, demoAsOf)
	return nil
}

// demoDir returns the folder for the demo's files and makes it.
func (a *app) demoDir(dir string) (string, error) {
	if dir == "" {
		switch {
		case a.env("XDG_CACHE_HOME") != "":
			dir = filepath.Join(a.env("XDG_CACHE_HOME"), "whybill", "demo")
		case a.env("HOME") != "":
			dir = filepath.Join(a.env("HOME"), ".cache", "whybill", "demo")
		case a.env("LOCALAPPDATA") != "":
			dir = filepath.Join(a.env("LOCALAPPDATA"), "whybill", "demo")
		default:
			return "", misuse("no_home_demo")
		}
	}
	return dir, os.MkdirAll(filepath.Join(dir, demoStory), 0o755)
}

// layOut writes the story's files and returns their folder.
func layOut(dir string) ([]string, error) {
	err := fs.WalkDir(stories.Files, demoStory, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := stories.Files.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, filepath.FromSlash(path)), data, 0o644)
	})
	return []string{filepath.Join(dir, demoStory)}, err
}

// quoteWord writes a word so that a shell reads it as one.
func quoteWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n'\"\\$`&|;<>()*?[]#~!{}", r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
