package csvfile

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type record struct {
	Row   int
	Cells []string
}

func readAll(t testing.TB, text string, d Dialect, chunk int) (all []record) {
	t.Helper()
	c := NewChunker(strings.NewReader(text), d, chunk)
	for {
		part, err := c.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		d.Records(part, nil, func(row int, cells []string, _ string) bool {
			all = append(all, record{row, append([]string(nil), cells...)})
			rows++
			return true
		})
		if rows != part.Rows {
			t.Fatalf("a chunk of %d rows says it has %d", rows, part.Rows)
		}
	}
}

func cells(records []record) [][]string {
	out := make([][]string, len(records))
	for i := range records {
		out[i] = records[i].Cells
	}
	return out
}

func TestRecords(t *testing.T) {
	backslash := Dialect{Delimiter: ",", Quote: '"', Escape: '\\'}
	cr := Dialect{Delimiter: ",", Quote: '"', CR: true}
	for _, c := range []struct {
		situation, text string
		dialect         Dialect
		want            [][]string
	}{
		{"plain", "a,b\nc,d\n", Comma, [][]string{{"a", "b"}, {"c", "d"}}},
		{"no line end at the end", "a,b\nc,d", Comma, [][]string{{"a", "b"}, {"c", "d"}}},
		{"carriage return and line feed", "a,b\r\nc,d\r\n", Comma, [][]string{{"a", "b"}, {"c", "d"}}},
		{"carriage returns", "a,b\rc,d\r", cr, [][]string{{"a", "b"}, {"c", "d"}}},
		{"all line ends mixed", "a\rb\nc\r\nd", cr, [][]string{{"a"}, {"b"}, {"c"}, {"d"}}},
		{"blank lines are records", "a\n\nb\n", Comma, [][]string{{"a"}, {""}, {"b"}}},
		{"empty cells", ",,\n", Comma, [][]string{{"", "", ""}}},
		{"quoted delimiter", `"a,b",c`, Comma, [][]string{{"a,b", "c"}}},
		{"quoted line end", "\"a\nb\",c\n", Comma, [][]string{{"a\nb", "c"}}},
		{"doubled quote", `"a""b",c`, Comma, [][]string{{`a"b`, "c"}}},
		{"escaped quote", `"a\"b",c`, backslash, [][]string{{`a"b`, "c"}}},
		{"escaped backslash", `"a\\",c`, backslash, [][]string{{`a\`, "c"}}},
		{"empty quoted cell", `"",c`, Comma, [][]string{{"", "c"}}},
		{"blanks around quotes", ` "a,b" ,c`, Comma, [][]string{{"a,b", "c"}}},
		{"a quote in the middle is text", `a"b,c`, Comma, [][]string{{`a"b`, "c"}}},
		{"an inch sign in quotes that nothing escapes", `"19" rack",c`, Comma, [][]string{{`19" rack`, "c"}}},
		{"a quote that never closes", "\"a,b\nc,d\n", Comma, [][]string{{`"a`, "b"}, {"c", "d"}}},
		{"a stray quote, then a quoted cell", `"a,b,"c, d",e`, Comma, [][]string{{`"a`, "b", "c, d", "e"}}},
		{"a stray quote, then quotes on the next line", "\"a,b\nc,\"d, e\"\n", Comma, [][]string{{`"a`, "b"}, {"c", "d, e"}}},
		{"delimiter of two characters", "a||b|c\n", Dialect{Delimiter: "||", Quote: '"'}, [][]string{{"a", "b|c"}}},
		{"no delimiter", "a,b\nc\n", Dialect{}, [][]string{{"a,b"}, {"c"}}},
		{"apostrophes", `'a,b',"c`, Dialect{Delimiter: ",", Quote: '\''}, [][]string{{"a,b", `"c`}}},
	} {
		if diff := cmp.Diff(c.want, cells(readAll(t, c.text, c.dialect, 0))); diff != "" {
			t.Errorf("%s:\n%s", c.situation, diff)
		}
	}
}

func TestRowsAreCountedFromTheStartOfTheFile(t *testing.T) {
	text := "title\n\nhead\n\"two\nlines\"\nlast\n"
	want := []record{{1, []string{"title"}}, {2, []string{""}}, {3, []string{"head"}}, {4, []string{"two\nlines"}}, {5, []string{"last"}}}
	for _, chunk := range []int{1, 7, 1 << 20} {
		if diff := cmp.Diff(want, readAll(t, text, Comma, chunk)); diff != "" {
			t.Errorf("in chunks of %d:\n%s", chunk, diff)
		}
	}
}

var dirt = rapid.StringOfN(rapid.SampledFrom([]rune("ab,;\"'\\\r\n \té")), 0, 80, -1)

var anyDialect = rapid.Custom(func(t *rapid.T) Dialect {
	return Dialect{
		Delimiter: rapid.SampledFrom([]string{",", ";", " ", "\t", ", ", ""}).Draw(t, "delimiter"),
		Quote:     rapid.SampledFrom([]byte{0, '"', '\''}).Draw(t, "quote"),
		Escape:    rapid.SampledFrom([]byte{0, '\\'}).Draw(t, "escape"),
		CR:        rapid.Bool().Draw(t, "cr"),
	}
})

func TestWhereAFileIsCutDoesNotShow(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text, d := dirt.Draw(r, "text"), anyDialect.Draw(r, "dialect")
		whole := readAll(t, text, d, 1<<20)
		if diff := cmp.Diff(whole, readAll(t, text, d, rapid.IntRange(1, 90).Draw(r, "chunk"))); diff != "" {
			r.Fatalf("%q:\n%s", text, diff)
		}
	})
}

func TestNoByteIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text, d := dirt.Draw(r, "text"), anyDialect.Draw(r, "dialect")
		c := NewChunker(strings.NewReader(text), d, rapid.IntRange(1, 90).Draw(r, "chunk"))
		var all strings.Builder
		for {
			part, err := c.Next()
			if err != nil {
				break
			}
			all.WriteString(part.Text)
			if part.Read != int64(all.Len()) {
				r.Fatalf("%d bytes read, %d said", all.Len(), part.Read)
			}
		}
		if all.String() != text {
			r.Fatalf("%q came as %q", text, all.String())
		}
	})
}

