package tariff

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEveryBuiltinFileReadsAndReadsBackTheSame(t *testing.T) {
	b := book(t)
	files, err := b.List()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if f.ID != b.IDs()[i] {
			t.Errorf("the file of %s calls itself %s", b.IDs()[i], f.ID)
		}
		data, err := Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(f.ID, data)
		if err != nil {
			t.Fatalf("%s does not read back: %v\n%s", f.ID, err, data)
		}
		if d := cmp.Diff(f, again, cmpopts.IgnoreUnexported(Number{}), cmpopts.EquateComparable(Number{}.Decimal)); d != "" {
			t.Errorf("%s changed when written and read again:\n%s", f.ID, d)
		}
	}
}

func TestEveryKnownVersionNamesASourceAndItsConfidence(t *testing.T) {
	files, err := book(t).List()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, v := range f.Versions {
			if v.Unknown {
				continue
			}
			if v.Confidence == "" && f.Confidence == "" {
				t.Errorf("%s %s: no confidence", f.ID, v.From)
			}
			if len(v.Sources) == 0 && len(f.Sources) == 0 {
				t.Errorf("%s %s: no source", f.ID, v.From)
			}
		}
	}
}
