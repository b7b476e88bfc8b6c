package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/importers"
	"whybill/importers/mapping"
)

// rejects keeps the rows of one file that were not imported, so that they can be put
// right and imported again: the header of the file they come from, and each row as it
// stands there below a comment with the reason. It also lists rows that were repaired.
// Files are made when there is something to write.
type rejects struct {
	set    *importers.Set
	file   *importers.FileInfo
	wish   string // path that the user named, "-" for none, "" for one beside the database
	folder string // of the database
	named  *int   // how many files of the import were written to wish
	print  *locale.Printer
	// rejectsOnly: repaired rows are not listed, since nothing is imported.
	rejectsOnly bool

	rejected, repaired   rejectFile
	lines                *csv.Writer // of repaired
	read, count, lastRow int
}

// rejectFile is a file under way.
type rejectFile struct {
	f *os.File
	w *bufio.Writer
}

func (r *rejects) add(ctx context.Context, b *importers.Batch) error {
	r.read += b.Read
	for i := range b.Problems {
		x := &b.Problems[i]
		var err error
		switch {
		case x.Rejected:
			err = r.reject(ctx, b.Problems, i)
		case x.Reason.Key == "import.repaired_date" || x.Reason.Key == "import.repaired_shift":
			err = r.repair(x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reject writes a problem and, with the last one of its row, the row.
func (r *rejects) reject(ctx context.Context, all []importers.Problem, i int) error {
	x := &all[i]
	if x.Row != r.lastRow {
		r.lastRow = x.Row
		r.count++
	}
	if r.wish == "-" {
		return nil
	}
	if r.rejected.f == nil {
		if err := r.begin(ctx, x.Raw); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(r.rejected.w, "* %s\n", r.comment(x)) // the writer keeps its first error
	for _, next := range all[i+1:] {
		if next.Rejected && next.Row == x.Row {
			return nil
		}
	}
	_, err := fmt.Fprintln(r.rejected.w, strings.TrimRight(x.Raw, "\r\n"))
	return err
}

// comment is a problem as one cell, whatever delimiter and quote the file has.
func (r *rejects) comment(x *importers.Problem) string {
	text := x.Column
	if text != "" {
		text += ": "
	}
	text = fmt.Sprintf("%d: %s%s", x.Row, text, r.print.Say(x.Reason))
	unwanted := []string{"\r", " ", "\n", " ", `"`, "", "'", "", "`", ""}
	if d := r.file.Delimiter; d != "" && d != " " {
		unwanted = append(unwanted, d, strings.Repeat(" ", len(d)))
	} else if d == "" {
		unwanted = append(unwanted, ",", " ")
	}
	return strings.NewReplacer(unwanted...).Replace(text)
}

// begin makes the file and writes the header that the rows belong to. A byte-order mark
// tells spreadsheet programs the encoding, where it matters.
func (r *rejects) begin(ctx context.Context, row string) error {
	header, err := r.set.Header(ctx, r.file)
	if err != nil {
		return err
	}
	if r.rejected, err = r.create("rejected", r.wish); err != nil {
		return err
	}
	if !ascii(header) || !ascii(row) {
		_, _ = r.rejected.w.WriteString("\ufeff")
	}
	if header != "" {
		_, err = fmt.Fprintln(r.rejected.w, header)
	}
	return err
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c > 0x7f }) < 0
}

// repair lists a row that was changed.
func (r *rejects) repair(x *importers.Problem) error {
	if r.wish == "-" || r.rejectsOnly {
		return nil
	}
	if r.repaired.f == nil {
		var err error
		if r.repaired, err = r.create("repaired", ""); err != nil {
			return err
		}
		r.lines = csv.NewWriter(r.repaired.w)
		_ = r.lines.Write([]string{"row", "column", "value", "change"})
	}
	return r.lines.Write([]string{strconv.Itoa(x.Row), x.Column, x.Value, r.print.Say(x.Reason)})
}

// create makes a file that was not there before, unless the user has named one.
func (r *rejects) create(what, wish string) (rejectFile, error) {
	if wish != "" {
		*r.named++
		if n := *r.named; n > 1 { // the rows of another file, under another header
			ext := filepath.Ext(wish)
			wish = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(wish, ext), n, ext)
		}
		f, err := os.OpenFile(wish, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return rejectFile{}, err
		}
		return rejectFile{f, bufio.NewWriter(f)}, nil
	}
	if err := os.MkdirAll(r.folder, 0o700); err != nil {
		return rejectFile{}, err
	}
	base := path.Base(strings.ReplaceAll(strings.TrimSuffix(r.file.Name, "/"+r.file.Sheet), `\`, "/"))
	if r.file.Temporary() {
		base = "stdin"
	}
	base, _, _ = strings.Cut(base, mapping.Rejected)
	for n := 1; ; n++ {
		name := filepath.Join(r.folder, fmt.Sprintf("%s.%s-%d.csv", base, what, n))
		f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return rejectFile{}, err
		}
		return rejectFile{f, bufio.NewWriter(f)}, nil
	}
}

// close finishes the files and says where they are.
func (r *rejects) close(a *app) error {
	if r.lines != nil {
		r.lines.Flush()
	}
	for _, x := range []struct {
		rejectFile
		key string
	}{{r.rejected, "import.rejects_file"}, {r.repaired, "import.repairs_file"}} {
		if x.f == nil {
			continue
		}
		if err := errors.Join(x.w.Flush(), x.f.Close()); err != nil {
			return err
		}
		text := r.print.Say(anomaly.Msg(x.key, anomaly.TextArg("file", x.f.Name())))
		if x.f == r.rejected.f {
			// Also where --quiet: whoever is told that rows were left out has to find them.
			fmt.Fprintln(a.err, text)
			continue
		}
		a.remark("%s", text)
	}
	r.rejected, r.repaired, r.lines = rejectFile{}, rejectFile{}, nil
	return nil
}

// limit is an error where more of the file's rows were rejected than share allows.
func (r *rejects) limit(share float64) error {
	if r.count == 0 || float64(r.count) <= share*float64(r.read) {
		return nil
	}
	return &importers.Error{
		File: r.file.Name,
		Message: anomaly.Msg("import.many_rejected", anomaly.TextArg("file", r.file.Name), anomaly.CountArg("rejected", r.count),
			anomaly.CountArg("read", r.read), anomaly.PercentArg("limit", share, 1)),
		Hint: anomaly.Msg("import.many_rejected_hint"),
	}
}

// parsePercent reads "1", "1%" or "0.5 %" as a share.
func parsePercent(flag, text string) (float64, error) {
	v, err := parseFloat(flag, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")))
	if err != nil || v >= 0 && v <= 100 {
		return v / 100, err
	}
	return 0, misuse("percent", anomaly.TextArg("flag", flag), quoted("value", text))
}
