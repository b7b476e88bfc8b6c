package check

import (
	"gonum.org/v1/gonum/stat/distuv"

	"whybill/anomaly"
)

// R17: the reader's last digits are not spread as those of meters are: readings made
// up at a desk.
var r17 = Check{
	ID: "R17", Severity: anomaly.Medium, Action: anomaly.ActionReread,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("readings", cfg.Checks.CurbReadings), anomaly.NumberArg("p", cfg.Checks.CurbP, 3)}
	},
	Run: func(in *Input, out *Result) {
		reading := in.readingAt(in.bill.Period.End, in.register.closeID)
		if reading == nil || reading.Reader == "" || in.Neighbourhood == nil {
			out.skip("R17", noReader)
			return
		}
		record := in.Neighbourhood.Readers[reading.Reader]
		if record == nil {
			out.skip("R17", noReader)
			return
		}
		n, p, top := LastDigits(&record.LastDigit)
		if n < in.Config.Checks.CurbReadings {
			out.skip("R17", noReader)
			return
		}
		if p >= in.Config.Checks.CurbP {
			return
		}
		f := in.finding("R17", anomaly.Medium, anomaly.ActionReread, reading.Reader, anomaly.Msg("R17.curb",
			anomaly.TextArg("reader", reading.Reader), anomaly.CountArg("readings", n), anomaly.CountArg("digit", top),
			anomaly.PercentArg("share", float64(record.LastDigit[top])/float64(n), 0)))
		f.Evidence = []anomaly.Source{reading.Source}
		out.add(f)
	},
}

// LastDigits tests whether the last digits are spread evenly (Pearson's chi-squared, 9
// degrees of freedom): how many there are, the probability of such a spread by chance,
// and the digit that stands there most often.
func LastDigits(counts *[10]int) (n int, p float64, top int) {
	for digit, c := range counts {
		n += c
		if c > counts[top] {
			top = digit
		}
	}
	if n == 0 {
		return 0, 1, 0
	}
	expected, chi2 := float64(n)/10, 0.0
	for _, c := range counts {
		d := float64(c) - expected
		chi2 += d * d / expected
	}
	return n, distuv.ChiSquared{K: 9}.Survival(chi2), top
}
