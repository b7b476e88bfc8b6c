package main

import (
	"encoding/csv"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"whybill/testdata/stories"
)

// workbookOf puts the CSV files of a story into a workbook, a sheet each: numbers as
// numbers, dates as dates, as somebody who keeps bills in a workbook would have them.
func workbookOf(t *testing.T, story, path string) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	day, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(stories.Files, story+"/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		f, err := stories.Files.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		sheet := strings.TrimSuffix(filepath.Base(file), ".csv")
		if _, err := book.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if err := book.SetCellValue(sheet, cell, cellValue(rows[0][c], text)); err != nil {
					t.Fatal(err)
				}
				if _, err := time.Parse(time.DateOnly, text); err == nil {
					if err := book.SetCellStyle(sheet, cell, cell, day); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

func cellValue(header, text string) any {
	if text == "" {
		return nil
	}
	if d, err := time.Parse(time.DateOnly, text); err == nil {
		return d
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && !strings.HasSuffix(header, "_id") {
		return n
	}
	return text
}

// The same story gives the same bytes, whether it comes as text or as a workbook.
func TestStoryFromCSVAndFromAWorkbook(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("WHYBILL_LANG", "en")
	for _, c := range []struct{ story, account, asOf string }{
		{"winter-1400", "0712345602", "2026-03-20"},
		{"press", "PRESS-06", "2026-04-02"},
	} {
		book := filepath.Join(dir, c.story+".xlsx")
		workbookOf(t, c.story, book)
		var answers [2]string
		for i, source := range []string{filepath.Join("..", "..", "testdata", "stories", c.story), book} {
			db := filepath.Join(dir, c.story+strconv.Itoa(i)+".db")
			for _, args := range [][]string{
				{"import", "--db", db, source},
				{"check", "--db", db, c.account, "--as-of", c.asOf, "--format", "json"},
			} {
				var out, errOut strings.Builder
				if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
					t.Fatalf("%v: exit %d\n%s", args, code, errOut.String())
				}
				answers[i] = out.String()
			}
		}
		if answers[0] != answers[1] {
			t.Errorf("%s: from CSV\n%s\nfrom a workbook\n%s", c.account, answers[0], answers[1])
		}
	}
}
