package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/report"
)

func newConfigCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", GroupID: "data", Short: "The configuration: init, show, validate", Args: cobra.NoArgs,
		Long: `config works with the configuration file: language, contact and opening hours for
letters, thresholds of the checks, what visits cost. Flags go before the environment,
the environment before the file.
` + exitStatusHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "init", Short: "Write a commented file to start from", Args: cobra.NoArgs,
			Example: "  whybill config init\n  whybill config init --config whybill.toml",
			RunE:    func(*cobra.Command, []string) error { return a.runConfigInit() },
		},
		&cobra.Command{
			Use: "show", Short: "Print what holds", Args: cobra.NoArgs,
			Example: "  whybill config show",
			RunE: func(*cobra.Command, []string) error {
				c, err := a.configured()
				if err != nil {
					return err
				}
				if c.path != "" {
					a.remark("%s", c.path)
				}
				return writeConfig(a.out, c, false)
			},
		},
		&cobra.Command{
			Use: "validate FILE", Short: "Check a configuration file", Args: exactlyOne("a file", "whybill config validate whybill.toml"),
			Example: "  whybill config validate whybill.toml",
			RunE: func(_ *cobra.Command, args []string) error {
				data, err := os.ReadFile(args[0])
				if err != nil {
					return err
				}
				c := &configuration{engine: anomaly.DefaultConfig()}
				if err := c.read(args[0], data); err != nil {
					return err
				}
				_, err = fmt.Fprintln(a.out, a.printer().Say(anomaly.Msg("cmd.tariff.valid", anomaly.TextArg("file", args[0]))))
				return err
			},
		},
	)
	return cmd
}

func (a *app) runConfigInit() error {
	path, _ := a.configPath()
	if path == "" {
		return usagef("name one with --config", "there is no folder to keep the configuration in")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return usagef("change it, or name another with --config", "%s is there already", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	defaults := &configuration{engine: anomaly.DefaultConfig()}
	if err := report.WriteFile(path, func(w io.Writer) error { return writeConfig(w, defaults, true) }); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out, path)
	return err
}
