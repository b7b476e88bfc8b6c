package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

type dbInfoOptions struct{ format string }

func newDBCommand(a *app) *cobra.Command {
	db := &cobra.Command{
		Use:     "db",
		GroupID: "data",
		Args:    subcommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o dbInfoOptions
	info := &cobra.Command{
		Use: "info",
		Example: `  whybill db info
  whybill db info --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runDBInfo(cmd.Context(), &o) },
	}
	info.Flags().StringVarP(&o.format, "format", "f", "text", "")
	completeFlag(info, "format", checkFormats)
	db.AddCommand(info)
	return db
}

func (a *app) runDBInfo(ctx context.Context, o *dbInfoOptions) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return noSuch("format", o.format, checkFormats...)
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	info, err := s.Info(ctx)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return a.writeDBInfoJSON(&info)
	}
	p := a.printer()
	number := func(n int) string { return locale.Number(float64(n), 0) }
	g := report.Grid{}
	g.Add(p.Text("cmd.db.path"), info.Path)
	g.Add(p.Text("cmd.db.size"), p.Say(anomaly.Msg("cmd.db.bytes", anomaly.NumberArg("bytes", float64(info.Bytes), 0), anomaly.CountArg("version", info.SchemaVersion))))
	g.Add(p.Text("cmd.db.accounts"), number(info.Accounts))
	for _, t := range info.Tables {
		if t.Rows > 0 {
			g.Add("  "+t.Table, p.Say(rowsOf(t.Table, t.Rows)))
		}
	}
	g.Add(p.Text("cmd.db.files"), number(len(info.Files)))
	if err := g.Write(a.out); err != nil {
		return err
	}
	files := report.Grid{Right: []bool{true, false, true, false}}
	for _, f := range info.Files {
		rows := 0
		for _, k := range f.Kinds {
			rows += k.Rows()
		}
		files.Add("  "+number(f.Seq), p.Date(f.On), p.Say(anomaly.Msg("cmd.db.rows", anomaly.CountArg("rows", rows))), f.Name)
	}
	return files.Write(a.out)
}

func (a *app) writeDBInfoJSON(info *store.Info) error {
	type file struct {
		Seq   int    `json:"seq"`
		Name  string `json:"name"`
		Hash  string `json:"hash"`
		Bytes int64  `json:"bytes"`
		On    string `json:"imported_on"`
	}
	out := struct {
		Path     string         `json:"path"`
		Schema   int            `json:"schema_version"`
		Bytes    int64          `json:"bytes"`
		Accounts int            `json:"accounts"`
		Rows     map[string]int `json:"rows"`
		Files    []file         `json:"files"`
	}{info.Path, info.SchemaVersion, info.Bytes, info.Accounts, map[string]int{}, []file{}}
	for _, t := range info.Tables {
		out.Rows[t.Table] = t.Rows
	}
	for _, f := range info.Files {
		out.Files = append(out.Files, file{f.Seq, f.Name, f.Hash, f.Bytes, f.On.String()})
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
