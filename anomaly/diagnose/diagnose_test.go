package diagnose

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"whybill/anomaly"
)

// bill is an account with one monthly bill of the given usage where the estimate
// expects 300 kWh within about 12 %.
func bill(usage string) *Input {
	b := anomaly.Bill{
		AccountID: "a", ID: "b1", Usage: anomaly.MustDecimal(usage),
		Period: anomaly.Period{Start: anomaly.MustDate("2026-01-01"), End: anomaly.MustDate("2026-01-31")},
	}
	return &Input{
		History:  &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}, Bills: []anomaly.Bill{b}},
		Estimate: &anomaly.Estimate{Known: true, Comparable: true, Usage: 300, Mu: math.Log(10), Scale: 0.12, DOF: 12, PeriodsUsed: 24},
		AsOf:     anomaly.MustDate("2026-02-10"),
	}
}

func (in *Input) with(keys ...string) *Input {
	for _, k := range keys {
		check, _, _ := strings.Cut(k, ".")
		in.Findings = append(in.Findings, anomaly.Finding{Check: check, Ref: check + "-1", Message: anomaly.Msg(k)})
	}
	return in
}

func (in *Input) event(kind, note string) *Input {
	in.History.Events = append(in.History.Events, anomaly.Event{AccountID: "a", At: anomaly.MustDate("2026-02-05"), Kind: kind, Note: note})
	return in
}

