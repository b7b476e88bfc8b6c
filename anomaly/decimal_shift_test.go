package anomaly

import "testing"

func TestShiftPoint(t *testing.T) {
	for _, c := range []struct {
		d      string
		places int
		want   string // "" does not fit
	}{
		{"1500", -3, "1.500"},
		{"0.0015", 3, "1.5"},
		{"15", 3, "15000"},
		{"-282", -3, "-0.282"},
		{"0", -3, "0.000"},
		{"9223372036854775807", 1, ""},
		{"1", -20, ""},
	} {
		got, ok := ShiftPoint(MustDecimal(c.d), c.places)
		if ok != (c.want != "") || ok && got.Cmp(MustDecimal(c.want)) != 0 {
			t.Errorf("ShiftPoint(%s, %d) = %s, %v, want %q", c.d, c.places, got, ok, c.want)
		}
	}
}
