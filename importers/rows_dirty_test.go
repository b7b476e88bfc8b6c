package importers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbered is a table of n rows below a header; cell makes a cell of row and column.
func numbered(header []string, n int, cell func(row, col int) string) [][]string {
	table := [][]string{header}
	for i := range n {
		cells := make([]string, len(header))
		for j := range cells {
			cells[j] = cell(i, j)
		}
		table = append(table, cells)
	}
	return table
}

func words(s string) []string { return strings.Split(s, " ") }

// In one row at a time the dialect is another one; it comes out like the others.
func TestARowInAnotherDialect(t *testing.T) {
	table := meterTable()
	for _, all := range []bool{false, true} {
		usual := plainStyle
		usual.all = all
		for _, c := range []struct {
			name string
			own  style
		}{
			{"semicolons", style{";", `"`, `"`, "\r\n", all}},
			{"tabs", style{"\t", `"`, `"`, "\r\n", all}},
			{"bars", style{"|", `"`, `"`, "\r\n", all}},
			{"blanks", style{" ", `"`, `"`, "\r\n", all}},
			{"a comma and a blank", style{", ", `"`, `"`, "\r\n", all}},
			{"apostrophes", style{",", `'`, `'`, "\r\n", all}},
			{"backslashes", style{",", `"`, `\`, "\r\n", all}},
			{"a line feed", style{",", `"`, `"`, "\n", all}},
		} {
			for _, row := range []int{0, 1, 2, 30, len(table) - 1} {
				content := usual.write(table[:row]) + c.own.row(table[row]) + usual.write(table[row+1:])
				if diff := cmp.Diff(table, cleaned(t, content)); diff != "" {
					t.Errorf("%s in row %d, all quoted %t:\n%s", c.name, row, all, diff)
				}
			}
		}
	}
}

func TestRowsOfTablesAsOfficesKeepThem(t *testing.T) {
	spend := numbered(words("Department Entity Date Type Supplier Number Amount Narrative"), 50, func(i, j int) string {
		return []string{
			"Works", "Works", fmt.Sprintf("%02d/04/2014", i%28+1), []string{"IT", "Rent & Rates", "Travel (rail)"}[i%3],
			[]string{"ACME LTD", "Smith, Jones & Co", "O'Brien plc"}[i%3], fmt.Sprint(90000 + i), fmt.Sprintf("%d,%03d.50", 25+i, i*7), []string{"", "see note 1", "in 3 parts; last in May"}[i%3],
		}[j]
	})
	people := numbered(words("Year Population"), 30, func(i, j int) string { return fmt.Sprint([]int{1990 + i, 1000000 + 997*i}[j]) })
	logger := numbered(words("Time Temp Pressure Flow"), 41, func(i, j int) string {
		if i == 0 {
			return words("s degC kPa l/min")[j]
		}
		return fmt.Sprintf("%d.%d", i*(j+1), (i+j)%10)
	})
	german := numbered(words("Datum Wert Menge"), 30, func(i, j int) string {
		return []string{fmt.Sprintf("%02d.03.2020", i%28+1), fmt.Sprintf("%d,%d", 3*i, i%10), fmt.Sprintf("1.%03d,50", i)}[j]
	})
	survey := numbered(append([]string{"id"}, strings.Split(strings.Repeat("q ", 59)+"q", " ")...), 30, func(i, j int) string {
		return []string{"1", "2", "", "n/a"}[(7*i+3*j)%4]
	})
	ticks := numbered(words("id a b c d e"), 40, func(i, j int) string {
		switch {
		case j == 0:
			return fmt.Sprint(i)
		case (i+j)%5 == 0:
			return "x"
		}
		return ""
	})
	groups := [][]string{{"Region", "2019", "2020", "2021"}}
	for _, g := range []string{"North", "South"} {
		groups = append(groups, []string{g, "", "", ""})
		for i := range 6 {
			groups = append(groups, []string{fmt.Sprintf("  %s %d", g, i), fmt.Sprint(i), fmt.Sprint(i + 1), fmt.Sprint(i + 2)})
		}
	}
	seasons := append([][]string{{"", "Winter", "", "Summer", ""}}, numbered(words("Site kWh cost kWh cost"), 20, func(i, j int) string {
		if j == 0 {
			return fmt.Sprintf("S%d", i)
		}
		return fmt.Sprint(i * j)
	})...)
	text := func(format string) [][]string {
		return numbered(words("id text n"), 20, func(i, j int) string { return []string{fmt.Sprint(i), fmt.Sprintf(format, i), fmt.Sprint(i * i)}[j] })
	}
	streets := numbered([]string{"Name"}, 20, func(i, _ int) string { return fmt.Sprintf("Mill Lane, no %d", i) })
	items := numbered(words("Item Jan Feb Mar"), 12, func(i, j int) string {
		if j == 0 {
			return fmt.Sprintf("item%d", i)
		}
		return fmt.Sprint(i * j)
	})
	ages := numbered(words("Person Age"), 8, func(i, j int) string { return []string{fmt.Sprintf("p%d", i), fmt.Sprint(20 + i)}[j] })
	clock := numbered(words("Timestamp value"), 40, func(i, j int) string {
		return []string{fmt.Sprintf("2020-01-01 00:%02d:00", i), fmt.Sprintf("%d.5", i)}[j]
	})
	tiny := [][]string{{"a", "b", "c"}, {"1", "2", "3"}}
	total := append(append([][]string{}, spend...), []string{"Total", "", "", "", "", "", "1,425,000.00", ""})
	short := append([][]string{}, logger...)
	for i := 3; i < len(short); i++ {
		short[i] = short[i][:len(short[i])-i%3]
	}
	with := func(delimiter string) style { return style{delimiter, `"`, `"`, "\n", false} }
	plain := plainStyle.write
	type situation struct {
		name, content string
		want          [][]string
	}
	cases := []situation{
		{"spending", plain(spend), spend},
		{"a row of totals", plain(total), total},
		{"blank rows of commas below", plain(spend) + strings.Repeat(",,,,,,,\r\n", 20), spend},
		{"a title in two cells", "Spend over 25000,,April 2014,,,,,\r\n,,,,,,,\r\n" + plain(spend), spend},
		{"a long title in quotes", "\"Spend over 25,000 pounds, April 2014 and later, by department\"\r\n\r\n" + plain(spend), spend},
		{"notes below", plain(spend) + "\r\n\"Note 1: amounts are net of VAT, where recoverable.\"\r\nNote 2: see website\r\n", spend},
		{"notes below in the first of all cells", plain(spend) + ",,,,,,,\r\n\"Note 1: net of VAT, where recoverable.\",,,,,,,\r\nSource: works,,,,,,,\r\n", spend},
		{"two columns", plain(people), people},
		{"two columns below a title", "Population of the town\r\n" + plain(people), people},
		{"two columns, a title and a blank line", "Population of the town\r\n\r\n" + plain(people), people},
		{"two columns, the title in the first", "Population of the town,\r\n" + plain(people), people},
		{"two columns and a note", plain(people) + "\r\nSource: census\r\n", people},
		{"semicolons below a title", "Population\n\n" + with(";").write(people), people},
		{"one column", plain(numbered([]string{"Name"}, 20, func(i, _ int) string { return fmt.Sprintf("street %d", i) })),
			numbered([]string{"Name"}, 20, func(i, _ int) string { return fmt.Sprintf("street %d", i) })},
		{"one column with commas in quotes", plain(streets), streets},
		{"one column, all in quotes", style{",", `"`, `"`, "\n", true}.write(streets), streets},
		{"a row of units", with("\t").write(logger), logger},
		{"what the logger says above", "Experiment 12\nOperator: J. Doe\nDate: 2019-03-02\n\n" + with("\t").write(logger), logger},
		{"settings above, a blank line between", "Experiment,12\nOperator,J. Doe\nDate,2019-03-02\n\n" + with(",").write(logger), logger},
		{"settings right above", "Experiment;12\nOperator;J. Doe\n" + with(";").write(logger), logger},
		{"comments above", "# made by logger 1.2\n# all times UTC\n" + with(",").write(logger), logger},
		{"blanks between numbers", with(" ").write(logger), logger},
		{"rows that end early", plain(short), short},
		{"decimal commas and semicolons", with(";").write(german), german},
		{"decimal commas in quotes", plain(german), german},
		{"a wide survey", plain(survey), survey},
		{"mostly empty", plain(ticks), ticks},
		{"headings of groups of rows", plain(groups), groups},
		{"headings of groups of columns", plain(seasons), seasons},
		{"headings of groups of columns below a title", "Energy use by site\r\n\r\n" + plain(seasons), seasons},
		{"two tables with titles", "Table 1: items\r\n" + plain(items) + "\r\nTable 2: people\r\n" + plain(ages), append(append([][]string{}, items...), ages...)},
		{"no header", plain(clock[1:]), clock[1:]},
		{"quotes in text", plain(text(`He said "no, %d" twice`)), text(`He said "no, %d" twice`)},
		{"quotes in text that nothing escapes", style{",", `"`, "", "\n", false}.write(text(`He said "no, %d" twice`)), text(`He said "no, %d" twice`)},
		{"quotes in cells without quotes", style{",", "", "", "\n", false}.write(text(`a "quoted" word %d`)), text(`a "quoted" word %d`)},
		{"apostrophes", plain(text(`rock 'n' roll, it's O'Brien %d`)), text(`rock 'n' roll, it's O'Brien %d`)},
		{"cells of several lines", plain(text("line one\nline two, %d\n\nline four")), text("line one\nline two, %d\n\nline four")},
		{"JSON in cells", plain(text(`{"a": [1, %d], "b": "x;y"}`)), text(`{"a": [1, %d], "b": "x;y"}`)},
		{"other delimiters in cells", plain(text("https://x.example/a,b;c?d=%d|e")), text("https://x.example/a,b;c?d=%d|e")},
		{"blanks around and within", plain(text("  a   b %d  ")), text("  a   b %d  ")},
		{"percent signs", plain(text("+%d.5%%")), text("+%d.5%%")},
		{"a tab in two characters", with(`\t`).write(spend), spend},
		{"two tabs", with("\t\t").write(spend), spend},
		{"bars between blanks", with(" | ").write(spend), spend},
	}
	for _, d := range []string{",", ";", "\t", "|"} {
		cases = append(cases, situation{"times, " + d, with(d).write(clock), clock}, situation{"two rows, " + d, with(d).write(tiny), tiny})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, cleaned(t, c.content)); diff != "" {
				t.Errorf("rows differ (- wanted, + got):\n%s", diff)
			}
		})
	}
}

