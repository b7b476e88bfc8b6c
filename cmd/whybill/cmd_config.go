package main

import (
	"errors"
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
		Use: "config", GroupID: "data", Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "init", Args: noArguments,
			Example: "  whybill config init\n  whybill config init --config whybill.toml",
			RunE:    func(*cobra.Command, []string) error { return a.runConfigInit() },
		},
		&cobra.Command{
			Use: "show", Args: noArguments,
			Example: "  whybill config show",
			RunE: func(*cobra.Command, []string) error {
				c, err := a.configured()
				if err != nil {
					return err
				}
				if c.path != "" {
					a.remark("%s", c.path)
				}
				return writeConfig(a.out, c, a.printer(), false)
			},
		},
		&cobra.Command{
			Use: "validate FILE", Args: exactlyOne("file", "whybill config validate whybill.toml"),
			Example: "  whybill config validate whybill.toml",
			RunE: func(_ *cobra.Command, args []string) error {
				data, err := os.ReadFile(args[0])
				if err != nil {
					return err
				}
				c := defaultConfiguration()
				if err := c.read(args[0], data); err != nil {
					return err
				}
				return a.done(a.printer().Say(anomaly.Msg("cmd.tariff.valid", anomaly.TextArg("file", args[0]))))
			},
		},
	)
	return cmd
}

func (a *app) runConfigInit() error {
	path, _ := a.configPath()
	if path == "" {
		return misuse("no_home_config")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return misuse("config_there", anomaly.TextArg("file", path))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	defaults := defaultConfiguration()
	if err := report.WriteFile(path, func(w io.Writer) error { return writeConfig(w, defaults, a.printer(), true) }); err != nil {
		return err
	}
	return a.done(path)
}