func probability(t *testing.T, in *Input, cause anomaly.Cause) float64 {
	t.Helper()
	sum, p := 0.0, -1.0
	for _, c := range Diagnose(in) {
		sum += c.Probability
		if c.Probability <= 0 {
			t.Errorf("%s has probability %g", c.Cause, c.Probability)
		}
		if c.Cause == cause {
			p = c.Probability
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("the causes sum to %.12f", sum)
	}
	return p
}

func TestTheTopCauseOfASituation(t *testing.T) {
	shifted := func(usage string, shift, down, up float64, bills int) *Input {
		in := bill(usage)
		in.Estimate.Mu += 0.9 * shift // the level has followed
		in.Estimate.Change = anomaly.ChangeTest{Bills: bills, Onset: anomaly.MustDate("2025-10-01"), Shift: shift, LogBFDown: down, LogBFUp: up}
		return in
	}
	appliances := bill("520")
	appliances.Estimate.Mu, appliances.Estimate.Usage = math.Log(510.0/30), 510
	appliances.Estimate.Reference = anomaly.Reference{Usage: 300, BillKey: "last"}
	appliances.Estimate.Parts = []anomaly.Contribution{{What: anomaly.PartSeason, Log: 0.02}, {What: anomaly.PartAppliances, Log: math.Log(510.0/300) - 0.02}}
	twoMonths := bill("600")
	twoMonths.Estimate.Mu, twoMonths.Estimate.Usage = math.Log(600.0/30), 600
	twoMonths.Estimate.Reference = anomaly.Reference{Usage: 300, BillKey: "last"}
	twoMonths.Estimate.Parts = []anomaly.Contribution{{What: anomaly.PartDays, Log: math.Log(2)}}
	phase := shifted("200", -0.405, 12, -9, 6)
	phase.History.Account.Phases = 3
	guessed := bill("560").event(anomaly.EventComplaint, "")
	guessed.History.Bills[0].Quality = anomaly.Estimated
	none := bill("300")
	none.Estimate = &anomaly.Estimate{}
	for name, c := range map[string]struct {
		in   *Input
		want anomaly.Cause
	}{
		"as expected":                              {bill("310"), anomaly.CauseNormalVariation},
		"one wild bill":                            {bill("1400"), anomaly.CauseMisread},
		"one wild bill that a digit explains":      {bill("1300").with("R03.candidate"), anomaly.CauseMisread},
		"billed twice what the readings say":       {bill("600").with("R08.ratio"), anomaly.CauseWrongMultiplier},
		"two estimates then an actual":             {bill("480").with("R07.usage"), anomaly.CauseEstimatedCatchUp},
		"the price does not follow the tariff":     {bill("305").with("B01.total"), anomaly.CauseTariffOrBilling},
		"the exchange does not add up":             {bill("900").with("R09.sum"), anomaly.CauseMeterSwapError},
		"six bills two thirds down":                {shifted("100", -1.1, 14, -9, 6), anomaly.CauseMeterSlow},
		"a meter that stands still for a year":     {shifted("0", -4.2, 40, -9, 6), anomaly.CauseMeterSlow},
		"three bills a quarter down":               {shifted("235", -0.25, 7, -5, 3), anomaly.CauseOccupancy},
		"three bills a quarter up":                 {shifted("390", 0.27, -9, 6, 3), anomaly.CauseMoreAppliances},
		"declared appliances explain the rise":     {appliances, anomaly.CauseMoreAppliances},
		"two months on one bill":                   {twoMonths, anomaly.CauseLongerPeriod},
		"away for a month, as declared":            {bill("90").with("N07.vacancy"), anomaly.CauseVacancy},
		"moves with the main switch off":           {bill("450").with("M04.draw").event(anomaly.EventComplaint, ""), anomaly.CauseTappedByOthers},
		"the neighbour's breaker stops it":         {bill("450").with("M06.crossed").event(anomaly.EventComplaint, ""), anomaly.CauseCrossedMeter},
		"a customer complains of a usual bill":     {bill("310").event(anomaly.EventComplaint, ""), anomaly.CauseNormalVariation},
		"nothing to compare with":                  {none.with("U08.few"), anomaly.CauseInsufficientData},
		"a plan that began later than it was":      {bill("300").with("P02.gap"), anomaly.CausePlanChangeGap},
		"readings that go back for a later one":    {bill("700").with("R01.after"), anomaly.CauseMisread},
		"a guess far from what is usual, as asked": {guessed, anomaly.CauseEstimatedCatchUp},
		"as before, and the account is closed":     {bill("310").with("R10.closed"), anomaly.CauseOccupancy},
		"as before, closed on a day not known":     {bill("310").with("R10.undated"), anomaly.CauseNormalVariation},
		"less than nothing billed":                 {bill("-500").with("R12.negative"), anomaly.CauseMisread},
		"seven times as before, declared vacant":   {bill("2000").with("R10.vacant"), anomaly.CauseMisread},
		"a test found the meter fast":              {bill("330").with("M08.fast"), anomaly.CauseMeterFast},
		"one of three phases lost, a year of it":   {phase, anomaly.CauseMeterSlow},
	} {
		t.Run(name, func(t *testing.T) {
			got := Diagnose(c.in)
			if got[0].Cause != c.want {
				t.Errorf("got %v, want %s first", got[:4], c.want)
			}
		})
	}
}

func TestEvidenceMovesTheRightWay(t *testing.T) {
	guess := func(usage string) *Input {
		in := bill(usage)
		in.History.Bills[0].Quality = anomaly.Estimated
		return in
	}
	for _, c := range []struct {
		name         string
		before, then *Input
		cause        anomaly.Cause
		up           bool
	}{
		{"a higher bill speaks against normal", bill("310"), bill("420"), anomaly.CauseNormalVariation, false},
		{"a complaint makes appliances likelier", bill("400"), bill("400").event(anomaly.EventComplaint, ""), anomaly.CauseMoreAppliances, true},
		{"a guess that is high does not speak for a leak", bill("450"), guess("450"), anomaly.CauseLeakBehindMeter, false},
		{"a guess that is high does not speak for appliances", bill("450"), guess("450"), anomaly.CauseMoreAppliances, false},
		{"use on a closed account speaks against normal", bill("310"), bill("310").with("R10.closed"), anomaly.CauseNormalVariation, false},
		{"a still meter speaks against a tap", bill("450").event(anomaly.EventComplaint, ""), bill("450").with("M03.still").event(anomaly.EventComplaint, ""), anomaly.CauseTappedByOthers, false},
		{"a moving meter speaks for a tap", bill("450").event(anomaly.EventComplaint, ""), bill("450").with("M04.draw").event(anomaly.EventComplaint, ""), anomaly.CauseTappedByOthers, true},
		{"the customer's own gap speaks for a tap", bill("450"), bill("450").with("U06.own.watts.worth"), anomaly.CauseTappedByOthers, true},
		{"a declared absence speaks against a slow meter", bill("150"), bill("150").with("N07.vacancy"), anomaly.CauseMeterSlow, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, then := probability(t, c.before, c.cause), probability(t, c.then, c.cause)
			if (then > before) != c.up {
				t.Errorf("%s went from %.4f to %.4f", c.cause, before, then)
			}
		})
	}
}

