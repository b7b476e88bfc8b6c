package xlsxfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// row is what Next returned, for comparing.
type row struct {
	N      int
	Hidden bool
	Cells  []Cell
}

// workbook packs parts into a workbook with one sheet; parts override the usual ones.
func workbook(sheetXML string, parts map[string]string) []byte {
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/styles" Target="styles.xml"/><Relationship Id="rId3" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheetXML,
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] == "" {
			continue
		}
		part, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(part, all[name])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// sheet wraps rows in the sheet that goes around them.
func sheet(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>` + rows + `</sheetData></worksheet>`
}

func read(data []byte, index int) (rows []row, err error) {
	book, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	r, err := book.Rows(index)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		n, cells, err := r.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row{n, r.Hidden(), append([]Cell{}, cells...)})
	}
}

func TestCells(t *testing.T) {
	const styles = `<styleSheet><numFmts count="4">
		<numFmt numFmtId="164" formatCode="[$-404]e/m/d;@"/>
		<numFmt numFmtId="165" formatCode="00-00-0000-00-0"/>
		<numFmt numFmtId="166" formatCode="00000000"/>
		<numFmt numFmtId="167" formatCode="#,##0.0&quot;度&quot;"/>
		<numFmt numFmtId="168" formatCode="[h]:mm"/>
		<numFmt numFmtId="169" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>
		<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
		<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="169"/><xf numFmtId="20"/></cellXfs></styleSheet>`
	const shared = `<sst><si><t>電號</t></si><si><r><t>rich </t></r><r><t xml:space="preserve">text</t></r><rPh><t>phonetic</t></rPh></si><si/><si><t>a_x000D_b_x005F_x0041_</t></si></sst>`
	for _, c := range []struct {
		name, xml string
		want      []Cell
	}{
		{"a shared string", `<c r="A1" t="s"><v>0</v></c>`, []Cell{{"電號", Text}}},
		{"a shared string in runs with a phonetic hint", `<c r="A1" t="s"><v>1</v></c>`, []Cell{{"rich text", Text}}},
		{"an empty shared string before a number", `<c r="A1" t="s"><v>2</v></c><c r="B1"><v>1</v></c>`, []Cell{{}, {"1", Number}}},
		{"escapes of the office programs", `<c r="A1" t="s"><v>3</v></c>`, []Cell{{"a\rb_x0041_", Text}}},
		{"an inline string", `<c r="A1" t="inlineStr"><is><t>A&amp;B &#x96FB;&lt;</t></is></c>`, []Cell{{"A&B 電<", Text}}},
		{"an inline string as CDATA with a tag in it", `<c r="A1" t="inlineStr"><is><t><![CDATA[</row><c>]]></t></is></c>`, []Cell{{"</row><c>", Text}}},
		{"a comment within a text", `<c r="A1" t="str"><v>a<!-- </c> -->b</v></c>`, []Cell{{"ab", Text}}},
		{"a number as it is stored", `<c r="A1"><v>4136.60</v></c>`, []Cell{{"4136.60", Number}}},
		{"a number with the noise of binary floating point", `<c r="A1"><v>4136.6000000000004</v></c>`, []Cell{{"4136.6", Number}}},
		{"a number with an exponent", `<c r="A1"><v>1.5E-3</v></c><c r="B1"><v>-2.5e+3</v></c>`, []Cell{{"0.0015", Number}, {"-2500", Number}}},
		{"a meter's number of 18 digits", `<c r="A1"><v>123456789012345678</v></c>`, []Cell{{"123456789012345678", Number}}},
		{"text where a number should be", `<c r="A1"><v>n/a</v></c>`, []Cell{{"n/a", Text}}},
		{"a date in the 1900 system", `<c r="A1" s="1"><v>45352</v></c>`, []Cell{{"2024-03-01", Date}}},
		{"a ROC date of the Taiwanese edition", `<c r="A1" s="2"><v>43978</v></c>`, []Cell{{"2020-05-27", Date}}},
		{"a date before the day that never was", `<c r="A1" s="1"><v>59</v></c><c r="B1" s="1"><v>61</v></c><c r="C1" s="1"><v>60</v></c>`, []Cell{{"1900-02-28", Date}, {"1900-03-01", Date}, {"60", Number}}},
		{"a zero with a date's format", `<c r="A1" s="1"><v>0</v></c>`, []Cell{{"0", Number}}},
		{"an account number with the dashes in its format", `<c r="A1" s="3"><v>99123456789</v></c>`, []Cell{{"99-12-3456-78-9", Text}}},
		{"an account number with leading zeros in its format", `<c r="A1" s="4"><v>12345</v></c>`, []Cell{{"00012345", Number}}},
		{"a usage with its unit in the format", `<c r="A1" s="5"><v>1234.5</v></c>`, []Cell{{"1234.5", Number}}},
		{"hours beyond a day", `<c r="A1" s="6"><v>1.1041666666666667</v></c>`, []Cell{{"26:30", Time}}},
		{"a date with a time", `<c r="A1" s="7"><v>45352.520833333336</v></c>`, []Cell{{"2024-03-01 12:30", Date}}},
		{"a time of day", `<c r="A1" s="8"><v>0.354166666666667</v></c>`, []Cell{{"08:30", Time}}},
		{"dates of the strict standard", `<c r="A1" t="d"><v>2024-03-01T00:00:00</v></c><c r="B1" t="d"><v>2024-03-01T08:30:00.000Z</v></c>`, []Cell{{"2024-03-01", Date}, {"2024-03-01 08:30", Date}}},
		{"booleans", `<c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c>`, []Cell{{"TRUE", Bool}, {"FALSE", Bool}}},
		{"an error", `<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, []Cell{{"#DIV/0!", Error}}},
		{"a formula with its result", `<c r="A1"><f>B1*2</f><v>12</v></c><c r="B1" t="str"><f>C1&amp;"x"</f><v>6x</v></c>`, []Cell{{"12", Number}, {"6x", Text}}},
		{"a formula that nobody has calculated", `<c r="A1"><f>SUM(B1:B9)</f></c>`, []Cell{{"=SUM(B1:B9)", Uncalculated}}},
		{"a formula whose result is no characters", `<c r="A1" t="str"><f>""</f><v></v></c><c r="B1" t="str"><f>C1</f></c>`, []Cell{{}, {"=C1", Uncalculated}}},
		{"a shared formula that nobody has calculated", `<c r="A1"><f t="shared" si="0"/><v></v></c>`, []Cell{{"=", Uncalculated}}},
		{"cells without references", `<c><v>1</v></c><c/><c><v>3</v></c>`, []Cell{{"1", Number}, {}, {"3", Number}}},
		{"cells with gaps and formatted empty ones behind", `<c r="B1"><v>1</v></c><c r="D1"><v>2</v></c><c r="XFD1" s="1"/>`, []Cell{{}, {"1", Number}, {}, {"2", Number}}},
		{"cells out of order", `<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c>`, []Cell{{"1", Number}, {}, {"3", Number}}},
		{"single quotes and spaces in tags", "<c  r='A1'\n t='str' ><v >x</v ></c >", []Cell{{"x", Text}}},
		{"what is not UTF-8", "<c r=\"A1\" t=\"str\"><v>a\xffb</v></c>", []Cell{{"a\uFFFDb", Text}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := workbook(sheet(`<row r="1">`+c.xml+`</row>`), map[string]string{"xl/styles.xml": styles, "xl/sharedStrings.xml": shared})
			got, err := read(data, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]row{{N: 1, Cells: c.want}}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRows(t *testing.T) {
	one := []Cell{{"1", Number}}
	for _, c := range []struct {
		name, xml string
		want      []row
	}{
		{"an empty sheet", `<worksheet><sheetData/></worksheet>`, nil},
		{"a sheet without a list of rows", `<worksheet/>`, nil},
		{"rows without numbers", sheet(`<row><c><v>1</v></c></row><row/><row><c><v>1</v></c></row>`), []row{{1, false, one}, {2, false, []Cell{}}, {3, false, one}}},
		{"rows left out", sheet(`<row r="2"><c r="A2"><v>1</v></c></row><row r="9"/><row><c><v>1</v></c></row>`), []row{{2, false, one}, {9, false, []Cell{}}, {10, false, one}}},
		{"hidden rows", sheet(`<row r="1" hidden="1"><c><v>1</v></c></row><row r="2" hidden="0"/>`), []row{{1, true, one}, {2, false, []Cell{}}}},
		{"rows hidden unless they say otherwise", `<worksheet><sheetFormatPr zeroHeight="1"/><sheetData><row r="1"/><row r="2" hidden="0"/></sheetData></worksheet>`, []row{{1, true, []Cell{}}, {2, false, []Cell{}}}},
		{"a namespace prefix", `<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>`, []row{{1, false, one}}},
		{"row breaks behind the rows", `<worksheet><sheetData><row r="1"><c><v>1</v></c></row></sheetData><rowBreaks><brk id="1"/></rowBreaks></worksheet>`, []row{{1, false, one}}},
		{"a comment that looks like rows", sheet(`<row r="1"><c><v>1</v></c></row><!-- <row r="5"> </sheetData> --><row r="2"><c><v>1</v></c></row>`), []row{{1, false, one}, {2, false, one}}},
		{"a byte-order mark", "\xEF\xBB\xBF" + sheet(`<row r="1"><c><v>1</v></c></row>`), []row{{1, false, one}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(workbook(c.xml, nil), 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	one := sheet(`<row r="1"><c><v>1</v></c></row>`)
	old := append(bytes.Clone(compoundMagic), make([]byte, 2000)...)
	locked := bytes.Clone(old)
	locked[30] = 9 // sectors of 512 bytes, the directory in sector 0
	copy(locked[600:], utf16le("EncryptedPackage"))
	for _, c := range []struct {
		name string
		data []byte
		want string
		rows int // read before the fault
	}{
		{"an old binary workbook", old, "xlsx.old_format", 0},
		{"a workbook with a password", locked, "xlsx.encrypted", 0},
		{"no archive", []byte("電號,用電度數\n"), "zip.damaged", 0},
		{"an empty file", nil, "zip.damaged", 0},
		{"a truncated archive", workbook(one, nil)[:500], "zip.damaged", 0},
		{"an archive of something else", workbook("", map[string]string{"xl/workbook.xml": "", "a.csv": "x"}), "xlsx.no_workbook", 0},
		{"a LibreOffice sheet", workbook("", map[string]string{"xl/workbook.xml": "", "content.xml": "x"}), "xlsx.open_document", 0},
		{"a binary workbook", workbook("", map[string]string{"xl/workbook.xml": "", "xl/workbook.bin": "x"}), "xlsx.binary_format", 0},
		{"a workbook without sheets", workbook("", nil), "xlsx.no_sheets", 0},
		{"a workbook that is no XML", workbook(one, map[string]string{"xl/workbook.xml": "<a b=>"}), "xlsx.damaged part=xl/workbook.xml", 0},
		{"a sheet in UTF-16", workbook("\xFF\xFE<\x00", nil), "xlsx.encoding part=xl/worksheets/sheet1.xml", 0},
		{"a sheet that ends in a row", workbook(`<worksheet><sheetData><row r="1"><c><v>1</v></c></row><row r="2"><c>`, nil), "xlsx.damaged", 1},
		{"a cell that is not closed", workbook(sheet(`<row r="1"><c><v>1</v></c></row><row r="2"><c><v>1</row>`), nil), "xlsx.damaged", 1},
		{"a shared string that is not there", workbook(sheet(`<row r="1"><c t="s"><v>7</v></c></row>`), map[string]string{"xl/sharedStrings.xml": `<sst><si><t>a</t></si></sst>`}), "xlsx.damaged", 0},
		{"shared strings cut off", workbook(sheet(`<row r="1"><c t="s"><v>0</v></c></row>`), map[string]string{"xl/sharedStrings.xml": `<sst><si><t>a</t></si><si><t>b`}), "xlsx.damaged", 0},
		{"a column beyond the last", workbook(sheet(`<row r="1"><c r="XFE1"><v>7</v></c></row>`), nil), "xlsx.damaged", 0},
		{"a row beyond the last", workbook(sheet(`<row r="99999999999999999999"/>`), nil), "xlsx.damaged", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, err := read(c.data, 0)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got error %v, want %s", err, c.want)
			}
			if len(rows) != c.rows {
				t.Errorf("got %d rows before the fault, want %d", len(rows), c.rows)
			}
		})
	}
}
