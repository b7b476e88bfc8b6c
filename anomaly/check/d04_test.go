package check

import (
	"testing"

	"whybill/anomaly"
)

// Bills of two months and 600 kWh; the last is the one that is looked at. What is printed
// of the register is left out, unless said.
func TestAJumpOfTheUnit(t *testing.T) {
	unread := func(s *situation) *situation {
		for i := range s.h.Bills {
			s.h.Bills[i].From, s.h.Bills[i].To = anomaly.NullDecimal{}, anomaly.NullDecimal{}
		}
		return s
	}
	seasons := func(last float64) *situation { // a summer of twice the winter
		return unread(home(400, 420, 800, 820, 640, 410, 405, 425, 790, 830, 620, 400, last))
	}
	for _, c := range []struct {
		name string
		s    *situation
		want string
	}{
		{"a decimal point that was lost", unread(usual(6010)), "D04.more"},
		{"a tenth", unread(usual(60)), "D04.less"},
		{"Wh for kWh", unread(usual(600_000)), "D04.more"},
		{"MWh for kWh", unread(usual(600)).with(func(s *situation) { s.last().Usage = anomaly.MustDecimal("0.6") }), "D04.less"},
		{"ten times the same months of the year before", seasons(4000), "D04.more"},
		{"Wh for kWh, in a month of a tenth more", unread(usual(660_000)).expects(600, 0.12), "D04.more"},
		{"MWh for kWh, in a month of a tenth less", unread(usual(600)).expects(600, 0.12).with(func(s *situation) { s.last().Usage = anomaly.MustDecimal("0.54") }), "D04.less"},
		{"a thousand times, and as much again", unread(usual(1_200_000)).expects(600, 0.12), "-"},
		{"ten times what the season has it, which no bill before was", unread(usual(7000)).expects(710, 0.12), "D04.more"},
		{"a hundred times", unread(usual(60_000)), "-"},
		{"eight times", unread(usual(4800)), "-"},
		{"six percent beyond ten times", unread(usual(6370)), "-"},
		{"nothing used", unread(usual(0)), "-"},
		{"an estimate", unread(usual(6000)).with(func(s *situation) { s.last().Quality = anomaly.Estimated }), "-"},
		{"the meter moved as billed", usual(6000), "-"},
		{"the meter moved by a tenth of what is billed", usual(6000).with(func(s *situation) {
			s.last().To = anomaly.Known(s.last().From.Decimal)
			to, _ := anomaly.DecimalFromFloat(anomaly.Float(s.last().From.Decimal)+600, 0)
			s.last().To = anomaly.Known(to)
		}), "D04.more"},
		{"an account that varies as much by itself", unread(home(600, 60, 600, 70, 600, 60, 590, 60, 6000)), "-"},
		{"two bills", unread(home(600, 600, 6000)), "not checked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := c.s.run(t, "D04"); got != c.want {
				t.Errorf("says %s; want %s", got, c.want)
			}
		})
	}
}