// A register that was read too high and then right goes back by as much: that the two bills
// are right together says more than that the second is no usage. Where something is fed in,
// or the bill takes back what another has billed, the check says nothing and nothing changes.
func TestLessThanNothing(t *testing.T) {
	pair := bill("-500").with("R12.negative", "R04.pair")
	pair.Findings[1].Weight = 5
	if p := probability(t, pair, anomaly.CauseMisread); p < 0.95 {
		t.Errorf("a pair of which the second is less than nothing: misread at %.3f", p)
	}
	if p := probability(t, bill("-500"), anomaly.CauseNormalVariation); p < 0.9 {
		t.Errorf("fed in, or taken back: normal at %.3f", p)
	}
}

// A bill that is out with its whole route has its cause outside the account, nine times in
// ten at least (of a route that is half out, 19 of 20); and what could be its own is
// less likely than it was.
func TestARouteThatIsOutSpeaksForWhatTheRouteShares(t *testing.T) {
	for _, usage := range []string{"480", "150"} {
		alone, route := bill(usage), bill(usage).with("U16.high")
		shared := func(in *Input) (sum float64) {
			for _, c := range []anomaly.Cause{anomaly.CauseWeather, anomaly.CauseMisread, anomaly.CauseEstimatedCatchUp, anomaly.CauseTariffOrBilling, anomaly.CauseLongerPeriod, anomaly.CauseVacancy, anomaly.CauseOccupancy, anomaly.CauseOther} {
				sum += probability(t, in, c)
			}
			return sum
		}
		if a, r := shared(alone), shared(route); r < 0.9 || r <= a {
			t.Errorf("%s kWh: what a route shares has %.2f alone and %.2f with its route", usage, a, r)
		}
		for _, own := range []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseBypassOrTheft, anomaly.CauseLeakBehindMeter, anomaly.CauseMoreAppliances, anomaly.CauseMeterSlow} {
			if a, r := probability(t, alone, own), probability(t, route, own); r >= a {
				t.Errorf("%s kWh: %s has %.4f alone and %.4f with its route", usage, own, a, r)
			}
		}
	}
}

func TestFindingsThatShareEvidenceCountOnce(t *testing.T) {
	one := probability(t, bill("310").with("B01.total"), anomaly.CauseTariffOrBilling)
	two := probability(t, bill("310").with("B01.total", "B02.sum", "B03.tax"), anomaly.CauseTariffOrBilling)
	if math.Abs(one-two) > 1e-9 {
		t.Errorf("three findings of one group make %.6f of %.6f", two, one)
	}
	size := probability(t, bill("420"), anomaly.CauseMoreAppliances)
	said := probability(t, bill("420").with("U01.high", "U02.high", "U03.high", "U05.up"), anomaly.CauseMoreAppliances)
	if math.Abs(size-said) > 1e-9 {
		t.Errorf("the size of the bill was counted again: %.6f of %.6f", said, size)
	}
}

func TestSilenceOfACheckCountsOnlyWhereItRan(t *testing.T) {
	ran, not := bill("600"), bill("600")
	not.NotChecked = []anomaly.NotChecked{{Check: "R08"}}
	if a, b := probability(t, ran, anomaly.CauseWrongMultiplier), probability(t, not, anomaly.CauseWrongMultiplier); a >= b {
		t.Errorf("readings that agree: %.3f; no readings: %.3f", a, b)
	}
}