// What is in order is read as the standard library reads it.
func TestOrderlyFilesAreReadLikeTheLibraryDoes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.StringOfN(rapid.SampledFrom([]rune("ab,\" \n")), 0, 8, -1), 2, 5), 1, 6).Draw(r, "rows")
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.WriteAll(rows); err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(rows, cells(readAll(t, b.String(), Comma, 16))); diff != "" {
			r.Fatalf("%q:\n%s", b.String(), diff)
		}
	})
}

func FuzzRecords(f *testing.F) {
	f.Add("a,\"b\nc\",d\n", ",", byte('"'), byte(0), false, uint8(5))
	f.Add("'a';\\'b\r", ";", byte('\''), byte('\\'), true, uint8(1))
	f.Fuzz(func(t *testing.T, text, delimiter string, quote, escape byte, cr bool, chunk uint8) {
		if strings.ContainsAny(delimiter, "\r\n") || len(delimiter) > 4 || quote == '\n' || quote == '\r' || escape == '\n' || escape == '\r' ||
			quote != 0 && (strings.IndexByte(delimiter, quote) >= 0 || escape == quote) {
			t.Skip("no dialect")
		}
		d := Dialect{Delimiter: delimiter, Quote: quote, Escape: escape, CR: cr}
		whole := readAll(t, text, d, 1<<20)
		if diff := cmp.Diff(whole, readAll(t, text, d, int(chunk)+1)); diff != "" {
			t.Errorf("cut at %d:\n%s", chunk, diff)
		}
	})
}

func TestPickSplitsOnlyWhatIsKept(t *testing.T) {
	const text = "id,usage\nA1,5\nB2,6\nA3\n\nA1,\"7,5\"\n"
	for _, c := range []struct {
		situation, text string
		column          int
		want            [][]string
	}{
		{"lines without quotes", "id,usage\r\nA1,5\r\nB2,6\r\nA3\r\n\r\nA4", 0, [][]string{{"A1", "5"}, {"A3"}, {"A4"}}},
		{"cells in quotes", text, 0, [][]string{{"A1", "5"}, {"A3"}, {"A1", "7,5"}}},
		{"a later column, which short records lack", "x,A1\nx,B2\nA3\n", 1, [][]string{{"x", "A1"}, {"A3"}}},
	} {
		t.Run(c.situation, func(t *testing.T) {
			chunk, err := NewChunker(strings.NewReader(c.text), Comma, 0).Next()
			if err != nil {
				t.Fatal(err)
			}
			var got [][]string
			rows := map[int][]string{}
			Comma.Records(chunk, nil, func(row int, cells []string, _ string) bool {
				rows[row] = append([]string(nil), cells...)
				return true
			})
			keep := func(cell string) bool { return strings.HasPrefix(cell, "A") }
			Comma.Pick(chunk, c.column, keep, nil, func(row int, cells []string, _ string) bool {
				if diff := cmp.Diff(rows[row], cells); diff != "" {
					t.Errorf("row %d: %s", row, diff)
				}
				got = append(got, append([]string(nil), cells...))
				return true
			})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
