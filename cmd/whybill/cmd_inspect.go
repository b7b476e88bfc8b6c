package main

import (
	"context"

	"github.com/spf13/cobra"

	"whybill/importers"
)

type inspectOptions struct {
	files fileOptions
	rows  bool
}

func newInspectCommand(a *app) *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use:     "inspect FILE",
		GroupID: "data",
		Example: `  whybill inspect bills.xlsx
  whybill inspect --rows strange-export.csv > clean.csv
  whybill inspect --encoding big5 bills.csv`,
		Args: exactlyOne("file", "whybill inspect bills.csv"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runInspect(cmd.Context(), &o, args[0]) },
	}
	o.files.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&o.rows, "rows", false, "")
	return cmd
}

func (a *app) runInspect(ctx context.Context, o *inspectOptions, path string) error {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	opt, err := a.importerOptions(&o.files)
	if err != nil {
		return err
	}
	if o.rows {
		return importers.CleanRows(ctx, path, opt, a.out)
	}
	seen, err := importers.Inspect(ctx, path, opt)
	if seen == nil || len(seen.Files) == 0 && err != nil {
		return err
	}
	p := a.printer()
	for i, f := range seen.Files {
		if err := writeFileInfo(a.out, i, f, p); err != nil {
			return err
		}
	}
	if writeErr := writeInspection(a.out, seen, p); writeErr != nil {
		return writeErr
	}
	return err
}
