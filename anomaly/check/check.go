// Package check is the catalogue of what is looked for on a bill. One check stands in
// one file and is listed once, in catalogue.go; it reads an Input and appends Findings.
//
// To add a check: write its file beside the others, list it in catalogue.go, give it
// its texts in package locale (name, rule, blind, and one a finding), and test a
// situation in which it fires and one in which it must not.
//
// A check that lacks what it needs appends a NotChecked with the reason: not checked is
// never the same as passed. A check to which a bill gives no occasion (nothing was
// claimed, no visit was promised) appends nothing.
package check

import (
	"math"
	"strconv"

	"whybill/anomaly"
)

// Input is what the checks look at: one bill of one account, with what is expected.
// Everything but History and Bill may be missing. An Input may be used again for the
// next bill.
type Input struct {
	History       *anomaly.History
	Bill          int // index into History.Bills
	Estimate      *anomaly.Estimate
	Rebill        *anomaly.Rebill
	Explained     []anomaly.ExplainedRow
	Unexplained   anomaly.UnexplainedRange
	Pricer        anomaly.Pricer
	Neighbourhood *anomaly.Neighbourhood
	Config        *anomaly.Config // nil: the defaults
	AsOf          anomaly.Date    // zero: the day the bill's period ends
	// Rules are those of the desk that handles disputes; nil where none are loaded.
	Rules *anomaly.CaseRules

	bill     *anomaly.Bill
	prev     int  // index of the bill before on the same meter, or -1
	next     int  // index of the bill after, or -1
	parallel bool // meters are billed side by side
	register register
	own      ownFigures
	billing  billing
	step     soughtStep
	slips    slipSizes
}

// Result collects what the checks found and what they could not check.
type Result struct {
	Findings   []anomaly.Finding
	NotChecked []anomaly.NotChecked
}

// Reset empties the result and keeps its memory.
func (out *Result) Reset() { out.Findings, out.NotChecked = out.Findings[:0], out.NotChecked[:0] }

// Check is one entry of the catalogue. Its name, its rule in words and what it cannot
// see are the catalogue's texts under ID + ".name", ".rule" and ".blind".
type Check struct {
	ID       string
	Severity anomaly.Severity // the highest that it gives
	Action   anomaly.Action   // that it speaks for
	Source   string           // where the rule comes from, if not from us: a citation
	// Params are the arguments of the rule's text: the thresholds as configured.
	Params func(cfg *anomaly.Config) []anomaly.Arg
	// Run appends what it finds. It is nil where the check is part of another stage:
	// C01 and C02 speak about the verdict, see RunAfter; U14 and N08 about a batch;
	// D01, D02, D03, D10 and D12 about a file while it is read.
	Run func(in *Input, out *Result)
}

// Name is the check's name in words.
func (c *Check) Name() anomaly.Message { return anomaly.Msg(c.ID + ".name") }

// Rule is what the check does, with its thresholds.
func (c *Check) Rule(cfg *anomaly.Config) anomaly.Message {
	m := anomaly.Msg(c.ID + ".rule")
	if c.Params != nil {
		m.Args = c.Params(cfg)
	}
	return m
}

// Blind is what the check cannot see.
func (c *Check) Blind() anomaly.Message { return anomaly.Msg(c.ID + ".blind") }

var defaults = anomaly.DefaultConfig()

// Run runs the whole catalogue, in its order, on one bill and appends to out.
func Run(in *Input, out *Result) {
	if !in.prepare() {
		return
	}
	for i := range catalogue {
		if run := catalogue[i].Run; run != nil {
			run(in, out)
		}
	}
}

// RunUsage runs the checks of readings, usage, meters and inspections only: what the usage
// of a bill can tell that has not been written yet.
func RunUsage(in *Input, out *Result) {
	if !in.prepare() {
		return
	}
	for i := range catalogue {
		switch c := &catalogue[i]; c.ID[0] {
		case 'R', 'U', 'M', 'N':
			if c.Run != nil {
				c.Run(in, out)
			}
		}
	}
}

// RunOne runs a single check of the catalogue.
func RunOne(id string, in *Input, out *Result) bool {
	c, ok := Find(id)
	if !ok || c.Run == nil || !in.prepare() {
		return false
	}
	c.Run(in, out)
	return true
}

// prepare works out what several checks need. It is false where there is no such bill.
func (in *Input) prepare() bool {
	if in.Bill < 0 || in.Bill >= len(in.History.Bills) {
		return false
	}
	if in.Config == nil {
		in.Config = &defaults
	}
	in.bill = &in.History.Bills[in.Bill]
	if in.AsOf.IsZero() {
		in.AsOf = in.bill.Period.End
	}
	in.parallel = in.History.ParallelMeters()
	in.prev, in.next = in.neighbour(-1), in.neighbour(+1)
	in.register.read(in)
	in.own.read(in)
	in.billing, in.step = billing{}, soughtStep{}
	return true
}

