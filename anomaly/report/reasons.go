package report

import (
	"math"
	"strings"

	"whybill/anomaly"
)

// mostFactor is the largest factor that is shown: beyond it only the order of magnitude
// of the doubt changes.
const mostFactor = 1000

// Factor says by how much a piece of evidence moved a cause's odds, given the natural
// logarithm of the ratio.
func Factor(logRatio float64) anomaly.Message {
	size := math.Exp(math.Abs(logRatio))
	key, decimals := "cmd.explain.times", 1
	if logRatio < 0 {
		key = "cmd.explain.divided"
	}
	if size > mostFactor {
		size, key = mostFactor, key+"_more"
	}
	if size >= 10 {
		decimals = 0
	}
	return anomaly.Msg(key, anomaly.NumberArg("factor", size, decimals))
}

// reasons lists what speaks for or against a cause, a line each: the factor, the check
// that found it, and as much of its sentence as there is room for.
func (c *card) reasons(mark string, all []anomaly.Reason) []string {
	var lines []string
	for i := range all {
		r := &all[i]
		text := mark + " " + c.p.Say(Factor(r.LogRatio)) + "  "
		if r.Ref != "" {
			text += r.Ref[:max(0, strings.IndexByte(r.Ref, '-'))] + " "
		}
		lines = append(lines, c.labelled("", "", text+c.p.Say(r.Message), dim, 1)...)
	}
	return lines
}