// A header of which one cell is unlike the others, and rows of other lengths, are rows.
func TestRowsAreKeptAsTheyAre(t *testing.T) {
	for _, all := range []bool{false, true} {
		usual := plainStyle
		usual.all = all
		for _, row := range []int{0, 1, 30, 60} {
			for _, width := range []int{2, 5, 15} {
				table := meterTable()
				cells := append(append([]string{}, table[row]...), table[row]...)
				table[row] = cells[:width]
				if row == 0 && width == 2 {
					continue // cannot be told from a title in two cells
				}
				if diff := cmp.Diff(table, cleaned(t, usual.write(table))); diff != "" {
					t.Errorf("row %d with %d cells, all quoted %t:\n%s", row, width, all, diff)
				}
			}
		}
		for _, name := range []string{"", "HEAD/%R", strings.Repeat("HEADER", 50_000)} {
			for _, col := range []int{0, 2, 8} {
				table := meterTable()
				table[0][col] = name
				if diff := cmp.Diff(table, cleaned(t, usual.write(table))); diff != "" {
					t.Errorf("header %.10q in column %d, all quoted %t: %.500s", name, col, all, diff)
				}
			}
		}
		wide := meterTable()
		for i := range wide {
			for j := len(wide[i]); j < 2000; j++ {
				wide[i] = append(wide[i], fmt.Sprint(i*j))
			}
		}
		if diff := cmp.Diff(wide, cleaned(t, usual.write(wide))); diff != "" {
			t.Errorf("2,000 columns: %.500s", diff)
		}
	}
}

func TestAnEmptyFileHasNoRows(t *testing.T) {
	if rows := cleaned(t, ""); len(rows) != 0 {
		t.Errorf("rows %q", rows)
	}
}
