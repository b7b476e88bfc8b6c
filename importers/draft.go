package importers

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"whybill/anomaly"
)

// DraftMapping writes a mapping file for how a file was read, or, where it was not
// recognised, for what there is to be filled in: every column with its first cells, so
// that a user has only to correct it. It is TOML, and is read back by mapping.Parse once
// it names what is required. The comments are in the language of say.
func DraftMapping(files []*FileInfo, say func(anomaly.Message) string) string {
	var b strings.Builder
	b.WriteString(say(anomaly.Msg("mapping.draft.head", anomaly.TextArg("joined", `"{a}/x"`))) + "\n")
	for _, f := range files {
		draftTable(&b, f, say)
	}
	return b.String()
}

func draftTable(b *strings.Builder, f *FileInfo, say func(anomaly.Message) string) {
	kinds := make([]string, len(f.Kinds))
	for i, k := range f.Kinds {
		kinds[i] = strconv.Quote(k.String())
	}
	if len(kinds) == 0 {
		kinds = []string{`"bills"`}
	}
	fmt.Fprintf(b, "\n[[table]]\nfiles = [%s]\nkinds = [%s]\n", strconv.Quote(baseName(f)), strings.Join(kinds, ", "))
	if f.End.End != EndAuto {
		fmt.Fprintf(b, "%speriod_end = %q\n", commented(f.End.Assumed), f.End.End)
	}
	b.WriteString("\n[table.columns]\n")
	for i := range f.Columns {
		c := &f.Columns[i]
		var cells []string
		for _, s := range c.Samples {
			cells = append(cells, s.Before)
		}
		field := c.Field
		if c.Code != "" {
			field = strconv.Quote(field + "." + c.Code)
		}
		if field == "" || strings.Contains(field, ", ") {
			field = "# " + say(anomaly.Msg("mapping.draft.column", anomaly.TermArg("what", "column."+orElse(c.Note, "unknown")))) + ":"
		}
		fmt.Fprintf(b, "%s = %s # %s\n", field, strconv.Quote(c.Header), strings.Join(strings.Fields(strings.Join(cells, " | ")), " "))
	}
	for _, missing := range f.Missing {
		fmt.Fprintf(b, "# %s: %s = \"\"\n", say(anomaly.Msg("mapping.draft.missing")), missing)
	}
	dates := ""
	for i := range f.Columns {
		if c := &f.Columns[i]; c.Field != "" && c.Layout != "" && c.Layout != "comma" {
			dates += fmt.Sprintf("%s = %q\n", c.Field, c.Layout)
		}
	}
	if dates != "" {
		b.WriteString("\n[table.dates]\n" + dates)
	}
	b.WriteString("\n# [table.constants]\n# currency = \"TWD\"\n# [table.values.service]\n# ELEC = \"electricity\"\n# [table.where]\n# service = \"ELEC\"\n")
}

func commented(yes bool) string {
	if yes {
		return "# "
	}
	return ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func baseName(f *FileInfo) string {
	name := strings.TrimSuffix(strings.ReplaceAll(f.Name, `\`, "/"), "/"+f.Sheet)
	return path.Base(name)
}
