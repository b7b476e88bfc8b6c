package main

import (
	"fmt"
	"io"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/importers"
)

// labelled prints a heading and what belongs to it; nothing where there is nothing.
func labelled(w io.Writer, p *locale.Printer, key, value string) {
	if value != "" {
		fmt.Fprintf(w, "  %s\n", p.Label(p.Text(key), value))
	}
}

// writeFileInfo says how one table will be read.
func writeFileInfo(w io.Writer, n int, f *importers.FileInfo, p *locale.Printer) error {
	if n > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, f.Name)
	labelled(w, p, "inspect.format", string(f.Format))
	labelled(w, p, "inspect.encoding", f.Encoding)
	labelled(w, p, "inspect.delimiter", visible(f.Delimiter))
	labelled(w, p, "inspect.quote", visible(f.Quote))
	labelled(w, p, "inspect.sheet", f.Sheet)
	if f.Hidden > 0 {
		labelled(w, p, "inspect.hidden", locale.Number(float64(f.Hidden), 0))
	}
	if f.HeaderRow > 0 {
		labelled(w, p, "inspect.header", locale.Number(float64(f.HeaderRow), 0))
	}
	var kinds []string
	for _, k := range f.Kinds {
		kinds = append(kinds, k.String())
	}
	labelled(w, p, "inspect.kind", p.List(kinds...))
	if isBills(f) && f.End.End != importers.EndAuto {
		text := p.Term("period_end." + f.End.End.String())
		if f.End.Assumed {
			text = p.Say(anomaly.Msg("inspect.assumed", anomaly.TextArg("what", text)))
		}
		labelled(w, p, "inspect.period_end", text)
	}
	if len(f.Columns) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "  %s\n", strings.TrimSpace(p.Label(p.Text("inspect.columns"), "")))
	for i := range f.Columns {
		fmt.Fprintf(w, "    %s\n", columnLine(&f.Columns[i], p))
	}
	return err
}

// columnLine is "header -> meaning: before -> after, ...".
func columnLine(c *importers.ColumnInfo, p *locale.Printer) string {
	meaning := c.Field
	if meaning == "" {
		meaning = p.Term("column." + c.Note)
	} else if c.Code != "" {
		meaning += " " + c.Code
	}
	var how []string
	for _, s := range []string{c.Unit, c.Layout} {
		if s != "" {
			how = append(how, s)
		}
	}
	line := fmt.Sprintf("%q -> %s", c.Header, meaning)
	if len(how) > 0 {
		line += " (" + strings.Join(how, ", ") + ")"
	}
	for i, s := range c.Samples {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		line += sep + fmt.Sprintf("%q", s.Before)
		if s.After != s.Before && c.Field != "" {
			line += " -> " + s.After
		}
	}
	return line
}

// writeInspection says what would come of the file.
func writeInspection(w io.Writer, seen *importers.Inspection, p *locale.Printer) error {
	var rows []string
	for k := importers.KindUnknown; k <= importers.KindInspections; k++ {
		if n := seen.Rows[k]; n > 0 {
			rows = append(rows, p.Say(rowsOf(k.String(), n)))
		}
	}
	_, err := fmt.Fprintln(w, p.Say(anomaly.Msg("inspect.read", anomaly.CountArg("rows", seen.Read), anomaly.TextArg("records", p.List(rows...)))))
	for i := range seen.Problems {
		g := &seen.Problems[i]
		key := "inspect.remark"
		if g.Rejected {
			key = "inspect.rejected"
		}
		args := []anomaly.Arg{anomaly.CountArg("count", g.Count), anomaly.TextArg("reason", p.Say(g.Reason))}
		if g.Column == "" { // it is about the whole row
			key += ".row"
		} else {
			args = append(args, anomaly.TextArg("column", g.Column))
		}
		fmt.Fprintf(w, "  %s\n", p.Say(anomaly.Message{Key: key, Args: args}))
		for j := range g.First {
			fmt.Fprintf(w, "    %s\n", problemLine(p.Say, &g.First[j]))
		}
	}
	return err
}

// visible writes separators and quotes so that they can be seen.
func visible(s string) string {
	switch s {
	case "\t":
		return "tab"
	case " ":
		return "space"
	}
	return s
}