func TestAMisreadCheckBringsItsOwnWeight(t *testing.T) {
	none, weak, strong := bill("800").with("R03.none"), bill("800").with("R03.digit"), bill("800").with("R03.digit")
	weak.Findings[0].Weight, strong.Findings[0].Weight = 3, 12
	a, b, c := probability(t, none, anomaly.CauseMisread), probability(t, weak, anomaly.CauseMisread), probability(t, strong, anomaly.CauseMisread)
	if !(a < c && b < c) || c < 0.5 {
		t.Errorf("no candidate %.3f, a weak one %.3f, a strong one %.3f", a, b, c)
	}
}

func TestAnotherHomesHistoryNeverSpeaksForNormal(t *testing.T) {
	near, far := bill("300").event(anomaly.EventComplaint, ""), bill("300").event(anomaly.EventComplaint, "")
	near.Estimate.Comparable = false
	far.Estimate = nil
	far.Findings = nil
	prior := math.Exp(Default().complaint[anomaly.ServiceUnknown][normalVariation])
	if p := probability(t, near, anomaly.CauseNormalVariation); p > prior+0.02 {
		t.Errorf("normal rose from %.3f to %.3f by another home's bills", prior, p)
	}
}

func TestExplainSaysWhatSpeaksForAndAgainst(t *testing.T) {
	in := bill("450").with("M04.draw").event(anomaly.EventComplaint, "")
	all := Explain(in)
	if len(all) != causes {
		t.Fatalf("%d explanations", len(all))
	}
	posterior := Diagnose(in)
	for i := range all {
		if all[i].Cause != posterior[i].Cause || math.Abs(all[i].Probability-posterior[i].Probability) > 1e-12 {
			t.Errorf("explanation %d is of %s, the posterior has %s", i, all[i].Cause, posterior[i].Cause)
		}
	}
	top := all[0]
	if top.Cause != anomaly.CauseTappedByOthers || len(top.For) == 0 || top.For[0].Evidence != "M04.draw" || top.For[0].Ref != "M04-1" {
		t.Errorf("for the tap speaks %+v", top.For)
	}
	for _, x := range all {
		if x.Cause == anomaly.CauseNormalVariation && (len(x.Against) == 0 || x.Probability >= x.Prior) {
			t.Errorf("against normal speaks %+v", x.Against)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	good := string(DefaultFile())
	for name, c := range map[string][2]string{
		"an unknown version":      {"version = 2", "version = 9"},
		"an unknown cause":        {`id = "weather"`, `id = "wether"`},
		"a cause missing":         {`id = "weather"`, `id = "longer_period"`},
		"a prior of nought":       {"prior = 0.004", "prior = 0.0"},
		"shares that do not sum":  {"share = 0.90, mean = 0.45", "share = 0.5, mean = 0.45"},
		"an unknown field":        {"lasting = true", "lastin = true"},
		"evidence over nothing":   {"D09 = {group = \"documents\", otherwise = 0.0005", "D09 = {group = \"documents\""},
		"evidence over a ghost":   {"misread = 0.5, estimated_catch_up = 0.06", "ghost = 0.5"},
		"more than certain":       {"otherwise = 0.0005, tariff_or_billing_error = 0.3}", "otherwise = 1.5, tariff_or_billing_error = 0.3}"},
		"a survival of two":       {"survival = 0.55", "survival = 2.0"},
		"a ramp that has no room": {"full = 0.262", "full = 0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, c[0]) {
				t.Fatalf("the file does not have %q", c[0])
			}
			_, err := Load(strings.NewReader(strings.Replace(good, c[0], c[1], 1)))
			if fault := (*anomaly.Fault)(nil); !errors.As(err, &fault) {
				t.Errorf("%v; want a fault that can be put into words", err)
			}
		})
	}
	if _, err := Load(bytes.NewReader(DefaultFile())); err != nil {
		t.Error(err)
	}
}

