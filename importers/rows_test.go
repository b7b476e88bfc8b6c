package importers

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// meterTable is a table as an office might keep it: numbers, dates, text with commas and
// quotes, empty cells.
func meterTable() [][]string {
	table := [][]string{{"Date", "Time", "Account", "Meter", "Reading", "Usage", "Remark", "Link", "Comment"}}
	for i := range 60 {
		comment := ""
		if i%4 == 1 {
			comment = "read by phone, see file"
		}
		if i%7 == 3 {
			comment = `the 19" rack, left side`
		}
		table = append(table, []string{
			fmt.Sprintf("%02d/%02d/2024", i%12+1, i%28+1), fmt.Sprintf("%02d:%02d:00", i%24, i%60), fmt.Sprintf("A%04d", i),
			fmt.Sprintf("M-%d", 7000+i), fmt.Sprint(1000 + 37*i), fmt.Sprintf("%d.%d", 30+i, i%10),
			[]string{"ok", "gate locked", "new meter"}[i%3], fmt.Sprintf("https://example.org/a?id=%d", i), comment,
		})
	}
	return table
}

// style is how a table is written.
type style struct {
	delimiter, quote, escape, end string
	all                           bool // every cell is quoted
}

var plainStyle = style{",", `"`, `"`, "\r\n", false}

func (s style) row(cells []string) string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = cell
		if s.quote != "" && (s.all || strings.Contains(cell, s.delimiter) || strings.Contains(cell, s.quote) || strings.Contains(cell, "\n")) {
			out[i] = s.quote + strings.ReplaceAll(cell, s.quote, s.escape+s.quote) + s.quote
		}
	}
	return strings.Join(out, s.delimiter) + s.end
}

func (s style) write(table [][]string) string {
	var b strings.Builder
	for _, row := range table {
		b.WriteString(s.row(row))
	}
	return b.String()
}

func cleaned(t *testing.T, content string) [][]string {
	t.Helper()
	var out bytes.Buffer
	if err := CleanRows(context.Background(), write(t, "table.csv", content), Options{}, &out); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(&out)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("what was written is no CSV: %v", err)
	}
	return rows
}

func TestRowsOfDirtyFiles(t *testing.T) {
	table := meterTable()
	plain := plainStyle.write(table)
	for _, c := range []struct {
		situation, content string
		want               [][]string
	}{
		{"as it should be", plain, table},
		{"semicolons", style{";", `"`, `"`, "\r\n", false}.write(table), table},
		{"tabs", style{"\t", `"`, `"`, "\n", false}.write(table), table},
		{"pipes", style{"|", `"`, `"`, "\n", false}.write(table), table},
		{"a comma and a blank", style{", ", `"`, `"`, "\r\n", false}.write(table), table},
		{"blanks, every cell with a blank quoted", style{" ", `"`, `"`, "\r\n", false}.write(table), table},
		{"two bars", style{"||", `"`, `"`, "\r\n", false}.write(table), table},
		{"apostrophes as quotes", style{",", `'`, `'`, "\r\n", false}.write(table), table},
		{"every cell quoted", style{",", `"`, `"`, "\r\n", true}.write(table), table},
		{"backslash before a quote", style{",", `"`, `\`, "\r\n", false}.write(table), table},
		{"quotes that nothing escapes", style{",", `"`, "", "\r\n", false}.write(table), table},
		{"line feeds", style{",", `"`, `"`, "\n", false}.write(table), table},
		{"carriage returns", style{",", `"`, `"`, "\r", false}.write(table), table},
		{"no line end at the end", strings.TrimRight(plain, "\r\n"), table},
		{"two line ends at the end", plain + "\r\n", table},
		{"blank lines in between", plainStyle.write(table[:9]) + "\r\n\r\n" + plainStyle.write(table[9:]), table},
		{"a byte-order mark", "\ufeff" + plain, table},
		{"zero bytes", strings.ReplaceAll(plain, "A0003", "A00\x0003"), table},
		{"the line that Excel reads the delimiter from", "sep=;\r\n" + style{";", `"`, `"`, "\r\n", false}.write(table), table},
		{"a header alone", plainStyle.write(table[:1]), table[:1]},
		{"a header and one row", plainStyle.write(table[:2]), table[:2]},
		{"no header", plainStyle.write(table[1:]), table[1:]},
		{"a title above", "Readings of the north district\r\nprinted 2024-12-31\r\n\r\n" + plain, table},
		{"a title of as many cells", "Readings,,,,,,,,\r\n" + plain, table},
		{"notes below", plain + "\r\nSource: meter department\r\nAll usage in kWh.\r\n", table},
	} {
		t.Run(c.situation, func(t *testing.T) {
			if diff := cmp.Diff(c.want, cleaned(t, c.content)); diff != "" {
				t.Errorf("rows differ (- wanted, + got):\n%s", diff)
			}
		})
	}
}

// In one row at a time something is wrong: all other rows have to come out untouched.
func TestOneBrokenRowLeavesTheOthersAlone(t *testing.T) {
	table := meterTable()
	for _, style_ := range []struct {
		name string
		style
	}{{"quoted where needed", plainStyle}, {"all quoted", style{",", `"`, `"`, "\r\n", true}}} {
		for _, row := range []int{0, 1, 4, 30, len(table) - 1} {
			for col := range table[row] {
				cells := make([]string, len(table[row]))
				for i, cell := range table[row] {
					cells[i] = strings.TrimSuffix(style_.row([]string{cell}), "\r\n")
				}
				less := append([]string{}, cells...)
				if col > 0 {
					less = append(append(append([]string{}, cells[:col-1]...), cells[col-1]+cells[col]), cells[col+1:]...)
				}
				more := append(append(append([]string{}, cells[:col]...), ""), cells[col:]...)
				quote := append([]string{}, cells...)
				quote[col] = `"` + quote[col]
				for name, broken := range map[string][]string{"a delimiter too few": less, "a delimiter too many": more, "a quote too many": quote} {
					content := style_.write(table[:row]) + strings.Join(broken, ",") + "\r\n" + style_.write(table[row+1:])
					got := cleaned(t, content)
					if len(got) != len(table) {
						t.Errorf("%s, %s in row %d, column %d: %d rows instead of %d", style_.name, name, row, col, len(got), len(table))
						continue
					}
					for i := range table {
						if i != row && !cmp.Equal(got[i], table[i]) {
							t.Errorf("%s, %s in row %d, column %d: row %d is %q", style_.name, name, row, col, i, got[i])
						}
					}
					switch name {
					case "a quote too many":
						want := append([]string{}, table[row]...)
						want[col] = `"` + want[col]
						if !cmp.Equal(got[row], want) {
							t.Errorf("%s, %s in row %d, column %d: %q instead of %q", style_.name, name, row, col, got[row], want)
						}
					case "a delimiter too many":
						if len(got[row]) != len(table[row])+1 {
							t.Errorf("%s, %s in row %d, column %d: %q", style_.name, name, row, col, got[row])
						}
					}
				}
			}
		}
	}
}
