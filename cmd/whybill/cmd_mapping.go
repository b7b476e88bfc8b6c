package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"whybill/anomaly/report"
	"whybill/importers"
)

type mappingOptions struct {
	files  fileOptions
	output string
}

func newMappingCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "mapping", GroupID: "data", Short: "Say what the columns of a file mean", Args: cobra.NoArgs,
		Long: `mapping helps to write a mapping file: what the columns of a file mean that are not
recognised by their headers. import, inspect and batch read it with --mapping.
` + exitStatusHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o mappingOptions
	start := &cobra.Command{
		Use: "init FILE...", Short: "Write a mapping file to start from",
		Long: `init writes a mapping file for what was recognised in the files, with the first cells of
each column as a comment. Columns that were not recognised stand there to be filled in.
` + exitStatusHelp,
		Example: `  whybill mapping init export.csv --output export.toml
  whybill import --mapping export.toml export.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("for example: whybill mapping init export.csv", "a file is missing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.runMappingInit(cmd.Context(), &o, args) },
	}
	o.files.addFlags(start.Flags())
	start.Flags().StringVarP(&o.output, "output", "o", "-", "the `file` to write, - for standard output")
	cmd.AddCommand(start)
	return cmd
}

func (a *app) runMappingInit(ctx context.Context, o *mappingOptions, paths []string) error {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	opt, err := a.importerOptions(&o.files)
	if err != nil {
		return err
	}
	var files []*importers.FileInfo
	for _, path := range paths {
		seen, err := importers.Inspect(ctx, path, opt)
		// A file that is not understood is what a mapping is wanted for.
		if err != nil && (ctx.Err() != nil || len(seen.Files) == 0) {
			return errors.Join(ctx.Err(), err)
		}
		files = append(files, seen.Files...)
	}
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, importers.DraftMapping(files))
		return err
	}
	if o.output == "-" {
		return write(a.out)
	}
	if info, err := os.Stat(o.output); err == nil && info.Mode().IsRegular() {
		return usagef("name another with --output; what was written by hand is not overwritten", "%s is there already", o.output)
	}
	return report.WriteFile(o.output, write)
}
