package decide

import (
	"slices"

	"whybill/anomaly"
)

// Sees returns the probability that an action turns something up if the cause is true; 0
// for actions that test nothing.
func (m *Model) Sees(a anomaly.Action, c anomaly.Cause) float64 {
	o, known := optionOf(a)
	i := slices.Index(anomaly.Causes, c)
	if !known || i < 0 || !m.test[o] {
		return 0
	}
	return m.sees[o][i]
}

// SettledBy returns the action that puts a cause right.
func (m *Model) SettledBy(c anomaly.Cause) anomaly.Action {
	if i := slices.Index(anomaly.Causes, c); i >= 0 {
		return m.settledBy[i].action()
	}
	return anomaly.ActionNone
}

// Live returns the causes of a posterior, most probable first, that are still in play.
func (m *Model) Live(posterior []anomaly.CauseProbability) []anomaly.Cause {
	s := situation{m: m, in: &Input{Causes: posterior}}
	return s.live()
}
