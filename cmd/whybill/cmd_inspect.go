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
		Short:   "Show how a file would be read",
		Long: `inspect shows how a file would be read, and writes nothing: encoding, dialect, where
the table starts, what kind it is, each column with its meaning and three sample values
before and after, and the problems by reason with the first rows.

With --rows it prints the whole table as clean CSV, whatever the table is about: UTF-8,
commas, the header first where the file has one, title rows and notes left out, every
cell as the text that was read.
` + exitStatusHelp,
		Example: `  whybill inspect bills.xlsx
  whybill inspect --rows strange-export.csv > clean.csv
  whybill inspect --encoding big5 bills.csv`,
		Args: exactlyOne("a file", "whybill inspect bills.csv"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runInspect(cmd.Context(), &o, args[0]) },
	}
	o.files.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&o.rows, "rows", false, "print the whole table as clean CSV")
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
	if seen == nil {
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
