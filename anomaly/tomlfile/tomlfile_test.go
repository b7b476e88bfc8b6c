package tomlfile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"whybill/anomaly"
)

func TestWhatIsWrongWithAFileIsNamed(t *testing.T) {
	type file struct {
		Version int `toml:"version"`
		Rules   struct {
			Quiet float64 `toml:"quiet"`
		} `toml:"rules"`
	}
	for _, x := range []struct {
		name, text, key string
		line            float64
	}{
		{"as it should be", "version = 1\n[rules]\nquiet = 0.5\n", "", 0},
		{"a field that nobody knows", "version = 1\n[rules]\nquite = 0.5\n", "fault.toml_field", 3},
		{"no TOML", "version = 1\n[rules\n", "fault.toml_line", 2},
		{"a word for a number", "version = 1\n[rules]\nquiet = \"half\"\n", "fault.toml_line", 3},
	} {
		t.Run(x.name, func(t *testing.T) {
			var f file
			err := Read(strings.NewReader(x.text), &f)
			if x.key == "" {
				if err != nil || f.Version != 1 || f.Rules.Quiet != 0.5 {
					t.Fatalf("%+v, %v", f, err)
				}
				return
			}
			var fault *anomaly.Fault
			if !errors.As(err, &fault) || fault.Message.Key != x.key {
				t.Fatalf("%v, want %s", err, x.key)
			}
			if !slices.ContainsFunc(fault.Message.Args, func(a anomaly.Arg) bool { return a.Name == "line" && a.Num == x.line }) {
				t.Errorf("%v, want line %.0f", err, x.line)
			}
		})
	}
}

func TestAFileThatCannotBeRead(t *testing.T) {
	var f struct{}
	err := Read(iotest.ErrReader(errors.New("the disk is gone")), &f)
	if err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("%v", err)
	}
}
