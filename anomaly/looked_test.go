package anomaly

import (
	"slices"
	"testing"
)

func TestWhatAVisitLookedAt(t *testing.T) {
	for _, c := range []struct {
		text     string
		parts    []string
		unknown  string
		faceOnly bool
	}{
		{"", nil, "", true},
		{"meter_face", []string{"meter_face"}, "", true},
		{"serial, no_load wiring", []string{"serial", "no_load", "wiring"}, "", false},
		{"wiring,roof", []string{"wiring"}, "roof", false},
		{"roof", nil, "roof", true},
	} {
		parts, unknown := LookedAt(c.text)
		if !slices.Equal(parts, c.parts) || unknown != c.unknown || FaceOnly(parts) != c.faceOnly {
			t.Errorf("%q: %v, %q unknown, face only %v", c.text, parts, unknown, FaceOnly(parts))
		}
	}
}