func TestAFileOfOnesOwnReplacesTheBuiltIn(t *testing.T) {
	text := strings.Replace(string(DefaultFile()), "id = \"tapped_by_others\"\nprior = 0.0006", "id = \"tapped_by_others\"\nprior = 0.06", 1)
	m, err := Load(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	in := bill("420")
	before := probability(t, in, anomaly.CauseTappedByOthers)
	in.Model = m
	if after := probability(t, in, anomaly.CauseTappedByOthers); after < 10*before {
		t.Errorf("a hundredfold prior moves the posterior from %.4f to %.4f only", before, after)
	}
}

func BenchmarkDiagnoseQuietAccount(b *testing.B) {
	in := bill("310")
	b.ReportAllocs()
	for b.Loop() {
		Diagnose(in)
	}
}

// What takes over from normal variation because it explains the difference says so.
func TestAnExplainedDifferenceSpeaksForWhatExplainsIt(t *testing.T) {
	in := bill("600")
	in.Estimate.Mu, in.Estimate.Usage = math.Log(600.0/30), 600
	in.Estimate.Reference = anomaly.Reference{Usage: 300, BillKey: "last"}
	in.Estimate.Parts = []anomaly.Contribution{{What: anomaly.PartDays, Log: math.Log(2)}}
	top := Explain(in)[0]
	if top.Cause != anomaly.CauseLongerPeriod || len(top.For) == 0 || top.For[0].Evidence != "explained" || top.For[0].LogRatio < math.Log(10) {
		t.Errorf("%s by %+v", top.Cause, top.For)
	}
}

// An hour of broadband does not leak, and nobody reads it off a meter.
func TestACauseThatAServiceCannotHaveStaysAtTheFloor(t *testing.T) {
	in := bill("480").event(anomaly.EventComplaint, "")
	in.History.Account.Service = anomaly.Broadband
	for _, c := range []anomaly.Cause{anomaly.CauseLeakBehindMeter, anomaly.CauseTappedByOthers, anomaly.CauseMisread, anomaly.CauseMeterFast, anomaly.CauseWeather} {
		if p := probability(t, in, c); p > 2*floor {
			t.Errorf("broadband: %s has %g", c, p)
		}
	}
}

// Water that runs with the stopcock closed leaks more often than it is taken.
func TestATestOfWaterSpeaksForALeak(t *testing.T) {
	for _, c := range []struct {
		service anomaly.Service
		more    anomaly.Cause
		less    anomaly.Cause
	}{
		{anomaly.Electricity, anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter},
		{anomaly.Water, anomaly.CauseLeakBehindMeter, anomaly.CauseTappedByOthers},
	} {
		in := bill("480").event(anomaly.EventComplaint, "").with("M04.draw", "N06.tap")
		in.History.Account.Service = c.service
		if a, b := probability(t, in, c.more), probability(t, in, c.less); a < 2*b {
			t.Errorf("%s: %s %.3f, %s %.3f", c.service, c.more, a, c.less, b)
		}
	}
}

// An idle place that uses again: by those who said that they are back, or by nobody known.
func TestAnIdlePlaceThatUsesAgain(t *testing.T) {
	idle := func() *Input {
		in := bill("2100")
		in.Estimate.Usage, in.Estimate.Mu = 7, math.Log(7.0/30)
		return in
	}
	if p := probability(t, idle().with("N07.occupancy"), anomaly.CauseOccupancy); p < 0.7 {
		t.Errorf("announced: occupancy %.3f", p)
	}
	in := idle()
	if o, tap := probability(t, in, anomaly.CauseOccupancy), probability(t, in, anomaly.CauseTappedByOthers); tap < 2*o {
		t.Errorf("not announced: a tap %.3f, occupancy %.3f", tap, o)
	}
}

func TestServicesInFilesAreChecked(t *testing.T) {
	for _, c := range []struct{ old, replacement string }{
		{`of.water = {prior = 0.03`, `of.steam = {prior = 0.03`},
		{`of.water = {prior = 0.03`, `of.water = {prior = 8.0`},
		{`services = ["electricity", "water", "gas"]`, `services = ["steam"]`},
		{`"water/N06" =`, `"steam/N06" =`},
	} {
		text := strings.Replace(string(DefaultFile()), c.old, c.replacement, 1)
		if text == string(DefaultFile()) {
			t.Fatalf("the file has no %s", c.old)
		}
		if _, err := Load(strings.NewReader(text)); err == nil {
			t.Errorf("%s is taken", c.replacement)
		}
	}
}
