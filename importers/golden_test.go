package importers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/importers/mapping"
)

var update = flag.Bool("update", false, "write the golden files anew")

const filesDir = "../testdata/files"

// How a few of the files have to be read; the others say it themselves.
var optionsOf = map[string]Options{
	"bills-no-header.csv": {Columns: []string{"account_id", "period_start", "period_end", "usage", "amount"}},
	"swapped-dates.csv":   {Repair: []string{RepairSwappedDates}},
}

// Every file in testdata/files is read, and what comes of it compared with the file of
// the same name in testdata/files/golden: how it was read, every row, every problem.
func TestFilesAsTheyReallyAre(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(filesDir, "*.*"))
	if err != nil || len(names) < 40 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, ".toml") {
			continue
		}
		t.Run(base, func(t *testing.T) {
			opt := optionsOf[base]
			if data, err := os.ReadFile(strings.TrimSuffix(name, filepath.Ext(name)) + ".toml"); err == nil {
				if opt.Mapping, err = mapping.Parse(data, base); err != nil {
					t.Fatal(err)
				}
			}
			got := render(t, name, opt)
			golden := filepath.Join(filesDir, "golden", base+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("read differently (- wanted, + got; -update writes it anew):\n%s", diff)
			}
			for _, bytes := range []int{16, 100} {
				opt.ChunkBytes = bytes
				if again := render(t, name, opt); again != got {
					t.Errorf("in chunks of %d bytes:\n%s", bytes, cmp.Diff(got, again))
				}
			}
		})
	}
}

// render writes what comes of a file in a form that people can check.
func render(t *testing.T, name string, opt Options) string {
	t.Helper()
	say := locale.New(locale.English)
	var b strings.Builder
	set, err := Open(context.Background(), []string{name}, opt)
	if err != nil {
		var mine *Error
		if !errors.As(err, &mine) {
			t.Fatalf("%v is no error for users", err)
		}
		fmt.Fprintf(&b, "error: %s\n", strings.ReplaceAll(say.Say(mine.Message), name, filepath.Base(name)))
		if mine.Hint.Key != "" {
			fmt.Fprintf(&b, "hint: %s\n", say.Say(mine.Hint))
		}
		return b.String()
	}
	defer func() {
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, f := range set.Files() {
		fmt.Fprintf(&b, "file %s: %s %s delimiter %q quote %q escape %q header row %d (%d)\n",
			f.Label, f.Format, f.Encoding, f.Delimiter, f.Quote, f.Escape, f.HeaderRow, f.HeaderRows)
		fmt.Fprintf(&b, "kinds %v service %q\n", f.Kinds, f.Service)
		if f.End.End != EndAuto {
			fmt.Fprintf(&b, "end %s: %d for exclusive, %d for inclusive, by %s, assumed %t\n", f.End.End, f.End.Exclusive, f.End.Inclusive, f.End.Basis, f.End.Assumed)
		}
		for _, c := range f.Columns {
			fmt.Fprintf(&b, "  %q -> %s", c.Header, c.Field)
			for _, extra := range []string{c.Code, c.Unit, c.Layout, c.Note} {
				if extra != "" {
					fmt.Fprintf(&b, " [%s]", extra)
				}
			}
			for _, s := range c.Samples {
				if s.Before != s.After {
					fmt.Fprintf(&b, " %q=%q", s.Before, s.After)
				}
			}
			b.WriteByte('\n')
		}
		for _, note := range f.Notes {
			fmt.Fprintf(&b, "note: %s\n", note)
		}
	}
	rows := &anomaly.Rows{}
	var problems []Problem
	read := 0
	if err := set.Each(context.Background(), func(batch *Batch) error {
		appendRows(rows, &batch.Rows)
		problems = append(problems, batch.Problems...)
		read += batch.Read
		return nil
	}); err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	fmt.Fprintf(&b, "read %d rows\n", read)
	v := reflect.ValueOf(rows).Elem()
	for i := range v.NumField() {
		for j := range v.Field(i).Len() {
			fmt.Fprintf(&b, "%s %s\n", strings.ToLower(v.Type().Field(i).Name), short(v.Field(i).Index(j)))
		}
	}
	for _, p := range problems {
		verdict := "remark"
		if p.Rejected {
			verdict = "rejected"
		}
		fmt.Fprintf(&b, "%s row %d column %q value %q: %s\n", verdict, p.Row, p.Column, p.Value, say.Say(p.Reason))
		if p.Rejected && p.Raw != "" {
			fmt.Fprintf(&b, "  raw %q\n", p.Raw)
		}
	}
	return strings.ReplaceAll(b.String(), filepath.Dir(name)+string(filepath.Separator), "")
}

// short writes the fields of a row that are set.
func short(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() {
			continue
		}
		text := fmt.Sprint(f.Interface())
		switch x := f.Interface().(type) {
		case anomaly.NullDecimal:
			text = x.Decimal.String()
		case anomaly.Source:
			text = fmt.Sprintf("%s:%d", x.File, x.Row)
		}
		parts = append(parts, v.Type().Field(i).Name+"="+text)
	}
	return strings.Join(parts, " ")
}
