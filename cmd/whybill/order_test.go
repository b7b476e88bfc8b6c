package main

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"whybill/testdata/stories"
)

// The order of rows in the files changes nothing but the numbers of the rows that
// evidence points to.
func TestOrderOfRowsChangesNothing(t *testing.T) {
	dir := t.TempDir()
	files, err := fs.Glob(stories.Files, "press/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	rng := rand.New(rand.NewPCG(7, 11))
	for _, file := range files {
		data, err := stories.Files.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		header, rest, _ := strings.Cut(string(data), "\n")
		rows := strings.Split(strings.TrimSuffix(rest, "\n"), "\n")
		for _, part := range []string{"as-is", "shuffled"} {
			if part == "shuffled" {
				rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			}
			path := filepath.Join(dir, part, filepath.Base(file))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	row := regexp.MustCompile(`,"row":\d+`)
	for _, format := range []string{"table", "csv", "markdown", "ndjson"} {
		var answers [2]string
		for i, part := range []string{"as-is", "shuffled"} {
			var out, errOut strings.Builder
			args := []string{"batch", filepath.Join(dir, part), "--as-of", "2026-04-02", "--format", format, "--all"}
			if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
				t.Fatalf("%v: exit %d\n%s", args, code, errOut.String())
			}
			answers[i] = row.ReplaceAllString(out.String(), "")
		}
		if answers[0] != answers[1] || len(answers[0]) < 1000 {
			t.Errorf("%s: the order of rows changes the answer (%d and %d bytes)", format, len(answers[0]), len(answers[1]))
		}
	}
}
