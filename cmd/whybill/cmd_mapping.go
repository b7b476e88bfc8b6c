package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/report"
	"whybill/importers"
)

type mappingOptions struct {
	files  fileOptions
	output string
}

func newMappingCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "mapping", GroupID: "data", Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o mappingOptions
	start := &cobra.Command{
		Use: "init FILE...", Example: `  whybill mapping init export.csv --output export.toml
  whybill import --mapping export.toml export.csv`,
		Args: atLeastOne("file", "whybill mapping init export.csv"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runMappingInit(cmd.Context(), &o, args) },
	}
	o.files.addFlags(start.Flags())
	start.Flags().StringVarP(&o.output, "output", "o", "-", "")
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
		_, err := io.WriteString(w, importers.DraftMapping(files, a.printer().Say))
		return err
	}
	if o.output == "-" {
		return write(a.out)
	}
	if info, err := os.Stat(o.output); err == nil && info.Mode().IsRegular() {
		return misuse("output_there", anomaly.TextArg("file", o.output))
	}
	return report.WriteFile(o.output, write)
}