// neighbour returns the nearest bill before (step -1) or after (step +1) that counts
// and is of the same meter; where the meter has none there, the bill that follows on
// directly, as after an exchange. -1 where there is none.
func (in *Input) neighbour(step int) int {
	bills := in.History.Bills
	adjacent := -1
	for i := in.Bill + step; i >= 0 && i < len(bills); i += step {
		if bills[i].Cancelled {
			continue
		}
		if sameMeter(bills[i].MeterID, in.bill.MeterID) {
			return i
		}
		if adjacent < 0 && (bills[i].Period.End == in.bill.Period.Start || bills[i].Period.Start == in.bill.Period.End) {
			adjacent = i
		}
	}
	return adjacent
}

// sameSeries reports whether a bill goes on with the usage that this one is about: it is
// of the same meter, or of one before or after it.
func (in *Input) sameSeries(b *anomaly.Bill) bool {
	return !in.parallel || sameMeter(b.MeterID, in.bill.MeterID)
}

func sameMeter(a, b string) bool { return a == b || a == "" || b == "" }

func (in *Input) days() float64  { return float64(in.bill.Period.Days()) }
func (in *Input) usage() float64 { return anomaly.Float(in.bill.Usage) }

func (in *Input) unit() string {
	if in.bill.Unit != "" {
		return in.bill.Unit
	}
	return in.History.Unit()
}

func (in *Input) service() anomaly.Service { return in.History.Account.Service }

func (in *Input) estimateKnown() bool { return in.Estimate != nil && in.Estimate.Known }

// usageDigits is how many decimals a usage is shown with: none for kWh.
func (in *Input) usageDigits() int {
	if s := in.service(); s == anomaly.Water || s == anomaly.Gas {
		return 1
	}
	return 0
}

func (in *Input) usageArg(name string, usage float64) anomaly.Arg {
	return anomaly.UsageArg(name, usage, in.unit(), in.usageDigits())
}

// shown is a usage as usageArg shows it.
func (in *Input) shown(usage float64) float64 {
	scale := math.Pow10(in.usageDigits())
	return math.Round(usage*scale) / scale
}

// exactArg shows a usage as it stands on the bill.
func (in *Input) exactArg(name string, usage anomaly.Decimal) anomaly.Arg {
	return anomaly.UsageArg(name, anomaly.Float(usage), in.unit(), usage.Trim(0).Scale())
}

// practical reports whether a difference from the expected usage is worth anybody's time.
func (in *Input) practical(difference, expected float64) bool {
	p := in.Config.Checks.HighLow[in.service()]
	d := abs(difference)
	return d >= p.Usage && d >= p.Ratio*expected
}

func abs(x float64) float64 {
	if x < 0 {
		return -x
	}
	return x
}

// finding starts a finding; the caller adds size and evidence and appends it.
func (in *Input) finding(id string, severity anomaly.Severity, action anomaly.Action, detail string, message anomaly.Message) anomaly.Finding {
	bill := ""
	if in.bill != nil {
		bill = in.bill.Key()
	}
	return anomaly.Finding{
		Check: id, Severity: severity, Action: action, Message: message,
		Ref: anomaly.MakeRef(id, in.History.Account.ID, bill, detail),
	}
}

func (out *Result) add(f anomaly.Finding) { out.Findings = append(out.Findings, f) }

// skip records that a check could not run. The reasons are shared: no_readings,
// no_meter, no_estimate and so on.
func (out *Result) skip(id, reason string) {
	out.NotChecked = append(out.NotChecked, anomaly.NotChecked{Check: id, Reason: anomaly.Message{Key: reason}})
}

// The reasons for not checking.
const (
	noReadings   = "not_checked.no_readings"
	noMeter      = "not_checked.no_meter"
	noEstimate   = "not_checked.no_estimate"
	noLines      = "not_checked.no_lines"
	noAmount     = "not_checked.no_amount"
	noAppliances = "not_checked.no_appliances"
	noQuality    = "not_checked.no_quality"
	noWeather    = "not_checked.no_weather"
	noPeers      = "not_checked.no_peers"
	noReader     = "not_checked.no_reader"
	noAmps       = "not_checked.no_amps"
	noDisputed   = "not_checked.no_disputed"
	fewBills     = "not_checked.few_bills"
	noReference  = "not_checked.no_reference"
	noTariff     = "not_checked.no_tariff"
	noDueDate    = "not_checked.no_due_date"
	noEffective  = "not_checked.no_effective"
	noUsedBefore = "not_checked.no_used_before"
	noRules      = "not_checked.no_rules"
	noDaysOff    = "not_checked.days_off"
	standsEmpty  = "not_checked.vacant"
	twoMeters    = "not_checked.two_meters"
	runsBack     = "not_checked.runs_back"
)

// detail tells findings of the same check on the same bill apart by their order.
func detail(i int) string { return strconv.Itoa(i) }
